//! Taking an inbound call: ElevenLabs writes what the carrier is told.

use reqwest::Method;

use super::wire::taking::RegisterBody;
use crate::failure::unreadable;
use crate::transport::Transport;
use crate::{ProviderError, TakeCall, TakenCall};

/// Longest answer that is relayed.
const LONGEST_TWIML: usize = 64 * 1024;

pub(super) async fn take_call(transport: &Transport, request: &TakeCall) -> Result<TakenCall, ProviderError> {
    let body = RegisterBody::from(request);
    let answer = transport
        .change(Method::POST, "/v1/convai/twilio/register-call", Some(&body))
        .await?;
    let twiml =
        String::from_utf8(answer).map_err(|_| unreadable("the answer to a registration is no text"))?;
    // What is in it is theirs, and relayed as it is; that it is a document of the carrier's at all is looked at.
    let is_twiml =
        twiml.len() <= LONGEST_TWIML && twiml.contains("<Response") && twiml.contains("</Response>");
    match is_twiml {
        true => Ok(TakenCall::Twiml(twiml)),
        false => Err(unreadable(
            "the answer to a registration is no document for the carrier",
        )),
    }
}
