//! `metadata` of a conversation: times, cost, the phone call, what went wrong.

use jiff::Timestamp;
use serde::Deserialize;
use switchboard_domain::{Carrier, Direction, PhoneNumber};

use crate::CallResult;
use crate::lenient::{Obliging, lenient, lenient_object, whole};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::elevenlabs) struct Metadata {
    #[serde(deserialize_with = "whole")]
    pub start_time_unix_secs: Option<i64>,
    #[serde(deserialize_with = "whole")]
    pub accepted_time_unix_secs: Option<i64>,
    #[serde(deserialize_with = "whole")]
    pub call_duration_secs: Option<i64>,
    /// Credits, not money.
    #[serde(deserialize_with = "whole")]
    pub cost: Option<i64>,
    /// US dollars.
    #[serde(deserialize_with = "lenient")]
    pub cost_fiat: Option<f64>,
    #[serde(deserialize_with = "lenient")]
    pub termination_reason: Option<String>,
    #[serde(deserialize_with = "lenient_object")]
    pub error: ConversationError,
    #[serde(deserialize_with = "lenient_object")]
    pub phone_call: PhoneCall,
}

impl Obliging for Metadata {}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::elevenlabs) struct ConversationError {
    #[serde(deserialize_with = "whole")]
    pub code: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    pub reason: Option<String>,
}

impl Obliging for ConversationError {}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::elevenlabs) struct PhoneCall {
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: String,
    #[serde(deserialize_with = "lenient")]
    direction: String,
    #[serde(deserialize_with = "lenient")]
    pub phone_number_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub agent_number: Option<String>,
    #[serde(deserialize_with = "lenient")]
    external_number: Option<String>,
    #[serde(deserialize_with = "lenient")]
    call_result: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub call_sid: Option<String>,
}

impl Obliging for PhoneCall {}

impl PhoneCall {
    pub(in crate::elevenlabs) fn carrier(&self) -> Option<Carrier> {
        match self.kind.as_str() {
            "twilio" => Some(Carrier::Twilio),
            "sip_trunking" | "sip_trunk" | "sip" => Some(Carrier::SipTrunk),
            _ => None,
        }
    }

    pub(in crate::elevenlabs) fn direction(&self) -> Option<Direction> {
        direction(&self.direction)
    }

    pub(in crate::elevenlabs) fn external_number(&self) -> Option<PhoneNumber> {
        self.external_number.as_deref().and_then(number)
    }

    pub(in crate::elevenlabs) fn call_result(&self) -> Option<CallResult> {
        let word = self.call_result.as_deref()?;
        Some(match word {
            "answered" => CallResult::Answered,
            "voicemail" => CallResult::Voicemail,
            "busy" => CallResult::Busy,
            "no_answer" | "no-answer" => CallResult::NoAnswer,
            "failed" => CallResult::Failed,
            other => CallResult::Other(other.to_owned()),
        })
    }
}

pub(in crate::elevenlabs) fn direction(word: &str) -> Option<Direction> {
    match word {
        "outbound" => Some(Direction::Outbound),
        "inbound" => Some(Direction::Inbound),
        _ => None,
    }
}

/// A number as carriers write it, spaces and punctuation taken out.
pub(in crate::elevenlabs) fn number(text: &str) -> Option<PhoneNumber> {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.'))
        .collect();
    PhoneNumber::parse(&plain).ok()
}

/// A moment given in whole seconds; 0 and nonsense are none.
pub(in crate::elevenlabs) fn moment(unix_secs: Option<i64>) -> Option<Timestamp> {
    unix_secs
        .filter(|secs| *secs > 0)
        .and_then(|secs| Timestamp::from_second(secs).ok())
}

pub(in crate::elevenlabs) fn length(secs: Option<i64>) -> u64 {
    secs.and_then(|secs| u64::try_from(secs).ok()).unwrap_or(0)
}
