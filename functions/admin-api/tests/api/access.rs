//! Who may do what.

use std::collections::BTreeMap;

use http::Method;
use serde_json::json;
use switchboard_domain::Role;
use switchboard_testing::Actor;

use crate::harness::TestApi;

const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// One operation of the document.
struct Operation {
    method: Method,
    /// Filled in with ids that name nothing.
    path: String,
    /// The least role that it needs, as the document says.
    role: Role,
}

/// Every operation of the document.
fn operations() -> Vec<Operation> {
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
            if let Some(operation) = item.get(method.as_str().to_lowercase()) {
                let security = operation["security"].as_array().unwrap();
                assert_eq!(security.len(), 1, "{method} {path}");
                let role: Vec<Role> = serde_json::from_value(security[0]["token"].clone()).unwrap();
                operations.push(Operation {
                    role: role[0],
                    path: path.clone(),
                    method,
                });
            }
        }
    }
    assert!(operations.len() > 50, "{}", operations.len());
    operations
}

#[tokio::test]
async fn no_route_answers_without_a_token() {
    let api = TestApi::start().await;
    for Operation { method, path, .. } in operations() {
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
        for Operation { method, path, .. } in operations() {
            let reply = Actor::with_claims(claims.clone())
                .send(&api.router, method.clone(), &path, None)
                .await;
            assert_eq!(reply.status, 403, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_role_may_do_what_the_document_says_and_nothing_else() {
    let api = TestApi::start().await;
    for (actor, role) in [
        (Actor::viewer(), Role::Viewer),
        (Actor::operator(), Role::Operator),
        (Actor::admin(), Role::Admin),
    ] {
        for operation in operations() {
            let Operation { method, path, .. } = operation;
            let reply = actor.send(&api.router, method.clone(), &path, None).await;
            let refused = reply.status == 403;
            assert_eq!(refused, role < operation.role, "{method} {path} as {role:?}");
            if refused {
                let detail = reply.body["detail"].as_str().unwrap();
                assert!(
                    detail.contains(operation.role.as_str()),
                    "{method} {path}: {detail}"
                );
            }
        }
    }
}

/// What each role may do is a decision: a route that changes hands shows here.
#[test]
fn what_is_not_everybodys_to_read_is_an_operators_or_an_administrators() {
    let mut of_role = BTreeMap::<_, Vec<String>>::new();
    for Operation { method, path, role } in operations() {
        // Whoever may look may read; whoever runs calls may change. The rest is named.
        let usual = match method {
            Method::GET => Role::Viewer,
            _ => Role::Operator,
        };
        if role != usual {
            let path = path.replace(&"0".repeat(64), "…").replace(&"0".repeat(26), "…");
            of_role
                .entry(role.as_str())
                .or_default()
                .push(format!("{method} {path}"));
        }
    }
    insta::assert_json_snapshot!(of_role);
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
