//! What a session answers to events, without a socket.

use serde_json::{Value, json};
use switchboard_domain::{Speaker, TurnBook, TurnState};
use switchboard_providers::openai::{ClientEvent, Event};

use super::session::{Session, Step};
use crate::tools::{Afterwards, Ran};

fn session() -> Session {
    Session::new(TurnBook::default())
}

fn hear(session: &mut Session, event: Value) -> Vec<Step> {
    session.hear(Event::parse(&event.to_string()).unwrap(), 1)
}

fn message(id: &str, role: &str, status: &str, words: Option<&str>) -> Value {
    let content = words.map(|words| json!([{ "type": "output_audio", "transcript": words }]));
    json!({ "id": id, "type": "message", "role": role, "status": status, "content": content.unwrap_or_default() })
}

fn ran(run_id: &str) -> Ran {
    Ran {
        run_id: run_id.to_owned(),
        output: "{}".to_owned(),
        afterwards: Afterwards::GoOn,
        by_another: false,
    }
}

fn create() -> Step {
    Step::Send(ClientEvent::CreateResponse { instructions: None })
}

fn said(session: &Session) -> Vec<(Speaker, String, bool)> {
    let turns = session.book.transcript();
    turns
        .into_iter()
        .map(|turn| (turn.speaker, turn.message, turn.interrupted))
        .collect()
}

#[test]
fn words_that_are_written_down_late_stand_where_they_were_said() {
    let mut session = session();
    let added = |id: &str, role: &str, before: Option<&str>| json!({ "type": "conversation.item.added", "previous_item_id": before, "item": message(id, role, "in_progress", None) });
    hear(&mut session, added("a", "assistant", None));
    hear(&mut session, added("b", "user", Some("a")));
    hear(&mut session, added("c", "assistant", Some("b")));
    let text = |id: &str, text: &str| {
        json!({ "type": "response.output_audio_transcript.done", "response_id": "r", "item_id": id,
            "content_index": 0, "transcript": text })
    };
    hear(&mut session, text("a", "Hello!"));
    hear(&mut session, text("c", "Gladly."));
    let late = json!({ "type": "conversation.item.input_audio_transcription.completed", "item_id": "b",
        "content_index": 0, "transcript": "A table, please." });
    hear(&mut session, late.clone());
    // The same again changes nothing.
    hear(&mut session, late);
    let expected = [
        (Speaker::Agent, "Hello!", false),
        (Speaker::User, "A table, please.", false),
        (Speaker::Agent, "Gladly.", false),
    ];
    assert_eq!(
        said(&session),
        expected.map(|(who, text, cut)| (who, text.to_owned(), cut))
    );
}

#[test]
fn a_tool_runs_once_however_often_it_is_asked_for_and_the_agent_goes_on_when_it_may() {
    let mut session = session();
    hear(
        &mut session,
        json!({ "type": "response.created", "response": { "id": "r1" } }),
    );
    let begun = json!({ "id": "f", "type": "function_call", "status": "in_progress", "call_id": "call_1",
        "name": "take_message", "arguments": "" });
    let added = json!({ "type": "conversation.item.added", "previous_item_id": null, "item": begun });
    assert!(hear(&mut session, added).is_empty());
    let called = json!({ "type": "response.function_call_arguments.done", "response_id": "r1", "item_id": "f",
        "call_id": "call_1", "name": "take_message", "arguments": "{}" });
    let steps = hear(&mut session, called.clone());
    assert!(
        matches!(&steps[..], [Step::Run(asked)] if asked.run_id == "call_1" && asked.name == "take_message")
    );
    assert!(hear(&mut session, called).is_empty());
    let item = json!({ "id": "f", "type": "function_call", "status": "completed", "call_id": "call_1",
        "name": "take_message", "arguments": "{}" });
    assert!(
        hear(
            &mut session,
            json!({ "type": "conversation.item.done", "item": item.clone() })
        )
        .is_empty()
    );
    // Its answer is told at once; a response is asked for only when none is active.
    let steps = session.ran(ran("call_1"));
    assert!(
        matches!(&steps[..], [Step::Send(ClientEvent::ToolOutput { .. })]),
        "{steps:?}"
    );
    assert!(!session.is_idle());
    let done = json!({ "type": "response.done", "response": { "id": "r1", "status": "completed", "output": [item] } });
    assert_eq!(hear(&mut session, done), [create()]);
    // Once, until it begins.
    assert!(session.awaits_response());
    hear(
        &mut session,
        json!({ "type": "response.created", "response": { "id": "r2" } }),
    );
    assert!(session.is_idle());
    assert_eq!(session.book.transcript()[0].tools, ["take_message"]);
}

