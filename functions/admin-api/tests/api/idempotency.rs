//! `Idempotency-Key`.

use jiff::SignedDuration;
use serde_json::json;
use switchboard_testing::{Actor, DynamoDbFault, EXPORTER};

use crate::harness::{TestApi, fields};

fn keyed(key: &str) -> Actor {
    Actor::operator().header("idempotency-key", key)
}

#[tokio::test]
async fn a_repeated_request_is_answered_as_the_first_one_was() {
    let api = TestApi::start().await;
    let first = keyed("k").post(&api.router, "/api/exports", json!({})).await;
    assert!(!first.headers.contains_key("idempotent-replayed"));
    let first = first.expect(202);
    let again = keyed("k").post(&api.router, "/api/exports", json!({})).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.headers["content-type"], "application/json");
    assert_eq!(again.expect(202), first);
    assert_eq!(api.test.lambda.payloads(EXPORTER).len(), 1);
}

#[tokio::test]
async fn another_body_or_route_under_the_same_key_is_refused() {
    let api = TestApi::start().await;
    keyed("k")
        .post(&api.router, "/api/exports", json!({}))
        .await
        .expect(202);
    let other = keyed("k")
        .post(&api.router, "/api/exports", json!({ "call_status": "busy" }))
        .await;
    insta::assert_json_snapshot!(other.expect(422));
    keyed("k")
        .post(&api.router, "/api/calls/sync", json!({}))
        .await
        .expect(422);
}

#[tokio::test]
async fn keys_of_different_people_are_different_keys() {
    let api = TestApi::start().await;
    let first = keyed("k")
        .post(&api.router, "/api/exports", json!({}))
        .await
        .expect(202);
    let other = Actor::admin()
        .header("idempotency-key", "k")
        .post(&api.router, "/api/exports", json!({}))
        .await;
    assert_ne!(
        other.expect(202)["export"]["export_id"],
        first["export"]["export_id"]
    );
}

#[tokio::test]
async fn a_request_that_is_still_running_is_not_run_again() {
    let api = TestApi::start().await;
    let actor = keyed("k");
    let (one, two) = tokio::join!(
        actor.post(&api.router, "/api/exports", json!({})),
        actor.post(&api.router, "/api/exports", json!({}))
    );
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert!(statuses == [202, 409] || statuses == [202, 202], "{statuses:?}");
    assert_eq!(api.test.lambda.payloads(EXPORTER).len(), 1);
}

#[tokio::test]
async fn what_was_refused_or_broke_may_be_sent_again() {
    let api = TestApi::start().await;
    api.test.lambda.set_failing(true);
    keyed("k")
        .post(&api.router, "/api/exports", json!({}))
        .await
        .expect(503);
    api.test.lambda.set_failing(false);
    keyed("k")
        .post(&api.router, "/api/exports", json!({}))
        .await
        .expect(202);
    let list = Actor::viewer().get(&api.router, "/api/exports").await.expect(200);
    assert_eq!(
        list["items"].as_array().unwrap().len(),
        1,
        "the same export, not a second one"
    );

    keyed("v")
        .post(&api.router, "/api/exports", json!({ "x": 1 }))
        .await
        .expect(400);
    keyed("v")
        .post(&api.router, "/api/exports", json!({}))
        .await
        .expect(202);
}

#[tokio::test]
async fn an_answer_is_kept_for_a_day() {
    let api = TestApi::start().await;
    keyed("k")
        .post(&api.router, "/api/calls/sync", json!({}))
        .await
        .expect(202);
    api.test.clock.advance(SignedDuration::from_hours(24));
    let again = keyed("k").post(&api.router, "/api/calls/sync", json!({})).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    api.test.clock.advance(SignedDuration::from_hours(2));
    let later = keyed("k").post(&api.router, "/api/calls/sync", json!({})).await;
    assert!(!later.headers.contains_key("idempotent-replayed"));
}

#[tokio::test]
async fn a_key_has_1_to_255_characters() {
    let api = TestApi::start().await;
    let longest = "k".repeat(255);
    keyed(&longest)
        .post(&api.router, "/api/exports", json!({}))
        .await
        .expect(202);
    for key in ["", &"k".repeat(256), "schlüssel"] {
        let body = keyed(key)
            .post(&api.router, "/api/exports", json!({}))
            .await
            .expect(400);
        assert_eq!(fields(&body), ["idempotency-key"]);
    }
}

#[tokio::test]
async fn a_campaign_sent_again_after_a_break_is_finished_not_doubled() {
    let api = TestApi::start().await;
    api.agent().await;
    api.line().await;
    let request = api.campaign_request(json!({ "start": "now" }));
    let faults = api.test.db_faults();
    faults.next("TransactWriteItems", DynamoDbFault::InternalErrorBefore, 99);
    keyed("k")
        .post(&api.router, "/api/campaigns", request.clone())
        .await
        .expect(503);
    faults.clear();
    let campaign = keyed("k")
        .post(&api.router, "/api/campaigns", request)
        .await
        .expect(201);
    assert_eq!(
        (&campaign["status"], &campaign["counts"]["total"]),
        (&json!("running"), &json!(2))
    );
    let all = Actor::viewer()
        .get(&api.router, "/api/campaigns")
        .await
        .expect(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
}
