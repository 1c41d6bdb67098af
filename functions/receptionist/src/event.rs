//! What the function is invoked with.

use serde::{Deserialize, Serialize};
use switchboard_domain::CallId;

/// What the function is invoked with: asynchronously, so that it may come twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Stay with a call.
    Hold(Hold),
    /// The carrier says that a call is over: find out what came of it.
    Conclude(CallId),
    /// The carrier has a recording of a call.
    Recording(Recorded),
}

/// Stay with a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The call.
    pub call_id: CallId,
    /// Which holder this is, from 1: a later one takes over from an earlier one.
    pub generation: u64,
}

/// The carrier has a recording of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// The call.
    pub call_id: CallId,
    /// Twilio's id of the recording: `RE…`.
    pub recording_sid: String,
    /// Its length in seconds, as Twilio tells it.
    #[serde(default)]
    pub duration_secs: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Request {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn each_sample_is_what_it_is_for() {
        let hold = read(include_str!("../../../events/receptionist/hold.json"));
        assert!(matches!(hold, Request::Hold(hold) if hold.generation == 1));
        let conclude = read(include_str!("../../../events/receptionist/conclude.json"));
        assert!(matches!(conclude, Request::Conclude(_)));
        let recording = read(include_str!("../../../events/receptionist/recording.json"));
        assert!(matches!(recording, Request::Recording(recorded) if recorded.duration_secs == Some(42)));
    }

    #[test]
    fn what_is_none_of_them_is_refused() {
        for text in [
            "{}",
            "null",
            r#"{"hold":{"call_id":"../x","generation":1}}"#,
            r#"{"hold":{}}"#,
        ] {
            assert!(serde_json::from_str::<Request>(text).is_err(), "{text}");
        }
    }
}
