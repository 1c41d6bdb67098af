//! Calls.

use jiff::SignedDuration;
use serde_json::{Value, json};
use switchboard_domain::{
    Call, CallFacts, CallId, CallOutcome, CallStatus, Ending, RecordingState, Speaker, TranscriptTurn,
};
use switchboard_store::{BeginDial, DialLimits, DialMessage};
use switchboard_testing::{Actor, DynamoDbFault, SYNC, SqsFault, records};

use crate::harness::{TestApi, fields, number};

fn request(changes: Value) -> Value {
    let agent = records::agent("anna", jiff::Timestamp::UNIX_EPOCH);
    let mut request = json!({
        "agent_id": agent.agent_id, "phone_line_id": "phnum_main", "phone_number": "+1 (415) 555-0100",
        "variables": { "name": "Zoe" },
    });
    for (field, value) in changes.as_object().into_iter().flatten() {
        request[field] = value.clone();
    }
    request
}

async fn ready() -> TestApi {
    let api = TestApi::start().await;
    api.agent_that_needs(&["name"]).await;
    api.line().await;
    api
}

/// A call that took place and is over.
async fn finished(api: &TestApi, name: &str, outcome: CallOutcome) -> Call {
    let (store, now) = (&api.test.store, api.test.now());
    let mut call = records::call(name, now);
    call.conversation_id = Some(records::provider_id(&format!("conv_{name}")));
    store.create_call(&call).await.unwrap();
    let begun = store
        .begin_dial(&call, None, None, &DialLimits::default(), now, now)
        .await
        .unwrap();
    assert!(matches!(begun, BeginDial::Begun(_)), "{begun:?}");
    let facts = CallFacts {
        duration_secs: Some(42),
        results_complete: true,
        has_recording: Some(true),
        ..CallFacts::default()
    };
    let ending = Ending::Ended {
        outcome,
        facts: Box::new(facts),
    };
    store.finish_call(&call.call_id, &ending, now).await.unwrap();
    store.find_call(&call.call_id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_call_is_queued_and_its_message_sent() {
    let api = ready().await;
    let call = Actor::operator()
        .post(&api.router, "/api/calls", request(json!({})))
        .await
        .expect(202);
    insta::assert_json_snapshot!(call, { ".call_id" => "[id]", ".agent_id" => "[id]" });
    let call_id = CallId::parse(call["call_id"].as_str().unwrap()).unwrap();
    assert_eq!(
        api.test.take_dials().await,
        [DialMessage {
            call_id,
            campaign_id: None
        }]
    );
}

#[tokio::test]
async fn a_call_whose_message_is_lost_is_still_queued() {
    let api = ready().await;
    let faults = api.test.queue_faults();
    faults.next("SendMessageBatch", SqsFault::InternalErrorBefore, 9);
    let call = Actor::operator()
        .post(&api.router, "/api/calls", request(json!({})))
        .await
        .expect(202);
    faults.clear();
    let id = CallId::parse(call["call_id"].as_str().unwrap()).unwrap();
    let call = api.test.store.find_call(&id).await.unwrap().unwrap();
    assert_eq!(call.status, CallStatus::Queued);
}

#[tokio::test]
async fn what_is_wrong_with_a_call_is_named() {
    let api = ready().await;
    let wrong = request(json!({
        "phone_number": "911", "variables": {}, "phone_line_id": "phnum_none", "ringing_timeout_secs": 121,
        "dial_before": "2026-11-20T11:59:59Z",
    }));
    let body = Actor::operator()
        .post(&api.router, "/api/calls", wrong)
        .await
        .expect(400);
    assert_eq!(
        fields(&body),
        [
            "ringing_timeout_secs",
            "dial_before",
            "phone_number",
            "phone_line_id",
            "variables.name"
        ]
    );
    assert_eq!(api.test.take_dials().await, []);
}

#[tokio::test]
async fn nobody_on_the_do_not_call_list_is_called() {
    let api = ready().await;
    api.test
        .store
        .add_do_not_call(&records::do_not_call(&number(0), api.test.now()))
        .await
        .unwrap();
    let body = Actor::operator()
        .post(&api.router, "/api/calls", request(json!({})))
        .await
        .expect(409);
    insta::assert_json_snapshot!(body);
    assert_eq!(api.test.take_dials().await, []);
}

#[tokio::test]
async fn a_call_sent_again_under_its_key_is_one_call_even_if_the_answer_broke() {
    let api = ready().await;
    let actor = Actor::operator().header("idempotency-key", "k1");
    let faults = api.test.db_faults();
    faults.next("PutItem", DynamoDbFault::AnswerLost, 9);
    actor
        .post(&api.router, "/api/calls", request(json!({})))
        .await
        .expect(503);
    faults.clear();
    actor
        .post(&api.router, "/api/calls", request(json!({})))
        .await
        .expect(202);
    let calls = Actor::viewer().get(&api.router, "/api/calls").await.expect(200);
    assert_eq!(calls["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn calls_are_filtered() {
    let api = ready().await;
    for (name, outcome) in [
        ("a", CallOutcome::Completed),
        ("b", CallOutcome::Busy),
        ("c", CallOutcome::Completed),
    ] {
        finished(&api, name, outcome).await;
        api.test.clock.advance(SignedDuration::from_secs(60));
    }
    for (query, expected) in [
        ("", 3),
        ("?status=completed", 2),
        ("?status=completed&handled=true", 0),
        ("?phone_number=%2B14155550100", 3),
        ("?phone_number=%2B14155550101", 0),
        ("?since=2026-11-20T12:01:00Z", 2),
        ("?until=2026-11-20T12:01:00Z", 1),
        (
            "?since=2026-11-20T12:01:00Z&until=2026-11-20T12:02:00Z&status=busy",
            1,
        ),
    ] {
        let list = Actor::viewer()
            .get(&api.router, &format!("/api/calls{query}"))
            .await
            .expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), expected, "{query}");
    }
}

#[tokio::test]
async fn calls_come_newest_first_over_pages() {
    let api = ready().await;
    let mut made = Vec::new();
    for n in 0..5 {
        made.insert(
            0,
            json!(
                finished(&api, &n.to_string(), CallOutcome::Completed)
                    .await
                    .call_id
            ),
        );
        api.test.clock.advance(SignedDuration::from_secs(1));
    }
    let (mut seen, mut next) = (Vec::new(), "/api/calls?limit=2".to_owned());
    loop {
        let page = Actor::viewer().get(&api.router, &next).await.expect(200);
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|call| call["call_id"].clone()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        next = format!("/api/calls?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn a_call_is_shown_and_handled() {
    let api = ready().await;
    let call = finished(&api, "a", CallOutcome::Completed).await;
    let path = format!("/api/calls/{}", call.call_id);
    let seen = Actor::viewer().get(&api.router, &path).await.expect(200);
    assert_eq!(
        (&seen["phone_number"], &seen["duration_secs"]),
        (&json!("+14155550100"), &json!(42))
    );
    let by_conversation = Actor::viewer()
        .get(&api.router, "/api/calls/conversations/conv_a")
        .await
        .expect(200);
    assert_eq!(by_conversation, seen);
    Actor::viewer()
        .get(&api.router, "/api/calls/conversations/conv_b")
        .await
        .expect(404);

    let handled = Actor::operator()
        .patch(&api.router, &path, json!({ "handled": true }))
        .await
        .expect(200);
    assert_eq!(handled["handled"], true);
    let again = Actor::operator()
        .patch(&api.router, &path, json!({ "handled": true }))
        .await
        .expect(200);
    assert_eq!(again, handled);
}

#[tokio::test]
async fn a_transcript_comes_in_order() {
    let api = ready().await;
    let call = finished(&api, "a", CallOutcome::Completed).await;
    let turn = |at_secs| TranscriptTurn {
        speaker: if at_secs % 2 == 0 {
            Speaker::Agent
        } else {
            Speaker::User
        },
        message: format!("turn {at_secs}"),
        at_secs,
        interrupted: false,
        tools: Vec::new(),
    };
    let turns: Vec<_> = (0..30).map(turn).collect();
    api.test
        .store
        .put_transcript(&call.call_id, &turns)
        .await
        .unwrap();
    let body = Actor::viewer()
        .get(&api.router, &format!("/api/calls/{}/transcript", call.call_id))
        .await
        .expect(200);
    let mut told = serde_json::to_value(turns).unwrap();
    for (index, turn) in told.as_array_mut().unwrap().iter_mut().enumerate() {
        turn["index"] = index.into();
    }
    assert_eq!(body["turns"], told);
    assert_eq!(body["complete"], true);
}

#[tokio::test]
async fn a_recording_has_a_link_or_a_reason() {
    let api = ready().await;
    let call = finished(&api, "a", CallOutcome::Completed).await;
    let path = format!("/api/calls/{}/recording", call.call_id);
    for (state, word) in [
        (RecordingState::Pending, "in a minute"),
        (RecordingState::None, "There is none"),
        (RecordingState::Lost, "lost"),
    ] {
        set_recording(&api, &call.call_id, state).await;
        let body = Actor::viewer().get(&api.router, &path).await.expect(404);
        assert!(body["detail"].as_str().unwrap().contains(word), "{body}");
    }
    set_recording(&api, &call.call_id, RecordingState::Stored).await;
    let body = Actor::viewer().get(&api.router, &path).await.expect(200);
    assert!(
        body["url"]
            .as_str()
            .unwrap()
            .contains(&format!("recordings/{}", call.call_id)),
        "{body}"
    );
    assert_eq!(
        (&body["bytes"], &body["duration_secs"]),
        (&json!(1000), &json!(41.5))
    );
}

async fn set_recording(api: &TestApi, id: &CallId, state: RecordingState) {
    let change = |call: &mut Call| {
        call.recording.state = state;
        call.recording.bytes = Some(1_000);
        call.recording.duration_secs = Some(41.5);
        true
    };
    api.test.store.update_call(id, change).await.unwrap();
}

#[tokio::test]
async fn stats_count_calls_by_day_and_agent() {
    let api = ready().await;
    finished(&api, "a", CallOutcome::Completed).await;
    api.test.clock.advance(SignedDuration::from_hours(24));
    finished(&api, "b", CallOutcome::Busy).await;
    let live = records::call("c", api.test.now());
    api.test.store.create_call(&live).await.unwrap();
    api.test
        .store
        .begin_dial(
            &live,
            None,
            None,
            &DialLimits::default(),
            api.test.now(),
            api.test.now(),
        )
        .await
        .unwrap();
    let body = Actor::viewer()
        .get(&api.router, "/api/calls/stats?days=3")
        .await
        .expect(200);
    insta::assert_json_snapshot!(body, { ".agents[].agent_id" => "[id]" });
    for days in ["0", "61", "x"] {
        Actor::viewer()
            .get(&api.router, &format!("/api/calls/stats?days={days}"))
            .await
            .expect(400);
    }
}

#[tokio::test]
async fn a_sync_is_started_with_what_was_asked_for() {
    let api = ready().await;
    Actor::operator()
        .act(&api.router, "/api/calls/sync")
        .await
        .expect(202);
    let since = json!({ "since": "2026-11-19T00:00:00Z" });
    Actor::operator()
        .post(&api.router, "/api/calls/sync", since.clone())
        .await
        .expect(202);
    assert_eq!(api.test.lambda.payloads(SYNC), [json!({}), since]);
    for wrong in [
        json!({ "since": "2027-01-01T00:00:00Z" }),
        json!({ "agent_id": format!("agt_{}", "0".repeat(26)) }),
    ] {
        Actor::operator()
            .post(&api.router, "/api/calls/sync", wrong)
            .await
            .expect(400);
    }
}
