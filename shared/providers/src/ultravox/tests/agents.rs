//! Keeping agents.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::server::{AGENT, Server, id, json as answer};
use crate::{AgentChanges, AgentQuery, AgentSpec, Platform, ProviderError, VoiceProvider};

fn spec() -> AgentSpec {
    AgentSpec {
        name: "Reminders".into(),
        prompt: "Remind {{customerName}}.".into(),
        first_message: "Hello, is this {{customerName}}?".into(),
        language: "en".into(),
        voice_id: Some(id("3f1c0000-2222-4bbb-8d00-000000000002")),
        bursting: true,
        options: BTreeMap::new(),
    }
}

/// An agent made elsewhere, with much that we know nothing of.
fn elsewhere() -> Value {
    json!({
        "agentId": AGENT, "publishedRevisionId": null, "name": "Support", "created": "2026-01-01T00:00:00Z",
        "statistics": { "calls": 7 },
        "callTemplate": {
            "name": "Support", "created": "2026-01-01T00:00:00Z", "updated": "2026-01-02T00:00:00Z",
            "systemPrompt": "Help {{customer.name}} with {{slot}}.", "temperature": 0.4, "model": "ultravox-v0.6",
            "externalVoice": { "elevenLabs": { "voiceId": "x" } }, "languageHint": "es-MX", "maxDuration": "1200s",
            "recordingEnabled": false, "vadSettings": { "turnEndpointDelay": "0.384s" },
            "firstSpeakerSettings": { "agent": { "text": "Hola", "uninterruptible": true } },
            "selectedTools": [{ "toolId": "t1", "authTokens": { "a": "b" } }, { "toolName": "hangUp" }],
            "contextSchema": { "properties": { "slot": { "default": "soon" } }, "required": ["plan"] },
        },
    })
}

/// Keeps the agent as it is changed, as the vendor does: a template replaces the one before.
async fn keeping(agent: Value) -> Server {
    let kept = std::sync::Mutex::new(agent);
    Server::answering(move |asked| {
        let mut kept = kept.lock().unwrap();
        if asked.method == "PATCH" {
            for (name, value) in asked.body.as_object().unwrap() {
                kept[name] = value.clone();
            }
        }
        answer(if asked.method == "POST" { 201 } else { 200 }, kept.to_string())
    })
    .await
}

#[tokio::test]
async fn an_agent_of_ours_is_recorded_hangs_up_and_leaves_messages() {
    let server = keeping(elsewhere()).await;
    let made = server.provider.create_agent(&spec()).await.unwrap();
    assert_eq!(made, id(AGENT));
    let asked = server.asked();
    assert_eq!(asked[0].route(), "POST /api/agents");
    assert_eq!(
        asked[0].body,
        json!({
            "name": "Reminders",
            "callTemplate": {
                "systemPrompt": "Remind {{customerName}}.",
                "firstSpeakerSettings": { "user": { "fallback": { "delay": "4s", "text": "Hello, is this {{customerName}}?" } } },
                "languageHint": "en", "voice": "3f1c0000-2222-4bbb-8d00-000000000002",
                "model": "ultravox-v0.7", "temperature": 0.0, "maxDuration": "600s", "recordingEnabled": true,
                "selectedTools": [{ "toolName": "hangUp" }, { "toolName": "leaveVoicemail" }],
            },
        })
    );
}

