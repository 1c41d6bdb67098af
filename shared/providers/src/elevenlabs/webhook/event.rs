//! What a webhook says.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use switchboard_domain::{CallOutcome, InvalidId, PhoneNumber, ProviderId};

use super::failed_start::FailedStart;
use crate::Conversation;
use crate::elevenlabs::wire::conversation::ConversationBody;
use crate::elevenlabs::wire::lenient::whole;
use crate::elevenlabs::wire::metadata::moment;

const LONGEST_KIND: usize = 64;

/// A webhook whose signature was checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Webhook {
    /// When it happened, as the provider tells it; the same in every repeat.
    pub event_timestamp: Option<Timestamp>,
    /// What happened.
    pub event: WebhookEvent,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum WebhookEvent {
    /// A call is over and its transcript is there (`post_call_transcription`).
    Transcription(Box<Conversation>),
    /// The recording of a call (`post_call_audio`).
    Audio {
        /// The conversation.
        conversation_id: ProviderId,
        /// MP3 audio.
        audio: Vec<u8>,
    },
    /// A call never got through (`call_initiation_failure`).
    InitiationFailure {
        /// The conversation it was to become.
        conversation_id: ProviderId,
        /// The agent.
        provider_agent_id: ProviderId,
        /// How it ended.
        outcome: CallOutcome,
        /// The carrier's id of the call.
        carrier_call_id: Option<String>,
        /// Whom it was to reach.
        to: Option<PhoneNumber>,
        /// Why, in the provider's and the carrier's words with numbers hidden.
        reason: String,
    },
    /// Something we have no use for, or that the provider has added since: to be kept, not applied.
    Other {
        /// The `type` of the event.
        kind: String,
        /// The conversation it is about, where it names one.
        conversation_id: Option<ProviderId>,
    },
}

impl Webhook {
    /// The `type` of the event, at most 64 letters, digits, `_`, `-` or `.`.
    pub fn kind(&self) -> &str {
        match &self.event {
            WebhookEvent::Transcription(_) => "post_call_transcription",
            WebhookEvent::Audio { .. } => "post_call_audio",
            WebhookEvent::InitiationFailure { .. } => "call_initiation_failure",
            WebhookEvent::Other { kind, .. } => kind,
        }
    }

    /// The conversation it is about. With [`Webhook::kind`] it tells a repeat.
    pub fn conversation_id(&self) -> Option<&ProviderId> {
        match &self.event {
            WebhookEvent::Transcription(conversation) => Some(&conversation.conversation_id),
            WebhookEvent::Audio { conversation_id, .. }
            | WebhookEvent::InitiationFailure { conversation_id, .. } => Some(conversation_id),
            WebhookEvent::Other { conversation_id, .. } => conversation_id.as_ref(),
        }
    }
}

/// A signed webhook that cannot be read: keep the raw body and show it to somebody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not JSON, or not an object with a `type`.
    #[error("the body is not JSON with a type and data")]
    NotAnEvent,
    /// A known type whose data lacks what we need.
    #[error("the data of {kind} could not be read: {reason}")]
    Data {
        /// The `type` of the event.
        kind: String,
        /// What is wrong; names the place, not the content.
        reason: String,
    },
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "whole")]
    event_timestamp: Option<i64>,
    #[serde(default)]
    data: Value,
}

#[derive(Deserialize)]
struct Audio {
    conversation_id: String,
    full_audio: String,
}

/// Reads a webhook's body. Check its signature first ([`super::verify`]).
///
/// # Errors
/// When the body is no event, or one of a known type without what we need from it. The body is then
/// to be kept all the same.
pub fn parse(raw: &[u8]) -> Result<Webhook, ParseError> {
    let envelope: Envelope = serde_json::from_slice(raw).map_err(|_| ParseError::NotAnEvent)?;
    let kind = plain(&envelope.kind);
    let wrong = |reason: String| ParseError::Data {
        kind: kind.clone(),
        reason,
    };
    let bad_id = |error: InvalidId| wrong(error.to_string());
    let event = match envelope.kind.as_str() {
        "post_call_transcription" => {
            let body: ConversationBody = data(envelope.data).map_err(&wrong)?;
            WebhookEvent::Transcription(Box::new(body.try_into().map_err(bad_id)?))
        }
        "post_call_audio" => {
            let body: Audio = data(envelope.data).map_err(&wrong)?;
            WebhookEvent::Audio {
                conversation_id: ProviderId::parse(&body.conversation_id).map_err(bad_id)?,
                audio: STANDARD
                    .decode(body.full_audio)
                    .map_err(|_| wrong("full_audio is not base64".to_owned()))?,
            }
        }
        "call_initiation_failure" => {
            let body: FailedStart = data(envelope.data).map_err(&wrong)?;
            WebhookEvent::InitiationFailure {
                conversation_id: ProviderId::parse(&body.conversation_id).map_err(bad_id)?,
                provider_agent_id: ProviderId::parse(&body.agent_id).map_err(bad_id)?,
                outcome: body.outcome(),
                carrier_call_id: body.carrier_call_id(),
                to: body.to(),
                reason: body.reason(),
            }
        }
        _ => {
            let id = envelope.data.get("conversation_id").and_then(Value::as_str);
            WebhookEvent::Other {
                kind,
                conversation_id: id.and_then(|id| ProviderId::parse(id).ok()),
            }
        }
    };
    Ok(Webhook {
        event_timestamp: moment(envelope.event_timestamp),
        event,
    })
}

