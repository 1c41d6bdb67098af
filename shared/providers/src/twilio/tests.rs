//! Calls and recordings, asked of a server that answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures::TryStreamExt;
use jiff::Timestamp;
use serde_json::json;
use url::Url;

use super::twiml::{Twiml, Verb};
use super::*;
use crate::{DialError, EndedCall, Refusal, Secret};

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const CALL: &str = "CA000000000000000000000000000000aa";
const RECORDING: &str = "RE000000000000000000000000000000aa";

#[derive(Clone, Default)]
struct Server {
    asked: Arc<Mutex<Vec<(String, String)>>>,
    answers: Arc<Mutex<VecDeque<(u16, String)>>>,
}

async fn answer(State(server): State<Server>, request: Request) -> Response {
    let asked = request.uri().to_string();
    assert!(
        request.headers()["authorization"]
            .to_str()
            .unwrap()
            .starts_with("Basic ")
    );
    let body = to_bytes(request.into_body(), 100_000).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    server.asked.lock().unwrap().push((asked.clone(), body));
    let (status, body) = server.answers.lock().unwrap().pop_front().unwrap();
    let kind = if asked.contains(".mp3") {
        "audio/mpeg"
    } else {
        "application/json"
    };
    (
        StatusCode::from_u16(status).unwrap(),
        [("content-type", kind)],
        body,
    )
        .into_response()
}

async fn twilio(answers: &[(u16, String)]) -> (Twilio, Server) {
    let server = Server::default();
    server.answers.lock().unwrap().extend(answers.iter().cloned());
    let router = Router::new().fallback(answer).with_state(server.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let account = TwilioAccount::new(ACCOUNT, Secret::new("token"));
    (Twilio::new(&url, Arc::new(account)).unwrap(), server)
}

fn call(status: &str) -> serde_json::Value {
    json!({ "sid": CALL, "status": status, "to": "+15005550100", "from": "+15005550199", "direction": "outbound-api" })
}

fn new_call() -> NewTwilioCall {
    NewTwilioCall {
        to: "+15005550100".to_owned(),
        from: "+15005550199".to_owned(),
        answer_url: "https://x.test/voice?call=1".to_owned(),
        status_url: "https://x.test/status?call=1".to_owned(),
        ring_secs: 45,
        longest_secs: Some(600),
        detects_machines: true,
    }
}

#[tokio::test]
async fn a_call_is_asked_for_once_with_everything_that_it_needs() {
    let (twilio, server) = twilio(&[(201, call("queued").to_string())]).await;
    let made = twilio.create_call(&new_call()).await.unwrap();
    assert_eq!((made.sid.as_str(), made.state), (CALL, TwilioCallState::Ringing));
    let asked = server.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].0, format!("/2010-04-01/Accounts/{ACCOUNT}/Calls.json"));
    let form = Form::parse(asked[0].1.as_bytes()).unwrap();
    for (name, value) in [
        ("To", "+15005550100"),
        ("From", "+15005550199"),
        ("Url", "https://x.test/voice?call=1"),
        ("StatusCallback", "https://x.test/status?call=1"),
        ("Timeout", "45"),
        ("TimeLimit", "600"),
        ("MachineDetection", "Enable"),
    ] {
        assert_eq!(form.get(name), Some(value));
    }
    let events = form
        .values()
        .iter()
        .filter(|(name, _)| name == "StatusCallbackEvent");
    assert_eq!(events.count(), 4);
}

#[tokio::test]
async fn what_is_not_a_clear_no_is_doubt() {
    for (status, code, class) in [
        (400, 21_211, "bad_request"),
        (400, 21_210, "forbidden"),
        (400, 21_215, "forbidden"),
        (400, 21_205, "bad_request"),
        (401, 20_003, "bad_key"),
        (404, 20_404, "not_found"),
        (429, 20_429, "rate_limited"),
        (500, 0, "unconfirmed"),
        (503, 20_001, "unconfirmed"),
        (302, 0, "unconfirmed"),
    ] {
        let body = json!({ "code": code, "message": "+15005550100", "status": status }).to_string();
        let (twilio, server) = twilio(&[(status, body)]).await;
        let error = twilio.create_call(&new_call()).await.unwrap_err();
        assert_eq!(error.class(), class, "{status} {code}");
        assert!(!format!("{error:?} {}", error.explain()).contains("5005550100"));
        assert_eq!(server.asked.lock().unwrap().len(), 1);
    }
    for odd in ["", "{}", r#"{"sid":"x","status":"queued"}"#] {
        let (twilio, _) = twilio(&[(201, odd.to_owned())]).await;
        let error = twilio.create_call(&new_call()).await.unwrap_err();
        assert!(matches!(error, DialError::Unconfirmed { .. }), "{odd}");
    }
    let nobody = Twilio::new(
        &Url::parse("http://127.0.0.1:1").unwrap(),
        Arc::new(None::<TwilioAccount>),
    )
    .unwrap();
    let Err(DialError::Refused {
        refusal: Refusal::NeverSent { .. },
        ..
    }) = nobody.create_call(&new_call()).await
    else {
        panic!()
    };
}

