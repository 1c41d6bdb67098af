//! Somebody is to be called back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AgentId, Call, CallId, CallStatus, CallbackId, PhoneNumber};

/// How far a callback is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallbackStatus {
    /// Nobody has called back yet.
    Due,
    /// Somebody, or a call of ours, is at it.
    Assigned,
    /// It is dealt with.
    Done,
}

impl CallbackStatus {
    /// The name in keys and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Assigned => "assigned",
            Self::Done => "done",
        }
    }
}

/// Who booked it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallbackOrigin {
    /// The agent, in a call.
    Agent,
    /// A person, in the site or by the API.
    Person,
}

/// Somebody is to be called back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Callback {
    /// Its id.
    pub callback_id: CallbackId,
    /// Whom to call.
    pub phone_number: PhoneNumber,
    /// Their name, when known.
    pub name: Option<String>,
    /// What it is about.
    pub reason: String,
    /// When they are to be called.
    pub due_at: Timestamp,
    /// How far it is.
    pub status: CallbackStatus,
    /// Who does it, as written by whoever assigned it.
    pub assigned_to: Option<String>,
    /// The call in which it was booked.
    pub call_id: Option<CallId>,
    /// The call of ours that was placed for it.
    pub placed_call_id: Option<CallId>,
    /// The agent to place it with, where one is wanted.
    pub agent_id: Option<AgentId>,
    /// Who booked it.
    pub origin: CallbackOrigin,
    /// What came of it; one line.
    pub note: Option<String>,
    /// When it was booked.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts changes; every write is conditional on it.
    pub version: u64,
}

impl Callback {
    /// Somebody does it from now on; none: nobody, and it is due again. One that is done stays done.
    pub fn assign(&mut self, who: Option<String>) {
        self.assigned_to = who;
        if self.status != CallbackStatus::Done {
            self.status = match self.assigned_to {
                Some(_) => CallbackStatus::Assigned,
                None => CallbackStatus::Due,
            };
        }
    }

    /// The call that would be placed for it now: it follows from the callback as it is, so that whoever asks twice
    /// calls once.
    pub fn next_call(&self) -> CallId {
        let before = self.placed_call_id.as_ref().map_or("", CallId::as_str);
        CallId::derived(&["callback", self.callback_id.as_str(), before])
    }

    /// A call of ours is placed for it. One that is done stays done.
    pub fn place(&mut self, call: CallId) {
        self.placed_call_id = Some(call);
        if self.status == CallbackStatus::Due {
            self.status = CallbackStatus::Assigned;
        }
    }

    /// A call that was placed for it is over: it is done when somebody was reached, else due again. Answers whether
    /// anything changes: what is done stays done, and of the calls only the last one counts.
    pub fn call_ended(&mut self, call: &Call) -> bool {
        if !call.status.is_final() {
            return false;
        }
        // Whoever placed it may have been gone before it was noted here.
        let unnoted = self.next_call() == call.call_id;
        if unnoted {
            self.place(call.call_id.clone());
        } else if self.placed_call_id.as_ref() != Some(&call.call_id) {
            return false;
        }
        let status = match call.status {
            CallStatus::Completed => CallbackStatus::Done,
            _ => CallbackStatus::Due,
        };
        let moves = self.status != CallbackStatus::Done && self.status != status;
        if moves {
            self.set_status(status);
        }
        if moves || unnoted {
            self.updated_at = call.updated_at;
        }
        moves || unnoted
    }

    /// It is so far now, as somebody says. What is due again is nobody's.
    pub fn set_status(&mut self, status: CallbackStatus) {
        self.status = status;
        if status == CallbackStatus::Due {
            self.assigned_to = None;
        }
    }

