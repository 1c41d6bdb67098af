//! What was reported to go wrong with calls at OpenAI.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_simulator::{OPENAI_WEBHOOK_SECRET, openai_signature};

use crate::desk::{Desk, Heard, hold, say, transcript};

async fn impatient() -> Desk {
    let desk = Desk::with(|config| config.patience_secs = 2.0).await;
    desk.leads_to_openai();
    desk
}

fn is_signed(heard: &Heard) -> bool {
    let at: i64 = heard.header("webhook-timestamp").parse().unwrap();
    let wanted = openai_signature(OPENAI_WEBHOOK_SECRET, heard.header("webhook-id"), at, &heard.body);
    heard.header("webhook-signature") == wanted
}

#[tokio::test]
async fn an_accepted_call_can_be_dead() {
    let desk = impatient().await;
    let sid = desk.rings(json!("accept_dead")).await;
    let call_id = desk.announced().await;
    assert_eq!(desk.accept(&call_id).await.0, 200);
    for _ in 0..5 {
        assert_eq!(desk.try_attach(&call_id).await.unwrap_err(), 404);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let call = desk.over(&sid).await;
    let action = desk.hears("/webhooks/twilio/dial", 1).await;
    assert_eq!(action.field("DialCallStatus"), "no-answer", "{call}");

    // Whoever notices hangs up, and the call goes on at once.
    let sid = desk.rings(json!("accept_dead")).await;
    let webhook = desk.hears("/webhooks/openai", 2).await;
    let call_id = webhook.json()["data"]["call_id"].as_str().unwrap().to_owned();
    desk.accept(&call_id).await;
    let path = format!("/v1/realtime/calls/{call_id}/hangup");
    assert_eq!(desk.send("POST", &path, None).await.0, 200);
    desk.over(&sid).await;
    assert_eq!(
        desk.hears("/webhooks/twilio/dial", 2)
            .await
            .field("DialCallStatus"),
        "failed"
    );
}

#[tokio::test]
async fn sockets_break_and_nothing_is_told_again() {
    let desk = Desk::open().await;
    desk.leads_to_openai();
    let scenario = json!({ "turns": 60, "seconds": 600, "drop_sockets": 40 });
    let sid = desk.rings(scenario).await;
    let call_id = desk.announced().await;
    desk.accept(&call_id).await;
    let (mut events, mut attached) = (Vec::new(), 0);
    while desk.shown(&sid).await["live"] == true {
        let Ok(mut socket) = desk.try_attach(&call_id).await else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        attached += 1;
        events.extend(hold(&mut socket, attached == 1).await);
    }
    assert!(attached > 3, "{attached}");
    let created = events.iter().filter(|event| event["type"] == "session.created");
    // The last one may have come when the call was over.
    assert!((attached - 1..=attached).contains(&created.count()));
    let mut ids: Vec<&Value> = events
        .iter()
        .filter(|event| event["type"] == "response.done")
        .map(|event| &event["response"]["id"])
        .collect();
    let count = ids.len();
    ids.sort_by_key(|id| id.to_string());
    ids.dedup();
    assert_eq!(ids.len(), count, "no event comes twice");
    let call = desk.over(&sid).await;
    let session = &call["openai"][0];
    assert_eq!(session["said"].as_array().unwrap().len(), 60);
    assert!(session["sockets_broken"].as_u64().unwrap() >= 3);
}

#[tokio::test]
async fn the_last_words_can_be_lost() {
    let desk = Desk::open().await;
    desk.leads_to_openai();
    let sid = desk.rings(json!("late_hangup")).await;
    let call_id = desk.announced().await;
    desk.accept(&call_id).await;
    let mut socket = desk.attach(&call_id).await;
    let events = hold(&mut socket, true).await;
    let call = desk.over(&sid).await;
    let said = call["openai"][0]["said"].as_array().unwrap();
    let last = said.last().unwrap();
    assert_eq!(
        (&last["speaker"], &last["told"]),
        (&json!("caller"), &json!(false))
    );
    assert_eq!(transcript(&events).last().unwrap().2, None);
}

#[tokio::test]
async fn webhooks_come_twice_late_forged_or_of_another_kind() {
    let desk = impatient().await;
    let sid = desk.rings(json!("duplicate_webhook")).await;
    let (one, two) = (
        desk.hears("/webhooks/openai", 1).await,
        desk.hears("/webhooks/openai", 2).await,
    );
    assert_eq!(one.header("webhook-id"), two.header("webhook-id"));
    assert_eq!(one.body, two.body);
    desk.over(&sid).await;

    let desk = impatient().await;
    desk.rings(json!("bad_signature")).await;
    assert!(!is_signed(&desk.hears("/webhooks/openai", 1).await));

    let desk = impatient().await;
    desk.rings(json!("stale_timestamp")).await;
    let stale = desk.hears("/webhooks/openai", 1).await;
    let at: i64 = stale.header("webhook-timestamp").parse().unwrap();
    let age = stale.json()["created_at"].as_i64().unwrap() - at;
    assert!(is_signed(&stale) && age > 300, "{age}");

    let desk = impatient().await;
    desk.rings(json!("both_events")).await;
    desk.hears("/webhooks/openai", 2).await;
    let mut kinds: Vec<Value> = desk
        .heard("/webhooks/openai")
        .iter()
        .map(|heard| heard.json()["type"].clone())
        .collect();
    kinds.sort_by_key(Value::to_string);
    assert_eq!(
        kinds,
        [json!("live.transport.incoming"), json!("realtime.call.incoming")]
    );
}

#[tokio::test]
async fn a_webhook_that_is_refused_comes_again_under_its_id() {
    let desk = Desk::open().await;
    desk.leads_to_openai();
    desk.raw("/webhooks/openai", 500, "text/plain", "", 0);
    desk.raw("/webhooks/openai", 200, "text/plain", "", 0);
    desk.rings(json!("booking")).await;
    let (one, two) = (
        desk.hears("/webhooks/openai", 1).await,
        desk.hears("/webhooks/openai", 2).await,
    );
    assert_eq!(one.header("webhook-id"), two.header("webhook-id"));
    assert!(is_signed(&two));
}

#[tokio::test]
async fn a_caller_can_be_gone_before_anybody_accepts() {
    let desk = impatient().await;
    let sid = desk.rings(json!("hangs_up_before_accept")).await;
    let call_id = desk.announced().await;
    assert_eq!(desk.accept(&call_id).await.0, 404);
    let call = desk.over(&sid).await;
    assert_eq!(
        (&call["status"], &call["ended_by"]),
        (&json!("no-answer"), &json!("person"))
    );
    let action = desk.hears("/webhooks/twilio/dial", 1).await;
    assert_eq!(action.field("DialCallStatus"), "canceled");
}

#[tokio::test]
async fn a_session_expires() {
    let desk = Desk::open().await;
    desk.leads_to_openai();
    let scenario = json!({ "turns": 100, "seconds": 1000, "session_limit_secs": 60 });
    let sid = desk.rings(scenario).await;
    let call_id = desk.announced().await;
    desk.accept(&call_id).await;
    let mut socket = desk.attach(&call_id).await;
    let events = hold(&mut socket, true).await;
    let last = events.last().unwrap();
    assert_eq!(
        (&last["type"], &last["error"]["code"]),
        (&json!("error"), &json!("session_expired"))
    );
    let call = desk.over(&sid).await;
    assert_eq!(call["openai"][0]["ended_by"], "platform");
    assert_eq!(
        desk.hears("/webhooks/twilio/dial", 1)
            .await
            .field("DialCallStatus"),
        "completed"
    );
}

#[tokio::test]
async fn accepting_can_fail_once_or_take_its_time_and_an_outage_is_one() {
    let desk = Desk::open().await;
    desk.leads_to_openai();
    desk.rings(json!({ "accept_status": 500, "slow_accept_secs": 0.2 }))
        .await;
    let call_id = desk.announced().await;
    assert_eq!(desk.accept(&call_id).await.0, 500);
    let outage = json!({ "down": true, "platform": "openai" });
    desk.send("PUT", "/sim/outage", Some(outage)).await;
    assert_eq!(desk.accept(&call_id).await.0, 503);
    let outage = json!({ "down": false });
    desk.send("PUT", "/sim/outage", Some(outage)).await;
    let began = std::time::Instant::now();
    assert_eq!(desk.accept(&call_id).await.0, 200);
    assert!(began.elapsed() >= Duration::from_millis(200));
    let mut socket = desk.attach(&call_id).await;
    say(&mut socket, json!({ "type": "response.create" })).await;
    hold(&mut socket, false).await;
}
