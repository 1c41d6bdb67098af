//! Who is there, and who did what.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use switchboard_domain::{AuditEntry, Role};
use switchboard_store::AuditFilter;
use switchboard_testing::{Actor, DynamoDbFault, records};

use crate::harness::TestApi;

fn actions(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect()
}

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
    assert_eq!(actions(&page), ["queue.limit_changed", "do_not_call.added"]);
    assert!(!page.to_string().contains("631021622"), "no numbers: {page}");
    let next = format!("/api/audit?cursor={}", page["next_cursor"].as_str().unwrap());
    let rest = Actor::admin().get(&api.router, &next).await.expect(200);
    assert_eq!(actions(&rest), ["queue.stopped"]);
    assert_eq!(rest["items"][0]["role"], "operator");
}

#[tokio::test]
async fn the_trail_is_filtered_by_who_and_by_what() {
    let api = TestApi::start().await;
    let limit = json!({ "concurrency_limit": 3 });
    for actor in [Actor::operator(), Actor::admin(), Actor::operator()] {
        actor.act(&api.router, "/api/queue/stop").await.expect(200);
        actor.act(&api.router, "/api/queue/start").await.expect(200);
        api.test.clock.advance(SignedDuration::from_secs(1));
    }
    let number = json!({ "phone_numbers": ["+34631021622"] });
    Actor::admin()
        .put(&api.router, "/api/queue/settings", limit)
        .await
        .expect(200);
    Actor::operator()
        .post(&api.router, "/api/do-not-call", number)
        .await
        .expect(200);

    for (query, entries) in [
        ("actor=otto", 5),
        ("actor=ada", 3),
        ("actor=ott", 0),
        ("action=queue.", 7),
        ("action=queue.stopped", 3),
        ("action=stopped", 0),
        ("actor=otto&action=queue.", 4),
    ] {
        for size in [1, 2, 50] {
            let (mut found, mut cursor) = (Vec::new(), String::new());
            loop {
                let path = format!("/api/audit?{query}&limit={size}{cursor}");
                let page = Actor::admin().get(&api.router, &path).await.expect(200);
                found.extend(
                    page["items"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|row| row["audit_id"].clone()),
                );
                assert!(found.len() <= entries, "{query} {size}");
                let Some(next) = page["next_cursor"].as_str() else {
                    break;
                };
                cursor = format!("&cursor={next}");
            }
            found.sort_by_key(Value::to_string);
            found.dedup();
            assert_eq!(found.len(), entries, "{query} {size}");
        }
    }
    for query in ["actor=".to_owned(), format!("action={}", "a".repeat(201))] {
        let path = format!("/api/audit?{query}");
        Actor::admin().get(&api.router, &path).await.expect(400);
    }
}

#[tokio::test]
async fn every_route_that_changes_something_leaves_its_own_entry() {
    let api = TestApi::start().await;
    api.agent().await;
    api.line().await;
    let list = api.list(2).await.list_id;
    let campaign = api.campaign("running", 1).await.campaign_id;
    let call = records::call("past", api.test.now());
    api.test.store.create_call(&call).await.unwrap();
    let call = call.call_id;
    let numbers = json!({ "phone_numbers": ["+34631021622"] });
    let new_agent = json!({ "provider": "elevenlabs", "name": "Berta", "prompt": "Talk.", "language": "en" });
    let upload = json!({ "file_name": "guests.csv", "bytes": 100 });

    let changes = [
        (Method::POST, "/api/queue/stop".to_owned(), None, "queue.stopped"),
        (Method::POST, "/api/queue/start".to_owned(), None, "queue.started"),
        (
            Method::PUT,
            "/api/queue/settings".to_owned(),
            Some(json!({ "concurrency_limit": 3 })),
            "queue.limit_changed",
        ),
        (
            Method::POST,
            "/api/do-not-call".to_owned(),
            Some(numbers),
            "do_not_call.added",
        ),
        (
            Method::DELETE,
            "/api/do-not-call/+34631021622".to_owned(),
            None,
            "do_not_call.removed",
        ),
        (
            Method::PATCH,
            format!("/api/calls/{call}"),
            Some(json!({ "handled": true })),
            "call.handled",
        ),
        (
            Method::POST,
            "/api/campaigns".to_owned(),
            Some(api.campaign_request(json!({}))),
            "campaign.created",
        ),
        (
            Method::POST,
            format!("/api/campaigns/{campaign}/pause"),
            None,
            "campaign.paused",
        ),
        (
            Method::POST,
            format!("/api/campaigns/{campaign}/resume"),
            None,
            "campaign.resumed",
        ),
        (
            Method::POST,
            format!("/api/campaigns/{campaign}/cancel"),
            None,
            "campaign.cancelled",
        ),
        (
            Method::POST,
            "/api/uploads".to_owned(),
            Some(upload),
            "upload.created",
        ),
        (
            Method::POST,
            "/api/exports".to_owned(),
            Some(json!({})),
            "export.created",
        ),
        (
            Method::DELETE,
            format!("/api/contact-lists/{list}"),
            None,
            "contact_list.deleted",
        ),
        (
            Method::POST,
            "/api/agents".to_owned(),
            Some(new_agent),
            "agent.created",
        ),
    ];
    for (method, path, body, action) in changes {
        api.test.clock.advance(SignedDuration::from_secs(1));
        let reply = Actor::admin()
            .send(&api.router, method.clone(), &path, body)
            .await;
        assert!(reply.status.is_success(), "{method} {path}: {}", reply.body);
        let trail = Actor::admin()
            .get(&api.router, "/api/audit?limit=1")
            .await
            .expect(200);
        assert_eq!(actions(&trail), [action], "{method} {path}");
        assert_eq!(trail["items"][0]["actor"], "ada");
        assert!(!trail.to_string().contains("631021622"), "no numbers: {trail}");
    }
}

#[tokio::test]
async fn a_trail_that_cannot_be_written_does_not_undo_the_change() {
    let api = TestApi::start().await;
    Actor::operator().get(&api.router, "/api/me").await.expect(200);
    api.test
        .db_faults()
        .fraction("PutItem", DynamoDbFault::InternalErrorBefore, 1.0, 1);
    let stopped = Actor::operator()
        .act(&api.router, "/api/queue/stop")
        .await
        .expect(200);
    api.test.db_faults().clear();
    assert_eq!(stopped["state"], "stopped");
    let trail = Actor::admin().get(&api.router, "/api/audit").await.expect(200);
    assert_eq!(actions(&trail), [""; 0]);
}

#[tokio::test]
async fn an_entry_of_the_trail_is_written_once_and_stays() {
    let api = TestApi::start().await;
    Actor::operator()
        .act(&api.router, "/api/queue/stop")
        .await
        .expect(200);
    let store = &api.test.store;
    let all = AuditFilter::default();
    let [kept] = &store.list_audit_entries(&all, None, 10).await.unwrap().items[..] else {
        panic!("one entry");
    };
    let forged = AuditEntry {
        role: Some(Role::Viewer),
        ..kept.clone()
    };
    assert!(!store.add_audit_entry(&forged).await.unwrap());
    let now = store.list_audit_entries(&all, None, 10).await.unwrap();
    assert_eq!(&now.items[..], std::slice::from_ref(kept));
}
