//! Agents of several platforms at one desk.

use jiff::SignedDuration;
use serde_json::{Value, json};
use switchboard_domain::{Agent, AgentStatus, ProviderKind};
use switchboard_testing::{Actor, records};

use crate::agents::at_provider;
use crate::harness::{TestApi, fields};

fn new_agent(provider: &str) -> Value {
    json!({ "provider": provider, "name": "Anna", "prompt": "Talk.", "language": "en" })
}

/// Agents of both platforms, a second apart, the first one the oldest.
async fn put_agents(api: &TestApi, names: &[&str]) {
    for (n, name) in names.iter().enumerate() {
        api.test.clock.advance(SignedDuration::from_secs(1));
        let mut agent = records::agent(name, api.test.now());
        if n % 2 == 1 {
            agent.provider = ProviderKind::Ultravox;
        }
        if *name == "gone" {
            agent.status = AgentStatus::Missing;
        }
        if *name == "elena" {
            agent.language = "es-MX".to_owned();
        }
        assert!(api.test.store.create_agent(&agent).await.unwrap());
    }
}

/// The names of all agents of a list, page by page.
async fn names(api: &TestApi, query: &str, limit: u32) -> Vec<String> {
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/agents?{query}&limit={limit}{cursor}");
        let body = Actor::viewer().get(&api.router, &path).await.expect(200);
        let items = body["items"].as_array().unwrap();
        assert!(items.len() <= limit as usize);
        names.extend(
            items
                .iter()
                .map(|agent| agent["name"].as_str().unwrap().to_owned()),
        );
        match body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return names,
        }
    }
}

#[tokio::test]
async fn agents_of_all_platforms_are_one_list_newest_first_page_by_page() {
    let api = TestApi::start_with_both().await;
    put_agents(&api, &["anna", "Bert", "carl", "dora", "elena", "gone"]).await;
    for limit in [1, 2, 5, 6, 200] {
        assert_eq!(
            names(&api, "", limit).await,
            ["gone", "elena", "dora", "carl", "Bert", "anna"],
            "{limit}"
        );
        assert_eq!(
            names(&api, "provider=ultravox", limit).await,
            ["gone", "dora", "Bert"],
            "{limit}"
        );
        assert_eq!(names(&api, "status=missing", limit).await, ["gone"]);
        assert_eq!(names(&api, "language=es", limit).await, ["elena"]);
        assert_eq!(names(&api, "search=A+R", limit).await, ["dora", "carl"]);
    }
}

#[tokio::test]
async fn agents_come_in_the_order_that_is_asked_for() {
    let api = TestApi::start_with_both().await;
    put_agents(&api, &["carl", "Bert", "anna"]).await;
    api.test.clock.advance(SignedDuration::from_secs(1));
    let mut bert: Agent = records::agent("Bert", api.test.now());
    bert = api.test.store.find_agent(&bert.agent_id).await.unwrap().unwrap();
    bert.updated_at = api.test.now();
    api.test.store.put_agent(bert).await.unwrap();
    for limit in [1, 2, 50] {
        for (sort, expected) in [
            ("name", ["anna", "Bert", "carl"]),
            ("-name", ["carl", "Bert", "anna"]),
            ("created", ["carl", "Bert", "anna"]),
            ("-created", ["anna", "Bert", "carl"]),
            ("updated", ["carl", "anna", "Bert"]),
            ("-updated", ["Bert", "anna", "carl"]),
        ] {
            assert_eq!(
                names(&api, &format!("sort={sort}"), limit).await,
                expected,
                "{sort} {limit}"
            );
        }
    }
    let viewer = Actor::viewer();
    let body = viewer.get(&api.router, "/api/agents?sort=name").await.expect(200);
    assert_eq!(body.get("only_newest"), None, "all of them are in order");
    let body = viewer
        .get(&api.router, "/api/agents?sort=name&cursor=zz")
        .await
        .expect(400);
    assert_eq!(fields(&body), ["cursor"]);
    viewer.get(&api.router, "/api/agents?sort=size").await.expect(400);
}

