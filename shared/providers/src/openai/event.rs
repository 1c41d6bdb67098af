//! What OpenAI tells on the sideband, read leniently: what is new or odd is [`Event::Other`].

use serde::Deserialize;
use serde_json::Value;
use switchboard_domain::Speaker;

use crate::bounds::cut;
use crate::lenient::{lenient, lenient_list, whole};
use crate::shown::shown;
use crate::webhook::plain_kind;

/// Longest text of a turn that is taken, in bytes.
const MOST_TEXT_BYTES: usize = 50_000;
/// Longest arguments of a tool that are taken, in bytes.
const MOST_ARGUMENT_BYTES: usize = 64 * 1024;

/// What OpenAI tells on the sideband.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The session is there. Comes first.
    SessionCreated,
    /// The session was changed.
    SessionUpdated,
    /// The caller begins to speak.
    SpeechStarted {
        /// The item that it becomes.
        item_id: String,
        /// Milliseconds into the call.
        at_ms: Option<u64>,
    },
    /// The caller has stopped speaking.
    SpeechStopped {
        /// The item that it becomes.
        item_id: String,
        /// Milliseconds into the call.
        at_ms: Option<u64>,
    },
    /// What the caller said is an item now, without its text.
    Committed {
        /// The item.
        item_id: String,
        /// The item right before it; none: not told, or it is the first.
        previous_item_id: Option<String>,
    },
    /// Nobody has said anything for the time that was set.
    Silence,
    /// The caller pressed a key.
    Key {
        /// Which: `0` to `9`, `*`, `#`, `A` to `D`.
        key: String,
    },
    /// An item has its place in the conversation.
    ItemAdded {
        /// The item, as far as it is known.
        item: Item,
        /// The item right before it; none: it is the first.
        previous_item_id: Option<String>,
    },
    /// An item is whole.
    ItemDone {
        /// The item.
        item: Item,
        /// The item right before it; none: not told, or it is the first.
        previous_item_id: Option<String>,
    },
    /// The answer to a question for an item.
    ItemRetrieved {
        /// The item as it is now.
        item: Item,
    },
    /// What the agent said after this moment was not heard.
    ItemTruncated {
        /// The item.
        item_id: String,
        /// How much of it was heard, in milliseconds.
        audio_end_ms: Option<u64>,
    },
    /// What the caller said, whole.
    CallerText {
        /// The item.
        item_id: String,
        /// Part of the item.
        content_index: u32,
        /// The words.
        text: String,
    },
    /// What the caller said will not be known.
    CallerTextFailed {
        /// The item.
        item_id: String,
    },
    /// What the agent said, whole.
    AgentText {
        /// The item.
        item_id: String,
        /// Part of the item.
        content_index: u32,
        /// The words.
        text: String,
        /// The response that it is part of.
        response_id: Option<String>,
    },
    /// The agent begins to answer.
    ResponseCreated {
        /// The response.
        response_id: String,
    },
    /// An item of a response has its place in the response.
    OutputAdded {
        /// The response.
        response_id: Option<String>,
        /// The item.
        item: Item,
    },
    /// The agent has answered, was interrupted, or failed: another answer may begin.
    ResponseDone {
        /// The response.
        response: Response,
    },
    /// The agent wants a tool to run.
    ToolCalled {
        /// OpenAI's id of the request: goes back with the answer. No id of a phone call.
        run_id: String,
        /// The item.
        item_id: String,
        /// The tool; none where the event does not name it: the item does.
        name: Option<String>,
        /// Its arguments, as JSON text that the model wrote.
        arguments: String,
    },
    /// The caller begins to hear a response.
    PlaybackStarted {
        /// The response.
        response_id: Option<String>,
    },
    /// The caller has heard the response.
    PlaybackStopped {
        /// The response.
        response_id: Option<String>,
    },
    /// The caller spoke over the response: the rest is not heard.
    PlaybackCleared {
        /// The response.
        response_id: Option<String>,
    },
    /// Something went wrong; mostly the session goes on.
    Error {
        /// OpenAI's code, such as [`SESSION_EXPIRED`].
        code: Option<String>,
        /// Its words, with numbers hidden.
        message: String,
    },
    /// Something that nobody here has a use for.
    Other {
        /// OpenAI's name of it.
        kind: String,
    },
}

/// Code of the error that says that the session's longest time is over; the socket closes after it.
pub const SESSION_EXPIRED: &str = "session_expired";
/// Code of the error that says that a response is active already.
pub const ACTIVE_RESPONSE: &str = "conversation_already_has_active_response";

