//! Agents, voices, phone lines.

use serde_json::{Value, json};
use switchboard_domain::{AgentStatus, CampaignStatus, ProviderKind};
use switchboard_providers::{ProviderAgent, ProviderError, Voice};
use switchboard_testing::{Actor, records};

use crate::harness::{TestApi, fields};

pub(crate) fn at_provider(id: &str, name: &str) -> ProviderAgent {
    ProviderAgent {
        provider_agent_id: records::provider_id(id),
        name: name.to_owned(),
        prompt: "Call {{name}}.".to_owned(),
        first_message: "Hi".to_owned(),
        language: "en".to_owned(),
        voice_id: None,
        bursting: false,
        options: Default::default(),
        takes_first_message: false,
        required_variables: vec!["name".to_owned()],
    }
}

fn new_agent() -> Value {
    json!({ "provider": "elevenlabs", "name": "Anna", "prompt": "Talk to {{name}}.", "language": "en" })
}

#[tokio::test]
async fn an_agent_is_made_at_the_provider_and_kept() {
    let api = TestApi::start().await;
    let made = Actor::admin()
        .post(&api.router, "/api/agents", new_agent())
        .await
        .expect(201);
    assert_eq!(made["required_variables"], json!(["name"]));
    let path = format!("/api/agents/{}", made["agent_id"].as_str().unwrap());
    assert_eq!(Actor::viewer().get(&api.router, &path).await.expect(200), made);

    let changed = Actor::admin()
        .patch(&api.router, &path, json!({ "prompt": "Talk.", "name": "Ann" }))
        .await
        .expect(200);
    assert_eq!(changed["required_variables"], json!([]));
    assert_eq!(changed["language"], "en");

    Actor::admin().delete(&api.router, &path).await.expect(204);
    Actor::viewer().get(&api.router, &path).await.expect(404);
    Actor::admin().delete(&api.router, &path).await.expect(404);
}

#[tokio::test]
async fn what_is_wrong_with_a_new_agent_is_named() {
    let api = TestApi::start().await;
    let wrong = json!({ "provider": "elevenlabs", "name": " ", "prompt": "", "language": "english, please, and slowly" });
    let body = Actor::admin()
        .post(&api.router, "/api/agents", wrong)
        .await
        .expect(400);
    assert_eq!(fields(&body), ["name", "prompt", "language"]);
    let body = Actor::admin()
        .post(&api.router, "/api/agents", json!({ "provider": "other" }))
        .await
        .expect(400);
    assert_eq!(fields(&body), ["provider"]);
}

#[tokio::test]
async fn a_provider_that_is_down_is_said_to_be_down() {
    let api = TestApi::start().await;
    let down = ProviderError::Unavailable {
        reason: "told to".into(),
        request_id: None,
        source: None,
    };
    api.provider.fail_next_request(down);
    let body = Actor::admin()
        .post(&api.router, "/api/agents", new_agent())
        .await
        .expect(503);
    insta::assert_json_snapshot!(body);
    let agents = api
        .test
        .store
        .list_agents(ProviderKind::Elevenlabs, None, 10)
        .await
        .unwrap();
    assert_eq!(agents.items, []);
}

#[tokio::test]
async fn an_agent_that_a_campaign_needs_is_not_deleted() {
    let api = TestApi::start().await;
    let agent = api.agent().await;
    let mut campaign = records::campaign("Reminders", api.test.now());
    campaign.status = CampaignStatus::Paused;
    api.test.store.create_campaign(&campaign).await.unwrap();
    let path = format!("/api/agents/{}", agent.agent_id);
    let body = Actor::admin().delete(&api.router, &path).await.expect(409);
    insta::assert_json_snapshot!(body);

    let cancel = format!("/api/campaigns/{}/cancel", campaign.campaign_id);
    Actor::operator().act(&api.router, &cancel).await.expect(200);
    Actor::admin().delete(&api.router, &path).await.expect(204);
}

#[tokio::test]
async fn an_import_makes_one_record_however_often_it_is_asked_for() {
    let api = TestApi::start().await;
    api.provider.put_agent(at_provider("agent_1", "Berta"));
    let wanted = json!({ "provider_agent_id": "agent_1" });
    let first = Actor::admin()
        .post(&api.router, "/api/agents/import", wanted.clone())
        .await
        .expect(201);
    assert_eq!(first["required_variables"], json!(["name"]));
    let again = Actor::admin()
        .post(&api.router, "/api/agents/import", wanted)
        .await
        .expect(200);
    assert_eq!(again, first);
    let unknown = json!({ "provider_agent_id": "agent_2" });
    let body = Actor::admin()
        .post(&api.router, "/api/agents/import", unknown)
        .await
        .expect(400);
    assert_eq!(fields(&body), ["provider_agent_id"]);
}

#[tokio::test]
async fn a_sync_brings_every_agent_and_marks_those_that_are_gone() {
    let api = TestApi::start().await;
    let gone = api.agent().await;
    for n in 0..5 {
        api.provider
            .put_agent(at_provider(&format!("agent_{n}"), &format!("Agent {n}")));
    }
    let done = Actor::admin()
        .act(&api.router, "/api/agents/sync")
        .await
        .expect(200);
    let nothing = json!({ "imported": 0, "refreshed": 0, "missing": 1, "drifted": 0, "voices_missing": 0, "failed": [] });
    let with = |changed: Value| {
        let mut all = nothing.clone();
        all.as_object_mut()
            .unwrap()
            .extend(changed.as_object().unwrap().clone());
        all
    };
    assert_eq!(done, with(json!({ "imported": 5 })));
    let done = Actor::admin()
        .act(&api.router, "/api/agents/sync")
        .await
        .expect(200);
    assert_eq!(done, with(json!({ "refreshed": 5 })));
    let gone = api.test.store.find_agent(&gone.agent_id).await.unwrap().unwrap();
    assert_eq!(gone.status, AgentStatus::Missing);
}