#[tokio::test]
async fn a_list_shows_a_change_at_once() {
    let api = TestApi::start_with_both().await;
    let admin = Actor::admin();
    let made = admin
        .post(&api.router, "/api/agents", new_agent("ultravox"))
        .await
        .expect(201);
    assert_eq!(made["provider"], "ultravox");
    assert_eq!(names(&api, "", 10).await, ["Anna"]);
    let path = format!("/api/agents/{}", made["agent_id"].as_str().unwrap());
    admin
        .patch(&api.router, &path, json!({ "name": "Ann" }))
        .await
        .expect(200);
    assert_eq!(names(&api, "", 10).await, ["Ann"]);
    admin.delete(&api.router, &path).await.expect(204);
    assert_eq!(names(&api, "", 10).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_platforms_say_what_they_are_and_what_their_agents_can_be_told() {
    let api = TestApi::start().await;
    let body = Actor::viewer()
        .get(&api.router, "/api/platforms")
        .await
        .expect(200);
    let [elevenlabs, ultravox, openai] = body["items"].as_array().unwrap().as_slice() else {
        panic!("{body}")
    };
    assert_eq!(
        (&elevenlabs["kind"], &elevenlabs["name"], &elevenlabs["set_up"]),
        (&json!("elevenlabs"), &json!("ElevenLabs"), &json!(true))
    );
    assert_eq!(
        (&elevenlabs["ends_calls"], &elevenlabs["lists_phone_lines"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(
        elevenlabs["agent_options"][0],
        json!({
            "name": "temperature", "label": "Temperature", "kind": "number",
            "help": "How freely the agent chooses its words. At 0 it says the same thing the same way every time.",
            "usual": 0.0, "least": 0.0, "most": 1.0, "step": 0.05,
        })
    );
    assert_eq!(
        (
            &ultravox["set_up"],
            &ultravox["ends_calls"],
            &ultravox["lists_phone_lines"]
        ),
        (&json!(false), &json!(true), &json!(false))
    );
    assert_eq!(
        (&openai["kind"], &openai["name"], &openai["lists_phone_lines"]),
        (&json!("openai"), &json!("OpenAI"), &json!(false))
    );
    assert_eq!(openai["agent_options"][0]["usual"], "gpt-realtime-2.1");
}

#[tokio::test]
async fn options_are_the_platforms_own_and_each_is_checked() {
    let api = TestApi::start_with_both().await;
    let admin = Actor::admin();
    let mut new = new_agent("elevenlabs");
    new["options"] = json!({ "temperature": 3, "colour": "red", "voice_speed": "fast" });
    let body = admin
        .post(&api.router, "/api/agents", new.clone())
        .await
        .expect(400);
    assert_eq!(
        fields(&body),
        ["options.colour", "options.temperature", "options.voice_speed"]
    );
    assert!(
        body["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("choose from temperature")
    );
    assert_eq!(body["errors"][1]["message"], "give a number from 0 to 1");

    new["options"] = json!({ "temperature": 0.3 });
    let made = admin.post(&api.router, "/api/agents", new).await.expect(201);
    assert_eq!(made["options"], json!({ "temperature": 0.3 }));
    let path = format!("/api/agents/{}", made["agent_id"].as_str().unwrap());
    let changes = json!({ "options": { "max_duration_secs": 300 } });
    let changed = admin.patch(&api.router, &path, changes).await.expect(200);
    assert_eq!(
        changed["options"],
        json!({ "temperature": 0.3, "max_duration_secs": 300 }),
        "what is left out stays"
    );
    assert_eq!(changed.get("drift"), None, "we changed it ourselves");
    let changes = json!({ "options": { "max_duration_secs": 1 } });
    let body = admin.patch(&api.router, &path, changes).await.expect(400);
    assert_eq!(fields(&body), ["options.max_duration_secs"]);
}

#[tokio::test]
async fn a_platform_without_a_key_says_where_to_put_it() {
    let api = TestApi::start().await;
    let admin = Actor::admin();
    let mut new = new_agent("ultravox");
    new["name"] = json!("");
    let body = admin.post(&api.router, "/api/agents", new).await.expect(400);
    assert_eq!(fields(&body), ["name", "provider"]);
    assert_eq!(
        body["errors"][1]["message"],
        "Ultravox is not set up: an administrator puts its API key in under Settings; then try again"
    );
    let import = json!({ "provider": "ultravox", "provider_agent_id": "a" });
    let body = admin
        .post(&api.router, "/api/agents/import", import)
        .await
        .expect(400);
    assert_eq!(fields(&body), ["provider"]);
    let body = Actor::viewer()
        .get(&api.router, "/api/voices?provider=ultravox")
        .await
        .expect(400);
    assert_eq!(fields(&body), ["provider"]);

    let mut agent = records::agent("uma", api.test.now());
    agent.provider = ProviderKind::Ultravox;
    api.test.store.create_agent(&agent).await.unwrap();
    let path = format!("/api/agents/{}", agent.agent_id);
    for body in [
        admin
            .patch(&api.router, &path, json!({ "name": "Uma" }))
            .await
            .expect(409),
        admin.delete(&api.router, &path).await.expect(409),
        admin
            .get(&api.router, &format!("{path}?fresh=true"))
            .await
            .expect(409),
    ] {
        assert!(
            body["detail"].as_str().unwrap().contains("under Settings"),
            "{body}"
        );
    }
    admin.get(&api.router, &path).await.expect(200);
}

#[tokio::test]
async fn a_fresh_look_asks_the_provider_now() {
    let api = TestApi::start().await;
    api.provider.put_agent(at_provider("agent_1", "Berta"));
    let wanted = json!({ "provider_agent_id": "agent_1" });
    let agent = Actor::admin()
        .post(&api.router, "/api/agents/import", wanted)
        .await
        .expect(201);
    let path = format!("/api/agents/{}", agent["agent_id"].as_str().unwrap());
    api.provider.remove_agent(&records::provider_id("agent_1"));
    let viewer = Actor::viewer();
    assert_eq!(
        viewer.get(&api.router, &path).await.expect(200)["status"],
        "active"
    );
    let fresh = viewer
        .get(&api.router, &format!("{path}?fresh=true"))
        .await
        .expect(200);
    assert_eq!(fresh["status"], "missing");
    api.provider.put_agent(at_provider("agent_1", "Berta"));
    let fresh = viewer
        .get(&api.router, &format!("{path}?fresh=true"))
        .await
        .expect(200);
    assert_eq!(fresh["status"], "active");
    viewer
        .get(&api.router, &format!("{path}?old=true"))
        .await
        .expect(400);
}

#[tokio::test]
async fn deleting_cleans_up_at_the_platform_and_says_what_remains() {
    let api = TestApi::start_with_both().await;
    let admin = Actor::admin();
    let made = admin
        .post(&api.router, "/api/agents", new_agent("ultravox"))
        .await
        .expect(201);
    let path = format!("/api/agents/{}", made["agent_id"].as_str().unwrap());
    let told = admin
        .get(&api.router, &format!("{path}/dependents"))
        .await
        .expect(200);
    assert!(
        told["remains"]
            .as_str()
            .unwrap()
            .contains("conversations stay at Ultravox"),
        "{told}"
    );
    admin.delete(&api.router, &path).await.expect(204);
    let id = records::provider_id(&agent_there(&api).await);
    assert_eq!(id.as_str(), "none", "it is gone at the platform");
}

/// The id of an agent that is left at Ultravox, or `none`.
async fn agent_there(api: &TestApi) -> String {
    use switchboard_providers::{AgentQuery, VoiceProvider};
    let there = api.ultravox.list_agents(&AgentQuery::default()).await.unwrap();
    let first = there
        .agents
        .first()
        .map(|agent| agent.provider_agent_id.to_string());
    first.unwrap_or_else(|| "none".to_owned())
}

#[tokio::test]
async fn one_platform_that_is_down_does_not_keep_the_others_from_being_synced() {
    let api = TestApi::start_with_both().await;
    api.ultravox.put_agent(at_provider("agent_u", "Uma"));
    api.provider
        .fail_next_request(switchboard_providers::ProviderError::Unavailable {
            reason: "told to".into(),
            request_id: None,
            source: None,
        });
    let done = Actor::admin()
        .act(&api.router, "/api/agents/sync")
        .await
        .expect(200);
    assert_eq!(
        (&done["imported"], &done["failed"][0]["provider"]),
        (&json!(1), &json!("elevenlabs"))
    );
    assert_eq!(names(&api, "", 10).await, ["Uma"]);
}

#[tokio::test]
async fn a_campaign_calls_from_a_line_of_its_agents_platform() {
    let api = TestApi::start_with_both().await;
    api.agent().await;
    let mut line = records::phone_line("main");
    line.provider = ProviderKind::Ultravox;
    api.test.store.put_phone_line(&line).await.unwrap();
    let body = Actor::operator()
        .post(&api.router, "/api/campaigns", api.campaign_request(json!({})))
        .await
        .expect(400);
    assert_eq!(fields(&body), ["phone_line_id"]);
    assert_eq!(
        body["errors"][0]["message"],
        "this line belongs to Ultravox and the agent lives on ElevenLabs: choose a line of ElevenLabs"
    );
}
