//! Reading calls, recordings, voices and the account, and ending a call.

use axum::response::IntoResponse;
use futures::TryStreamExt;
use serde_json::{Value, json};
use switchboard_domain::{CallOutcome, Carrier, Direction, Speaker};

use super::server::{AGENT, KEY, Server, id, json as answer, status};
use crate::{ConversationQuery, ConversationState, EndedCall, ProviderError, VoiceProvider, VoiceQuery};

fn whole(more: &Value) -> Value {
    let mut call = json!({
        "callId": "c1", "agentId": AGENT, "created": "2026-11-20T20:00:00Z", "joined": "2026-11-20T20:00:10Z",
        "ended": "2026-11-20T20:00:52Z", "endReason": "hangup", "billingStatus": "BILLING_STATUS_PENDING",
        "shortSummary": "Fine", "summary": "All is fine.", "recordingEnabled": true,
        "metadata": { "attempt_id": "call_01kexample000000000000000a" },
        "medium": { "twilio": { "outgoing": { "to": "+15550100111", "from": "+15550100199" } } },
        "new": { "field": [] },
    });
    call.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    call
}

fn message(role: &str, text: &str, start: usize) -> Value {
    json!({ "role": format!("MESSAGE_ROLE_{role}"), "text": text, "medium": "MESSAGE_MEDIUM_VOICE",
            "timespan": { "start": format!("{start}.2s"), "end": format!("{start}.9s") } })
}

/// One call, its messages two to a page.
async fn talking(call: Value, messages: Vec<Value>) -> Server {
    Server::answering(move |asked| match asked.path.as_str() {
        "/api/calls/c1" => answer(200, call.to_string()),
        "/api/calls/c1/messages" => {
            let at = asked
                .query
                .split("cursor=")
                .nth(1)
                .map_or(0, |at| at.parse().unwrap());
            let next = (at + 2 < messages.len())
                .then(|| format!("https://api.ultravox.ai/api/calls/c1/messages?cursor={}", at + 2));
            let page: Vec<_> = messages.iter().skip(at).take(2).collect();
            answer(
                200,
                json!({ "results": page, "next": next, "total": messages.len() }).to_string(),
            )
        }
        _ => answer(404, "{}"),
    })
    .await
}

