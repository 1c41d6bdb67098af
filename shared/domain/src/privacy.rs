//! What is left of a person's records when everything about the person is erased: that something happened, when, and how
//! it ended, so that counts, reports and proofs still add up.

use jiff::Timestamp;

use crate::{
    Call, CallResults, DynamicVariables, PhoneNumber, Recipient, RecipientOverrides, Recording,
    RecordingState,
};

impl Call {
    /// Erases what it tells of its person. Answers whether anything was left to erase.
    pub fn erase_person(&mut self, now: Timestamp) -> bool {
        if self.erased_at.is_some() {
            return false;
        }
        self.phone_number = None;
        self.variables = DynamicVariables::new();
        self.first_message = None;
        self.results = CallResults {
            success: self.results.success,
            cost_credits: self.results.cost_credits,
            cost_usd: self.results.cost_usd,
            ..CallResults::default()
        };
        self.recording = Recording {
            state: RecordingState::None,
            ..Recording::default()
        };
        if let Some(reception) = &mut self.reception {
            reception.caller_name = None;
            reception.urgent_because = None;
            reception.message = None;
            reception.callback_id = None;
        }
        self.erased_at = Some(now);
        self.updated_at = now;
        true
    }
}

impl Recipient {
    /// Erases whom it is about.
    pub fn erase_person(&mut self, now: Timestamp) {
        self.phone_number = PhoneNumber::erased();
        self.variables = DynamicVariables::new();
        self.external_id = None;
        self.time_zone = None;
        self.language = None;
        self.overrides = RecipientOverrides::default();
        self.updated_at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{call, recipient};
    use crate::{CallStatus, CallSuccess, RecipientStatus};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    /// Everything in the record as text, to look for what must not be there.
    fn text(record: &impl serde::Serialize) -> String {
        serde_json::to_string(record).unwrap()
    }

    #[test]
    fn an_erased_call_keeps_how_it_ended_and_tells_nothing_of_its_person() {
        let mut call = call(CallStatus::Completed);
        let number = call.phone_number.clone().unwrap();
        call.variables = [("name".to_owned(), "Ana".to_owned())].into();
        call.results.summary = Some("Ana wants a new bed.".to_owned());
        call.results.cost_usd = Some(0.25);
        call.results.cost_credits = Some(40);
        call.results.success = Some(CallSuccess::Success);
        call.duration_secs = Some(61);
        assert!(call.erase_person(at(0)));
        assert!(
            !text(&call).contains("Ana") && !text(&call).contains(number.as_str()),
            "{}",
            text(&call)
        );
        assert_eq!(
            (call.status, call.duration_secs),
            (CallStatus::Completed, Some(61))
        );
        let kept = (
            call.results.cost_usd,
            call.results.cost_credits,
            call.results.success,
        );
        assert_eq!(kept, (Some(0.25), Some(40), Some(CallSuccess::Success)));
        assert_eq!(
            call.recording.state,
            RecordingState::None,
            "nobody fetches one again"
        );
        assert!(!call.erase_person(at(9)), "once is enough");
        assert_eq!(call.erased_at, Some(at(0)));
    }

    #[test]
    fn an_erased_recipient_keeps_its_state_and_has_nobodys_number() {
        let mut person = recipient(RecipientStatus::Completed);
        let number = person.phone_number.clone();
        person.external_id = Some("customer-4711".to_owned());
        person.erase_person(at(0));
        assert!(person.phone_number.is_erased());
        assert!(!text(&person).contains(number.as_str()) && !text(&person).contains("4711"));
        assert_eq!(person.status, RecipientStatus::Completed);
    }
}
