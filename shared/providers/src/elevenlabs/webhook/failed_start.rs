//! `call_initiation_failure`: a call that never got through. It names neither our call nor the
//! variables we sent; conversation, carrier id and number are all there is to match by.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use switchboard_domain::{CallOutcome, PhoneNumber};

use crate::elevenlabs::wire::metadata::number;
use crate::lenient::{lenient, whole_number};
use crate::outcome_of_failed_start;
use crate::shown::shown;

const LONGEST_CARRIER_ID: usize = 256;

#[derive(Debug, Deserialize)]
pub(super) struct FailedStart {
    pub(super) agent_id: String,
    pub(super) conversation_id: String,
    #[serde(default, deserialize_with = "lenient")]
    failure_reason: String,
    #[serde(default, deserialize_with = "lenient")]
    metadata: CarrierReport,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CarrierReport {
    /// Twilio's status callback (`CallSid`, `CallStatus`, `To`; all strings), or the SIP trunk's
    /// own (`call_sid`, `sip_status_code`, `to_number`).
    #[serde(deserialize_with = "lenient")]
    body: BTreeMap<String, Value>,
}

impl FailedStart {
    pub(super) fn outcome(&self) -> CallOutcome {
        let sip_status = ["sip_status_code", "SipResponseCode"]
            .iter()
            .find_map(|name| self.field(name));
        outcome_of_failed_start(
            &self.failure_reason,
            self.text("CallStatus"),
            sip_status.and_then(whole_number),
        )
    }

    pub(super) fn carrier_call_id(&self) -> Option<String> {
        let id = self.text("CallSid").or_else(|| self.text("call_sid"))?;
        (1..=LONGEST_CARRIER_ID)
            .contains(&id.len())
            .then(|| id.to_owned())
    }

    pub(super) fn to(&self) -> Option<PhoneNumber> {
        let to = self.field("To").or_else(|| self.field("to_number"))?;
        match to {
            Value::String(text) => number(text),
            // Documented as a number, shown as a string.
            Value::Number(digits) => number(&format!("+{digits}")),
            _ => None,
        }
    }

    /// The provider's reason and the carrier's, for people.
    pub(super) fn reason(&self) -> String {
        let carrier = self.text("error_reason").or_else(|| self.text("CallStatus"));
        match carrier {
            Some(words) if words != self.failure_reason => {
                shown(&format!("{} ({words})", self.failure_reason))
            }
            _ => shown(&self.failure_reason),
        }
    }

    fn field(&self, name: &str) -> Option<&Value> {
        self.metadata.body.get(name)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.field(name).and_then(Value::as_str)
    }
}
