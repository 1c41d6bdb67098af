//! Placing a call.

use std::time::Duration;

use reqwest::StatusCode;
use switchboard_domain::Carrier;

use super::lines::UltravoxLine;
use super::wire::call::CallBody;
use super::wire::dial::DialBody;
use crate::dialling::{DialRules, send, unconfirmed};
use crate::failure::Failure;
use crate::transport::Transport;
use crate::{DialError, PlaceCall, PlacedCall, Refusal, Secret};

/// It answers when the call is made, not when somebody picks up.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Who we are at a SIP trunk, where one asks.
pub(super) struct SipUser {
    pub(super) name: Option<Secret>,
    pub(super) password: Option<Secret>,
}

pub(super) async fn place_call(transport: &Transport, request: &PlaceCall) -> Result<PlacedCall, DialError> {
    let line = line(request)?;
    let sip = SipUser {
        name: transport.entry("sip_username").await,
        password: transport.entry("sip_password").await,
    };
    let rules = DialRules {
        timeout: TIMEOUT,
        accepts: |status| matches!(status, StatusCode::CREATED | StatusCode::OK),
        refusal,
    };
    let path = format!("/api/agents/{}/calls", request.provider_agent_id);
    // Placed, even if it says that it has ended already: how it ended is asked for as ever.
    let call: CallBody = send(transport, &path, &DialBody::new(request, &line, &sip), &rules).await?;
    Ok(PlacedCall {
        conversation_id: call
            .id()
            .map_err(|_| unconfirmed("the id of the call is not one"))?,
        carrier_call_id: None,
    })
}

/// The line to call from, as its carrier has it.
fn line(request: &PlaceCall) -> Result<UltravoxLine, DialError> {
    let unknown = |code: &str| {
        DialError::refused(Refusal::NotFound {
            code: code.to_owned(),
        })
    };
    let line =
        UltravoxLine::parse(&request.phone_line_id).ok_or_else(|| unknown("not_a_line_of_ultravox"))?;
    match (request.carrier, &line.sip_domain) {
        (Carrier::SipTrunk, None) => Err(unknown("line_without_sip_domain")),
        (Carrier::Twilio, Some(_)) => Err(unknown("line_of_a_sip_trunk")),
        _ => Ok(line),
    }
}

/// A creation answered 503 made nothing, where it says when to come back, as the vendor's own answer does.
/// Without that it may be any gateway's, of a request that went on.
fn refusal(failure: &Failure) -> Option<Refusal> {
    if failure.status == 503 && failure.retry_after.is_some() {
        return Some(Refusal::RateLimited {
            code: failure.code.clone(),
        });
    }
    failure.refusal()
}
