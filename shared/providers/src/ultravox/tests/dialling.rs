//! What becomes of a dial.

use std::sync::Arc;

use async_trait::async_trait;
use axum::response::IntoResponse;
use serde_json::json;
use switchboard_domain::Carrier;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::server::{AGENT, KEY, Server, attempt, call, config_at, id, provider_at};
use crate::ultravox::Ultravox;
use crate::{ApiKeySource, DialError, NoApiKey, Refusal, Secret, VoiceProvider};

const PLACED: &str = r#"{"callId":"0c9b1e52-0000-4000-8000-000000000001","created":"2026-11-20T20:00:00Z","joined":null,"ended":null,"endReason":null}"#;

#[tokio::test]
async fn a_dial_carries_our_id_the_variables_and_the_key() {
    let server = Server::in_order(vec![(201, PLACED)]).await;
    let placed = server.provider.place_call(&call(Carrier::Twilio)).await.unwrap();
    assert_eq!(
        placed.conversation_id.as_str(),
        "0c9b1e52-0000-4000-8000-000000000001"
    );
    assert_eq!(placed.carrier_call_id, None);
    let [asked] = &server.asked()[..] else {
        panic!("asked once")
    };
    assert_eq!(asked.route(), format!("POST /api/agents/{AGENT}/calls"));
    assert_eq!(asked.headers["x-api-key"], KEY);
    assert!(!asked.headers.contains_key("authorization"));
    assert_eq!(
        asked.body,
        json!({
            "templateContext": {
                "customerName": "Ana Ruiz", "order.id": "7", "order": { "id": "7" },
                "attempt_id": attempt().as_str(),
            },
            "metadata": { "attempt_id": attempt().as_str() },
            "medium": { "twilio": { "outgoing": { "to": "+15550100111", "from": "+15550100199" } } },
            "joinTimeout": "50s",
        })
    );
}

/// A secret with more than the key.
struct WithSipUser;

#[async_trait]
impl ApiKeySource for WithSipUser {
    async fn api_key(&self) -> Result<Secret, NoApiKey> {
        Ok(Secret::new(KEY))
    }

    async fn renewed_api_key(&self, _refused: &Secret) -> Option<Secret> {
        None
    }

    async fn entry(&self, name: &str) -> Option<Secret> {
        let held = [("sip_username", "trunk"), ("sip_password", "pass")];
        held.iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| Secret::new(*value))
    }
}

#[tokio::test]
async fn a_sip_trunk_is_named_in_the_address_and_gets_its_user() {
    let server = Server::in_order(vec![(201, PLACED)]).await;
    let mut request = call(Carrier::SipTrunk);
    request.first_message = Some("Hello, is this {{ customerName }}?".to_owned());
    server.provider.place_call(&request).await.unwrap();
    let with_user = Ultravox::new(config_at(server.address), Arc::new(WithSipUser)).unwrap();
    with_user.place_call(&request).await.unwrap();
    let asked = server.asked();
    let to = "sip:+15550100111@pbx.example.test:5061";
    assert_eq!(
        asked[0].body["medium"],
        json!({ "sip": { "outgoing": { "to": to, "from": "+15550100199" } } })
    );
    assert_eq!(
        asked[1].body["medium"],
        json!({ "sip": { "outgoing": { "to": to, "from": "+15550100199", "username": "trunk", "password": "pass" } } })
    );
    assert_eq!(
        asked[0].body["firstSpeakerSettings"],
        json!({ "user": { "fallback": { "delay": "4s", "text": "Hello, is this Ana Ruiz?" } } })
    );
}

