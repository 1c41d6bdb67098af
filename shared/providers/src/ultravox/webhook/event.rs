//! What a webhook says.

use serde::Deserialize;
use serde_json::Value;
use switchboard_domain::ProviderId;

use crate::ultravox::wire::call::CallBody;
use crate::webhook::plain_kind;
use crate::{ConversationState, ParseError, Webhook, WebhookEvent};

#[derive(Deserialize)]
struct Envelope {
    event: String,
    #[serde(default)]
    call: Value,
}

/// Reads a webhook's body. Check its signature first ([`super::verify`]).
///
/// All four events tell the call without its transcript, so the call of each is told as progress. An outcome
/// it has only where nobody picked up: then there is nothing more to ask for.
///
/// # Errors
/// When the body is no event, or one of a known kind whose call has no id. The body is then to be kept all
/// the same.
pub fn parse(raw: &[u8]) -> Result<Webhook, ParseError> {
    let envelope: Envelope = serde_json::from_slice(raw).map_err(|_| ParseError::NotAnEvent)?;
    let kind = plain_kind(&envelope.event);
    let event = envelope.event.as_str();
    if !matches!(
        event,
        "call.started" | "call.joined" | "call.ended" | "call.billed"
    ) {
        let id = envelope.call.get("callId").and_then(Value::as_str);
        return Ok(Webhook {
            kind,
            event_timestamp: None,
            event: WebhookEvent::Other {
                conversation_id: id.and_then(|id| ProviderId::parse(id).ok()),
            },
        });
    }
    let wrong = |reason: &str| ParseError::Data {
        kind: kind.clone(),
        reason: reason.to_owned(),
    };
    // Whatever else is odd about a call is left out of it; without an id it is none.
    let call: CallBody =
        serde_json::from_value(envelope.call).map_err(|_| wrong("the call has no callId"))?;
    let event_timestamp = match event {
        "call.started" => call.created(),
        "call.joined" => call.joined(),
        "call.ended" => call.ended(),
        // When it was billed is not told.
        _ => None,
    };
    let mut conversation = call.into_progress().map_err(|error| wrong(&error.to_string()))?;
    match event {
        // The event says it, even if the call beside it does not (yet).
        "call.ended" | "call.billed" if !conversation.state.is_over() => {
            conversation.state = ConversationState::Processing;
        }
        "call.joined" if conversation.state == ConversationState::Initiated => {
            conversation.state = ConversationState::InProgress;
            conversation.accepted = true;
        }
        _ => {}
    }
    Ok(Webhook {
        kind,
        event_timestamp,
        event: WebhookEvent::Progress(Box::new(conversation)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn unknown_events_are_kept_with_what_they_name() {
        let webhook = parse(br#"{"event":"call.transferred","call":{"callId":"c1"}}"#).unwrap();
        assert_eq!(
            (webhook.kind.as_str(), webhook.conversation_id().unwrap().as_str()),
            ("call.transferred", "c1")
        );
        let bare = parse(br#"{"event":"new/../thing","call":7}"#).unwrap();
        assert_eq!((bare.kind.as_str(), bare.conversation_id()), ("new..thing", None));
    }

    #[test]
    fn known_events_without_a_call_are_errors() {
        for raw in [
            &br#"{"event":"call.ended"}"#[..],
            br#"{"event":"call.ended","call":{}}"#,
            br#"{"event":"call.ended","call":{"callId":7}}"#,
            br#"{"event":"call.ended","call":{"callId":"../x"}}"#,
            br#"{"type":"call.ended","call":{"callId":"c1"}}"#,
            b"",
            b"[]",
            b"\xff",
        ] {
            assert!(parse(raw).is_err(), "{}", String::from_utf8_lossy(raw));
        }
        let deep = format!(
            r#"{{"event":"call.ended","call":{{"callId":"c1","metadata":{}}}}}"#,
            "[".repeat(100_000)
        );
        assert_eq!(parse(deep.as_bytes()), Err(ParseError::NotAnEvent));
    }

    #[test]
    fn an_event_that_says_less_than_it_should_moves_no_call_back() {
        let state = |event: &str| {
            let raw = json!({ "event": event, "call": { "callId": "c1" } }).to_string();
            let WebhookEvent::Progress(call) = parse(raw.as_bytes()).unwrap().event else {
                panic!()
            };
            assert_eq!(call.outcome, None);
            call.state
        };
        assert_eq!(state("call.started"), ConversationState::Initiated);
        assert_eq!(state("call.joined"), ConversationState::InProgress);
        assert_eq!(state("call.ended"), ConversationState::Processing);
        assert_eq!(state("call.billed"), ConversationState::Processing);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[a-z+0-9 ]{0,12}".prop_map(Value::from),
            prop::sample::select(vec![
                "2026-11-20T20:00:00Z",
                "-009999-01-01T00:00:00Z",
                "9999-12-30T00:00:00Z",
                "unjoined",
                "system_error",
                "1e99s",
                "BILLING_STATUS_BILLED",
                "sip:+1@x"
            ])
            .prop_map(Value::from),
        ];
        let name = prop::sample::select(vec![
            "agentId",
            "agent",
            "created",
            "joined",
            "ended",
            "endReason",
            "billingStatus",
            "summary",
            "metadata",
            "attempt_id",
            "medium",
            "twilio",
            "sip",
            "outgoing",
            "to",
            "from",
            "sipDetails",
            "terminationReason",
            "billedDuration",
        ]);
        leaf.prop_recursive(4, 60, 8, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(name.clone(), inner, 0..10)
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
        fn no_json_panics_and_an_outcome_is_never_told_of_a_joined_call(
            event in prop::sample::select(vec!["call.started", "call.joined", "call.ended", "call.billed", "x"]),
            mut call in any_json(),
        ) {
            if let Some(fields) = call.as_object_mut() {
                fields.insert("callId".into(), "c1".into());
            }
            let raw = json!({ "event": event, "call": call }).to_string();
            if let Ok(Webhook { event: WebhookEvent::Progress(read), .. }) = parse(raw.as_bytes()) {
                prop_assert_eq!(read.outcome.is_some(), read.state.is_final());
                prop_assert!(read.outcome.is_none() || !read.accepted);
            }
        }
    }
}
