//! The carrier's API of calls.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_simulator::{Platform, TWILIO_ACCOUNT_SID};

use crate::desk::{Desk, OURS};

/// Creates a call, and waits for its end.
async fn called(desk: &Desk, to: &str, more: &[(&str, &str)]) -> Value {
    let base = desk.board_url();
    let (url, status) = (format!("{base}/voice?call=call_1"), format!("{base}/status"));
    let mut form = vec![
        ("To", to),
        ("From", OURS),
        ("Url", url.as_str()),
        ("StatusCallback", status.as_str()),
    ];
    for event in ["initiated", "ringing", "answered", "completed"] {
        form.push(("StatusCallbackEvent", event));
    }
    form.extend(more);
    let (code, call) = desk.twilio("POST", "/Calls.json", &form).await;
    assert_eq!((code, &call["status"]), (201, &json!("queued")), "{call}");
    assert_eq!(call["duration"], Value::Null);
    let sid = call["sid"].as_str().unwrap();
    desk.over(sid).await;
    desk.twilio("GET", &format!("/Calls/{sid}.json"), &[]).await.1
}

#[tokio::test]
async fn a_call_is_queued_rings_is_answered_and_asks_for_its_document() {
    let desk = Desk::open().await;
    desk.document("/voice", "<Say>Hello</Say>");
    let call = called(&desk, "+14155550150", &[]).await;
    assert_eq!(call["status"], "completed");
    assert!(
        call["duration"].as_str().unwrap().parse::<u32>().unwrap() >= 1,
        "{call}"
    );
    for (index, status) in ["initiated", "ringing", "in-progress", "completed"]
        .iter()
        .enumerate()
    {
        let told = desk.hears("/status", index + 1).await;
        assert_eq!(&told.field("CallStatus"), status);
        assert_eq!(told.field("SequenceNumber"), index.to_string());
        assert!(told.is_signed());
    }
    let asked = desk.hears("/voice", 1).await;
    assert!(asked.is_signed() && asked.url.ends_with("?call=call_1"));
    assert_eq!(asked.field("Direction"), "outbound-api");

    let ledger = desk.simulator.ledger();
    let dial = &ledger.by_number["+14155550150"][0];
    assert_eq!(
        (dial.platform, dial.outcome.as_str()),
        (Platform::Twilio, "answered")
    );
    assert_eq!(dial.user_id.as_deref(), Some("call_1"));
    assert_eq!(ledger.by_platform[&Platform::Twilio].peak_live, 1);
    assert_eq!(ledger.live_now, 0);
}

#[tokio::test]
async fn the_number_decides_what_comes_of_it() {
    let desk = Desk::open().await;
    desk.document("/voice", "<Say>Hello</Say>");
    for (to, status) in [
        ("+14155550101", "busy"),
        ("+14155550102", "no-answer"),
        ("+14155550104", "failed"),
        ("+14155550106", "failed"),
    ] {
        let call = called(&desk, to, &[("Timeout", "20")]).await;
        assert_eq!(
            (&call["status"], &call["duration"]),
            (&json!(status), &json!("0")),
            "{to}"
        );
    }
    assert!(desk.heard("/voice").is_empty(), "nobody answered");
}

#[tokio::test]
async fn a_machine_is_told_before_the_document_or_beside_it() {
    let desk = Desk::open().await;
    desk.document("/voice", "<Pause length=\"10\"/><Hangup/>");
    let call = called(&desk, "+14155550103", &[("MachineDetection", "DetectMessageEnd")]).await;
    assert_eq!(call["answered_by"], "machine_end_beep");
    assert_eq!(
        desk.hears("/voice", 1).await.field("AnsweredBy"),
        "machine_end_beep"
    );
    let amd = format!("{}/amd", desk.board_url());
    let more = [
        ("MachineDetection", "Enable"),
        ("AsyncAmd", "true"),
        ("AsyncAmdStatusCallback", amd.as_str()),
    ];
    let call = called(&desk, "+14155550151", &more).await;
    assert_eq!(call["answered_by"], "human");
    assert_eq!(desk.hears("/voice", 2).await.field("AnsweredBy"), "");
    assert_eq!(desk.hears("/amd", 1).await.field("AnsweredBy"), "human");
    assert_eq!(
        desk.simulator.ledger().by_number["+14155550103"][0].outcome,
        "voicemail"
    );
}

