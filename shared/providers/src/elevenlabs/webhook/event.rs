//! What a webhook says.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use switchboard_domain::{InvalidId, ProviderId};

use super::failed_start::FailedStart;
use crate::elevenlabs::wire::conversation::ConversationBody;
use crate::elevenlabs::wire::metadata::moment;
use crate::lenient::whole;
use crate::webhook::plain_kind;
use crate::{ParseError, Webhook, WebhookEvent};

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "whole")]
    event_timestamp: Option<i64>,
    /// Read once the type is known, from where it lies.
    #[serde(default, borrow)]
    data: Option<&'a RawValue>,
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
    let kind = plain_kind(&envelope.kind);
    let wrong = |reason: String| ParseError::Data {
        kind: kind.clone(),
        reason,
    };
    let bad_id = |error: InvalidId| wrong(error.to_string());
    let event = match envelope.kind.as_str() {
        "post_call_transcription" => {
            let body: ConversationBody = data(envelope.data).map_err(&wrong)?;
            WebhookEvent::Conversation(Box::new(body.try_into().map_err(bad_id)?))
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
            WebhookEvent::FailedStart {
                conversation_id: ProviderId::parse(&body.conversation_id).map_err(bad_id)?,
                provider_agent_id: ProviderId::parse(&body.agent_id).map_err(bad_id)?,
                outcome: body.outcome(),
                carrier_call_id: body.carrier_call_id(),
                to: body.to(),
                reason: body.reason(),
            }
        }
        _ => {
            let data = data::<Value>(envelope.data).unwrap_or_default();
            let id = data.get("conversation_id").and_then(Value::as_str);
            WebhookEvent::Other {
                conversation_id: id.and_then(|id| ProviderId::parse(id).ok()),
            }
        }
    };
    Ok(Webhook {
        kind,
        event_timestamp: moment(envelope.event_timestamp),
        event,
    })
}

fn data<T: DeserializeOwned>(data: Option<&RawValue>) -> Result<T, String> {
    let json = data.map_or("null", RawValue::get);
    // A field that comes twice is refused; of a value the last one counts.
    let read = serde_json::from_str(json).or_else(|_| serde_json::from_value(serde_json::from_str(json)?));
    // serde quotes the content where a value is of the wrong kind; the name of a missing field is ours.
    read.map_err(|error: serde_json::Error| {
        let text = error.to_string();
        match text.split_once(" at line ") {
            Some((missing, _)) if text.starts_with("missing field") => missing.to_owned(),
            None if text.starts_with("missing field") => text,
            _ => "a field is not what it should be".to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use switchboard_domain::CallOutcome;

    #[test]
    fn unknown_events_are_kept_with_what_they_name() {
        let webhook = parse(br#"{"type":"answering_machine_detection","event_timestamp":"1790000100","data":{"conversation_id":"conv_1"}}"#).unwrap();
        assert_eq!(webhook.kind, "answering_machine_detection");
        assert_eq!(webhook.conversation_id().unwrap().as_str(), "conv_1");
        assert_eq!(webhook.event_timestamp.unwrap().as_second(), 1_790_000_100);
        let bare = parse(br#"{"type":"new/../thing"}"#).unwrap();
        assert_eq!((bare.kind.as_str(), bare.conversation_id()), ("new..thing", None));
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
    fn a_field_that_comes_twice_counts_as_it_came_last() {
        let raw = br#"{"type":"post_call_transcription","data":{"conversation_id":"conv_1","agent_id":"agent_1","status":"done",
            "transcript":[{"role":"agent","message":"a","message":"b"}]}}"#;
        let WebhookEvent::Conversation(conversation) = parse(raw).unwrap().event else {
            panic!()
        };
        assert_eq!(conversation.turns[0].message, "b");
    }

    #[test]
    fn what_is_missing_is_named_and_nothing_is_quoted() {
        let missing =
            parse(br#"{"type":"call_initiation_failure","data":{"agent_id":"agent_1"}}"#).unwrap_err();
        assert!(
            missing.to_string().contains("missing field `conversation_id`"),
            "{missing}"
        );
        assert!(!missing.to_string().contains("line"), "{missing}");
        let wrong =
            parse(br#"{"type":"post_call_audio","data":{"conversation_id":["+15550100199"]}}"#).unwrap_err();
        assert!(!wrong.to_string().contains("5550100199"), "{wrong}");
    }

    #[test]
    fn sip_numbers_may_be_numbers() {
        let raw = br#"{"type":"call_initiation_failure","data":{"agent_id":"agent_1","conversation_id":"conv_1","failure_reason":"unknown","metadata":{"type":"sip","body":{"to_number":15550100199,"sip_status_code":"486","call_sid":"x"}}}}"#;
        let WebhookEvent::FailedStart { to, outcome, .. } = parse(raw).unwrap().event else {
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