    /// The caller named another time or another reason in the same call. One that was done is due again, as they want
    /// to be called.
    pub fn book_again(&mut self, reason: &str, name: Option<&str>, due_at: Timestamp) {
        self.reason = reason.to_owned();
        self.due_at = due_at;
        if let Some(name) = name {
            self.name = Some(name.to_owned());
        }
        if self.status == CallbackStatus::Done {
            self.set_status(CallbackStatus::Due);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{CallOrigin, Direction};

    fn callback() -> Callback {
        let now = Timestamp::UNIX_EPOCH;
        Callback {
            callback_id: CallbackId::derived(&["c"]),
            phone_number: PhoneNumber::parse("+14155550100").unwrap(),
            name: None,
            reason: "an invoice".to_owned(),
            due_at: now,
            status: CallbackStatus::Due,
            assigned_to: None,
            call_id: None,
            placed_call_id: None,
            agent_id: None,
            origin: CallbackOrigin::Agent,
            note: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    #[test]
    fn a_callback_goes_from_due_to_done_and_back() {
        let mut one = callback();
        one.assign(Some("Mia".to_owned()));
        assert_eq!(one.status, CallbackStatus::Assigned);
        one.place(CallId::derived(&["x"]));
        one.set_status(CallbackStatus::Done);
        one.assign(Some("Leo".to_owned()));
        assert_eq!(one.status, CallbackStatus::Done, "what is done stays done");
        one.set_status(CallbackStatus::Due);
        assert_eq!((one.status, &one.assigned_to), (CallbackStatus::Due, &None));
        one.place(CallId::derived(&["y"]));
        assert_eq!(one.status, CallbackStatus::Assigned);
        one.assign(None);
        assert_eq!(one.status, CallbackStatus::Due);
        one.set_status(CallbackStatus::Done);
        let later = Timestamp::from_second(3_600).unwrap();
        one.book_again("another invoice", Some("Ada"), later);
        assert_eq!(
            (one.status, one.due_at, one.reason.as_str()),
            (CallbackStatus::Due, later, "another invoice")
        );
        one.book_again("it", None, later);
        assert_eq!(one.name.as_deref(), Some("Ada"));
    }

    fn call(id: CallId, status: CallStatus) -> Call {
        Call {
            status,
            ..Call::new(id, Direction::Outbound, CallOrigin::Api, Timestamp::UNIX_EPOCH)
        }
    }

    #[test]
    fn it_is_done_when_its_call_reached_somebody_and_due_again_when_it_did_not() {
        let mut one = callback();
        one.place(one.next_call());
        let first = one.placed_call_id.clone().unwrap();
        assert!(!one.call_ended(&call(first.clone(), CallStatus::InProgress)));
        assert!(one.call_ended(&call(first.clone(), CallStatus::NoAnswer)));
        assert_eq!(one.status, CallbackStatus::Due);
        assert!(
            !one.call_ended(&call(first.clone(), CallStatus::NoAnswer)),
            "told twice"
        );

        one.place(one.next_call());
        let second = one.placed_call_id.clone().unwrap();
        assert!(
            !one.call_ended(&call(first, CallStatus::Busy)),
            "not the last one"
        );
        assert_eq!(one.status, CallbackStatus::Assigned);
        assert!(one.call_ended(&call(second.clone(), CallStatus::Completed)));
        assert_eq!(one.status, CallbackStatus::Done);
        assert!(
            !one.call_ended(&call(second, CallStatus::Failed)),
            "done stays done"
        );
        assert_eq!(one.status, CallbackStatus::Done);
    }

    #[test]
    fn a_call_that_was_not_noted_counts_all_the_same() {
        let mut one = callback();
        let id = one.next_call();
        assert!(one.call_ended(&call(id.clone(), CallStatus::Completed)));
        assert_eq!(
            (one.status, &one.placed_call_id),
            (CallbackStatus::Done, &Some(id))
        );
    }

    proptest! {
        /// Whatever is done with it, somebody who is due to be called is nobody's.
        #[test]
        fn what_is_due_is_assigned_to_nobody(changes in prop::collection::vec(0..8u8, 0..30)) {
            let mut one = callback();
            for change in changes {
                match change {
                    0 => one.assign(Some("Mia".to_owned())),
                    1 => one.assign(None),
                    2 => one.place(CallId::derived(&["x"])),
                    3 => one.set_status(CallbackStatus::Due),
                    4 => one.set_status(CallbackStatus::Done),
                    5 | 6 => {
                        let id = one.placed_call_id.clone().unwrap_or_else(|| one.next_call());
                        let reached = change == 5;
                        let status = if reached { CallStatus::Completed } else { CallStatus::Voicemail };
                        one.call_ended(&call(id, status));
                    }
                    _ => one.book_again("again", None, Timestamp::UNIX_EPOCH),
                }
                prop_assert!(one.status != CallbackStatus::Due || one.assigned_to.is_none());
            }
        }
    }

    #[test]
    fn a_status_is_named_in_keys_as_in_json() {
        let statuses = [
            CallbackStatus::Due,
            CallbackStatus::Assigned,
            CallbackStatus::Done,
        ];
        let names = ["due", "assigned", "done"];
        assert_eq!(statuses.map(CallbackStatus::as_str), names);
        assert_eq!(serde_json::to_value(statuses).unwrap(), serde_json::json!(names));
    }
}
