//! Tickets for live updates.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use switchboard_domain::{TICKET_LIFE, ticket_digest};
use switchboard_testing::Actor;

use crate::harness::TestApi;

const ADDRESS: &str = "wss://live.example.com/live";

async fn api() -> TestApi {
    TestApi::start_with(|deps, _| deps.with_live_updates(ADDRESS.parse().ok())).await
}

#[tokio::test]
async fn anybody_who_is_signed_in_gets_a_ticket_that_is_good_once_and_ends_with_the_sign_in() {
    let api = api().await;
    let now = api.test.now();
    let until = now + SignedDuration::from_mins(40);
    let vera = Actor::with_claims(
        json!({ "sub": "vera", "cognito:groups": "[viewer]", "exp": until.as_second().to_string() }),
    );
    let first = vera
        .post(&api.router, "/api/live/tickets", json!({}))
        .await
        .expect(200);
    let second = vera
        .post(&api.router, "/api/live/tickets", json!({}))
        .await
        .expect(200);
    assert_ne!(first["ticket"], second["ticket"]);
    let secret = first["ticket"].as_str().unwrap();
    assert_eq!(first["url"], format!("{ADDRESS}?ticket={secret}"));
    let expires: Timestamp = first["expires_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(expires, now + TICKET_LIFE);

    let store = &api.test.store;
    assert!(
        store.take_live_ticket(secret, now).await.unwrap().is_none(),
        "the secret itself is not kept"
    );
    let ticket = store
        .take_live_ticket(&ticket_digest(secret), now)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((ticket.subject.as_str(), ticket.session_until), ("vera", until));
    assert!(
        store
            .take_live_ticket(&ticket_digest(secret), now)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn nobody_gets_one_without_a_sign_in_or_where_there_are_no_live_updates() {
    let api = api().await;
    let nobody = Actor::anonymous()
        .post(&api.router, "/api/live/tickets", json!({}))
        .await;
    assert_eq!(nobody.status, 401);
    let without = TestApi::start().await;
    let refused = Actor::viewer()
        .post(&without.router, "/api/live/tickets", json!({}))
        .await;
    assert_eq!(refused.status, 404, "{}", refused.body);
}
