//! Settings of the reception.

use serde::{Deserialize, Serialize};

use crate::PhoneNumber;

/// How inbound calls are taken and concluded, for the whole deployment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ReceptionSettings {
    /// The company, as voicemail and the agent say it.
    pub company: String,
    /// IANA time zone in which routing rules have their hours, such as `Europe/Madrid`.
    pub time_zone: String,
    /// Days on which holiday rules hold, as `2026-12-25`.
    pub holidays: Vec<jiff::civil::Date>,
    /// Language where no rule says another one.
    pub language: String,
    /// What voicemail says.
    pub voicemail_greeting: String,
    /// What a caller hears where a rule says that it is closed.
    pub closed_greeting: String,
    /// Whether inbound calls are recorded.
    pub record: bool,
    /// The person that a caller is put through to where a rule names none.
    pub person: Option<PhoneNumber>,
    /// Words that make a call urgent, whatever anybody else thinks.
    pub urgent_words: Vec<String>,
    /// The model that writes summaries.
    pub summary_model: String,
    /// Longest call with an agent, in seconds.
    pub longest_call_secs: u32,
}

impl Default for ReceptionSettings {
    fn default() -> Self {
        Self {
            company: String::new(),
            time_zone: "UTC".to_owned(),
            holidays: Vec::new(),
            language: "en".to_owned(),
            voicemail_greeting: "Nobody can take your call now. Please leave a message after the tone."
                .to_owned(),
            closed_greeting: "We are closed now. Please call again later.".to_owned(),
            record: true,
            person: None,
            urgent_words: ["emergency", "urgent", "bleeding", "accident", "fire", "ambulance"]
                .map(str::to_owned)
                .to_vec(),
            summary_model: "gpt-6-luna".to_owned(),
            longest_call_secs: 3_000,
        }
    }
}