#[tokio::test]
async fn a_list_is_followed_to_its_end_and_only_here() {
    let next = format!(
        "https://evil.example.test/2010-04-01/Accounts/{ACCOUNT}/Calls.json?To=%2B15005550100&Page=1&PageToken=PA1&Evil=1"
    );
    let first = json!({ "calls": [call("completed")], "next_page_uri": next }).to_string();
    let last = json!({ "calls": [call("in-progress")], "next_page_uri": null }).to_string();
    let (twilio, server) = twilio(&[(200, first), (200, last)]).await;
    let query = TwilioCallQuery {
        to: Some("+15005550100".to_owned()),
        since: Timestamp::from_second(1_795_000_000).ok(),
        status: None,
    };
    let found = twilio.list_calls(&query).await.unwrap();
    assert_eq!(found.len(), 2);
    let asked = server.asked.lock().unwrap().clone();
    assert!(
        asked[0].0.contains("StartTime%3E=2026-11-18") && asked[0].0.contains("To=%2B15005550100"),
        "{asked:?}"
    );
    assert!(
        asked[1]
            .0
            .starts_with(&format!("/2010-04-01/Accounts/{ACCOUNT}/Calls.json?"))
    );
    assert!(asked[1].0.contains("PageToken=PA1") && !asked[1].0.contains("Evil"));
}

#[tokio::test]
async fn a_call_is_looked_at_and_sent_elsewhere() {
    let (twilio, server) = twilio(&[
        (200, call("in-progress").to_string()),
        (404, json!({ "code": 20404 }).to_string()),
        (200, call("in-progress").to_string()),
        (400, json!({ "code": 21220 }).to_string()),
    ])
    .await;
    assert_eq!(
        twilio.call(CALL).await.unwrap().unwrap().state,
        TwilioCallState::InProgress
    );
    assert_eq!(twilio.call(CALL).await.unwrap(), None);
    assert_eq!(twilio.call("CA/../x").await.unwrap(), None);
    let twiml = Twiml::new().then(Verb::Hangup);
    assert_eq!(twilio.redirect(CALL, &twiml).await.unwrap(), EndedCall::Ended);
    let body = server.asked.lock().unwrap().last().unwrap().1.clone();
    assert_eq!(
        Form::parse(body.as_bytes()).unwrap().get("Twiml"),
        Some(&*twiml.to_xml())
    );
    assert_eq!(twilio.redirect(CALL, &twiml).await.unwrap(), EndedCall::NotLive);
    let long = Twiml::new().then(Verb::Redirect {
        url: "x".repeat(5_000),
    });
    assert!(twilio.redirect(CALL, &long).await.is_err());
    assert_eq!(server.asked.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn a_recording_is_asked_for_by_its_id_in_our_account() {
    let state = json!({ "sid": RECORDING, "call_sid": CALL, "status": "completed", "duration": "17" });
    let (twilio, server) = twilio(&[
        (200, state.to_string()),
        (200, json!({ "recordings": [state] }).to_string()),
        (404, "{}".to_owned()),
        (200, "audio".to_owned()),
    ])
    .await;
    let told = twilio.recording_state(RECORDING).await.unwrap().unwrap();
    assert_eq!((told.is_ready, told.duration_secs), (true, Some(17)));
    assert_eq!(twilio.recordings_of(CALL).await.unwrap(), [told]);
    assert!(
        twilio.recording(RECORDING).await.unwrap().is_none(),
        "not there yet"
    );
    let stream = twilio.recording(RECORDING).await.unwrap().unwrap();
    assert_eq!(stream.content_type, "audio/mpeg");
    let audio: Vec<_> = stream.bytes.try_collect().await.unwrap();
    assert_eq!(audio.concat(), b"audio");
    let asked = server.asked.lock().unwrap().last().unwrap().0.clone();
    assert_eq!(
        asked,
        format!("/2010-04-01/Accounts/{ACCOUNT}/Recordings/{RECORDING}.mp3?RequestedChannels=2")
    );
    for odd in [
        "",
        "RE1",
        "https://evil.example.test/x",
        "RE0000/../00000000000000000000000",
    ] {
        assert!(twilio.recording(odd).await.unwrap().is_none());
    }
    assert_eq!(server.asked.lock().unwrap().len(), 4);
}
