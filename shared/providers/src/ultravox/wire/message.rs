//! Messages of a call, and the transcript they make.

use serde::Deserialize;
use switchboard_domain::{Speaker, TranscriptTurn};

use super::times::seconds;
use crate::bounds::cut;
use crate::lenient::lenient;

const LONGEST_MESSAGE_BYTES: usize = 100_000;
const MOST_TRANSCRIPT_BYTES: usize = 4 * 1024 * 1024;
const MOST_TURNS: usize = 5_000;
const MOST_TOOLS: usize = 50;
const LONGEST_TOOL_NAME_BYTES: usize = 200;
/// The tool with which an agent says that it talks to a machine.
pub(in crate::ultravox) const VOICEMAIL_TOOL: &str = "leaveVoicemail";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::ultravox) struct Message {
    #[serde(deserialize_with = "lenient")]
    role: String,
    #[serde(deserialize_with = "lenient")]
    text: Option<String>,
    #[serde(deserialize_with = "lenient")]
    tool_name: Option<String>,
    /// By the clock of the audio.
    #[serde(deserialize_with = "lenient")]
    timespan: Option<Timespan>,
    /// Since the phone was picked up.
    #[serde(deserialize_with = "lenient")]
    wall_clock_timespan: Option<Timespan>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Timespan {
    #[serde(deserialize_with = "lenient")]
    start: Option<String>,
}

impl Message {
    fn at_secs(&self) -> Option<u64> {
        let spans = [&self.timespan, &self.wall_clock_timespan];
        let start = spans
            .into_iter()
            .flatten()
            .find_map(|span| seconds(span.start.as_deref()?))?;
        // `as` saturates: whatever it says, it is a number of seconds.
        Some(start as u64)
    }
}

/// What was said, as far as it fits.
#[derive(Debug, Default, PartialEq)]
pub(in crate::ultravox) struct Transcript {
    pub turns: Vec<TranscriptTurn>,
    pub voicemail: bool,
    bytes: usize,
}

impl Transcript {
    pub(in crate::ultravox) fn is_full(&self) -> bool {
        self.turns.len() >= MOST_TURNS || self.bytes >= MOST_TRANSCRIPT_BYTES
    }

    pub(in crate::ultravox) fn add(&mut self, message: Message) {
        let at_secs = message.at_secs();
        match message.role.as_str() {
            "MESSAGE_ROLE_TOOL_CALL" => {
                let name = message.tool_name.unwrap_or_default();
                self.voicemail |= name == VOICEMAIL_TOOL;
                self.add_tool(cut(name, LONGEST_TOOL_NAME_BYTES), at_secs);
            }
            // What a tool answered was not said.
            "MESSAGE_ROLE_TOOL_RESULT" => {}
            // Only `USER` is the person; whatever else speaks, speaks for us.
            role => {
                let speaker = if role == "MESSAGE_ROLE_USER" {
                    Speaker::User
                } else {
                    Speaker::Agent
                };
                let text = message.text.filter(|text| !text.trim().is_empty());
                if let Some(text) = text {
                    self.push(speaker, cut(text, LONGEST_MESSAGE_BYTES), at_secs);
                }
            }
        }
    }

    /// The tool ran in the agent's turn; where the agent said nothing yet, it is a turn of its own.
    fn add_tool(&mut self, name: String, at_secs: Option<u64>) {
        if name.is_empty() || self.is_full() {
            return;
        }
        if self
            .turns
            .last()
            .is_none_or(|turn| turn.speaker != Speaker::Agent)
        {
            self.push(Speaker::Agent, String::new(), at_secs);
        }
        if let Some(turn) = self.turns.last_mut().filter(|turn| turn.tools.len() < MOST_TOOLS) {
            self.bytes += name.len();
            turn.tools.push(name);
        }
    }

    fn push(&mut self, speaker: Speaker, message: String, at_secs: Option<u64>) {
        if self.is_full() {
            return;
        }
        self.bytes += message.len();
        // A turn whose time is not told comes after the one before it.
        let before = self.turns.last().map_or(0, |turn| turn.at_secs);
        self.turns.push(TranscriptTurn {
            speaker,
            message,
            at_secs: at_secs.unwrap_or(before),
            interrupted: false,
            tools: Vec::new(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn transcript(messages: &Value) -> Transcript {
        let mut transcript = Transcript::default();
        for message in serde_json::from_value::<Vec<Message>>(messages.clone()).unwrap() {
            transcript.add(message);
        }
        transcript
    }

    #[test]
    fn messages_become_turns_and_tools_belong_to_the_agents() {
        let read = transcript(&json!([
            { "role": "MESSAGE_ROLE_AGENT", "text": "Hi Ana, can you still make Tuesday?", "medium": "MESSAGE_MEDIUM_VOICE",
              "timespan": { "start": "1.2s", "end": "3.9s" } },
            { "role": "MESSAGE_ROLE_USER", "text": "Yes, that works.", "timespan": { "start": "4.6s", "end": "5.8s" } },
            { "role": "MESSAGE_ROLE_TOOL_CALL", "toolName": "book", "invocationId": "1", "wallClockTimespan": { "start": "6s" } },
            { "role": "MESSAGE_ROLE_TOOL_RESULT", "toolName": "book", "text": "{\"ok\":true}" },
            { "role": "MESSAGE_ROLE_AGENT", "text": "Booked.", "timespan": null },
            { "role": "MESSAGE_ROLE_TOOL_CALL", "toolName": "hangUp" },
            { "role": "MESSAGE_ROLE_USER", "text": "" },
        ]));
        let rows: Vec<_> = read
            .turns
            .iter()
            .map(|turn| {
                (
                    turn.speaker,
                    turn.message.as_str(),
                    turn.at_secs,
                    turn.tools.join(","),
                )
            })
            .collect();
        assert_eq!(
            rows,
            [
                (
                    Speaker::Agent,
                    "Hi Ana, can you still make Tuesday?",
                    1,
                    String::new()
                ),
                (Speaker::User, "Yes, that works.", 4, String::new()),
                (Speaker::Agent, "", 6, "book".to_owned()),
                (Speaker::Agent, "Booked.", 6, "hangUp".to_owned()),
            ]
        );
        assert!(!read.voicemail);
        let machine = json!([{ "role": "MESSAGE_ROLE_TOOL_CALL", "toolName": "leaveVoicemail" }]);
        assert!(transcript(&machine).voicemail);
    }

    #[test]
    fn a_transcript_is_bounded() {
        let long = json!({ "role": "MESSAGE_ROLE_USER", "text": "é".repeat(100_000) });
        let mut read = Transcript::default();
        for _ in 0..100 {
            read.add(serde_json::from_value(long.clone()).unwrap());
        }
        assert!(read.is_full());
        let bytes: usize = read.turns.iter().map(|turn| turn.message.len()).sum();
        assert!(bytes <= MOST_TRANSCRIPT_BYTES + LONGEST_MESSAGE_BYTES);
        let tool = json!({ "role": "MESSAGE_ROLE_TOOL_CALL", "toolName": "x" });
        let many = transcript(&Value::from(vec![tool; 500]));
        assert_eq!(many.turns[0].tools.len(), 50);
    }
}
