//! Turns of a transcript.

use serde::Deserialize;
use switchboard_domain::{Speaker, TranscriptTurn};

use crate::bounds::cut;
use crate::lenient::{Obliging, lenient, lenient_objects, whole};

const LONGEST_MESSAGE_BYTES: usize = 100_000;
const MOST_TOOLS: usize = 50;
const LONGEST_TOOL_NAME_BYTES: usize = 200;
/// The tool with which an agent says that it talks to a machine.
const VOICEMAIL_TOOL: &str = "voicemail_detection";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::elevenlabs) struct Turn {
    #[serde(deserialize_with = "lenient")]
    role: String,
    #[serde(deserialize_with = "lenient")]
    message: Option<String>,
    #[serde(deserialize_with = "whole")]
    time_in_call_secs: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    interrupted: bool,
    #[serde(deserialize_with = "lenient_objects")]
    tool_calls: Vec<Tool>,
}

impl Obliging for Turn {}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tool {
    #[serde(deserialize_with = "lenient")]
    tool_name: Option<String>,
}

impl Obliging for Tool {}

impl Turn {
    pub(in crate::elevenlabs) fn detects_voicemail(&self) -> bool {
        self.tool_calls
            .iter()
            .any(|tool| tool.tool_name.as_deref() == Some(VOICEMAIL_TOOL))
    }
}

impl From<Turn> for TranscriptTurn {
    fn from(turn: Turn) -> Self {
        let tools = turn.tool_calls.into_iter().filter_map(|tool| tool.tool_name);
        Self {
            // Only `user` is the person; whatever else speaks, speaks for us.
            speaker: if turn.role == "user" {
                Speaker::User
            } else {
                Speaker::Agent
            },
            message: cut(turn.message.unwrap_or_default(), LONGEST_MESSAGE_BYTES),
            at_secs: turn
                .time_in_call_secs
                .and_then(|secs| u64::try_from(secs).ok())
                .unwrap_or(0),
            interrupted: turn.interrupted,
            tools: tools
                .take(MOST_TOOLS)
                .map(|name| cut(name, LONGEST_TOOL_NAME_BYTES))
                .collect(),
        }
    }
}
