//! Placing a call through the carrier.

use std::sync::Arc;

use switchboard_domain::{Carrier, ProviderId};

use super::server::{CALL, Records, SID, Server, line, request};
use crate::openai::{OpenAiProvider, Surroundings};
use crate::twilio::Twilio;
use crate::{DialError, PlaceCall, Refusal, Secret, VoiceProvider};

fn made() -> String {
    format!(r#"{{"sid":"{CALL}","status":"queued","direction":"outbound-api"}}"#)
}

fn refused(code: u32) -> String {
    format!(r#"{{"code":{code},"message":"No.","status":400}}"#)
}

#[tokio::test]
async fn the_carrier_is_asked_once_with_our_call_in_its_addresses_and_looks_for_machines() {
    let server = Server::answering(|_| (201, made())).await;
    let placed = server
        .provider(Records::of(Vec::new()))
        .place_call(&request())
        .await
        .unwrap();
    assert_eq!(placed.conversation_id.as_str(), CALL);
    assert_eq!(placed.carrier_call_id.as_deref(), Some(CALL));
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(
        asked[0].route,
        format!("POST /2010-04-01/Accounts/{SID}/Calls.json")
    );
    let form: Vec<(String, String)> = url::form_urlencoded::parse(asked[0].body.as_bytes())
        .into_owned()
        .collect();
    let value = |name: &str| {
        form.iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    let address = |what: &str| {
        format!(
            "https://api.example.com/webhooks/twilio/{what}?call={}",
            request().attempt
        )
    };
    assert_eq!(value("To"), Some("+15005550100"));
    assert_eq!(value("From"), Some("+15005550199"));
    assert_eq!(value("Url"), Some(&*address("voice")));
    assert_eq!(value("StatusCallback"), Some(&*address("status")));
    assert_eq!(value("MachineDetection"), Some("Enable"));
    assert_eq!((value("Timeout"), value("TimeLimit")), (Some("30"), Some("3000")));
}

#[tokio::test]
async fn what_the_carrier_refuses_did_not_ring_and_what_it_stumbles_over_may() {
    for (status, code, class, may_retry) in [
        (400, 21_211, "bad_request", false),
        (400, 21_210, "forbidden", false),
        (401, 20_003, "forbidden", false),
        (429, 20_429, "rate_limited", true),
    ] {
        let server = Server::answering(move |_| (status, refused(code))).await;
        let error = server
            .provider(Records::of(Vec::new()))
            .place_call(&request())
            .await
            .unwrap_err();
        let DialError::Refused { refusal, .. } = &error else {
            panic!("{error:?}")
        };
        assert_eq!(
            (refusal.class(), refusal.may_retry()),
            (class, may_retry),
            "{code}"
        );
        assert_eq!(server.asked().len(), 1);
    }
    for (status, body) in [
        (500, refused(20_500)),
        (503, String::new()),
        (201, "{".to_owned()),
    ] {
        let server = Server::answering(move |_| (status, body.clone())).await;
        let error = server
            .provider(Records::of(Vec::new()))
            .place_call(&request())
            .await
            .unwrap_err();
        assert!(!error.nothing_rang(), "{status}: {error:?}");
        assert_eq!(server.asked().len(), 1, "a dial is sent once");
    }
}

#[tokio::test]
async fn what_is_not_set_up_is_said_and_nobody_is_asked() {
    let server = Server::answering(|_| (201, made())).await;
    let nowhere = Records {
        public_url: None,
        ..Records::of(Vec::new())
    };
    let code = |error: DialError| match error {
        DialError::Refused {
            refusal: Refusal::Forbidden { code, .. } | Refusal::NotFound { code },
            ..
        } => code,
        other => panic!("{other:?}"),
    };
    let error = server.provider(nowhere).place_call(&request()).await.unwrap_err();
    assert_eq!(code(error), "no_public_url");
    let provider = server.provider(Records::of(Vec::new()));
    let others_line = PlaceCall {
        phone_line_id: ProviderId::parse("line_15005550199").unwrap(),
        ..request()
    };
    assert_eq!(
        code(provider.place_call(&others_line).await.unwrap_err()),
        "not_a_line_of_openai"
    );
    let trunk = PlaceCall {
        phone_line_id: line(),
        carrier: Carrier::SipTrunk,
        ..request()
    };
    assert_eq!(
        code(provider.place_call(&trunk).await.unwrap_err()),
        "not_a_line_of_openai"
    );
    let around = Surroundings {
        carrier: Twilio::new(&server.url, Arc::new(None)).unwrap(),
        records: Arc::new(Records::of(Vec::new())),
    };
    let key = Arc::new(Secret::new("sk-test"));
    let without = OpenAiProvider::new(server.url.clone(), key)
        .unwrap()
        .within(around);
    assert_eq!(
        code(without.place_call(&request()).await.unwrap_err()),
        "no_carrier_account"
    );
    assert!(server.asked().is_empty());
}
