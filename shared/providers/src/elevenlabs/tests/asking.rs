//! Reading, changing agents, and what is tried again.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use futures::TryStreamExt;
use serde_json::json;
use switchboard_domain::Carrier;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::server::{Server, id, json as answer, provider_at};
use crate::{
    AgentChanges, AgentQuery, AgentSpec, ApiKeySource, ConversationQuery, NoApiKey, ProviderError, Secret,
    VoiceProvider, VoiceQuery,
};

#[tokio::test]
async fn a_read_is_tried_three_times_at_most() {
    let server = Server::in_order(vec![(503, "{}"), (500, "<html>"), (200, r#"{"count":3}"#)]).await;
    assert_eq!(server.provider.live_count().await.unwrap(), 3);
    let down = Server::in_order(vec![(503, r#"{"detail":"down"}"#)]).await;
    assert!(matches!(
        down.provider.live_count().await,
        Err(ProviderError::Unavailable { .. })
    ));
    assert_eq!(down.asked().len(), 3);
}

#[tokio::test]
async fn a_long_wait_is_left_to_the_caller() {
    let limited =
        Server::answering(|_| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "60")], "{}").into_response())
            .await;
    let error = limited.provider.live_count().await.unwrap_err();
    let ProviderError::RateLimited { retry_after, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(retry_after.unwrap().as_secs(), 60);
    assert_eq!(limited.asked().len(), 1);
}

#[tokio::test]
async fn a_change_is_asked_once() {
    let server = Server::in_order(vec![(503, "{}")]).await;
    let spec = AgentSpec {
        name: "Renewals".into(),
        prompt: "Be brief.".into(),
        first_message: "Hola {{name}}".into(),
        language: "es".into(),
        voice_id: Some(id("v0iceExample00000001")),
        bursting: false,
        options: BTreeMap::new(),
    };
    assert!(server.provider.create_agent(&spec).await.is_err());
    assert!(
        server
            .provider
            .update_agent(&id("agent_1"), &AgentChanges::default())
            .await
            .is_err()
    );
    assert!(server.provider.delete_agent(&id("agent_1")).await.is_err());
    let asked = server.asked();
    let routes: Vec<String> = asked.iter().map(|a| format!("{} {}", a.method, a.path)).collect();
    assert_eq!(
        routes,
        [
            "POST /v1/convai/agents/create",
            "PATCH /v1/convai/agents/agent_1",
            "DELETE /v1/convai/agents/agent_1"
        ]
    );
    assert_eq!(
        asked[0].body,
        json!({
            "name": "Renewals",
            "conversation_config": {
                "agent": { "first_message": "Hola {{name}}", "language": "es", "prompt": { "prompt": "Be brief." } },
                "tts": { "voice_id": "v0iceExample00000001", "model_id": "eleven_flash_v2_5" },
            },
            "platform_settings": {
                "call_limits": { "bursting_enabled": false },
                "overrides": { "conversation_config_override": { "agent": { "first_message": true } } },
            },
        })
    );
    assert_eq!(
        asked[1].body,
        json!({
            "conversation_config": { "agent": {} },
            "platform_settings": { "call_limits": { "bursting_enabled": false } },
        })
    );
}

#[tokio::test]
async fn bursting_is_on_only_where_it_is_asked_for_and_is_read_as_the_vendor_has_it() {
    let answered = |platform: serde_json::Value| {
        let body = json!({ "agent_id": "agent_1", "conversation_config": {}, "platform_settings": platform });
        async move {
            let body = body.to_string();
            let server = Server::answering(move |_| answer(200, body.clone())).await;
            let changes = AgentChanges {
                bursting: true,
                ..AgentChanges::default()
            };
            let agent = server
                .provider
                .update_agent(&id("agent_1"), &changes)
                .await
                .unwrap();
            let asked = server.asked();
            assert_eq!(
                asked[0].body["platform_settings"]["call_limits"],
                json!({ "bursting_enabled": true })
            );
            (agent.bursting, agent.takes_first_message)
        }
    };
    let off = json!({ "call_limits": { "bursting_enabled": false } });
    assert_eq!(answered(off).await, (false, false));
    // Where the vendor says nothing it bursts.
    assert_eq!(answered(json!({ "overrides": null })).await, (true, false));
    let first =
        json!({ "overrides": { "conversation_config_override": { "agent": { "first_message": true } } } });
    assert_eq!(answered(first).await, (true, true));
}

#[tokio::test]
async fn an_agent_is_read_with_the_variables_it_needs() {
    let body = json!({
        "agent_id": "agent_1", "name": "Renewals", "metadata": {},
        "conversation_config": {
            "agent": {
                "first_message": "Hi {{name}} of {{company}}", "language": "en",
                "prompt": { "prompt": "Owes {{amount}}", "tools": [{ "url": "https://x/{{order_id}}" }] },
                "dynamic_variables": { "dynamic_variable_placeholders": { "company": "us" } },
            },
            "tts": { "voice_id": "v0iceExample00000001", "new_field": [] },
        },
    });
    let body = body.to_string();
    let server = Server::answering(move |_| answer(200, body.clone())).await;
    let agent = server.provider.get_agent(&id("agent_1")).await.unwrap().unwrap();
    assert_eq!(agent.required_variables, ["amount", "name", "order_id"]);
    assert_eq!(agent.voice_id, Some(id("v0iceExample00000001")));
}

#[tokio::test]
async fn what_is_not_there_is_none_and_deleting_it_is_fine() {
    let server = Server::in_order(vec![(
        404,
        r#"{"detail":{"code":"agent_not_found","message":"No"}}"#,
    )])
    .await;
    assert_eq!(server.provider.get_agent(&id("agent_1")).await.unwrap(), None);
    assert_eq!(
        server.provider.get_conversation(&id("conv_1")).await.unwrap(),
        None
    );
    assert!(
        server
            .provider
            .get_recording(&id("conv_1"))
            .await
            .unwrap()
            .is_none()
    );
    server.provider.delete_agent(&id("agent_1")).await.unwrap();
    let error = server
        .provider
        .update_agent(&id("agent_1"), &AgentChanges::default())
        .await
        .unwrap_err();
    assert!(matches!(error, ProviderError::NotFound { .. }));
}

struct Rotating;

#[async_trait]
impl ApiKeySource for Rotating {
    async fn api_key(&self) -> Result<Secret, NoApiKey> {
        Ok(Secret::new("old_key"))
    }
    async fn renewed_api_key(&self, _refused: &Secret) -> Option<Secret> {
        Some(Secret::new("new_key"))
    }
}

#[tokio::test]
async fn a_rotated_key_is_taken_up() {
    let server = Server::with_keys(Arc::new(Rotating), |asked| {
        if asked.headers["xi-api-key"] == "new_key" {
            answer(200, r#"{"count":1}"#)
        } else {
            answer(401, "{}")
        }
    })
    .await;
    assert_eq!(server.provider.live_count().await.unwrap(), 1);
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn lists_are_paged_and_odd_rows_counted() {
    let body = r#"{"conversations":[
        {"conversation_id":"conv_1","agent_id":"agent_1","status":"in-progress","start_time_unix_secs":1790000000,"call_duration_secs":3,"message_count":0,"call_successful":"unknown","direction":"outbound","new":1},
        {"conversation_id":"conv_2","agent_id":"agent_1","status":"paused"},
        {"conversation_id":"../3","agent_id":"agent_1","status":"done"}],
        "next_cursor":"abc","has_more":true}"#;
    let server = Server::answering(move |_| answer(200, body)).await;
    let query = ConversationQuery {
        since: Some("2026-11-20T10:00:00Z".parse().unwrap()),
        until: Some("2026-11-20T11:00:00Z".parse().unwrap()),
        page_size: Some(500),
        ..ConversationQuery::default()
    };
    let page = server.provider.list_conversations(&query).await.unwrap();
    assert_eq!((page.conversations.len(), page.unreadable), (2, 1));
    assert_eq!(page.next_cursor.as_deref(), Some("abc"));
    assert_eq!(
        server.asked()[0].query,
        "call_start_after_unix=1795168800&call_start_before_unix=1795172400&page_size=100&sort_direction=desc"
    );
    let in_analysis = ConversationQuery {
        in_analysis: true,
        ..ConversationQuery::default()
    };
    server.provider.list_conversations(&in_analysis).await.unwrap();
    assert_eq!(
        server.asked()[1].query,
        "exclude_statuses=initiated&exclude_statuses=in-progress&exclude_statuses=done&exclude_statuses=failed\
         &sort_direction=desc"
    );
    let stuck = ConversationQuery {
        cursor: Some("abc".into()),
        ..query
    };
    assert_eq!(
        server
            .provider
            .list_conversations(&stuck)
            .await
            .unwrap()
            .next_cursor,
        None
    );
}

#[tokio::test]
async fn the_rest_of_the_account_is_read() {
    let server = Server::answering(|asked| match asked.path.as_str() {
        "/v1/convai/agents" => answer(200, r#"{"agents":[{"agent_id":"agent_1","name":"A"}],"next_cursor":"n","has_more":false}"#),
        "/v1/convai/phone-numbers" => answer(200, r#"[{"provider":"sip_trunk","phone_number":"+1 555 010 0100","label":"Main","phone_number_id":"phnum_1","supports_inbound":true,"supports_outbound":false},{"provider":"exotel","phone_number_id":"phnum_2"}]"#),
        "/v2/voices" => answer(200, r#"{"voices":[{"voice_id":"v0iceExample00000001","name":"Rachel","labels":{"gender":"female","age":null},"preview_url":null}],"has_more":true,"total_count":2,"next_page_token":"t"}"#),
        "/v1/user/subscription" => answer(200, r#"{"tier":"creator","status":"active","character_count":100,"character_limit":1000,"next_character_count_reset_unix":1790000000,"max_credit_limit_extension":"unlimited"}"#),
        _ => answer(404, "{}"),
    })
    .await;
    let provider = &server.provider;
    let agents = provider
        .list_agents(&AgentQuery {
            search: Some("a b".into()),
            ..AgentQuery::default()
        })
        .await
        .unwrap();
    assert_eq!((agents.agents.len(), agents.next_cursor), (1, None));
    let lines = provider.list_phone_lines().await.unwrap();
    assert_eq!(
        (lines.len(), lines[0].carrier, lines[0].supports_outbound),
        (1, Carrier::SipTrunk, false)
    );
    let voices = provider.search_voices(&VoiceQuery::default()).await.unwrap();
    assert_eq!(
        (voices.voices[0].labels.len(), voices.next_cursor.as_deref()),
        (1, Some("t"))
    );
    let quota = provider.get_subscription().await.unwrap();
    assert_eq!(
        (quota.credits_left(), quota.tier.as_str()),
        (Some(900), "creator")
    );
}

#[tokio::test]
async fn a_recording_streams_and_what_is_none_is_none() {
    let server = Server::answering(|asked| match asked.path.as_str() {
        "/v1/convai/conversations/conv_1/audio" => {
            ([("content-type", "audio/mpeg")], vec![7u8; 300_000]).into_response()
        }
        "/v1/convai/conversations/conv_2/audio" => {
            ([("content-type", "application/json")], "").into_response()
        }
        "/v1/convai/conversations/conv_3/audio" => {
            ([("content-type", "text/html")], "<html>").into_response()
        }
        "/v1/convai/conversations/conv_4/audio" => answer(422, r#"{"detail":"no audio"}"#),
        _ => answer(503, "{}"),
    })
    .await;
    let recording = server
        .provider
        .get_recording(&id("conv_1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (recording.content_type.as_str(), recording.content_length),
        ("audio/mpeg", Some(300_000))
    );
    let chunks: Vec<_> = recording.bytes.try_collect().await.unwrap();
    assert_eq!(chunks.iter().map(|chunk| chunk.len()).sum::<usize>(), 300_000);
    assert!(
        server
            .provider
            .get_recording(&id("conv_2"))
            .await
            .unwrap()
            .is_none()
    );
    assert!(server.provider.get_recording(&id("conv_3")).await.is_err());
    assert!(
        server
            .provider
            .get_recording(&id("conv_4"))
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        server
            .provider
            .get_recording(&id("conv_5"))
            .await
            .unwrap_err()
            .is_passing()
    );
}

#[tokio::test]
async fn a_recording_that_breaks_off_ends_in_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let provider = provider_at(listener.local_addr().unwrap(), Arc::new(Secret::new("k")));
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let half = b"HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: 80\r\n\r\nhalf of it";
        assert!(socket.read(&mut [0; 4096]).await.unwrap() > 0);
        socket.write_all(half).await.unwrap();
    });
    let recording = provider.get_recording(&id("conv_1")).await.unwrap().unwrap();
    assert!(
        recording
            .bytes
            .try_collect::<Vec<_>>()
            .await
            .unwrap_err()
            .is_passing()
    );
}

#[tokio::test]
async fn an_answer_that_is_too_large_or_no_json_is_an_error() {
    let large = Server::answering(|_| answer(200, vec![b' '; 9 * 1024 * 1024])).await;
    assert!(matches!(
        large.provider.live_count().await,
        Err(ProviderError::Unreadable { .. })
    ));
    let html = Server::in_order(vec![(200, "<html>")]).await;
    assert!(matches!(
        html.provider.live_count().await,
        Err(ProviderError::Unreadable { .. })
    ));
}