#[tokio::test]
async fn what_cannot_be_called_is_refused_by_its_code() {
    let desk = Desk::open().await;
    let path = format!("/2010-04-01/Accounts/{TWILIO_ACCOUNT_SID}/Calls.json");
    let answer = desk
        .http
        .post(desk.address(&path))
        .basic_auth(TWILIO_ACCOUNT_SID, Some("another"))
        .form(&[("To", "+14155550150")])
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], 20_003);
    for (to, from, url, code) in [
        ("+15005550001", OURS, "http://a.test/", 21_211),
        ("nobody", OURS, "http://a.test/", 21_211),
        ("+14155550150", "x", "http://a.test/", 21_212),
        ("+14155550150", OURS, "nowhere", 21_205),
        ("+14155550150", OURS, "", 21_205),
    ] {
        let form = [("To", to), ("From", from), ("Url", url)];
        let (status, refusal) = desk.twilio("POST", "/Calls.json", &form).await;
        assert_eq!(
            (status, &refusal["code"]),
            (400, &json!(code)),
            "{to} {from} {url}"
        );
    }
    let fault = json!({ "platform": "twilio", "kind": "too_many_calls", "count": 1 });
    desk.send("POST", "/sim/faults", Some(fault)).await;
    let form = [("To", "+14155550150"), ("From", OURS), ("Twiml", "<Response/>")];
    let (status, refusal) = desk.twilio("POST", "/Calls.json", &form).await;
    assert_eq!((status, &refusal["code"]), (429, &json!(20_429)));
    assert_eq!(desk.twilio("POST", "/Calls.json", &form).await.0, 201);
    assert_eq!(desk.twilio("GET", "/Calls/CA0.json", &[]).await.1["code"], 20_404);
    let ledger = desk.simulator.ledger();
    assert_eq!(ledger.by_platform[&Platform::Twilio].placed_total, 1);
}

#[tokio::test]
async fn calls_beyond_one_a_second_are_queued() {
    let desk = Desk::with(|config| config.clock_factor = 1.0).await;
    let form = [("To", "+14155550150"), ("From", OURS), ("Twiml", "<Response/>")];
    let mut waits = Vec::new();
    for _ in 0..3 {
        let call = desk.twilio("POST", "/Calls.json", &form).await.1;
        waits.push(call["queue_time"].as_str().unwrap().parse::<u32>().unwrap());
    }
    assert_eq!(waits[0], 0);
    assert!(waits[1] > 0 && waits[2] > waits[1], "{waits:?}");
}

#[tokio::test]
async fn a_list_is_read_page_by_page_and_by_its_filters() {
    let desk = Desk::open().await;
    for index in 0..5 {
        let to = format!("+1415555016{index}");
        let form = [("To", to.as_str()), ("From", OURS), ("Twiml", "<Response/>")];
        let sid = desk.twilio("POST", "/Calls.json", &form).await.1["sid"].clone();
        desk.over(sid.as_str().unwrap()).await;
    }
    let account = format!("/2010-04-01/Accounts/{TWILIO_ACCOUNT_SID}");
    let mut path = "/Calls.json?PageSize=2&StartTime%3E=2020-01-01".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = desk.twilio("GET", &path, &[]).await.1;
        for call in page["calls"].as_array().unwrap() {
            seen.push(call["to"].as_str().unwrap().to_owned());
        }
        match page["next_page_uri"].as_str() {
            Some(next) => path = next.strip_prefix(&account).unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
    assert_eq!(seen[0], "+14155550164", "the newest comes first");
    let count = async |query: &str| {
        let page = desk.twilio("GET", &format!("/Calls.json?{query}"), &[]).await.1;
        page["calls"].as_array().unwrap().len()
    };
    assert_eq!(count("To=%2B14155550162").await, 1);
    assert_eq!(count("Status=busy").await, 0);
    assert_eq!(count("StartTime%3E=2999-01-01").await, 0);
}

#[tokio::test]
async fn a_live_call_can_be_led_elsewhere_and_ended() {
    let desk = Desk::open().await;
    desk.document("/voice", "<Say>Hello</Say><Pause length=\"1000\"/>");
    let url = format!("{}/voice", desk.board_url());
    let form = [("To", "+14155550150"), ("From", OURS), ("Url", url.as_str())];
    let sid = desk.twilio("POST", "/Calls.json", &form).await.1["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.hears("/voice", 1).await;
    let path = format!("/Calls/{sid}.json");
    let canceled = desk.twilio("POST", &path, &[("Status", "canceled")]).await;
    assert_eq!(canceled.1["code"], 21_220, "it talks already");
    let other = "<Response><Say>One moment</Say><Pause length=\"1000\"/></Response>";
    assert_eq!(desk.twilio("POST", &path, &[("Twiml", other)]).await.0, 200);
    while !desk.shown(&sid).await["happened"]
        .to_string()
        .contains("Say: One moment")
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(
        desk.twilio("POST", &path, &[("Status", "completed")]).await.0,
        200
    );
    let call = desk.over(&sid).await;
    assert_eq!(
        (&call["status"], &call["ended_by"]),
        (&json!("completed"), &json!("api"))
    );
    let happened = call["happened"].to_string();
    assert!(
        happened.contains("redirected by API") && happened.contains("Say: One moment"),
        "{happened}"
    );
    let again = desk.twilio("POST", &path, &[("Status", "completed")]).await;
    assert_eq!((again.0, &again.1["code"]), (400, &json!(21_220)));
}
