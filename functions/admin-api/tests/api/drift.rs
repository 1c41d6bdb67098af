//! What is changed at a provider is noticed here.

use serde_json::json;
use switchboard_testing::{Actor, records};

use crate::agents::at_provider;
use crate::harness::TestApi;

async fn import(api: &TestApi) -> serde_json::Value {
    let wanted = json!({ "provider_agent_id": "agent_1" });
    let reply = Actor::admin()
        .post(&api.router, "/api/agents/import", wanted)
        .await;
    assert!(reply.status.is_success(), "{}", reply.body);
    reply.body
}

async fn actions(api: &TestApi) -> Vec<(String, String)> {
    let trail = Actor::admin().get(&api.router, "/api/audit").await.expect(200);
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let rows = trail["items"].as_array().unwrap().iter();
    rows.map(|row| (text(&row["action"]), text(&row["thing"])))
        .collect()
}

#[tokio::test]
async fn what_is_changed_at_the_provider_is_taken_over_noted_and_seen() {
    let api = TestApi::start().await;
    api.provider.put_agent(at_provider("agent_1", "Berta"));
    let first = import(&api).await;
    assert_eq!(first.get("drift"), None);
    let id = first["agent_id"].as_str().unwrap();

    let mut there = at_provider("agent_1", "Bert");
    there.prompt = "Sell {{thing}}.".to_owned();
    there.required_variables = vec!["thing".to_owned()];
    api.provider.put_agent(there);
    let done = Actor::admin()
        .act(&api.router, "/api/agents/sync")
        .await
        .expect(200);
    assert_eq!(done["drifted"], 1);
    let path = format!("/api/agents/{id}");
    let agent = Actor::viewer().get(&api.router, &path).await.expect(200);
    assert_eq!(
        (&agent["name"], &agent["prompt"]),
        (&json!("Bert"), &json!("Sell {{thing}}."))
    );
    assert_eq!(agent["drift"]["fields"], json!(["name", "prompt"]));
    let noted = ("agent.drifted".to_owned(), format!("{id}: name, prompt"));
    assert!(actions(&api).await.contains(&noted), "{:?}", actions(&api).await);

    let again = Actor::admin()
        .act(&api.router, "/api/agents/sync")
        .await
        .expect(200);
    assert_eq!(again["drifted"], 0, "it is noticed once");
    let agent = Actor::viewer().get(&api.router, &path).await.expect(200);
    assert_eq!(
        agent["drift"]["fields"],
        json!(["name", "prompt"]),
        "nobody has seen it yet"
    );

    let seen = format!("{path}/drift/seen");
    Actor::viewer().act(&api.router, &seen).await.expect(403);
    let agent = Actor::operator().act(&api.router, &seen).await.expect(200);
    assert_eq!((agent.get("drift"), &agent["name"]), (None, &json!("Bert")));
    Actor::operator().act(&api.router, &seen).await.expect(200);
    let seen = actions(&api)
        .await
        .into_iter()
        .filter(|(action, _)| action == "agent.drift_seen");
    assert_eq!(seen.count(), 1);
}

#[tokio::test]
async fn an_edit_ends_the_drift_and_notices_what_else_was_changed() {
    let api = TestApi::start().await;
    api.provider.put_agent(at_provider("agent_1", "Berta"));
    let id = import(&api).await["agent_id"].as_str().unwrap().to_owned();
    let path = format!("/api/agents/{id}");

    let mut there = at_provider("agent_1", "Berta");
    there.language = "es".to_owned();
    api.provider.put_agent(there.clone());
    assert_eq!(import(&api).await["drift"]["fields"], json!(["language"]));
    let edited = Actor::admin()
        .patch(&api.router, &path, json!({ "name": "Bea" }))
        .await
        .expect(200);
    assert_eq!(edited.get("drift"), None);

    there.name = "Bea".to_owned();
    there.first_message = "Hola".to_owned();
    api.provider.put_agent(there);
    let edited = Actor::admin()
        .patch(&api.router, &path, json!({ "name": "Bel", "prompt": "Talk." }))
        .await
        .expect(200);
    assert_eq!(
        edited["drift"]["fields"],
        json!(["first_message"]),
        "what we changed is no drift"
    );
}

#[tokio::test]
async fn an_agent_whose_voice_is_gone_says_so_until_it_has_another() {
    let api = TestApi::start().await;
    api.line().await;
    for voice in ["voice_1", "voice_2"] {
        api.provider
            .put_voice(crate::voices::voice(voice, "Rachel", &["en"]));
    }
    let mut there = at_provider("agent_1", "Berta");
    there.voice_id = Some(records::provider_id("voice_1"));
    there.required_variables.clear();
    api.provider.put_agent(there);
    let agent = import(&api).await;
    assert_eq!(agent["voice_missing"], false);
    let request = api.campaign_request(json!({ "agent_id": agent["agent_id"] }));
    let campaign = Actor::operator()
        .post(&api.router, "/api/campaigns", request)
        .await
        .expect(201);
    let preflight = format!(
        "/api/campaigns/{}/preflight",
        campaign["campaign_id"].as_str().unwrap()
    );
    let told = Actor::viewer().get(&api.router, &preflight).await.expect(200);
    assert!(!told["warnings"].to_string().contains("voice"), "{told}");

    api.provider.remove_voice(&records::provider_id("voice_1"));
    let done = Actor::admin()
        .act(&api.router, "/api/agents/sync")
        .await
        .expect(200);
    assert_eq!(
        (&done["voices_missing"], &done["drifted"]),
        (&json!(1), &json!(0))
    );
    let path = format!("/api/agents/{}", agent["agent_id"].as_str().unwrap());
    assert_eq!(
        Actor::viewer().get(&api.router, &path).await.expect(200)["voice_missing"],
        true
    );
    let told = Actor::viewer().get(&api.router, &preflight).await.expect(200);
    assert!(
        told["warnings"]
            .to_string()
            .contains("voice of these agents no longer"),
        "{told}"
    );

    let changes = json!({ "voice_id": "voice_2" });
    let changed = Actor::admin()
        .patch(&api.router, &path, changes)
        .await
        .expect(200);
    assert_eq!(changed["voice_missing"], false);
}
