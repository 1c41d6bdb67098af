//! What becomes of a dial.

use std::sync::Arc;

use serde_json::json;
use switchboard_domain::Carrier;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::server::{Server, attempt, call, provider_at};
use crate::{DialError, Refusal, Secret, VoiceProvider};

const PLACED: &str = r#"{"success":true,"message":"ok","conversation_id":"conv_1","callSid":"CA01"}"#;

#[tokio::test]
async fn a_dial_carries_our_id_twice_and_the_key() {
    let server = Server::in_order(vec![(200, PLACED)]).await;
    let placed = server.provider.place_call(&call(Carrier::Twilio)).await.unwrap();
    assert_eq!(placed.conversation_id.as_str(), "conv_1");
    let [asked] = &server.asked()[..] else {
        panic!("asked once")
    };
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("POST", "/v1/convai/twilio/outbound-call")
    );
    assert_eq!(asked.headers["xi-api-key"], "sk_test_key");
    assert_eq!(
        asked.body,
        json!({
            "agent_id": "agent_01kexampleagent0000000001",
            "agent_phone_number_id": "phnum_01kexamplephone000000001",
            "to_number": "+15550100111",
            "conversation_initiation_client_data": {
                "user_id": attempt().as_str(),
                "dynamic_variables": { "name": "Ana", "attempt_id": attempt().as_str() },
            },
            "telephony_call_config": { "ringing_timeout_secs": 45 },
        })
    );
}

#[tokio::test]
async fn a_sip_line_has_its_own_route() {
    let body = r#"{"success":true,"message":"ok","conversation_id":"conv_2","sip_call_id":"SCL_1"}"#;
    let server = Server::in_order(vec![(200, body)]).await;
    let placed = server
        .provider
        .place_call(&call(Carrier::SipTrunk))
        .await
        .unwrap();
    assert_eq!(placed.carrier_call_id.as_deref(), Some("SCL_1"));
    assert_eq!(server.asked()[0].path, "/v1/convai/sip-trunk/outbound-call");
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
        (429, "{}"),
        (500, "{}"),
        (502, "<html>"),
        (503, "{}"),
        (302, ""),
        (200, "{"),
        (200, "{}"),
        (202, PLACED),
    ];
    for (status, body) in answers {
        let server = Server::in_order(vec![(status, body), (200, PLACED)]).await;
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
        b"HTTP/1.1 200 OK\r\ncontent-length: 80\r\n\r\n{\"success\":true",
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
async fn without_a_key_nobody_is_asked() {
    let server = Server::with_keys(Arc::new(Secret::new(" ")), |_| super::server::json(200, PLACED)).await;
    let error = server
        .provider
        .place_call(&call(Carrier::Twilio))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            DialError::Refused {
                refusal: Refusal::BadKey,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn neither_key_nor_number_is_in_what_we_show() {
    let server = Server::in_order(vec![(
        400,
        r#"{"detail":{"status":"bad_request","message":"key sk_test_key cannot dial +15550100111"}}"#,
    )])
    .await;
    let error = server
        .provider
        .place_call(&call(Carrier::Twilio))
        .await
        .unwrap_err();
    for shown in [format!("{error}"), format!("{error:?}"), error.explain()] {
        assert!(
            !shown.contains("sk_test_key") && !shown.contains("5550100111"),
            "{shown}"
        );
    }
}
