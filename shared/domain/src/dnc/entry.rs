//! One number on the do-not-call list.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Call, Direction, PhoneNumber, UploadId};

/// How a number came on the do-not-call list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OptOutWay {
    /// Somebody who uses Switchboard, or a script, added it.
    #[default]
    Person,
    /// What was found out in a call of ours says so.
    Call,
    /// The agent noted it during the call.
    Tool,
    /// The person called in and said so.
    InboundCall,
    /// It was in an imported file.
    Import,
}

impl OptOutWay {
    /// The name in JSON and CSV.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Call => "call",
            Self::Tool => "tool",
            Self::InboundCall => "inbound_call",
            Self::Import => "import",
        }
    }

    /// The way of what was found out in a call.
    pub fn found_in(call: &Call) -> Self {
        match call.direction {
            Direction::Outbound => Self::Call,
            Direction::Inbound => Self::InboundCall,
        }
    }
}

/// How long after the end of a call its agent may still ask for something, in hours.
const WISHES_TAKEN_HOURS: i64 = 24;

impl Call {
    /// Whether a tool may take a wish of this call's person: while it is live, and for a day after.
    pub fn takes_wishes(&self, now: Timestamp) -> bool {
        let lately =
            |ended: Timestamp| now.duration_since(ended) <= SignedDuration::from_hours(WISHES_TAKEN_HOURS);
        self.status.is_live() || (self.status.is_final() && self.ended_at.is_some_and(lately))
    }
}

/// One number on the do-not-call list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DoNotCallEntry {
    /// The number.
    pub phone_number: PhoneNumber,
    /// How it came on the list.
    #[serde(default)]
    pub way: OptOutWay,
    /// Where the wish came from: the name of a register, who added it, or `call`.
    pub source: String,
    /// The date of the source's file, where it was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub source_date: Option<Date>,
    /// The upload that it was imported with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload_id: Option<UploadId>,
    /// Why, in a person's words.
    pub note: Option<String>,
    /// Since when.
    pub added_at: Timestamp,
}

impl DoNotCallEntry {
    /// The entry of a person who said so in a call; none when the call has no number.
    pub fn of_call(call: &Call, way: OptOutWay, now: Timestamp) -> Option<Self> {
        let said = match way {
            OptOutWay::Tool => "The agent noted it in the call",
            OptOutWay::InboundCall => "The person called in and said so in the call",
            OptOutWay::Person | OptOutWay::Call | OptOutWay::Import => "The person said so in the call",
        };
        Some(Self {
            phone_number: call.phone_number.clone()?,
            way,
            source: "call".to_owned(),
            source_date: None,
            upload_id: None,
            note: Some(format!("{said} {}.", call.call_id)),
            added_at: now,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CallStatus;
    use crate::testing::call;

    #[test]
    fn a_wish_is_taken_during_a_call_and_for_a_day_after() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        assert!(call(CallStatus::InProgress).takes_wishes(now));
        assert!(!call(CallStatus::Queued).takes_wishes(now));
        let mut over = call(CallStatus::Completed);
        for (hours, taken) in [(1, true), (24, true), (25, false)] {
            over.ended_at = Some(now - SignedDuration::from_hours(hours));
            assert_eq!(over.takes_wishes(now), taken, "{hours} hours");
        }
    }

    #[test]
    fn an_entry_of_a_call_names_the_call_and_the_way() {
        let now = Timestamp::UNIX_EPOCH;
        let mut call = call(CallStatus::Completed);
        let entry = DoNotCallEntry::of_call(&call, OptOutWay::InboundCall, now).unwrap();
        assert_eq!(Some(&entry.phone_number), call.phone_number.as_ref());
        assert!(entry.note.unwrap().contains(call.call_id.as_str()));
        assert_eq!(OptOutWay::found_in(&call), OptOutWay::Call);
        call.direction = Direction::Inbound;
        assert_eq!(OptOutWay::found_in(&call), OptOutWay::InboundCall);
        call.phone_number = None;
        assert_eq!(DoNotCallEntry::of_call(&call, OptOutWay::Tool, now), None);
    }

    #[test]
    fn an_entry_of_before_there_were_ways_is_still_read() {
        let old =
            r#"{"phone_number":"+14155550100","source":"sub","note":null,"added_at":"2026-11-20T12:00:00Z"}"#;
        let entry: DoNotCallEntry = serde_json::from_str(old).unwrap();
        assert_eq!((entry.way, entry.source_date), (OptOutWay::Person, None));
    }

    #[test]
    fn a_way_is_named_in_keys_as_in_json() {
        let ways = [
            OptOutWay::Person,
            OptOutWay::Call,
            OptOutWay::Tool,
            OptOutWay::InboundCall,
            OptOutWay::Import,
        ];
        let names = ["person", "call", "tool", "inbound_call", "import"];
        assert_eq!(ways.map(OptOutWay::as_str), names);
        assert_eq!(serde_json::to_value(ways).unwrap(), serde_json::json!(names));
    }

    #[test]
    fn a_call_that_came_in_is_another_way_than_one_that_went_out() {
        let mut call = call(CallStatus::Completed);
        assert_eq!(OptOutWay::found_in(&call), OptOutWay::Call);
        call.direction = Direction::Inbound;
        assert_eq!(OptOutWay::found_in(&call), OptOutWay::InboundCall);
    }
}