#[test]
fn a_response_that_is_refused_because_one_is_active_is_asked_for_when_that_is_done() {
    let mut session = session();
    assert_eq!(session.say(None), [create()]);
    let error = json!({ "type": "error", "error": { "code": "conversation_already_has_active_response" } });
    assert!(hear(&mut session, error).is_empty());
    assert!(session.ask_again().is_empty());
    let done = json!({ "type": "response.done", "response": { "id": "r1", "status": "completed" } });
    assert_eq!(hear(&mut session, done), [create()]);
}

#[test]
fn what_was_sent_into_a_broken_socket_is_sent_again_unless_the_agent_is_heard() {
    let mut lost = session();
    hear(
        &mut lost,
        json!({ "type": "response.function_call_arguments.done", "item_id": "f", "call_id": "call_1",
        "name": "take_message", "arguments": "{}" }),
    );
    assert_eq!(lost.ran(ran("call_1")).len(), 2);
    lost.attached_again();
    let again = lost.ask_again();
    assert!(matches!(
        &again[..],
        [
            Step::Send(ClientEvent::ToolOutput { .. }),
            Step::Send(ClientEvent::CreateResponse { .. })
        ]
    ));

    hear(
        &mut lost,
        json!({ "type": "output_audio_buffer.started", "response_id": "r" }),
    );
    lost.attached_again();
    assert!(lost.ask_again().is_empty() && lost.is_idle());
}

#[test]
fn whoever_is_interrupted_is_marked_and_what_was_never_heard_is_not_shown() {
    let mut session = session();
    for (id, before, words) in [("a", None, Some("We have Monday, or")), ("b", Some("a"), None)] {
        let response = format!("r_{id}");
        hear(
            &mut session,
            json!({ "type": "response.created", "response": { "id": response } }),
        );
        let begun = message(id, "assistant", "in_progress", None);
        hear(
            &mut session,
            json!({ "type": "conversation.item.added", "previous_item_id": before, "item": begun }),
        );
        let cut = message(id, "assistant", "incomplete", words);
        hear(
            &mut session,
            json!({ "type": "response.done", "response": { "id": response, "status": "cancelled",
            "status_details": { "type": "cancelled", "reason": "turn_detected" }, "output": [cut] } }),
        );
    }
    assert_eq!(
        said(&session),
        [(Speaker::Agent, "We have Monday, or".to_owned(), true)]
    );
    assert!(session.book.is_whole());

    // Made, and not yet played to its end: the buffer says which.
    let whole = message("c", "assistant", "completed", Some("Anything else?"));
    hear(
        &mut session,
        json!({ "type": "conversation.item.added", "previous_item_id": "b", "item": whole.clone() }),
    );
    hear(
        &mut session,
        json!({ "type": "response.done", "response": { "id": "r_c", "status": "completed", "output": [whole] } }),
    );
    hear(
        &mut session,
        json!({ "type": "output_audio_buffer.cleared", "response_id": "r_c" }),
    );
    assert!(said(&session)[1].2);
}

#[test]
fn items_that_were_missed_are_asked_for_and_find_their_place() {
    let mut session = session();
    let added = |id: &str, before: Option<&str>, words: &str| {
        json!({ "type": "conversation.item.added", "previous_item_id": before,
            "item": message(id, "assistant", "completed", Some(words)) })
    };
    hear(&mut session, added("a", None, "one"));
    hear(&mut session, added("c", Some("b"), "three"));
    let asked = session.ask_for_unknown(false);
    assert_eq!(
        asked,
        [Step::Send(ClientEvent::RetrieveItem {
            item_id: "b".to_owned()
        })]
    );
    assert!(session.ask_for_unknown(false).is_empty(), "not at every event");
    assert_eq!(session.ask_for_unknown(true).len(), 1);
    hear(
        &mut session,
        json!({ "type": "conversation.item.retrieved", "item": message("b", "user", "completed", Some("two")) }),
    );
    let texts: Vec<String> = said(&session).into_iter().map(|(_, text, _)| text).collect();
    assert_eq!(texts, ["one", "two", "three"]);
}

#[test]
fn a_text_that_fails_is_lost_and_an_odd_event_changes_nothing() {
    let mut session = session();
    hear(
        &mut session,
        json!({ "type": "input_audio_buffer.committed", "item_id": "a", "previous_item_id": null }),
    );
    hear(
        &mut session,
        json!({ "type": "conversation.item.input_audio_transcription.failed", "item_id": "a" }),
    );
    session.book.settle(100);
    assert_eq!(session.book.to_write()[0].state, TurnState::Lost);
    for odd in [
        json!({ "type": "session.mood" }),
        json!({ "type": "error", "error": { "code": "item_not_found" } }),
    ] {
        assert!(hear(&mut session, odd).is_empty());
    }
    assert!(!session.expired);
    hear(
        &mut session,
        json!({ "type": "error", "error": { "code": "session_expired" } }),
    );
    assert!(session.expired);
}