#[tokio::test]
async fn options_are_set_as_they_are_asked_for() {
    let server = keeping(elsewhere()).await;
    let mut waiting = spec();
    waiting.first_message = String::new();
    waiting.options = [
        ("temperature", json!(0.7)),
        ("max_duration_secs", json!(300)),
        ("recording", json!(false)),
        ("voicemail", json!(false)),
        ("model", json!("ultravox-v0.8")),
        ("unknown", json!(true)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    server.provider.create_agent(&waiting).await.unwrap();
    let template = &server.asked()[0].body["callTemplate"];
    assert_eq!(template["firstSpeakerSettings"], json!({ "user": {} }));
    assert_eq!(template["maxDuration"], "300s");
    assert_eq!(
        (&template["temperature"], &template["recordingEnabled"]),
        (&json!(0.7), &json!(false))
    );
    assert_eq!(template["selectedTools"], json!([{ "toolName": "hangUp" }]));
    assert_eq!(
        (&template["model"], template.get("unknown")),
        (&json!("ultravox-v0.8"), None)
    );
}

#[tokio::test]
async fn an_agent_is_read_with_its_variables_and_options() {
    let server = keeping(elsewhere()).await;
    let read = server.provider.get_agent(&id(AGENT)).await.unwrap().unwrap();
    assert_eq!(read.prompt, "Help {{customer.name}} with {{slot}}.");
    assert_eq!(
        (read.first_message.as_str(), read.language.as_str()),
        ("Hola", "es-MX")
    );
    assert_eq!(read.required_variables, ["customer.name", "plan"]);
    assert_eq!(
        (read.voice_id, read.bursting, read.takes_first_message),
        (None, false, true)
    );
    let options: Vec<_> = read
        .options
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        options,
        [
            "max_duration_secs=1200.0",
            "model=\"ultravox-v0.6\"",
            "recording=false",
            "temperature=0.4",
            "voicemail=false"
        ]
    );
    let known = crate::ultravox::UltravoxPlatform.agent_options();
    assert_eq!(known.len(), read.options.len());
    for option in known {
        assert_eq!(
            option.check(&read.options[option.name]),
            Ok(()),
            "{}",
            option.name
        );
    }
    let mut greeting = elsewhere();
    greeting["callTemplate"]["firstSpeakerSettings"] =
        json!({ "user": { "fallback": { "prompt": "Greet {{name}}" } } });
    let greets = keeping(greeting).await;
    let read = greets.provider.get_agent(&id(AGENT)).await.unwrap().unwrap();
    assert_eq!(read.required_variables, ["customer.name", "name", "plan"]);
    let bare = Server::in_order(vec![(200, r#"{"agentId":"a1","callTemplate":null}"#)]).await;
    let read = bare.provider.get_agent(&id("a1")).await.unwrap().unwrap();
    assert_eq!((read.prompt.as_str(), read.language.as_str()), ("", "en"));
}

#[tokio::test]
async fn a_change_sends_the_whole_template_with_all_that_is_not_ours() {
    let server = keeping(elsewhere()).await;
    let changes = AgentChanges {
        prompt: Some("Help {{name}}.".into()),
        first_message: Some("Buenas".into()),
        voice_id: Some(id("v1")),
        options: [("voicemail".to_owned(), json!(true))].into(),
        ..AgentChanges::default()
    };
    let changed = server.provider.update_agent(&id(AGENT), &changes).await.unwrap();
    assert_eq!(
        (changed.name.as_str(), changed.prompt.as_str()),
        ("Support", "Help {{name}}.")
    );
    let mut expected = elsewhere()["callTemplate"].clone();
    let fields = expected.as_object_mut().unwrap();
    for gone in ["created", "updated", "externalVoice"] {
        fields.remove(gone);
    }
    fields.insert("systemPrompt".into(), json!("Help {{name}}."));
    fields.insert("voice".into(), json!("v1"));
    fields["firstSpeakerSettings"]["agent"]["text"] = json!("Buenas");
    fields["selectedTools"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "toolName": "leaveVoicemail" }));
    let asked = server.asked();
    let routes: Vec<_> = asked.iter().map(super::server::Asked::route).collect();
    assert_eq!(
        routes,
        [
            format!("GET /api/agents/{AGENT}"),
            format!("PATCH /api/agents/{AGENT}")
        ]
    );
    assert_eq!(asked[1].body, json!({ "callTemplate": expected }));
}

#[tokio::test]
async fn a_change_of_nothing_sends_nothing_and_one_of_the_name_no_template() {
    let server = keeping(elsewhere()).await;
    let same = AgentChanges {
        name: Some("Support".into()),
        prompt: Some("Help {{customer.name}} with {{slot}}.".into()),
        first_message: Some("Hola".into()),
        language: Some("es-MX".into()),
        bursting: true,
        options: [
            ("temperature".to_owned(), json!(0.4)),
            ("max_duration_secs".to_owned(), json!(1200)),
        ]
        .into(),
        ..AgentChanges::default()
    };
    server.provider.update_agent(&id(AGENT), &same).await.unwrap();
    assert_eq!(server.asked().len(), 1, "read, and nothing to send");
    let renamed = AgentChanges {
        name: Some("Help desk".into()),
        ..same
    };
    let read = server.provider.update_agent(&id(AGENT), &renamed).await.unwrap();
    assert_eq!(read.name, "Help desk");
    assert_eq!(server.asked()[2].body, json!({ "name": "Help desk" }));
}

#[tokio::test]
async fn a_change_is_asked_once_and_what_is_gone_is_said_or_fine() {
    let server = Server::answering(|asked| {
        if asked.method == "GET" {
            answer(200, elsewhere().to_string())
        } else {
            answer(503, "{}")
        }
    })
    .await;
    let renamed = AgentChanges {
        name: Some("x".into()),
        ..AgentChanges::default()
    };
    assert!(server.provider.create_agent(&spec()).await.is_err());
    assert!(server.provider.update_agent(&id(AGENT), &renamed).await.is_err());
    assert!(server.provider.delete_agent(&id(AGENT)).await.is_err());
    let methods: Vec<_> = server.asked().into_iter().map(|asked| asked.method).collect();
    assert_eq!(methods, ["POST", "GET", "PATCH", "DELETE"]);
    let gone = Server::in_order(vec![(404, r#"{"detail":"Not found."}"#)]).await;
    assert_eq!(gone.provider.get_agent(&id(AGENT)).await.unwrap(), None);
    gone.provider.delete_agent(&id(AGENT)).await.unwrap();
    let error = gone
        .provider
        .update_agent(&id(AGENT), &renamed)
        .await
        .unwrap_err();
    assert!(matches!(error, ProviderError::NotFound { .. }));
    let deleted = Server::in_order(vec![(204, "")]).await;
    deleted.provider.delete_agent(&id(AGENT)).await.unwrap();
}

#[tokio::test]
async fn what_the_vendor_finds_wrong_is_passed_on() {
    let body = r#"{"name":["Ensure this field has no more than 64 characters."]}"#;
    let server = Server::in_order(vec![(400, body)]).await;
    let error = server.provider.create_agent(&spec()).await.unwrap_err();
    assert!(
        error
            .explain()
            .contains("name: Ensure this field has no more than 64 characters.")
    );
}

#[tokio::test]
async fn agents_are_listed_page_by_page() {
    let server = Server::answering(|_| {
        let page = json!({ "results": [elsewhere(), { "agentId": "../x" }, 7], "total": 3,
                           "next": "https://api.ultravox.ai/api/agents?cursor=n%3D" });
        answer(200, page.to_string())
    })
    .await;
    let query = AgentQuery {
        search: Some("sup port".into()),
        cursor: Some("m".into()),
        page_size: Some(1_000),
    };
    let page = server.provider.list_agents(&query).await.unwrap();
    assert_eq!((page.agents.len(), page.next_cursor.as_deref()), (1, Some("n=")));
    assert_eq!(
        (page.agents[0].name.as_str(), &page.agents[0].provider_agent_id),
        ("Support", &id(AGENT))
    );
    assert_eq!(server.asked()[0].query, "search=sup+port&cursor=m&pageSize=100");
}