/// Text that is no event: not JSON, or without a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is no event of OpenAI's")]
pub struct NotAnEvent;

/// One item of the conversation.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Item {
    /// OpenAI's id of it.
    #[serde(deserialize_with = "lenient")]
    pub id: String,
    /// `message`, `function_call`, `function_call_output` or others.
    #[serde(rename = "type", deserialize_with = "lenient")]
    pub kind: String,
    /// Of a message: `user`, `assistant` or `system`.
    #[serde(deserialize_with = "lenient")]
    pub role: Option<String>,
    /// `completed`, `incomplete` or `in_progress`.
    #[serde(deserialize_with = "lenient")]
    pub status: Option<String>,
    /// Of a message: its parts.
    #[serde(deserialize_with = "lenient_list")]
    pub content: Vec<ItemContent>,
    /// Of a tool's use: its id, which goes back with the answer.
    #[serde(deserialize_with = "lenient")]
    pub call_id: Option<String>,
    /// Of a tool's use: the tool.
    #[serde(deserialize_with = "lenient")]
    pub name: Option<String>,
    /// Of a tool's use: its arguments, once they are whole.
    #[serde(deserialize_with = "lenient")]
    pub arguments: Option<String>,
}

/// One part of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct ItemContent {
    /// `input_audio`, `output_audio`, `input_text`, `output_text` or others.
    #[serde(rename = "type", deserialize_with = "lenient")]
    pub kind: String,
    /// What was said, where it was said.
    #[serde(deserialize_with = "lenient")]
    pub transcript: Option<String>,
    /// What was written, where it was written.
    #[serde(deserialize_with = "lenient")]
    pub text: Option<String>,
}

impl ItemContent {
    /// The words, where there are any.
    pub fn words(&self) -> Option<&str> {
        self.transcript.as_deref().or(self.text.as_deref())
    }
}

impl Item {
    /// Who speaks in it; none: nobody does.
    pub fn speaker(&self) -> Option<Speaker> {
        match (self.kind.as_str(), self.role.as_deref()) {
            ("message", Some("user")) => Some(Speaker::User),
            ("message", Some("assistant")) => Some(Speaker::Agent),
            _ => None,
        }
    }

    /// Whether the agent uses a tool in it.
    pub fn is_tool(&self) -> bool {
        self.kind == "function_call"
    }

    /// Its parts that have words, with their places.
    pub fn words(&self) -> impl Iterator<Item = (u32, &str)> {
        let parts = (0u32..).zip(&self.content);
        parts.filter_map(|(index, part)| Some((index, part.words()?)))
    }
}

/// A response, once it is done.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Response {
    /// OpenAI's id of it.
    #[serde(deserialize_with = "lenient")]
    pub id: String,
    /// `completed`, `cancelled`, `failed`, `incomplete` or `in_progress`.
    #[serde(deserialize_with = "lenient")]
    pub status: String,
    /// Why, where it is not completed.
    #[serde(deserialize_with = "lenient")]
    pub status_details: StatusDetails,
    /// What it consists of.
    #[serde(deserialize_with = "lenient_list")]
    pub output: Vec<Item>,
    /// What it used.
    #[serde(deserialize_with = "lenient")]
    pub usage: Usage,
}

impl Response {
    /// Whether the caller spoke over it.
    pub fn was_interrupted(&self) -> bool {
        self.status == "cancelled" && self.status_details.reason.as_deref() == Some("turn_detected")
    }
}

/// Why a response is not completed.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct StatusDetails {
    /// `turn_detected`, `client_cancelled`, `max_output_tokens` or `content_filter`.
    #[serde(deserialize_with = "lenient")]
    pub reason: Option<String>,
    /// Of one that failed: what went wrong.
    #[serde(deserialize_with = "lenient")]
    pub error: ErrorBody,
}

/// What a response used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Tokens that it read.
    #[serde(deserialize_with = "whole")]
    pub input_tokens: Option<i64>,
    /// Tokens that it wrote and spoke.
    #[serde(deserialize_with = "whole")]
    pub output_tokens: Option<i64>,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct ErrorBody {
    /// OpenAI's code.
    #[serde(deserialize_with = "lenient")]
    pub code: Option<String>,
    /// OpenAI's words; may hold what was said: not for logs.
    #[serde(deserialize_with = "lenient")]
    message: String,
}

