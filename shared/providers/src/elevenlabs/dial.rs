//! Placing a call. What is not a clear no is doubt, and doubt is never dialled again.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use switchboard_domain::{Carrier, ProviderId};

use super::wire::dial::{DialAnswer, DialBody};
use crate::failure::{Failure, network, unreadable};
use crate::shown::shown;
use crate::transport::{Transport, parse, read_bounded};
use crate::{DialError, PlaceCall, PlacedCall, ProviderError, Refusal, Secret};

/// A SIP dial is answered only when the person picks up or the ringing ends; this is for the rest.
const MARGIN: Duration = Duration::from_secs(30);
const MAX_ANSWER_BYTES: usize = 1024 * 1024;
const LONGEST_CARRIER_ID: usize = 256;

pub(super) async fn place_call(transport: &Transport, request: &PlaceCall) -> Result<PlacedCall, DialError> {
    let key = transport.key().await.map_err(|error| {
        let refusal = if error.is_passing {
            Refusal::NeverSent { reason: error.reason }
        } else {
            Refusal::BadKey
        };
        DialError::refused(refusal)
    })?;
    let path = match request.carrier {
        Carrier::Twilio => "/v1/convai/twilio/outbound-call",
        Carrier::SipTrunk => "/v1/convai/sip-trunk/outbound-call",
    };
    let timeout = Duration::from_secs(request.ringing_secs().into()) + MARGIN;
    let body = DialBody::from(request);
    let response = transport
        .dial(path, &body, &key, timeout)
        .await
        .map_err(without_answer)?;
    if response.status() == StatusCode::OK {
        return read_answer(response).await;
    }
    let failure = Failure::read(response, &key).await;
    let error = refused_or_unconfirmed(failure);
    if let DialError::Refused {
        refusal: Refusal::BadKey,
        ..
    } = error
    {
        renew(transport, &key).await;
    }
    Err(error)
}

/// The refused call is not sent again here, but the next one shall have a newer key.
async fn renew(transport: &Transport, refused: &Secret) {
    if transport.renewed_key(refused).await.is_some() {
        tracing::info!("the API key was refused and a newer one was found");
    }
}

/// A request without an answer: sure not to ring only if there never was a connection.
fn without_answer(error: reqwest::Error) -> DialError {
    if error.is_connect() || error.is_builder() {
        let reason = if error.is_timeout() {
            "no connection in time"
        } else {
            "no connection"
        };
        return DialError::refused(Refusal::NeverSent {
            reason: reason.to_owned(),
        });
    }
    DialError::Unconfirmed {
        cause: network(error),
    }
}

fn refused_or_unconfirmed(failure: Failure) -> DialError {
    match failure.refusal() {
        Some(refusal) => DialError::Refused {
            refusal,
            request_id: failure.request_id,
            retry_after: failure.retry_after,
        },
        None => DialError::Unconfirmed {
            cause: failure.into(),
        },
    }
}

async fn read_answer(response: Response) -> Result<PlacedCall, DialError> {
    let body = match read_bounded(response, MAX_ANSWER_BYTES).await {
        Ok(Some(body)) => body,
        Ok(None) => return Err(unconfirmed("the answer to a dial is too long")),
        Err(error) => {
            return Err(DialError::Unconfirmed {
                cause: network(error),
            });
        }
    };
    let answer: DialAnswer = parse(&body).map_err(|cause| DialError::Unconfirmed { cause })?;
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

fn unconfirmed(reason: &str) -> DialError {
    let cause: ProviderError = unreadable(reason);
    DialError::Unconfirmed { cause }
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

    #[tokio::test]
    async fn a_time_out_is_doubt() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", silent.local_addr().unwrap());
        let client = crate::http::client_builder()
            .no_proxy()
            .timeout(Duration::from_millis(20))
            .build()
            .unwrap();
        let error = client.post(url).body("x").send().await.unwrap_err();
        assert!(error.is_timeout());
        assert!(matches!(without_answer(error), DialError::Unconfirmed { .. }));
    }
}
