//! Tools of an agent.

use serde_json::{Value, json};
use switchboard_domain::{AgentTool, ProviderKind};
use switchboard_testing::{Actor, records};

use crate::harness::{TestApi, fields};

async fn start() -> (TestApi, String) {
    let api = TestApi::start().await;
    let mut agent = records::agent("rita", api.test.now());
    agent.provider = ProviderKind::Openai;
    api.test.store.create_agent(&agent).await.unwrap();
    let path = format!("/api/agents/{}/tools", agent.agent_id);
    (api, path)
}

fn stock() -> Value {
    json!({
        "description": "Says how many of an article are there.", "url": "https://example.com/stock",
        "parameters": {
            "type": "object", "properties": { "article": { "type": "string" } }, "required": ["article"],
        },
    })
}

#[tokio::test]
async fn a_tool_is_made_with_a_secret_that_is_shown_once_changed_and_deleted() {
    let (api, path) = start().await;
    let one = format!("{path}/stock");
    Actor::operator()
        .put(&api.router, &one, stock())
        .await
        .expect(403);
    let made = Actor::admin().put(&api.router, &one, stock()).await.expect(200);
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"), "{made}");
    assert_eq!(
        (&made["tool"]["built_in"], &made["tool"]["timeout_secs"]),
        (&json!(false), &json!(10))
    );
    let mut changed = stock();
    changed["timeout_secs"] = json!(5);
    let changed = Actor::admin().put(&api.router, &one, changed).await.expect(200);
    assert_eq!(
        (&changed["secret"], &changed["tool"]["timeout_secs"]),
        (&Value::Null, &json!(5))
    );

    let listed = Actor::viewer().get(&api.router, &path).await.expect(200);
    assert_eq!(listed["items"][0], changed["tool"]);
    let built_in = listed["items"].as_array().unwrap().iter().skip(1);
    let names: Vec<&str> = built_in
        .inspect(|tool| assert_eq!(tool["built_in"], true))
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"transfer_to_person") && names.contains(&"book_callback"),
        "{names:?}"
    );
    assert!(!listed.to_string().contains("whsec_"));

    let rotated = Actor::admin()
        .act(&api.router, &format!("{one}/rotate-secret"))
        .await
        .expect(200);
    assert_ne!(rotated["secret"], made["secret"]);
    let agent = switchboard_domain::AgentId::parse(path.split('/').nth(3).unwrap()).unwrap();
    let kept: Vec<AgentTool> = api.test.store.agent_tools(&agent).await.unwrap();
    assert_eq!(kept[0].secret_version, 2);

    Actor::admin().delete(&api.router, &one).await.expect(204);
    Actor::admin().delete(&api.router, &one).await.expect(404);
    Actor::viewer().get(&api.router, &one).await.expect(404);
}

#[tokio::test]
async fn what_is_wrong_with_a_tool_is_named() {
    let (api, path) = start().await;
    let put = async |name: &str, body: Value| {
        let problem = Actor::admin()
            .put(&api.router, &format!("{path}/{name}"), body)
            .await
            .expect(400);
        fields(&problem)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let with = |field: &str, value: Value| {
        let mut body = stock();
        body[field] = value;
        body
    };
    assert_eq!(put("Stock", stock()).await, ["name"]);
    assert_eq!(put("end_call", stock()).await, ["name"]);
    assert_eq!(
        put("stock", with("description", json!(" "))).await,
        ["description"]
    );
    assert_eq!(
        put("stock", with("url", json!("http://example.com/"))).await,
        ["url"]
    );
    assert_eq!(
        put("stock", with("url", json!("https://127.0.0.1/"))).await,
        ["url"]
    );
    assert_eq!(
        put("stock", with("timeout_secs", json!(21))).await,
        ["timeout_secs"]
    );
    assert_eq!(
        put("stock", with("parameters", json!({}))).await,
        ["parameters.type"]
    );
    let unknown = json!({ "type": "object", "required": ["article"] });
    assert_eq!(
        put("stock", with("parameters", unknown)).await,
        ["parameters.required"]
    );
    let long = json!({ "type": "object", "title": "x".repeat(16_000) });
    assert_eq!(put("stock", with("parameters", long)).await, ["parameters"]);
}

#[tokio::test]
async fn agents_of_other_platforms_have_their_tools_there() {
    let api = TestApi::start().await;
    let agent = api.agent().await;
    let path = format!("/api/agents/{}/tools", agent.agent_id);
    let listed = Actor::viewer().get(&api.router, &path).await.expect(200);
    assert_eq!(listed["items"], json!([]));
    let refused = Actor::admin()
        .put(&api.router, &format!("{path}/stock"), stock())
        .await
        .expect(409);
    assert!(
        refused["detail"].as_str().unwrap().contains("ElevenLabs"),
        "{refused}"
    );
}