/// Every field of every event that is used.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient")]
    item_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    previous_item_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    response_id: Option<String>,
    #[serde(deserialize_with = "whole")]
    content_index: Option<i64>,
    #[serde(deserialize_with = "whole")]
    audio_start_ms: Option<i64>,
    #[serde(deserialize_with = "whole")]
    audio_end_ms: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    transcript: Option<String>,
    #[serde(deserialize_with = "lenient")]
    call_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    arguments: Option<String>,
    #[serde(deserialize_with = "lenient")]
    event: Option<String>,
    #[serde(deserialize_with = "lenient")]
    item: Option<Item>,
    #[serde(deserialize_with = "lenient")]
    response: Option<Response>,
    #[serde(deserialize_with = "lenient")]
    error: ErrorBody,
}

impl Event {
    /// Reads one text frame. An event without what it is about is [`Event::Other`].
    ///
    /// # Errors
    /// When it is not JSON, or says no type.
    pub fn parse(text: &str) -> Result<Self, NotAnEvent> {
        let value: Value = serde_json::from_str(text).map_err(|_| NotAnEvent)?;
        if !value.is_object() {
            return Err(NotAnEvent);
        }
        let body: Body = serde_json::from_value(value).map_err(|_| NotAnEvent)?;
        let kind = body.kind.clone().ok_or(NotAnEvent)?;
        Ok(read(&kind, body).unwrap_or_else(|| Self::Other {
            kind: plain_kind(&kind),
        }))
    }
}

/// The event; none when it is of another kind, or lacks what it is about.
fn read(kind: &str, body: Body) -> Option<Event> {
    let ms = |value: Option<i64>| value.and_then(|ms| u64::try_from(ms).ok());
    let content_index = u32::try_from(body.content_index.unwrap_or(0)).unwrap_or(0);
    let words = |text: Option<String>| text.map(|text| cut(text, MOST_TEXT_BYTES));
    let previous_item_id = body.previous_item_id.filter(|id| !id.is_empty() && id != "root");
    let item = body.item.filter(|item| !item.id.is_empty());
    let item_id = body.item_id.filter(|id| !id.is_empty());
    let response_id = body.response_id;
    Some(match kind {
        "session.created" => Event::SessionCreated,
        "session.updated" => Event::SessionUpdated,
        "input_audio_buffer.speech_started" => Event::SpeechStarted {
            item_id: item_id?,
            at_ms: ms(body.audio_start_ms),
        },
        "input_audio_buffer.speech_stopped" => Event::SpeechStopped {
            item_id: item_id?,
            at_ms: ms(body.audio_end_ms),
        },
        "input_audio_buffer.committed" => Event::Committed {
            item_id: item_id?,
            previous_item_id,
        },
        "input_audio_buffer.timeout_triggered" => Event::Silence,
        "input_audio_buffer.dtmf_event_received" => Event::Key {
            key: body.event.filter(|key| is_key(key))?,
        },
        // The older name of the same.
        "conversation.item.added" | "conversation.item.created" => Event::ItemAdded {
            item: item?,
            previous_item_id,
        },
        "conversation.item.done" => Event::ItemDone {
            item: item?,
            previous_item_id,
        },
        "conversation.item.retrieved" => Event::ItemRetrieved { item: item? },
        "conversation.item.truncated" => Event::ItemTruncated {
            item_id: item_id?,
            audio_end_ms: ms(body.audio_end_ms),
        },
        "conversation.item.input_audio_transcription.completed" => Event::CallerText {
            item_id: item_id?,
            content_index,
            text: words(body.transcript)?,
        },
        "conversation.item.input_audio_transcription.failed" => Event::CallerTextFailed { item_id: item_id? },
        "response.output_audio_transcript.done" => Event::AgentText {
            item_id: item_id?,
            content_index,
            text: words(body.transcript)?,
            response_id,
        },
        "response.created" => Event::ResponseCreated {
            response_id: body.response?.id,
        },
        "response.output_item.added" => Event::OutputAdded {
            response_id,
            item: item?,
        },
        "response.done" => Event::ResponseDone {
            response: body.response?,
        },
        "response.function_call_arguments.done" => Event::ToolCalled {
            run_id: body.call_id?,
            item_id: item_id?,
            name: body.name,
            arguments: body.arguments.filter(|text| text.len() <= MOST_ARGUMENT_BYTES)?,
        },
        "output_audio_buffer.started" => Event::PlaybackStarted { response_id },
        "output_audio_buffer.stopped" => Event::PlaybackStopped { response_id },
        "output_audio_buffer.cleared" => Event::PlaybackCleared { response_id },
        "error" => Event::Error {
            code: body.error.code.map(|code| plain_kind(&code)),
            message: shown(&body.error.message),
        },
        _ => return None,
    })
}

