//! `POST /api/agents/{id}/calls`.

use serde::Serialize;
use serde_json::{Map, Value};

use super::template::user_first;
use super::times::length;
use super::variables::{context, filled};
use crate::ultravox::dial::SipUser;
use crate::ultravox::lines::UltravoxLine;
use crate::{PlaceCall, Secret};

/// From the end of the ringing until the phone is joined to the agent.
const JOIN_MARGIN_SECS: u32 = 5;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::ultravox) struct DialBody<'a> {
    template_context: Map<String, Value>,
    /// Texts only.
    metadata: Metadata<'a>,
    medium: Medium<'a>,
    /// A call that nobody has joined by then ends as `unjoined`, so this is how long the phone may ring: the
    /// API knows no other time for it. It begins when the call is made, a moment before the phone rings, and
    /// has to last until the audio is joined, a moment after somebody picked up: hence the margin. (The
    /// carrier's own limit stays what it is: 60 seconds at Twilio.)
    join_timeout: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_speaker_settings: Option<Value>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    attempt_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Medium<'a> {
    Twilio { outgoing: TwilioLeg<'a> },
    Sip { outgoing: SipLeg<'a> },
}

#[derive(Serialize)]
struct TwilioLeg<'a> {
    to: &'a str,
    from: &'a str,
}

#[derive(Serialize)]
struct SipLeg<'a> {
    to: String,
    from: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
}

impl<'a> DialBody<'a> {
    pub(in crate::ultravox) fn new(request: &'a PlaceCall, line: &'a UltravoxLine, sip: &'a SipUser) -> Self {
        let (to, from) = (request.to.as_str(), line.number.as_str());
        let medium = match &line.sip_domain {
            None => Medium::Twilio {
                outgoing: TwilioLeg { to, from },
            },
            Some(domain) => Medium::Sip {
                outgoing: SipLeg {
                    to: format!("sip:{to}@{domain}"),
                    from,
                    username: sip.name.as_ref().map(Secret::open),
                    password: sip.password.as_ref().map(Secret::open),
                },
            },
        };
        let attempt = request.attempt.as_str();
        let first_message = request
            .first_message
            .as_deref()
            .filter(|text| !text.trim().is_empty());
        Self {
            template_context: context(&request.variables, attempt),
            metadata: Metadata { attempt_id: attempt },
            medium,
            join_timeout: length(f64::from(request.ringing_secs() + JOIN_MARGIN_SECS)),
            first_speaker_settings: first_message
                .map(|text| user_first(&filled(text, &request.variables, attempt))),
        }
    }
}
