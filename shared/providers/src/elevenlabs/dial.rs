//! Placing a call.

use std::time::Duration;

use reqwest::StatusCode;
use switchboard_domain::{Carrier, ProviderId};

use super::wire::dial::{DialAnswer, DialBody};
use crate::dialling::{DialRules, send, unconfirmed};
use crate::failure::Failure;
use crate::shown::shown;
use crate::transport::Transport;
use crate::{DialError, PlaceCall, PlacedCall, Refusal};

/// A SIP dial is answered only when the person picks up or the ringing ends; this is for the rest.
const MARGIN: Duration = Duration::from_secs(30);
const LONGEST_CARRIER_ID: usize = 256;

pub(super) async fn place_call(transport: &Transport, request: &PlaceCall) -> Result<PlacedCall, DialError> {
    let path = match request.carrier {
        Carrier::Twilio => "/v1/convai/twilio/outbound-call",
        Carrier::SipTrunk => "/v1/convai/sip-trunk/outbound-call",
    };
    let rules = DialRules {
        timeout: Duration::from_secs(request.ringing_secs().into()) + MARGIN,
        accepts: |status| status == StatusCode::OK,
        refusal: Failure::refusal,
    };
    let answer: DialAnswer = send(transport, path, &DialBody::from(request), &rules).await?;
    placed(answer)
}

fn placed(answer: DialAnswer) -> Result<PlacedCall, DialError> {
    match (answer.success, answer.conversation_id) {
        (Some(true), Some(id)) => Ok(PlacedCall {
            conversation_id: ProviderId::parse(&id)
                .map_err(|_| unconfirmed("the conversation id is not one"))?,
            carrier_call_id: answer
                .carrier_call_id
                .filter(|id| (1..=LONGEST_CARRIER_ID).contains(&id.len())),
        }),
        // A "no" that names neither conversation nor call: nothing was dialled.
        (Some(false), None) if answer.carrier_call_id.is_none() => {
            let message = shown(&answer.message);
            let message = if message.is_empty() {
                "no reason given".to_owned()
            } else {
                message
            };
            Err(DialError::refused(Refusal::Declined { message }))
        }
        _ => Err(unconfirmed("the answer says neither yes nor no")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(json: &str) -> Result<PlacedCall, DialError> {
        placed(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn a_call_is_placed_only_with_a_conversation() {
        let twilio =
            answer(r#"{"success":true,"message":"ok","conversation_id":"conv_1","callSid":"CA01"}"#).unwrap();
        assert_eq!(twilio.conversation_id.as_str(), "conv_1");
        assert_eq!(twilio.carrier_call_id.as_deref(), Some("CA01"));
        let sip =
            answer(r#"{"success":true,"message":"ok","conversation_id":"conv_2","sip_call_id":"SCL_1"}"#)
                .unwrap();
        assert_eq!(sip.carrier_call_id.as_deref(), Some("SCL_1"));
    }

    #[test]
    fn a_no_without_ids_is_a_refusal_and_everything_odd_is_doubt() {
        let no = answer(
            r#"{"success":false,"message":"geo permission +14155550100","conversation_id":null,"callSid":null}"#,
        );
        let Err(DialError::Refused {
            refusal: Refusal::Declined { message },
            ..
        }) = no
        else {
            panic!("{no:?}")
        };
        assert_eq!(message, "geo permission [number]");
        for odd in [
            "{}",
            r#"{"success":true}"#,
            r#"{"success":true,"conversation_id":"../x"}"#,
            r#"{"success":"yes","conversation_id":"conv_1"}"#,
            r#"{"success":false,"conversation_id":"conv_1"}"#,
            r#"{"success":false,"callSid":"CA01"}"#,
        ] {
            assert!(matches!(answer(odd), Err(DialError::Unconfirmed { .. })), "{odd}");
        }
    }
}
