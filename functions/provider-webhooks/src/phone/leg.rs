//! A leg of a call, as Twilio tells of it in every request.

use switchboard_domain::{CallId, PhoneNumber};
use switchboard_providers::twilio::{TwilioCallState, is_call_sid};

use super::admission::Admitted;

const LONGEST_NAME: usize = 100;
const LONGEST_PARTY: usize = 100;

/// A leg of a call.
#[derive(Debug, Clone)]
pub(super) struct Leg {
    /// Twilio's id of it.
    pub(super) call_sid: String,
    /// Our id of its call.
    pub(super) call_id: CallId,
    /// Whether it is one that somebody made to us.
    pub(super) is_inbound: bool,
    /// The caller, as Twilio writes them.
    pub(super) from: String,
    /// Who was called, as Twilio writes it.
    pub(super) to: String,
    /// The caller's name, where the carrier looked it up.
    pub(super) caller_name: Option<String>,
    /// How it is; none in a word that is not known here.
    pub(super) state: Option<TwilioCallState>,
    /// Who picked up, where Twilio looked at that.
    pub(super) answered_by: Option<String>,
    /// Our public address, as Twilio has it.
    pub(super) base: String,
}

impl Leg {
    /// The leg that a request tells of; none when it names no call.
    pub(super) fn read(admitted: &Admitted) -> Option<Self> {
        let form = &admitted.form;
        let call_sid = form.get("CallSid").filter(|sid| is_call_sid(sid))?.to_owned();
        let call_id = match admitted.query.get("call") {
            Some(id) => CallId::parse(id).ok()?,
            None => call_id_of(&call_sid),
        };
        let text = |name: &str, longest| {
            let text = form.get(name).unwrap_or_default();
            text.chars()
                .filter(|letter| !letter.is_control())
                .take(longest)
                .collect::<String>()
        };
        Some(Self {
            call_id,
            is_inbound: form.get("Direction") == Some("inbound"),
            from: text("From", LONGEST_PARTY),
            to: text("To", LONGEST_PARTY),
            caller_name: Some(text("CallerName", LONGEST_NAME)).filter(|name| !name.is_empty()),
            state: form.get("CallStatus").and_then(TwilioCallState::parse),
            answered_by: Some(text("AnsweredBy", LONGEST_NAME)).filter(|by| !by.is_empty()),
            base: admitted.base.clone(),
            call_sid,
        })
    }

    /// The caller's number, when it is shown.
    pub(super) fn caller(&self) -> Option<PhoneNumber> {
        PhoneNumber::parse(&self.from).ok()
    }

    /// The number that was called, when it is one.
    pub(super) fn called(&self) -> Option<PhoneNumber> {
        PhoneNumber::parse(&self.to).ok()
    }
}

/// Our id of a call that came in. It follows from Twilio's, so that the same call is one however often it is told of.
pub(super) fn call_id_of(call_sid: &str) -> CallId {
    CallId::derived(&["twilio", call_sid])
}
