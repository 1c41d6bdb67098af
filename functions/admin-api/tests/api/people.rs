//! Who is there, and who did what.

use http::Method;
use jiff::SignedDuration;
use serde_json::json;
use switchboard_domain::{AuditEntry, Role};
use switchboard_testing::Actor;

use crate::harness::TestApi;

#[tokio::test]
async fn everybody_is_told_who_they_are() {
    let api = TestApi::start().await;
    for (groups, role) in [
        ("[viewer]", "viewer"),
        ("[operator viewer]", "operator"),
        ("[admin]", "admin"),
    ] {
        let ada = Actor::with_claims(json!({ "sub": "ada", "name": "Ada L.", "cognito:groups": groups }));
        let me = ada.get(&api.router, "/api/me").await.expect(200);
        assert_eq!(me, json!({ "subject": "ada", "name": "Ada L.", "role": role }));
    }
    // Access tokens of Cognito have no name.
    let eve = Actor::with_claims(json!({ "sub": "eve", "username": "eve-1", "cognito:groups": "viewer" }));
    assert_eq!(eve.get(&api.router, "/api/me").await.expect(200)["name"], "eve-1");
}

#[tokio::test]
async fn people_who_were_here_are_listed_with_their_role_of_now() {
    let api = TestApi::start().await;
    let grace = |groups: &str| Actor::with_claims(json!({ "sub": "grace", "cognito:groups": groups }));
    grace("viewer").get(&api.router, "/api/me").await.expect(200);
    let first = api.test.now();
    api.test.clock.advance(SignedDuration::from_mins(5));
    grace("admin").get(&api.router, "/api/me").await.expect(200);
    api.test.clock.advance(SignedDuration::from_mins(5));
    let users = Actor::admin().get(&api.router, "/api/users").await.expect(200);
    let users = users["items"].as_array().unwrap();
    assert_eq!(users.len(), 2, "Grace once, and the one who asks");
    let grace = users.iter().find(|user| user["subject"] == "grace").unwrap();
    assert_eq!(grace["role"], "admin");
    assert_eq!(grace["first_seen_at"], first.to_string());
}

#[tokio::test]
async fn every_change_is_in_the_trail_newest_first_and_looking_is_not() {
    let api = TestApi::start().await;
    let operator = Actor::operator();
    operator.act(&api.router, "/api/queue/stop").await.expect(200);
    api.test.clock.advance(SignedDuration::from_secs(1));
    operator
        .post(
            &api.router,
            "/api/do-not-call",
            json!({ "phone_numbers": ["+34631021622"] }),
        )
        .await
        .expect(200);
    api.test.clock.advance(SignedDuration::from_secs(1));
    let limit = json!({ "concurrency_limit": 3 });
    Actor::admin()
        .send(&api.router, Method::PUT, "/api/queue/settings", Some(limit))
        .await
        .expect(200);
    Actor::viewer().get(&api.router, "/api/queue").await.expect(200);

    let page = Actor::admin()
        .get(&api.router, "/api/audit?limit=2")
        .await
        .expect(200);
    let actions = |page: &serde_json::Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|entry| entry["action"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(actions(&page), ["queue.limit_changed", "do_not_call.added"]);
    assert!(!page.to_string().contains("631021622"), "no numbers: {page}");
    let next = format!("/api/audit?cursor={}", page["next_cursor"].as_str().unwrap());
    let rest = Actor::admin().get(&api.router, &next).await.expect(200);
    assert_eq!(actions(&rest), ["queue.stopped"]);
    assert_eq!(rest["items"][0]["role"], "operator");
}

#[tokio::test]
async fn an_entry_of_the_trail_is_written_once_and_stays() {
    let api = TestApi::start().await;
    Actor::operator()
        .act(&api.router, "/api/queue/stop")
        .await
        .expect(200);
    let store = &api.test.store;
    let [kept] = &store.list_audit_entries(None, 10).await.unwrap().items[..] else {
        panic!("one entry");
    };
    let forged = AuditEntry {
        role: Role::Viewer,
        ..kept.clone()
    };
    assert!(!store.add_audit_entry(&forged).await.unwrap());
    assert_eq!(&store.list_audit_entries(None, 10).await.unwrap().items[0], kept);
}
