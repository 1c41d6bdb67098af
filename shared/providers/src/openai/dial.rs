//! Placing a call: the carrier calls the person and, when a person answers, connects them with OpenAI.

use switchboard_domain::Carrier;
use url::Url;

use super::lines::number_of;
use super::surroundings::Surroundings;
use crate::twilio::NewTwilioCall;
use crate::{DialError, PlaceCall, PlacedCall, ProviderError, Refusal};
use switchboard_domain::ProviderId;

/// Asks the carrier once. It is told where to ask what to do when somebody answers, by an address that names our call;
/// whether a machine answered is looked at before that.
pub(super) async fn place_call(around: &Surroundings, request: &PlaceCall) -> Result<PlacedCall, DialError> {
    let from = number_of(&request.phone_line_id)
        .filter(|_| request.carrier == Carrier::Twilio)
        .ok_or_else(|| {
            DialError::refused(Refusal::NotFound {
                code: "not_a_line_of_openai".to_owned(),
            })
        })?;
    if !around.carrier.is_set_up().await {
        let message =
            "calls of OpenAI agents are placed by Twilio, and no account is set up: enter it under Settings";
        return Err(forbidden("no_carrier_account", message));
    }
    let base = around.records.public_url().await.map_err(not_sent)?;
    let base = base.ok_or_else(|| {
        let message =
            "nobody knows yet where Twilio reaches this deployment: set PUBLIC_URL, or open Settings once";
        forbidden("no_public_url", message)
    })?;
    let call = NewTwilioCall {
        to: request.to.as_str().to_owned(),
        from: from.as_str().to_owned(),
        answer_url: address(&base, "voice", request),
        status_url: address(&base, "status", request),
        ring_secs: request.ringing_secs(),
        longest_secs: Some(around.records.longest_call_secs().await.map_err(not_sent)?),
        detects_machines: true,
    };
    let made = around.carrier.create_call(&call).await.map_err(at_the_carrier)?;
    // A SID is letters and digits.
    let conversation_id = ProviderId::parse(&made.sid)
        .map_err(|_| crate::dialling::unconfirmed("the id of the call is not one"))?;
    Ok(PlacedCall {
        conversation_id,
        carrier_call_id: Some(made.sid),
    })
}

fn address(base: &Url, what: &str, request: &PlaceCall) -> String {
    let base = base.as_str().trim_end_matches('/');
    format!("{base}/webhooks/twilio/{what}?call={}", request.attempt)
}

fn not_sent(error: ProviderError) -> DialError {
    DialError::refused(Refusal::NeverSent {
        reason: error.to_string(),
    })
}

fn forbidden(code: &str, message: &str) -> DialError {
    DialError::refused(Refusal::Forbidden {
        code: code.to_owned(),
        message: message.to_owned(),
    })
}

/// The carrier's token is none of OpenAI's keys: what is said to people must not send them there.
fn at_the_carrier(error: DialError) -> DialError {
    match error {
        DialError::Refused {
            refusal: Refusal::BadKey,
            request_id,
            retry_after,
        } => DialError::Refused {
            refusal: Refusal::Forbidden {
                code: "carrier_account".to_owned(),
                message: "Twilio, which places the calls, does not take the account's token: correct it under Settings"
                    .to_owned(),
            },
            request_id,
            retry_after,
        },
        other => other,
    }
}
