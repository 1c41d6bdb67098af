//! Who may do what.

use http::Method;
use serde_json::json;
use switchboard_testing::Actor;

use crate::harness::TestApi;

const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// What only administrators look at: who is there, who did what, and what came as it came.
const ADMINS_ONLY: [&str; 7] = [
    "/api/audit",
    "/api/users",
    "0/webhooks",
    "/body",
    "/api/settings/alerts",
    "/api/settings/carrier",
    "/api/settings/providers",
];

/// What is sent to the customer's systems, full phone numbers included.
const OPERATORS_ONLY: &str = "/event-targets";

/// Everything about one person.
const PRIVACY: &str = "/api/privacy/";

/// Every operation of the document, its path filled in with ids that name nothing.
fn operations() -> Vec<(Method, String)> {
    let document = serde_json::to_value(admin_api::openapi()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path
            .replace("{agent_id}", &format!("agt_{}", "0".repeat(26)))
            .replace("{campaign_id}", &format!("camp_{}", "0".repeat(26)))
            .replace("{recipient_id}", &format!("rcpt_{}", "0".repeat(26)))
            .replace("{template_id}", &format!("tmpl_{}", "0".repeat(26)))
            .replace("{call_id}", &format!("call_{}", "0".repeat(26)))
            .replace("{list_id}", &format!("list_{}", "0".repeat(26)))
            .replace("{upload_id}", &format!("upl_{}", "0".repeat(26)))
            .replace("{export_id}", &format!("exp_{}", "0".repeat(26)))
            .replace("{register_id}", &format!("reg_{}", "0".repeat(26)))
            .replace("{conversation_id}", "conv_0")
            .replace("{phone_number}", "%2B14155550100")
            .replace("{provider}", "elevenlabs")
            .replace("{voice_id}", "voice_0")
            .replace("{phone_line_id}", "line_0")
            .replace("{letter_id}", "00000000-0000-4000-8000-000000000000")
            .replace("{digest}", &"0".repeat(64))
            .replace("{target_id}", &format!("tgt_{}", "0".repeat(26)))
            .replace("{event_id}", &format!("evt_{}", "0".repeat(26)))
            .replace("{rule_id}", &format!("rule_{}", "0".repeat(26)))
            .replace("{callback_id}", &format!("cb_{}", "0".repeat(26)))
            .replace("{name}", "stock")
            .replace("{batch_id}", "1");
        assert!(!path.contains('{'), "{path}");
        for method in METHODS {
            if item.get(method.as_str().to_lowercase()).is_some() {
                operations.push((method, path.clone()));
            }
        }
    }
    assert!(operations.len() > 50, "{}", operations.len());
    operations
}

#[tokio::test]
async fn no_route_answers_without_a_token() {
    let api = TestApi::start().await;
    for (method, path) in operations() {
        let reply = Actor::anonymous()
            .send(&api.router, method.clone(), &path, None)
            .await;
        assert_eq!(reply.status, 401, "{method} {path}");
        assert_eq!(reply.headers["content-type"], "application/problem+json");
    }
}

#[tokio::test]
async fn somebody_without_a_role_may_do_nothing() {
    let api = TestApi::start().await;
    for claims in [
        json!({ "sub": "eve" }),
        json!({ "sub": "eve", "cognito:groups": "[guests]" }),
    ] {
        for (method, path) in operations() {
            let reply = Actor::with_claims(claims.clone())
                .send(&api.router, method.clone(), &path, None)
                .await;
            assert_eq!(reply.status, 403, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_viewer_may_look_and_change_nothing() {
    let api = TestApi::start().await;
    for (method, path) in operations() {
        let reply = Actor::viewer()
            .send(&api.router, method.clone(), &path, None)
            .await;
        let hidden = ADMINS_ONLY.iter().any(|part| path.ends_with(part))
            || path.contains(OPERATORS_ONLY)
            || path.contains(PRIVACY);
        // A ticket for live updates lets them look, too.
        let looks = method == Method::GET || path == "/api/live/tickets";
        if looks && !hidden {
            assert_ne!(reply.status, 403, "{path}");
        } else {
            assert_eq!(reply.status, 403, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn an_operator_may_do_all_but_what_is_an_administrators() {
    let api = TestApi::start().await;
    let mut refused = Vec::new();
    for (method, path) in operations() {
        let reply = Actor::operator()
            .send(&api.router, method.clone(), &path, None)
            .await;
        if reply.status == 403 {
            refused.push(format!("{method} {path}").replace(&"0".repeat(26), "…"));
        }
    }
    insta::assert_snapshot!(refused.join("\n"));
}

#[tokio::test]
async fn a_claim_without_a_subject_is_no_caller() {
    let api = TestApi::start().await;
    for claims in [
        json!({ "cognito:groups": "[admin]" }),
        json!({ "sub": "", "cognito:groups": "[admin]" }),
    ] {
        Actor::with_claims(claims)
            .get(&api.router, "/api/agents")
            .await
            .expect(401);
    }
    let plain = Actor::with_claims(json!({ "sub": "ada", "cognito:groups": "admin" }));
    plain.get(&api.router, "/api/agents").await.expect(200);
}

#[tokio::test]
async fn a_refusal_names_the_role_that_is_needed() {
    let api = TestApi::start().await;
    let body = Actor::viewer()
        .act(&api.router, "/api/queue/stop")
        .await
        .expect(403);
    insta::assert_json_snapshot!(body);
}

#[tokio::test]
async fn health_and_the_document_need_no_token() {
    let api = TestApi::start().await;
    let body = Actor::anonymous().get(&api.router, "/health").await.expect(200);
    assert_eq!(body, json!({ "status": "ok" }));
    let body = Actor::anonymous()
        .get(&api.router, "/api/openapi.json")
        .await
        .expect(200);
    assert_eq!(body["openapi"], "3.1.0");
}
