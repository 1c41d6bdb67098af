//! A call, as Twilio has it.

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde::Deserialize;

use super::account::is_sid;
use crate::ProviderError;
use crate::failure::unreadable;

/// How a call is, in Twilio's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwilioCallState {
    /// It waits to be dialled, is dialled or rings.
    Ringing,
    /// Somebody answered.
    InProgress,
    /// It was answered, and is over.
    Completed,
    /// The line was busy.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// It could not be put through.
    Failed,
    /// It was taken back before anybody answered.
    Canceled,
}

impl TwilioCallState {
    /// Reads a word of Twilio's; none when it is not known here.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "queued" | "initiated" | "ringing" => Self::Ringing,
            "in-progress" | "answered" => Self::InProgress,
            "completed" => Self::Completed,
            "busy" => Self::Busy,
            "no-answer" => Self::NoAnswer,
            "failed" => Self::Failed,
            "canceled" => Self::Canceled,
            _ => return None,
        })
    }

    /// Twilio's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ringing => "ringing",
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
            Self::Busy => "busy",
            Self::NoAnswer => "no-answer",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    /// Whether it is over, for good.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Ringing | Self::InProgress)
    }
}

/// A call, as Twilio has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwilioCall {
    /// Its SID: `CA…`.
    pub sid: String,
    /// How it is.
    pub state: TwilioCallState,
    /// Whom it was made to, as Twilio writes it.
    pub to: String,
    /// Whose number they saw.
    pub from: String,
    /// Whether we made it by a request.
    pub is_ours: bool,
    /// Who picked up, where that was looked at: `human`, `machine_start`, `fax`…
    pub answered_by: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// Length in seconds, once it is over.
    pub duration_secs: Option<u64>,
}

/// A call on the wire. Numbers come as texts, moments as RFC 2822 writes them.
#[derive(Debug, Deserialize)]
pub(super) struct CallBody {
    sid: String,
    status: String,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    direction: Option<String>,
    #[serde(default)]
    answered_by: Option<String>,
    #[serde(default)]
    date_created: Option<String>,
    #[serde(default)]
    start_time: Option<String>,
    #[serde(default)]
    end_time: Option<String>,
    #[serde(default)]
    duration: Option<String>,
}

/// A page of calls on the wire.
#[derive(Debug, Deserialize)]
pub(super) struct CallsBody {
    pub(super) calls: Vec<CallBody>,
    #[serde(default)]
    pub(super) next_page_uri: Option<String>,
}

impl CallBody {
    pub(super) fn call(self) -> Result<TwilioCall, ProviderError> {
        if !is_sid("CA", &self.sid) {
            return Err(unreadable("the id of the call is none of Twilio's"));
        }
        let state = TwilioCallState::parse(&self.status)
            .ok_or_else(|| unreadable("the call's status is not known here"))?;
        Ok(TwilioCall {
            sid: self.sid,
            state,
            to: self.to.unwrap_or_default(),
            from: self.from.unwrap_or_default(),
            is_ours: self.direction.as_deref() == Some("outbound-api"),
            answered_by: self.answered_by.filter(|word| !word.is_empty()),
            created_at: self.date_created.as_deref().and_then(moment),
            started_at: self.start_time.as_deref().and_then(moment),
            ended_at: self.end_time.as_deref().and_then(moment),
            duration_secs: self.duration.and_then(|text| text.parse().ok()),
        })
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_read_and_what_is_new_in_it_passed_over() {
        let body = r#"{"sid":"CA000000000000000000000000000000aa","status":"completed","to":"+15005550100",
            "from":"+15005550199","direction":"outbound-api","answered_by":"human","duration":"42","price":null,
            "start_time":"Tue, 22 Sep 2026 10:00:00 +0000","end_time":"Tue, 22 Sep 2026 10:00:42 +0000","new":{}}"#;
        let call = serde_json::from_str::<CallBody>(body).unwrap().call().unwrap();
        assert_eq!(
            (call.state, call.duration_secs),
            (TwilioCallState::Completed, Some(42))
        );
        assert!(call.is_ours && call.state.is_over());
        assert_eq!(
            call.ended_at
                .unwrap()
                .duration_since(call.started_at.unwrap())
                .as_secs(),
            42
        );
        let bare =
            r#"{"sid":"CA000000000000000000000000000000aa","status":"queued","duration":null,"to":null}"#;
        let call = serde_json::from_str::<CallBody>(bare).unwrap().call().unwrap();
        assert_eq!((call.state, call.duration_secs), (TwilioCallState::Ringing, None));
        for odd in [
            r#"{"sid":"CA1","status":"queued"}"#,
            r#"{"sid":"CA000000000000000000000000000000aa","status":"x"}"#,
        ] {
            assert!(serde_json::from_str::<CallBody>(odd).unwrap().call().is_err());
        }
    }
}