#[tokio::test]
async fn a_line_that_cannot_be_called_from_is_refused_before_anyone_is_asked() {
    let server = Server::in_order(vec![(201, PLACED)]).await;
    for (line, carrier) in [
        ("phnum_01kexamplephone000000001", Carrier::Twilio),
        ("line_15550100199", Carrier::SipTrunk),
        ("line_15550100199_pbx_example_test", Carrier::Twilio),
    ] {
        let mut request = call(carrier);
        request.phone_line_id = id(line);
        let error = server.provider.place_call(&request).await.unwrap_err();
        let DialError::Refused { refusal, .. } = error else {
            panic!("{error:?}")
        };
        assert!(refusal.holds_the_campaign(), "{line} {refusal}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn whatever_comes_back_a_dial_is_asked_once() {
    let answers = [
        (400, "{}"),
        (401, "{}"),
        (402, "{}"),
        (403, "{}"),
        (404, "{}"),
        (408, "{}"),
        (409, "{}"),
        (422, "{}"),
        (425, "{}"),
        (429, "{}"),
        (500, "{}"),
        (502, "<html>"),
        (503, "{}"),
        (504, ""),
        (302, ""),
        (201, "{"),
        (201, "{}"),
        (201, r#"{"callId":"../x"}"#),
        (202, PLACED),
        (204, ""),
    ];
    for (status, body) in answers {
        let server = Server::in_order(vec![(status, body), (201, PLACED)]).await;
        let error = server
            .provider
            .place_call(&call(Carrier::Twilio))
            .await
            .unwrap_err();
        let refused_before_dialling = [400, 401, 402, 403, 404, 422, 429].contains(&status);
        assert_eq!(error.nothing_rang(), refused_before_dialling, "{status} {body}");
        assert_eq!(server.asked().len(), 1, "{status} {body}");
        assert!(!error.explain().is_empty());
    }
}

#[tokio::test]
async fn what_the_vendor_says_no_to_made_nothing_and_says_when_to_come_back() {
    for status in [429, 503] {
        let server = Server::answering(move |_| {
            let status = axum::http::StatusCode::from_u16(status).unwrap();
            (status, [("retry-after", "7")], r#"{"detail":"Too many calls"}"#).into_response()
        })
        .await;
        let error = server
            .provider
            .place_call(&call(Carrier::Twilio))
            .await
            .unwrap_err();
        let DialError::Refused {
            refusal: Refusal::RateLimited { .. },
            retry_after: Some(wait),
            ..
        } = error
        else {
            panic!("{status} {error:?}")
        };
        assert_eq!(wait.as_secs(), 7, "{status}");
    }
    let broke = Server::in_order(vec![(402, "")]).await;
    let error = broke
        .provider
        .place_call(&call(Carrier::Twilio))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            DialError::Refused {
                refusal: Refusal::OutOfCredit,
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_call_that_has_ended_already_was_placed() {
    let ended = r#"{"callId":"c1","ended":"2026-11-20T20:00:01Z","endReason":"system_error"}"#;
    let server = Server::in_order(vec![(201, ended)]).await;
    let placed = server.provider.place_call(&call(Carrier::Twilio)).await.unwrap();
    assert_eq!(placed.conversation_id.as_str(), "c1");
}

#[tokio::test]
async fn without_a_server_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let provider = provider_at(address, Arc::new(Secret::new("k")));
    let error = provider.place_call(&call(Carrier::Twilio)).await.unwrap_err();
    assert!(
        matches!(
            error,
            DialError::Refused {
                refusal: Refusal::NeverSent { .. },
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_is_doubt() {
    for half_an_answer in [
        &b""[..],
        b"HTTP/1.1 201 Created\r\ncontent-length: 80\r\n\r\n{\"callId\":\"c1\"",
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = provider_at(listener.local_addr().unwrap(), Arc::new(Secret::new("k")));
        let server = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let read = socket.read(&mut request).await.unwrap();
            socket.write_all(half_an_answer).await.unwrap();
            read
        });
        let error = provider.place_call(&call(Carrier::Twilio)).await.unwrap_err();
        assert!(matches!(error, DialError::Unconfirmed { .. }), "{error:?}");
        assert!(server.await.unwrap() > 0);
    }
}

#[tokio::test]
async fn neither_key_nor_number_is_in_what_we_show() {
    let server = Server::in_order(vec![(
        400,
        r#"{"medium":{"twilio":["key abcdefgh.0123456789abcdef0123456789abcdef cannot dial +15550100111"]}}"#,
    )])
    .await;
    let error = server
        .provider
        .place_call(&call(Carrier::Twilio))
        .await
        .unwrap_err();
    for shown in [format!("{error}"), format!("{error:?}"), error.explain()] {
        assert!(!shown.contains(KEY) && !shown.contains("5550100111"), "{shown}");
    }
    assert!(error.explain().contains("medium.twilio"), "{}", error.explain());
}