#[tokio::test]
async fn a_conversation_is_read_with_all_its_messages() {
    let messages = vec![
        message("AGENT", "Hi Ana, can you still make Tuesday?", 1),
        message("USER", "Yes, that works.", 4),
        message("AGENT", "See you then.", 6),
        message("USER", "Bye.", 8),
        json!({ "role": "MESSAGE_ROLE_TOOL_CALL", "toolName": "hangUp", "invocationId": "i1" }),
    ];
    let server = talking(whole(&json!({})), messages).await;
    let read = server
        .provider
        .get_conversation(&id("c1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (&read.state, read.outcome),
        (&ConversationState::Done, Some(CallOutcome::Completed))
    );
    assert_eq!((read.turns.len(), read.results.turns), (5, 5));
    assert_eq!((read.turns[1].speaker, read.turns[1].at_secs), (Speaker::User, 4));
    assert_eq!(
        (read.turns[4].message.as_str(), &read.turns[4].tools[..]),
        ("", &["hangUp".to_owned()][..])
    );
    assert_eq!(
        (read.duration_secs, read.has_audio, read.accepted),
        (42, true, true)
    );
    assert_eq!(
        (read.carrier, read.direction),
        (Some(Carrier::Twilio), Some(Direction::Outbound))
    );
    assert_eq!(read.results.summary.as_deref(), Some("All is fine."));
    assert_eq!(
        read.facts().first_words.unwrap(),
        "Hi Ana, can you still make Tuesday?"
    );
    let queries: Vec<_> = server.asked().into_iter().map(|asked| asked.query).collect();
    assert_eq!(
        queries,
        [
            "",
            "mode=in_call&pageSize=100",
            "mode=in_call&pageSize=100&cursor=2",
            "mode=in_call&pageSize=100&cursor=4"
        ]
    );
}

#[tokio::test]
async fn a_call_that_nobody_took_has_no_messages_to_ask_for() {
    let unjoined =
        whole(&json!({ "joined": null, "endReason": "unjoined", "summary": null, "shortSummary": null }));
    let server = talking(unjoined, Vec::new()).await;
    let read = server
        .provider
        .get_conversation(&id("c1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(read.outcome, Some(CallOutcome::NoAnswer));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn messages_that_cannot_be_had_are_no_silence() {
    let no_messages = |code: u16| {
        Server::answering(move |asked| {
            if asked.path == "/api/calls/c1" {
                answer(200, whole(&json!({})).to_string())
            } else {
                answer(code, "{}")
            }
        })
    };
    let down = no_messages(500).await;
    assert!(
        down.provider
            .get_conversation(&id("c1"))
            .await
            .unwrap_err()
            .is_passing()
    );
    let deleted = no_messages(404).await;
    assert_eq!(deleted.provider.get_conversation(&id("c1")).await.unwrap(), None);
    let odd = no_messages(200).await;
    assert!(odd.provider.get_conversation(&id("c1")).await.is_err());
}

#[tokio::test]
async fn an_endless_transcript_is_left_off() {
    let server = Server::answering(|asked| {
        if asked.path == "/api/calls/c1" {
            return answer(200, whole(&json!({})).to_string());
        }
        let at: u32 = asked
            .query
            .split("cursor=")
            .nth(1)
            .map_or(0, |at| at.parse().unwrap());
        let page =
            json!({ "results": [message("USER", "and", 1), 7], "next": format!("?cursor={}", at + 1) });
        answer(200, page.to_string())
    })
    .await;
    let read = server
        .provider
        .get_conversation(&id("c1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((read.turns.len(), server.asked().len()), (100, 101));
}

#[tokio::test]
async fn odd_and_hostile_answers_are_errors_and_no_panic() {
    let deep = format!(r#"{{"callId":"c1","metadata":{}"#, r#"{"a":"#.repeat(10_000));
    for body in [
        "",
        "<html>",
        "[]",
        "7",
        r#"{"callId":7}"#,
        r#"{"callId":"../../etc"}"#,
        &deep,
    ] {
        let body = body.to_owned();
        let server = Server::answering(move |_| answer(200, body.clone())).await;
        let error = server.provider.get_conversation(&id("c1")).await.unwrap_err();
        assert!(matches!(error, ProviderError::Unreadable { .. }), "{error:?}");
    }
    let huge = Server::answering(|_| answer(200, vec![b' '; 9 * 1024 * 1024])).await;
    assert!(huge.provider.get_conversation(&id("c1")).await.is_err());
}

fn row(n: usize, created: &str, more: &Value) -> Value {
    let mut row = whole(more);
    row["callId"] = json!(format!("c{n}"));
    row["created"] = json!(created);
    row
}

async fn listing(rows: Vec<Value>) -> Server {
    Server::answering(move |_| {
        let next = "https://api.ultravox.ai/api/calls?cursor=abc&pageSize=100";
        answer(
            200,
            json!({ "results": rows, "next": next, "previous": null }).to_string(),
        )
    })
    .await
}

#[tokio::test]
async fn a_list_is_asked_by_days_and_kept_to_the_window() {
    let server = listing(vec![
        row(1, "2026-11-20T09:59:59.9Z", &json!({})),
        row(2, "2026-11-20T10:00:00.1Z", &json!({})),
        row(
            3,
            "2026-11-20T10:59:59Z",
            &json!({ "ended": null, "endReason": null }),
        ),
        json!({ "callId": 7 }),
        json!({ "callId": "../x", "created": "2026-11-20T10:30:00Z" }),
    ])
    .await;
    let query = ConversationQuery {
        since: Some("2026-11-20T10:00:00Z".parse().unwrap()),
        until: Some("2026-11-20T11:00:00Z".parse().unwrap()),
        provider_agent_id: Some(id(AGENT)),
        page_size: Some(500),
        oldest_first: true,
        ..ConversationQuery::default()
    };
    let page = server.provider.list_conversations(&query).await.unwrap();
    let rows: Vec<_> = page
        .conversations
        .iter()
        .map(|row| (row.conversation_id.as_str(), row.state.clone()))
        .collect();
    assert_eq!(
        rows,
        [
            ("c2", ConversationState::Done),
            ("c3", ConversationState::InProgress)
        ]
    );
    assert_eq!((page.unreadable, page.next_cursor.as_deref()), (2, Some("abc")));
    assert_eq!(
        server.asked()[0].query,
        format!("agentIds={AGENT}&fromDate=2026-11-20&toDate=2026-11-20&pageSize=100&sort=created")
    );
    let stuck = ConversationQuery {
        cursor: Some("abc".to_owned()),
        ..query
    };
    assert!(server.provider.list_conversations(&stuck).await.is_err());
}

#[tokio::test]
async fn a_list_ends_where_its_window_ends() {
    let day = |hour: u8| format!("2026-11-20T{hour:02}:00:00Z");
    let rows = |hours: &[u8]| {
        hours
            .iter()
            .map(|h| row(usize::from(*h), &day(*h), &json!({})))
            .collect::<Vec<_>>()
    };
    let goes_on = |hours: &'static [u8], oldest_first: bool| async move {
        let server = listing(rows(hours)).await;
        let query = ConversationQuery {
            since: Some(day(10).parse().unwrap()),
            until: Some(day(12).parse().unwrap()),
            oldest_first,
            ..ConversationQuery::default()
        };
        let page = server.provider.list_conversations(&query).await.unwrap();
        page.next_cursor.is_some()
    };
    assert!(goes_on(&[8, 9], true).await, "the window is still to come");
    assert!(!goes_on(&[11, 12], true).await);
    assert!(goes_on(&[13, 14], false).await);
    assert!(!goes_on(&[11, 9], false).await);
    assert!(
        goes_on(&[12, 9, 11], true).await,
        "in no order, the end is not known"
    );
    assert!(goes_on(&[9, 11, 9], false).await);
}

#[tokio::test]
async fn calls_in_analysis_are_told_apart() {
    let still = json!({ "summary": null, "shortSummary": null });
    let server = listing(vec![
        row(1, "2026-11-20T20:00:00Z", &json!({})),
        row(2, "2026-11-20T20:00:00Z", &still),
        row(
            3,
            "2026-11-20T20:00:00Z",
            &json!({ "joined": null, "endReason": "unjoined" }),
        ),
    ])
    .await;
    let query = ConversationQuery {
        in_analysis: true,
        ..ConversationQuery::default()
    };
    let page = server.provider.list_conversations(&query).await.unwrap();
    let ids: Vec<_> = page
        .conversations
        .iter()
        .map(|row| row.conversation_id.as_str())
        .collect();
    assert_eq!(ids, ["c2"]);
    assert_eq!(server.asked()[0].query, "sort=-created");
}

fn elsewhere(place: String) -> axum::response::Response {
    (axum::http::StatusCode::FOUND, [("location", place)]).into_response()
}

async fn audio_of(server: &Server, call: &str) -> Result<Option<usize>, ProviderError> {
    let Some(recording) = server.provider.get_recording(&id(call)).await? else {
        return Ok(None);
    };
    assert_eq!(recording.content_type, "audio/wav");
    let chunks: Vec<_> = recording.bytes.try_collect().await?;
    Ok(Some(chunks.iter().map(|chunk| chunk.len()).sum()))
}

#[tokio::test]
async fn a_recording_is_fetched_where_it_lies_and_another_host_gets_no_key() {
    let store = Server::answering(|asked| match asked.path.as_str() {
        "/c2.wav" => ([("content-type", "audio/wav")], vec![2u8; 200]).into_response(),
        "/c3.wav" => status(403),
        "/c4.wav" => elsewhere("/c2.wav".to_owned()),
        "/c5.wav" => status(503),
        _ => status(404),
    })
    .await;
    let address = store.address;
    let server = Server::answering(move |asked| match asked.path.as_str() {
        "/api/calls/c1/recording" => ([("content-type", "audio/wav")], vec![1u8; 100]).into_response(),
        "/api/calls/c6/recording" => elsewhere("/files/c6.wav?sig=x".to_owned()),
        "/files/c6.wav" => ([("content-type", "audio/wav")], vec![6u8; 600]).into_response(),
        "/api/calls/c7/recording" => status(302),
        "/api/calls/c8/recording" => elsewhere("ftp://x/c8.wav".to_owned()),
        path => {
            let call = path
                .trim_start_matches("/api/calls/")
                .trim_end_matches("/recording");
            elsewhere(format!("http://{address}/{call}.wav?signature=s"))
        }
    })
    .await;
    assert_eq!(audio_of(&server, "c1").await.unwrap(), Some(100));
    assert_eq!(audio_of(&server, "c2").await.unwrap(), Some(200));
    assert_eq!(audio_of(&server, "c6").await.unwrap(), Some(600));
    assert_eq!(audio_of(&server, "c9").await.unwrap(), None);
    for (call, is_passing) in [
        ("c3", false),
        ("c4", false),
        ("c5", true),
        ("c7", false),
        ("c8", false),
    ] {
        assert_eq!(
            audio_of(&server, call).await.unwrap_err().is_passing(),
            is_passing,
            "{call}"
        );
    }
    assert!(store.asked().len() >= 4);
    for asked in store.asked() {
        assert!(!asked.headers.contains_key("x-api-key"), "{}", asked.path);
        assert_eq!(asked.query, "signature=s");
    }
    let here: Vec<_> = server
        .asked()
        .into_iter()
        .filter(|asked| asked.path.starts_with("/files"))
        .collect();
    assert_eq!(
        (
            here[0].query.as_str(),
            here[0].headers["x-api-key"].to_str().unwrap()
        ),
        ("sig=x", KEY)
    );
}

#[tokio::test]
async fn where_there_is_no_recording_yet_there_is_none() {
    for code in [400, 404, 425] {
        let server = Server::answering(move |_| status(code)).await;
        assert_eq!(audio_of(&server, "c1").await.unwrap(), None, "{code}");
        assert_eq!(server.asked().len(), 1, "{code}");
    }
    let empty = Server::answering(|_| ([("content-type", "audio/wav")], "").into_response()).await;
    assert_eq!(audio_of(&empty, "c1").await.unwrap(), None);
    let page = Server::answering(|_| ([("content-type", "text/html")], "<html>").into_response()).await;
    assert!(page.provider.get_recording(&id("c1")).await.is_err());
    let down = Server::answering(|_| status(503)).await;
    assert!(audio_of(&down, "c1").await.unwrap_err().is_passing());
}

#[tokio::test]
async fn a_live_call_is_ended_and_one_that_is_not_is_told() {
    const REFUSED: (u16, &str) = (422, r#"{"detail":"not live"}"#);
    let server = Server::in_order(vec![
        (204, ""),
        REFUSED,
        (200, r#"{"callId":"c1","joined":"2026-11-20T09:00:05Z","ended":"2026-11-20T09:01:00Z","endReason":"hangup"}"#),
        REFUSED,
        (200, r#"{"callId":"c1","joined":null,"ended":"2026-11-20T09:01:00Z","endReason":"unjoined"}"#),
        REFUSED,
        (200, r#"{"callId":"c1","joined":null,"ended":null,"endReason":null}"#),
        REFUSED,
        (404, "{}"),
        (404, "{}"),
        (500, "{}"),
        (400, "{}"),
    ])
    .await;
    let end = || async { server.provider.end_call(&id("c1")).await };
    assert_eq!(end().await.unwrap(), EndedCall::Ended);
    for what in ["over", "rang out"] {
        assert_eq!(end().await.unwrap(), EndedCall::NotLive, "{what}");
    }
    assert_eq!(end().await.unwrap(), EndedCall::NotPickedUp);
    for what in ["gone between", "never known"] {
        assert_eq!(end().await.unwrap(), EndedCall::NotLive, "{what}");
    }
    assert!(end().await.unwrap_err().is_passing());
    assert!(matches!(end().await, Err(ProviderError::Rejected { .. })));
    let asked = server.asked();
    assert_eq!(asked.len(), 12, "asked once each, and why where it was refused");
    assert_eq!(asked[0].route(), "POST /api/calls/c1/send_data_message");
    assert_eq!(asked[2].route(), "GET /api/calls/c1");
    assert_eq!(asked[0].body, json!({ "type": "hang_up" }));
}

#[tokio::test]
async fn the_account_tells_calls_and_their_limit() {
    let account = json!({ "activeCalls": 3, "allowedConcurrentCalls": 5, "freeTimeRemaining": "600s",
                          "hasActiveSubscription": true, "subscriptionTier": "PAYGO", "billingUrl": null });
    let server = Server::answering(move |_| answer(200, account.to_string())).await;
    assert_eq!(server.provider.live_count().await.unwrap(), 3);
    let quota = server.provider.get_subscription().await.unwrap();
    assert_eq!((quota.tier.as_str(), quota.status.as_str()), ("PAYGO", "active"));
    assert_eq!(
        (quota.calls_in_progress, quota.most_calls, quota.credits),
        (Some(3), Some(5), None)
    );
    assert_eq!(server.asked()[0].route(), "GET /api/accounts/me");
    let bare = Server::in_order(vec![(200, r#"{"activeCalls":0,"allowedConcurrentCalls":null}"#)]).await;
    let quota = bare.provider.get_subscription().await.unwrap();
    assert_eq!((quota.most_calls, quota.status.as_str()), (None, "inactive"));
    let odd = Server::in_order(vec![(200, "{}")]).await;
    assert!(odd.provider.live_count().await.is_err());
    assert_eq!(odd.provider.list_phone_lines().await.unwrap(), []);
}

#[tokio::test]
async fn voices_are_searched_and_heard() {
    let voice = r#"{"voiceId":"v1","name":"Lucía","description":"Warm","primaryLanguage":"es-ES","languageLabel":"Spanish (Spain)",
        "previewUrl":"https://api.ultravox.ai/api/voices/v1/preview","ownership":"public","billingStyle":"VOICE_BILLING_STYLE_INCLUDED",
        "provider":"cartesia","definition":{"cartesia":{}}}"#;
    let store = Server::answering(|_| ([("content-type", "audio/wav")], "RIFF").into_response()).await;
    let place = format!("http://{}/v1.wav", store.address);
    let server = Server::answering(move |asked| match asked.path.as_str() {
        "/api/voices" => answer(
            200,
            format!(r#"{{"results":[{voice},{{"voiceId":"../x"}},7],"next":"?cursor=n"}}"#),
        ),
        "/api/voices/v1" => answer(200, voice),
        "/api/voices/v1/preview" => elsewhere(place.clone()),
        "/api/voices/v2/preview" => answer(400, r#"{"error":"the voice was deleted at its provider"}"#),
        _ => answer(404, "{}"),
    })
    .await;
    let query = VoiceQuery {
        search: Some("lu c".to_owned()),
        language: Some("es".to_owned()),
        cursor: Some("m".to_owned()),
        page_size: Some(20),
    };
    let page = server.provider.search_voices(&query).await.unwrap();
    assert_eq!((page.voices.len(), page.next_cursor.as_deref()), (1, Some("n")));
    assert_eq!(
        server.asked()[0].query,
        "search=lu+c&primaryLanguage=es&cursor=m&pageSize=20"
    );
    let read = server.provider.get_voice(&id("v1")).await.unwrap().unwrap();
    assert_eq!(read, page.voices[0]);
    assert_eq!(
        (read.languages.join(","), read.has_preview),
        ("es".to_owned(), true)
    );
    let labels: Vec<_> = read
        .labels
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        labels,
        [
            "billing=included",
            "language=Spanish (Spain)",
            "provider=cartesia"
        ]
    );
    assert_eq!(server.provider.get_voice(&id("v9")).await.unwrap(), None);
    let heard = server
        .provider
        .get_voice_preview(&id("v1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (heard.content_type.as_str(), &heard.audio[..]),
        ("audio/wav", &b"RIFF"[..])
    );
    assert!(!store.asked()[0].headers.contains_key("x-api-key"));
    for silent in ["v2", "v9"] {
        assert_eq!(
            server.provider.get_voice_preview(&id(silent)).await.unwrap(),
            None
        );
    }
}
