//! The inbox.

use jiff::SignedDuration;
use serde_json::{Value, json};
use switchboard_domain::{CallEvent, CallStatus, ProviderEvent, ProviderKind, RecordingState};
use switchboard_store::{BeginDial, DialLimits, WebhookRecord, WebhookState};
use switchboard_testing::{Actor, records};

use crate::harness::TestApi;

async fn inbox(api: &TestApi) -> Value {
    Actor::viewer()
        .get(&api.router, "/api/attention")
        .await
        .expect(200)
}

fn kinds(inbox: &Value) -> Vec<&str> {
    let items = inbox["items"].as_array().unwrap().iter();
    items.map(|item| item["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_empty_inbox_says_so() {
    let api = TestApi::start().await;
    let inbox = inbox(&api).await;
    assert_eq!((&inbox["total"], &inbox["items"]), (&json!(0), &json!([])));
}

#[tokio::test]
async fn a_dial_whose_answer_was_lost_is_listed_and_then_stuck() {
    let api = TestApi::start().await;
    let (store, now) = (&api.test.store, api.test.now());
    let call = records::call("lost", now);
    store.create_call(&call).await.unwrap();
    let begun = store
        .begin_dial(&call, None, None, &DialLimits::default(), now, now)
        .await
        .unwrap();
    assert!(matches!(begun, BeginDial::Begun(_)));
    store
        .update_call(&call.call_id, |call| call.lose_answer(now))
        .await
        .unwrap();
    assert_eq!(kinds(&inbox(&api).await), Vec::<&str>::new());

    api.test.clock.advance(SignedDuration::from_secs(40));
    let listed = inbox(&api).await;
    assert_eq!(kinds(&listed), ["unconfirmed_call"]);
    assert_eq!(listed["items"][0]["call_id"], json!(call.call_id));
    assert_eq!(listed["items"][0]["actions"][0]["path"], "/api/calls/sync");

    api.test.clock.advance(SignedDuration::from_mins(5));
    assert_eq!(kinds(&inbox(&api).await), ["stuck_call", "unwatched_slot"]);
}

#[tokio::test]
async fn a_campaign_that_the_system_paused_is_listed_with_its_reason_and_one_that_a_person_paused_is_not() {
    let api = TestApi::start().await;
    let (store, now) = (&api.test.store, api.test.now());
    let (out, by_hand) = (
        api.campaign("out of credit", 1).await,
        api.campaign("held", 1).await,
    );
    assert!(
        store
            .pause_because(&out.campaign_id, "No credit.", now)
            .await
            .unwrap()
    );
    Actor::operator()
        .act(
            &api.router,
            &format!("/api/campaigns/{}/pause", by_hand.campaign_id),
        )
        .await
        .expect(200);
    let listed = inbox(&api).await;
    assert_eq!(kinds(&listed), ["campaign_paused"]);
    assert!(
        listed["items"][0]["known"]
            .as_str()
            .unwrap()
            .contains("No credit.")
    );

    let resume = listed["items"][0]["actions"][0]["path"].as_str().unwrap();
    let resumed = Actor::operator().act(&api.router, resume).await.expect(200);
    assert_eq!(
        (&resumed["status"], &resumed["failure"]),
        (&json!("running"), &Value::Null)
    );
    assert_eq!(inbox(&api).await["total"], 0);
}

#[tokio::test]
async fn a_provider_that_is_down_comes_first() {
    let api = TestApi::start().await;
    let (store, now) = (&api.test.store, api.test.now());
    let failed = ProviderEvent::Failed {
        error: "No answer.".into(),
    };
    for _ in 0..5 {
        store
            .note_provider_event(ProviderKind::Elevenlabs, &failed, now)
            .await
            .unwrap();
    }
    let campaign = api.campaign("paused", 1).await;
    store
        .pause_because(&campaign.campaign_id, "No credit.", now)
        .await
        .unwrap();
    let listed = inbox(&api).await;
    assert_eq!(kinds(&listed), ["provider_down", "campaign_paused"]);
    let status = Actor::viewer().get(&api.router, "/api/status").await.expect(200);
    assert_eq!(status["providers"][0]["state"], "down");
}

#[tokio::test]
async fn a_recording_that_is_lost_or_short_is_listed_until_somebody_has_seen_it() {
    let api = TestApi::start().await;
    let (store, now) = (&api.test.store, api.test.now());
    let mut lost = records::call("lost", now);
    lost.recording.state = RecordingState::Lost;
    let mut short = records::call("short", now);
    short.duration_secs = Some(90);
    short.recording.state = RecordingState::Stored;
    short.recording.duration_secs = Some(20.0);
    short.recording.whole = short.has_whole(20.0);
    for call in [&lost, &short] {
        store.note_recording(call, now).await.unwrap();
    }
    let listed = inbox(&api).await;
    assert_eq!(kinds(&listed), ["lost_recording", "short_recording"]);
    assert!(
        listed["items"][1]["known"]
            .as_str()
            .unwrap()
            .contains("20 seconds")
    );

    let path = format!("/api/attention/recordings/{}", lost.call_id);
    Actor::operator().delete(&api.router, &path).await.expect(204);
    assert_eq!(kinds(&inbox(&api).await), ["short_recording"]);
}

#[tokio::test]
async fn a_webhook_that_could_not_be_read_is_listed_and_may_be_applied_again() {
    let api = TestApi::start().await;
    let (store, now) = (&api.test.store, api.test.now());
    let record = WebhookRecord {
        provider: "elevenlabs".into(),
        digest: "a".repeat(64),
        state: WebhookState::Unparsed,
        kind_name: None,
        conversation_id: None,
        call_id: None,
        body_key: "webhooks/elevenlabs/a.json".into(),
        note: Some("not JSON".into()),
        happened_at: None,
        received_at: now,
        deliveries: 1,
    };
    store.put_webhook(&record).await.unwrap();
    let listed = inbox(&api).await;
    assert_eq!(kinds(&listed), ["unparsed_webhook"]);
    let replay = listed["items"][0]["actions"][0]["path"].as_str().unwrap();

    let gone = Actor::admin().act(&api.router, replay).await.expect(409);
    assert!(gone["detail"].as_str().unwrap().contains("Sync"), "{gone}");

    let unknown = include_str!("../../../../events/provider-webhooks/unknown_type.json");
    let body = bytes::Bytes::from_static(unknown.as_bytes());
    store
        .files()
        .put(&record.body_key, "application/json", body)
        .await
        .unwrap();
    let replayed = Actor::admin().act(&api.router, replay).await.expect(200);
    assert_eq!(replayed["state"], "ignored");
    assert_eq!(inbox(&api).await["total"], 0);
}

#[tokio::test]
async fn a_call_that_is_in_progress_and_watched_needs_nobody() {
    let api = TestApi::start().await;
    let (store, now) = (&api.test.store, api.test.now());
    let call = records::call("fine", now);
    store.create_call(&call).await.unwrap();
    let until = now + SignedDuration::from_secs(60);
    store
        .begin_dial(&call, None, None, &DialLimits::default(), until, now)
        .await
        .unwrap();
    let confirm = |call: &mut switchboard_domain::Call| {
        call.status = call.status.after(CallEvent::Confirmed).unwrap();
        true
    };
    store.update_call(&call.call_id, confirm).await.unwrap();
    api.test.clock.advance(SignedDuration::from_secs(50));
    assert_eq!(inbox(&api).await["total"], 0);
}

#[tokio::test]
async fn a_line_that_far_fewer_people_answer_is_listed_until_they_do_again() {
    let api = TestApi::start().await;
    let line = api.line().await;
    let put = async |name: &str, hours_ago: i64, calls: u64, answered: u64| {
        let at = api.test.now() - SignedDuration::from_hours(hours_ago);
        for n in 0..calls {
            let mut call = records::call(&format!("{name} {n}"), at);
            call.placing_at = Some(at);
            call.status = match n < answered {
                true => CallStatus::Completed,
                false => CallStatus::NoAnswer,
            };
            assert!(api.test.store.import_call(&call, false).await.unwrap());
        }
    };
    put("usual", 48, 60, 30).await;
    put("more usual", 72, 40, 20).await;
    assert_eq!(kinds(&inbox(&api).await), Vec::<&str>::new());
    put("dropped", 1, 50, 5).await;
    let listed = inbox(&api).await;
    assert_eq!(kinds(&listed), ["line_answered_less"]);
    assert_eq!(listed["items"][0]["subject"], json!(line.phone_line_id));
    let known = listed["items"][0]["known"].as_str().unwrap();
    assert!(
        known.contains("10 % were answered; in the seven days before it was 50 %"),
        "{known}"
    );
    put("recovered", 0, 50, 24).await;
    assert_eq!(kinds(&inbox(&api).await), Vec::<&str>::new());
}
