//! What came about a call, as it came.

use jiff::SignedDuration;
use switchboard_store::{WebhookRecord, WebhookState};
use switchboard_testing::{Actor, records};

use crate::harness::TestApi;

#[tokio::test]
async fn webhooks_of_a_call_are_shown_in_order_with_a_link_to_what_came() {
    let api = TestApi::start().await;
    let store = &api.test.store;
    let call = records::call("told", api.test.now());
    store.create_call(&call).await.unwrap();
    for digest in ["b", "a"] {
        api.test.clock.advance(SignedDuration::from_secs(1));
        let record = WebhookRecord {
            provider: "elevenlabs".into(),
            digest: digest.repeat(64),
            state: WebhookState::Applied,
            kind_name: Some("post_call_transcription".into()),
            conversation_id: Some(records::provider_id("conv_told")),
            call_id: Some(call.call_id.clone()),
            body_key: format!("webhooks/elevenlabs/{digest}.json"),
            note: None,
            happened_at: None,
            received_at: api.test.now(),
            deliveries: 1,
        };
        store.put_webhook(&record).await.unwrap();
    }

    let path = format!("/api/calls/{}/webhooks", call.call_id);
    let page = Actor::admin().get(&api.router, &path).await.expect(200);
    let rows = page["items"].as_array().unwrap();
    let digests: Vec<_> = rows.iter().map(|row| row["digest"].as_str().unwrap()).collect();
    assert_eq!(digests, ["b".repeat(64), "a".repeat(64)]);
    assert_eq!(rows[0]["conversation_id"], "conv_told");
    assert_eq!(rows[0]["call_id"], call.call_id.as_str());
    Actor::operator().get(&api.router, &path).await.expect(403);

    let body = format!("/api/webhooks/elevenlabs/{}/body", "b".repeat(64));
    let link = Actor::admin().get(&api.router, &body).await.expect(200);
    let url = link["url"].as_str().unwrap();
    assert!(url.contains("webhooks/elevenlabs/b.json?"), "{url}");
    assert!(url.contains("X-Amz-Expires"), "{url}");
    Actor::operator().get(&api.router, &body).await.expect(403);
}

#[tokio::test]
async fn names_that_no_webhook_can_have_find_nothing() {
    let api = TestApi::start().await;
    let digest = "a".repeat(64);
    for name in [
        format!("elevenlabs/{digest}"),
        format!("eleven%23labs/{digest}"),
        format!("{}/{digest}", "e".repeat(3_000)),
        "elevenlabs/..%2Fx".to_owned(),
        format!("elevenlabs/{}", "a".repeat(3_000)),
    ] {
        let path = format!("/api/webhooks/{name}/body");
        Actor::admin().get(&api.router, &path).await.expect(404);
    }
    let unknown = records::call("nobody's", api.test.now()).call_id;
    let path = format!("/api/calls/{unknown}/webhooks");
    Actor::admin().get(&api.router, &path).await.expect(404);
}