#[tokio::test]
async fn agents_are_found_by_name_over_all_pages() {
    let api = TestApi::start().await;
    for n in 0..6 {
        let name = if n % 2 == 0 {
            format!("even-{n}")
        } else {
            format!("odd-{n}")
        };
        api.test
            .store
            .create_agent(&records::agent(&name, api.test.now()))
            .await
            .unwrap();
    }
    let mut names = Vec::new();
    let mut path = "/api/agents?search=EVEN&limit=2".to_owned();
    loop {
        let page = Actor::viewer().get(&api.router, &path).await.expect(200);
        names.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|a| a["name"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/api/agents?search=EVEN&limit=2&cursor={cursor}");
    }
    names.sort();
    assert_eq!(names, ["even-0", "even-2", "even-4"]);
}

#[tokio::test]
async fn phone_lines_are_refreshed_and_stay_when_the_provider_is_down() {
    let api = TestApi::start().await;
    api.test
        .store
        .put_phone_line(&records::phone_line("old"))
        .await
        .unwrap();
    api.provider.put_phone_line(records::phone_line("new"));
    let body = Actor::viewer()
        .get(&api.router, "/api/phone-lines")
        .await
        .expect(200);
    assert_eq!(body["fresh"], true);
    assert_eq!(body["items"][0]["phone_line_id"], "phnum_new");
    assert_eq!(
        api.test.store.list_phone_lines().await.unwrap(),
        [records::phone_line("new")]
    );

    api.provider
        .fail_next_request(ProviderError::OutOfCredit { request_id: None });
    let body = Actor::viewer()
        .get(&api.router, "/api/phone-lines")
        .await
        .expect(200);
    assert_eq!(
        (&body["fresh"], &body["items"][0]["label"]),
        (&json!(false), &json!("new"))
    );
    assert!(body["explanation"].as_str().unwrap().contains("credit"), "{body}");
}

#[tokio::test]
async fn voices_are_searched() {
    let api = TestApi::start().await;
    api.provider.put_voice(Voice {
        voice_id: records::provider_id("voice_1"),
        name: "Rachel".to_owned(),
        category: None,
        description: None,
        labels: [("accent".to_owned(), "american".to_owned())].into(),
        languages: Vec::new(),
        has_preview: false,
    });
    let body = Actor::viewer()
        .get(&api.router, "/api/voices?search=rachel")
        .await
        .expect(200);
    assert_eq!(body["items"][0]["voice_id"], "voice_1");
    Actor::viewer()
        .get(&api.router, "/api/voices?provider=nobody")
        .await
        .expect(400);
}

#[tokio::test]
async fn bursting_is_off_unless_somebody_asks_for_it_here() {
    let api = TestApi::start().await;
    let admin = Actor::admin();
    let made = admin
        .post(&api.router, "/api/agents", new_agent())
        .await
        .expect(201);
    assert_eq!(
        (&made["bursting"], &made["takes_first_message"]),
        (&json!(false), &json!(true))
    );
    let path = format!("/api/agents/{}", made["agent_id"].as_str().unwrap());
    let asked = admin
        .patch(&api.router, &path, json!({ "bursting": true }))
        .await
        .expect(200);
    assert_eq!(asked["bursting"], true);
    let renamed = admin
        .patch(&api.router, &path, json!({ "name": "Ann" }))
        .await
        .expect(200);
    assert_eq!(renamed["bursting"], true, "what was asked for stays");

    let mut elsewhere = at_provider("agent_1", "Berta");
    elsewhere.bursting = true;
    api.provider.put_agent(elsewhere);
    let wanted = json!({ "provider_agent_id": "agent_1" });
    let imported = admin
        .post(&api.router, "/api/agents/import", wanted)
        .await
        .expect(201);
    assert_eq!(
        (&imported["bursting"], &imported["bursting_asked"]),
        (&json!(true), &json!(false))
    );
    api.line().await;
    let request = api.campaign_request(json!({ "agent_id": imported["agent_id"] }));
    let campaign = Actor::operator()
        .post(&api.router, "/api/campaigns", request)
        .await
        .expect(201);
    let preflight = format!(
        "/api/campaigns/{}/preflight",
        campaign["campaign_id"].as_str().unwrap()
    );
    let warned = Actor::viewer().get(&api.router, &preflight).await.expect(200);
    assert!(warned["warnings"].to_string().contains("cost double"), "{warned}");

    let path = format!("/api/agents/{}", imported["agent_id"].as_str().unwrap());
    let changed = admin
        .patch(&api.router, &path, json!({ "name": "Bert" }))
        .await
        .expect(200);
    assert_eq!(changed["bursting"], false, "nobody here asked for it");
    let seen = Actor::viewer().get(&api.router, &preflight).await.expect(200);
    assert!(!seen["warnings"].to_string().contains("cost double"), "{seen}");
}
