//! Errors of requests that dial say whether a phone can have rung.

use serde_json::json;
use switchboard_testing::{Actor, DynamoDbFault};

use crate::harness::TestApi;

#[tokio::test]
async fn what_was_refused_rang_nowhere() {
    let api = TestApi::start().await;
    let body = Actor::operator()
        .post(&api.router, "/api/calls", json!({}))
        .await
        .expect(400);
    assert_eq!(body["may_have_rung"], false, "{body}");
    assert!(body["detail"].as_str().unwrap().ends_with("Nothing was dialled."));
    let body = Actor::anonymous()
        .post(&api.router, "/api/calls", json!({}))
        .await
        .expect(401);
    assert_eq!(body["may_have_rung"], false, "{body}");
}

#[tokio::test]
async fn what_broke_may_have_rung_and_says_how_to_go_on() {
    let api = TestApi::start().await;
    api.agent().await;
    api.line().await;
    // Whatever is written, every answer to it is lost.
    api.test
        .db_faults()
        .next("PutItem", DynamoDbFault::AnswerLost, 99);
    let request =
        json!({ "agent_id": api.agent_id(), "phone_line_id": "phnum_main", "phone_number": "+14155550100" });
    let keyed = Actor::operator().header("idempotency-key", "k");
    let body = keyed
        .post(&api.router, "/api/calls", request.clone())
        .await
        .expect(503);
    assert_eq!(body["may_have_rung"], true, "{body}");
    assert!(
        body["detail"].as_str().unwrap().contains("Idempotency-Key"),
        "{body}"
    );
    api.test.db_faults().clear();

    // The same request again: the one call stays the one call.
    api.test.clock.advance(jiff::SignedDuration::from_mins(2));
    keyed.post(&api.router, "/api/calls", request).await.expect(202);
    let calls = api
        .test
        .store
        .list_calls(&switchboard_store::CallFilter::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(calls.items.len(), 1);
}

#[tokio::test]
async fn requests_that_do_not_dial_do_not_speak_of_it() {
    let api = TestApi::start().await;
    let body = Actor::operator()
        .post(&api.router, "/api/exports", json!({ "since": 1 }))
        .await
        .expect(400);
    assert!(body.get("may_have_rung").is_none(), "{body}");
}