fn is_key(key: &str) -> bool {
    key.len() == 1
        && key
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'*' | b'#' | b'A'..=b'D'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn event(value: Value) -> Event {
        Event::parse(&value.to_string()).unwrap()
    }

    #[test]
    fn an_item_tells_who_speaks_its_words_and_what_is_before_it() {
        let added = event(
            json!({"type": "conversation.item.added", "event_id": "e1", "previous_item_id": "item_1",
            "item": {"id": "item_2", "type": "message", "role": "assistant", "status": "completed",
                "content": [{"type": "output_audio", "transcript": "Hello."}, {"type": "x"}, 7]}}),
        );
        let Event::ItemAdded {
            item,
            previous_item_id,
        } = added
        else {
            panic!("{added:?}")
        };
        assert_eq!(previous_item_id.as_deref(), Some("item_1"));
        assert_eq!(item.speaker(), Some(Speaker::Agent));
        assert_eq!(item.words().collect::<Vec<_>>(), [(0, "Hello.")]);
        let first = event(
            json!({"type": "conversation.item.created", "previous_item_id": null,
            "item": {"id": "item_1", "type": "function_call", "name": "end_call", "call_id": "call_1"}}),
        );
        let Event::ItemAdded {
            item,
            previous_item_id: None,
        } = first
        else {
            panic!("{first:?}")
        };
        assert!(item.is_tool() && item.speaker().is_none());
    }

    #[test]
    fn texts_keys_tools_and_errors_are_read() {
        assert_eq!(
            event(
                json!({"type": "conversation.item.input_audio_transcription.completed", "item_id": "i",
                "content_index": 0, "transcript": "My tooth broke.", "usage": {"seconds": 2}})
            ),
            Event::CallerText {
                item_id: "i".into(),
                content_index: 0,
                text: "My tooth broke.".into()
            }
        );
        assert_eq!(
            event(json!({"type": "input_audio_buffer.dtmf_event_received", "event": "5", "received_at": 1})),
            Event::Key { key: "5".into() }
        );
        assert_eq!(
            event(
                json!({"type": "response.function_call_arguments.done", "call_id": "call_fn_1", "item_id": "i",
                "name": "mark_urgent", "arguments": "{}"})
            ),
            Event::ToolCalled {
                run_id: "call_fn_1".into(),
                item_id: "i".into(),
                name: Some("mark_urgent".into()),
                arguments: "{}".into()
            }
        );
        assert_eq!(
            event(
                json!({"type": "error", "error": {"type": "invalid_request_error", "code": SESSION_EXPIRED,
                "message": "over, call +15005550100"}})
            ),
            Event::Error {
                code: Some(SESSION_EXPIRED.into()),
                message: "over, call [number]".into()
            }
        );
    }

    #[test]
    fn a_response_tells_whether_it_was_interrupted_and_what_it_used() {
        let done = event(
            json!({"type": "response.done", "response": {"id": "resp_1", "status": "cancelled",
            "status_details": {"type": "cancelled", "reason": "turn_detected"}, "output": [{"id": "i", "type": "message"}],
            "usage": {"input_tokens": 10, "output_tokens": 3}}}),
        );
        let Event::ResponseDone { response } = done else {
            panic!("{done:?}")
        };
        assert!(response.was_interrupted());
        assert_eq!(
            (response.output.len(), response.usage.input_tokens),
            (1, Some(10))
        );
    }

    #[test]
    fn what_is_new_or_lacks_what_it_is_about_is_passed_over() {
        for value in [
            json!({"type": "response.output_audio.delta", "delta": "AAAA"}),
            json!({"type": "session.something_new"}),
            json!({"type": "conversation.item.added"}),
            json!({"type": "conversation.item.added", "item": {"id": ""}}),
            json!({"type": "input_audio_buffer.dtmf_event_received", "event": "12"}),
            json!({"type": "response.created", "response": 7}),
        ] {
            assert!(matches!(event(value.clone()), Event::Other { .. }), "{value}");
        }
        for text in ["", "7", "[]", "{}", "{\"type\":null}"] {
            assert_eq!(Event::parse(text), Err(NotAnEvent), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "\\PC{0,200}", kind in "[a-z._]{0,40}") {
            let _ = Event::parse(&text);
            let _ = Event::parse(&json!({"type": kind, "item": text, "response": [text]}).to_string());
        }
    }
}