fn data<T: DeserializeOwned>(data: Value) -> Result<T, String> {
    // serde quotes the content where a value is of the wrong kind; the name of a missing field is ours.
    serde_json::from_value(data).map_err(|error| {
        let text = error.to_string();
        if text.starts_with("missing field") {
            text
        } else {
            "a field is not what it should be".to_owned()
        }
    })
}

fn plain(kind: &str) -> String {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    kind.chars().filter(allowed).take(LONGEST_KIND).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn unknown_events_are_kept_with_what_they_name() {
        let webhook = parse(br#"{"type":"answering_machine_detection","event_timestamp":"1790000100","data":{"conversation_id":"conv_1"}}"#).unwrap();
        assert_eq!(webhook.kind(), "answering_machine_detection");
        assert_eq!(webhook.conversation_id().unwrap().as_str(), "conv_1");
        assert_eq!(webhook.event_timestamp.unwrap().as_second(), 1_790_000_100);
        let bare = parse(br#"{"type":"new/../thing"}"#).unwrap();
        assert_eq!((bare.kind(), bare.conversation_id()), ("new..thing", None));
    }

    #[test]
    fn known_events_without_what_we_need_are_errors() {
        for raw in [
            &br#"{"type":"post_call_transcription","data":{}}"#[..],
            br#"{"type":"post_call_transcription","data":{"conversation_id":"../x","agent_id":"a","status":"done"}}"#,
            br#"{"type":"post_call_audio","data":{"conversation_id":"conv_1","full_audio":"%"}}"#,
            br#"{"type":"call_initiation_failure"}"#,
            br#"{"event_type":"post_call_audio"}"#,
            b"",
            b"[]",
            b"\xff",
        ] {
            assert!(parse(raw).is_err(), "{}", String::from_utf8_lossy(raw));
        }
    }

    #[test]
    fn sip_numbers_may_be_numbers() {
        let raw = br#"{"type":"call_initiation_failure","data":{"agent_id":"agent_1","conversation_id":"conv_1","failure_reason":"unknown","metadata":{"type":"sip","body":{"to_number":15550100199,"sip_status_code":"486","call_sid":"x"}}}}"#;
        let WebhookEvent::InitiationFailure { to, outcome, .. } = parse(raw).unwrap().event else {
            panic!()
        };
        assert_eq!(to.unwrap().as_str(), "+15550100199");
        assert_eq!(outcome, CallOutcome::Busy);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[a-z+0-9 ]{0,12}".prop_map(Value::from),
        ];
        let name = prop::sample::select(vec![
            "conversation_id",
            "agent_id",
            "status",
            "metadata",
            "transcript",
            "analysis",
            "body",
            "phone_call",
            "error",
            "role",
            "message",
            "tool_calls",
            "data_collection_results",
            "failure_reason",
            "To",
        ]);
        leaf.prop_recursive(4, 40, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(name.clone(), inner, 0..6)
                    .prop_map(|map| map.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(raw in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&raw);
        }

        #[test]
        fn random_data_never_panics(
            kind in prop::sample::select(vec!["post_call_transcription", "post_call_audio", "call_initiation_failure", "x"]),
            mut data in any_json(),
        ) {
            if let Some(fields) = data.as_object_mut() {
                fields.insert("conversation_id".into(), "conv_1".into());
                fields.insert("agent_id".into(), "agent_1".into());
                fields.insert("status".into(), "done".into());
            }
            let raw = serde_json::json!({ "type": kind, "data": data }).to_string();
            let _ = parse(raw.as_bytes());
        }
    }
}
