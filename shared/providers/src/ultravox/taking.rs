//! Taking an inbound call: Ultravox makes a call whose audio the carrier brings to an address.

use reqwest::Method;

use super::wire::taking::{JoinAnswer, JoinBody};
use crate::failure::unreadable;
use crate::transport::{Transport, parse};
use crate::{ProviderError, TakeCall, TakenCall};

const LONGEST_ADDRESS: usize = 2_000;

pub(super) async fn take_call(transport: &Transport, request: &TakeCall) -> Result<TakenCall, ProviderError> {
    let path = format!("/api/agents/{}/calls", request.provider_agent_id);
    let body = JoinBody::new(request);
    let answer: JoinAnswer = parse(&transport.change(Method::POST, &path, Some(&body)).await?)?;
    let is_address = |url: &String| {
        // In the clear only where the platform itself is asked so: on one machine.
        let open = !transport.is_encrypted() && url.starts_with("ws://");
        url.len() <= LONGEST_ADDRESS && (url.starts_with("wss://") || open)
    };
    let url = answer.join_url.filter(is_address);
    Ok(TakenCall::Stream {
        url: url.ok_or_else(|| unreadable("the call has no address to join it at"))?,
        conversation_id: answer.call_id.ok_or_else(|| unreadable("the call has no id"))?,
    })
}
