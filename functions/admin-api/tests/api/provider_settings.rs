//! Keys and secrets of the platforms, set by people.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use switchboard_domain::{Clock, ProviderKind};
use switchboard_providers::{ProviderError, Secret};
use switchboard_service::{
    KeyCheck, MemorySecret, ProviderSecrets, ProviderSetup, SecretStore, Secrets, Settings,
};
use switchboard_testing::Actor;

use crate::harness::TestApi;

/// Takes one key only.
struct Takes(&'static str);

#[async_trait]
impl KeyCheck for Takes {
    async fn check(&self, _: ProviderKind, key: Secret) -> Result<(), ProviderError> {
        match key.open() == self.0 {
            true => Ok(()),
            false => Err(ProviderError::Unauthorized {
                code: "invalid_api_key".into(),
                request_id: Some("req_77".into()),
            }),
        }
    }
}

const GOOD: &str = "sk_good_key_1234";
const PATH: &str = "/api/settings/providers";

async fn start(stored: &MemorySecret, settings: &[(&str, &str); 1]) -> TestApi {
    let settings = Settings::from_pairs(*settings);
    let stored = stored.clone();
    TestApi::start_with(move |deps, clock: Arc<dyn Clock>| {
        let secrets = Secrets::new(|kind| {
            let store: Box<dyn SecretStore> = Box::new(stored.clone());
            ProviderSecrets::from_settings(kind, &settings, Some(store), clock.clone())
        });
        deps.with_provider_setup(ProviderSetup::new(secrets, Arc::new(Takes(GOOD))))
    })
    .await
}

fn nothing() -> MemorySecret {
    MemorySecret::holding(r#"{"api_key":"","webhook_secret":"wsec_first_one","note":"ours"}"#)
}

fn json_of(stored: &MemorySecret) -> Value {
    serde_json::from_str(&stored.text()).unwrap()
}

#[tokio::test]
async fn a_key_is_tried_kept_and_never_shown() {
    let stored = nothing();
    let api = start(&stored, &[("NOTHING", "")]).await;
    let shown = Actor::admin().get(&api.router, PATH).await.expect(200);
    let item = &shown["items"][0];
    assert_eq!(
        (&item["set_up"], &item["api_key"]["source"]),
        (&json!(false), &json!("not_set"))
    );
    assert_eq!(item["webhook_secret"]["source"], "settings");
    assert!(
        item["webhook_url"]
            .as_str()
            .unwrap()
            .ends_with("/webhooks/elevenlabs")
    );
    assert_eq!(
        item["sip_username"],
        Value::Null,
        "ElevenLabs has it in its own settings"
    );

    let path = format!("{PATH}/elevenlabs/key");
    let wrong = json!({ "api_key": "sk_wrong_key_999" });
    let problem = Actor::admin().put(&api.router, &path, wrong).await.expect(400);
    assert_eq!(problem["errors"][0]["field"], "api_key");
    assert_eq!(problem["provider_request_id"], "req_77");
    let said = problem.to_string();
    assert!(said.contains("ElevenLabs does not accept this key"), "{said}");
    assert!(!said.contains("sk_wrong"), "{said}");
    assert_eq!(
        json_of(&stored)["api_key"],
        "",
        "a key that is not accepted is not kept"
    );

    let good = json!({ "api_key": format!(" {GOOD}\n") });
    let shown = Actor::admin().put(&api.router, &path, good).await.expect(200);
    assert_eq!(
        (&shown["set_up"], &shown["api_key"]["source"]),
        (&json!(true), &json!("settings"))
    );
    assert_eq!(shown["api_key"]["changed_at"], api.test.now().to_string());
    assert!(!shown.to_string().contains("good_key"), "{shown}");
    let kept = json_of(&stored);
    assert_eq!((&kept["api_key"], &kept["note"]), (&json!(GOOD), &json!("ours")));

    let trail = Actor::admin().get(&api.router, "/api/audit").await.expect(200);
    let entry = &trail["items"][0];
    assert_eq!(
        (&entry["action"], &entry["thing"]),
        (&json!("provider.key_changed"), &json!("elevenlabs"))
    );
    assert!(!trail.to_string().contains("good_key"));
}

#[tokio::test]
async fn the_webhook_secret_before_stays_good_beside_the_new_one() {
    let stored = nothing();
    let api = start(&stored, &[("NOTHING", "")]).await;
    let path = format!("{PATH}/elevenlabs/webhook-secret");
    for new in ["wsec_second_one", "wsec_third_one"] {
        let body = json!({ "webhook_secret": new });
        let shown = Actor::admin().put(&api.router, &path, body).await.expect(200);
        assert_eq!(shown["webhook_secret"]["count"], 2);
    }
    assert_eq!(
        json_of(&stored)["webhook_secret"],
        json!(["wsec_third_one", "wsec_second_one"])
    );
}

#[tokio::test]
async fn what_the_environment_sets_is_said_and_stays() {
    let stored = nothing();
    let api = start(&stored, &[("ELEVENLABS_API_KEY", "sk_of_the_environment")]).await;
    let shown = Actor::admin().get(&api.router, PATH).await.expect(200);
    assert_eq!(shown["items"][0]["api_key"]["source"], "environment");
    let path = format!("{PATH}/elevenlabs/key");
    let problem = Actor::admin()
        .put(&api.router, &path, json!({ "api_key": GOOD }))
        .await
        .expect(409);
    assert!(
        problem["detail"].as_str().unwrap().contains("ELEVENLABS_API_KEY"),
        "{problem}"
    );
    assert_eq!(json_of(&stored)["api_key"], "");
}

#[tokio::test]
async fn only_an_administrator_sees_and_sets_them_and_bad_ones_are_refused() {
    let stored = nothing();
    let api = start(&stored, &[("NOTHING", "")]).await;
    Actor::operator().get(&api.router, PATH).await.expect(403);
    let key = format!("{PATH}/ultravox/key");
    Actor::operator()
        .put(&api.router, &key, json!({ "api_key": GOOD }))
        .await
        .expect(403);
    for bad in ["", "short", "with space inside it", "sk_ümlaut_in_it"] {
        let problem = Actor::admin()
            .put(&api.router, &key, json!({ "api_key": bad }))
            .await
            .expect(400);
        assert_eq!(problem["errors"][0]["field"], "api_key");
    }
    let unknown = format!("{PATH}/nobody/key");
    Actor::admin()
        .put(&api.router, &unknown, json!({ "api_key": GOOD }))
        .await
        .expect(404);
    assert_eq!(json_of(&stored)["api_key"], "");
}

#[tokio::test]
async fn the_account_at_a_sip_trunk_is_set_where_the_platform_asks_for_it() {
    let stored = nothing();
    let api = start(&stored, &[("NOTHING", "")]).await;
    let account = json!({ "sip_username": "switchboard", "sip_password": "a password" });
    let theirs = format!("{PATH}/elevenlabs/sip");
    Actor::admin()
        .put(&api.router, &theirs, account.clone())
        .await
        .expect(409);
    let path = format!("{PATH}/ultravox/sip");
    let half = json!({ "sip_username": "switchboard", "sip_password": "" });
    Actor::admin().put(&api.router, &path, half).await.expect(400);
    let shown = Actor::admin().put(&api.router, &path, account).await.expect(200);
    assert_eq!(shown["sip_password"]["source"], "settings");
    assert!(!shown.to_string().contains("a password"), "{shown}");
    assert_eq!(json_of(&stored)["sip_username"], "switchboard");
}

#[tokio::test]
async fn openai_has_a_project_and_no_secret_of_tools() {
    let stored = MemorySecret::holding("{}");
    let api = start(&stored, &[("NOTHING", "")]).await;
    let shown = Actor::admin().get(&api.router, PATH).await.expect(200);
    let items = shown["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["provider"] == "openai").unwrap();
    assert_eq!(
        (&item["tool_secret"], &item["sip_username"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(item["project_id"]["source"], "not_set");
    assert!(
        item["webhook_url"]
            .as_str()
            .unwrap()
            .ends_with("/webhooks/openai")
    );
    let other = items.iter().find(|item| item["provider"] == "ultravox").unwrap();
    assert_eq!(other["project_id"], Value::Null);

    let path = format!("{PATH}/openai/project");
    let wrong = json!({ "project_id": "proj_a@example.com" });
    let problem = Actor::admin().put(&api.router, &path, wrong).await.expect(400);
    assert_eq!(problem["errors"][0]["field"], "project_id");
    let good = json!({ "project_id": " proj_abc123 " });
    let shown = Actor::admin()
        .put(&api.router, &path, good.clone())
        .await
        .expect(200);
    assert_eq!(shown["project_id"]["source"], "settings");
    assert_eq!(json_of(&stored)["project_id"], "proj_abc123");
    Actor::operator()
        .put(&api.router, &path, good.clone())
        .await
        .expect(403);
    Actor::admin()
        .put(&api.router, &format!("{PATH}/ultravox/project"), good)
        .await
        .expect(409);
    let trail = Actor::admin().get(&api.router, "/api/audit").await.expect(200);
    assert_eq!(trail["items"][0]["action"], "provider.project_changed");
}
