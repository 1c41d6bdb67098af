//! The dial queue.

use serde_json::json;
use switchboard_domain::QueueState;
use switchboard_store::{DialLimits, DialMessage};
use switchboard_testing::{Actor, SCHEDULER, records};

use crate::harness::{TestApi, fields};

#[tokio::test]
async fn the_queue_shows_its_slots_and_messages() {
    let api = TestApi::start().await;
    let (store, now) = (&api.test.store, api.test.now());
    let call = records::call("a", now);
    store.create_call(&call).await.unwrap();
    store
        .begin_dial(&call, None, None, &DialLimits::default(), now, now)
        .await
        .unwrap();
    store
        .send_dials(&[DialMessage {
            call_id: call.call_id,
            campaign_id: None,
        }])
        .await
        .unwrap();
    let body = Actor::viewer().get(&api.router, "/api/queue").await.expect(200);
    insta::assert_json_snapshot!(body, { ".holders[].call_id" => "[id]" });
}

#[tokio::test]
async fn the_queue_is_shown_when_the_provider_is_down() {
    let api = TestApi::start().await;
    let down = switchboard_providers::ProviderError::OutOfCredit { request_id: None };
    api.provider.fail_next_request(down);
    let body = Actor::viewer().get(&api.router, "/api/queue").await.expect(200);
    assert_eq!(body["provider_live"], json!(null));
}

#[tokio::test]
async fn the_limit_holds_in_the_table_and_at_lambda() {
    let api = TestApi::start().await;
    let body = Actor::admin()
        .put(
            &api.router,
            "/api/queue/settings",
            json!({ "concurrency_limit": 20 }),
        )
        .await
        .expect(200);
    assert_eq!(body["concurrency_limit"], 20);
    assert_eq!(api.test.queue().await.concurrency_limit, 20);
    assert_eq!(api.test.lambda.reserved(), Some(28));
    assert_eq!(api.test.lambda.mapping(), (Some(28), true));

    Actor::admin()
        .put(
            &api.router,
            "/api/queue/settings",
            json!({ "concurrency_limit": 1 }),
        )
        .await
        .expect(200);
    assert_eq!(api.test.lambda.reserved(), Some(4));
    assert_eq!(api.test.lambda.mapping(), (Some(4), true));
    for wrong in [0, 1_001] {
        let request = json!({ "concurrency_limit": wrong });
        let body = Actor::admin()
            .put(&api.router, "/api/queue/settings", request)
            .await
            .expect(400);
        assert_eq!(fields(&body), ["concurrency_limit"]);
    }
}

#[tokio::test]
async fn the_limit_holds_even_if_lambda_does_not_take_it() {
    let api = TestApi::start().await;
    api.test.lambda.set_failing(true);
    Actor::admin()
        .put(
            &api.router,
            "/api/queue/settings",
            json!({ "concurrency_limit": 3 }),
        )
        .await
        .expect(200);
    assert_eq!(api.test.queue().await.concurrency_limit, 3);
}

#[tokio::test]
async fn the_queue_stops_and_starts() {
    let api = TestApi::start().await;
    let body = Actor::operator()
        .act(&api.router, "/api/queue/stop")
        .await
        .expect(200);
    assert_eq!(body["state"], "stopped");
    assert_eq!(api.test.queue().await.state, QueueState::Stopped);
    assert!(!api.test.lambda.mapping().1);
    Actor::operator()
        .act(&api.router, "/api/queue/start")
        .await
        .expect(200);
    assert_eq!(api.test.queue().await.state, QueueState::Running);
    assert!(api.test.lambda.mapping().1);
    assert_eq!(api.test.lambda.payloads(SCHEDULER).len(), 2);
}
