//! What the carrier does with documents.

use serde_json::json;

use crate::desk::{CALLER, Desk, OURS};

const VOICE: &str = "/webhooks/twilio/voice";

#[tokio::test]
async fn a_caller_is_asked_about_hears_the_document_and_the_end_is_told() {
    let desk = Desk::open().await;
    desk.document(
        VOICE,
        "<Say language=\"en\">We are closed &amp; asleep.</Say><Hangup/>",
    );
    let sid = desk.rings(json!("booking")).await;
    let call = desk.over(&sid).await;
    assert_eq!(call["status"], "completed", "{call}");
    assert_eq!(call["faults"], json!([]));

    let asked = desk.hears(VOICE, 1).await;
    assert!(asked.is_signed());
    assert_eq!(asked.field("CallSid"), sid);
    assert_eq!(asked.field("From"), CALLER);
    assert_eq!(asked.field("To"), OURS);
    assert_eq!(asked.field("CallStatus"), "ringing");
    assert_eq!(asked.field("Direction"), "inbound");
    let form = asked.form();
    assert!(
        form.contains(&("FromCity".to_owned(), String::new())),
        "blanks are sent"
    );

    let told = desk.hears("/webhooks/twilio/status", 1).await;
    assert!(told.is_signed());
    assert_eq!(told.field("CallStatus"), "completed");
    assert_eq!(told.field("CallbackSource"), "call-progress-events");
    assert!(told.field("CallDuration").parse::<u32>().unwrap() >= 1);
}

#[tokio::test]
async fn what_is_sent_has_the_names_of_the_samples() {
    let desk = Desk::open().await;
    desk.document(VOICE, "<Hangup/>");
    let caller = json!({ "from": CALLER, "to": OURS, "caller_name": "ANA RUIZ" });
    desk.send("POST", "/_sim/calls/inbound", Some(caller)).await;
    let samples = [
        (VOICE, include_str!("../../../../events/twilio/voice.form")),
        (
            "/webhooks/twilio/status",
            include_str!("../../../../events/twilio/status.form"),
        ),
    ];
    for (path, sample) in samples {
        let sent: Vec<String> = desk
            .hears(path, 1)
            .await
            .form()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let names = sample.split('&').map(|pair| pair.split('=').next().unwrap());
        for name in names.filter(|name| !(path != VOICE && *name == "CallerName")) {
            assert!(sent.iter().any(|sent| sent == name), "{path} has no {name}");
        }
    }
}

#[tokio::test]
async fn somebody_who_is_busy_leads_to_a_message_and_its_recording() {
    let desk = Desk::open().await;
    let person = json!({ "person": "busy" });
    let path = "/_sim/twilio/numbers/+14155550142";
    assert_eq!(desk.send("PUT", path, Some(person)).await.0, 204);
    desk.document(
        VOICE,
        "<Dial timeout=\"10\" answerOnBridge=\"true\" action=\"/webhooks/twilio/dial?call=c1\">\
         <Number statusCallback=\"/leg\" statusCallbackEvent=\"initiated ringing answered completed\">\
         +14155550142</Number></Dial>",
    );
    desk.document(
        "/webhooks/twilio/dial",
        "<Say>Please leave a message.</Say><Record maxLength=\"120\" playBeep=\"true\" \
         action=\"/webhooks/twilio/recorded\" recordingStatusCallback=\"/webhooks/twilio/recording\"/>",
    );
    desk.document("/webhooks/twilio/recorded", "<Hangup/>");
    let sid = desk.rings(json!({ "message_secs": 12 })).await;
    let call = desk.over(&sid).await;
    assert_eq!(call["faults"], json!([]), "{call}");

    let action = desk.hears("/webhooks/twilio/dial", 1).await;
    assert!(action.is_signed() && action.url.ends_with("?call=c1"));
    assert_eq!(action.field("DialCallStatus"), "busy");
    assert_eq!(action.field("DialBridged"), "false");
    assert_eq!(
        action.field("CallStatus"),
        "ringing",
        "nobody answered the caller yet"
    );
    let legs = ["initiated", "ringing", "busy"];
    for (index, status) in legs.iter().enumerate() {
        let leg = desk.hears("/leg", index + 1).await;
        assert_eq!(&leg.field("CallStatus"), status);
        assert_eq!(leg.field("ParentCallSid"), sid);
    }
    let after = desk.hears("/webhooks/twilio/recorded", 1).await;
    assert_eq!(
        (after.field("Digits"), after.field("CallStatus")),
        ("hangup".to_owned(), "completed".to_owned())
    );

    let told = desk.hears("/webhooks/twilio/recording", 1).await;
    assert!(told.is_signed());
    assert_eq!(told.field("RecordingStatus"), "completed");
    assert_eq!(told.field("RecordingSource"), "RecordVerb");
    let secs: u32 = told.field("RecordingDuration").parse().unwrap();
    assert!(secs >= 12, "{secs}");
    let recording = told.field("RecordingSid");
    let sound = format!("/Recordings/{recording}.mp3");
    assert_eq!(
        desk.twilio("GET", &sound, &[]).await.0,
        404,
        "not at the first try"
    );
    assert_eq!(desk.twilio("GET", &sound, &[]).await.0, 200);
    let data = desk
        .twilio("GET", &format!("/Recordings/{recording}.json"), &[])
        .await
        .1;
    assert_eq!(
        (&data["call_sid"], &data["status"]),
        (&json!(sid), &json!("completed"))
    );
    let all = desk
        .twilio("GET", &format!("/Calls/{sid}/Recordings.json"), &[])
        .await
        .1;
    assert_eq!(all["recordings"].as_array().unwrap().len(), 1);
    let gone = format!("/Recordings/{recording}.json");
    assert_eq!(desk.twilio("DELETE", &gone, &[]).await.0, 204);
    assert_eq!(desk.twilio("GET", &gone, &[]).await.0, 404);
}

#[tokio::test]
async fn a_call_that_is_put_through_ends_when_the_person_hangs_up() {
    let desk = Desk::open().await;
    let person = json!({ "person": "answers", "talk_secs": 30 });
    desk.send("PUT", "/_sim/twilio/numbers/+14155550143", Some(person))
        .await;
    desk.document(
        VOICE,
        "<Dial timeout=\"30\" answerOnBridge=\"true\" action=\"/webhooks/twilio/dial\">\
         <Number>+14155550143</Number></Dial>",
    );
    desk.document("/webhooks/twilio/dial", "<Hangup/>");
    let sid = desk.rings(json!("person")).await;
    let call = desk.over(&sid).await;
    let action = desk.hears("/webhooks/twilio/dial", 1).await;
    assert_eq!(action.field("DialCallStatus"), "completed");
    let secs: u32 = action.field("DialCallDuration").parse().unwrap();
    assert!(secs >= 30, "{secs}");
    assert_eq!(call["legs"][0]["direction"], "outbound-dial");
    assert!(call["duration_secs"].as_u64().unwrap() >= 30);
}

#[tokio::test]
async fn a_document_that_is_wrong_is_noted_and_the_fallback_is_asked() {
    let desk = Desk::open().await;
    desk.raw(VOICE, 200, "text/xml", "<Response><Say>Hi</Response>", 0);
    let sid = desk.rings(json!("booking")).await;
    let call = desk.over(&sid).await;
    assert_eq!(
        (&call["ended_by"], &call["faults"][0]["code"]),
        (&json!("fault"), &json!(12_100))
    );

    let url = desk.hears(VOICE, 1).await.url.replace(VOICE, "/fallback");
    let number = json!({ "fallback_url": url });
    desk.send("PUT", &format!("/_sim/twilio/numbers/{OURS}"), Some(number))
        .await;
    desk.document("/fallback", "<Reject reason=\"busy\"/>");
    let sid = desk.rings(json!("booking")).await;
    let call = desk.over(&sid).await;
    assert_eq!(call["status"], "busy");
    let asked = desk.hears("/fallback", 1).await;
    assert_eq!(asked.field("ErrorCode"), "12100");
    let faults = desk.send("GET", "/_sim/twilio/faults", None).await.1;
    assert_eq!(faults["faults"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_answer_that_takes_too_long_or_has_another_type_is_none() {
    let desk = Desk::open().await;
    let options = json!({ "answer_secs": 0.2 });
    assert_eq!(
        desk.send("PUT", "/_sim/twilio/options", Some(options)).await.0,
        204
    );
    desk.raw(VOICE, 200, "text/xml", "<Response/>", 1_000);
    let sid = desk.rings(json!("booking")).await;
    assert_eq!(desk.over(&sid).await["faults"][0]["code"], 11_200);
    desk.raw(VOICE, 200, "application/json", "{}", 0);
    // The last answer stays; the slow one is asked for once more.
    let sid = desk.rings(json!("booking")).await;
    assert_eq!(desk.over(&sid).await["faults"][0]["code"], 11_200);
    let sid = desk.rings(json!("booking")).await;
    assert_eq!(desk.over(&sid).await["faults"][0]["code"], 12_300);
}

#[tokio::test]
async fn signatures_can_be_wrong_or_with_a_port_and_callbacks_come_twice() {
    let desk = Desk::open().await;
    desk.document(VOICE, "<Hangup/>");
    let with = |signature: &str| json!({ "twilio": { "signature": signature, "duplicate_callbacks": true } });
    for (index, (how, is_good)) in [("omit", false), ("corrupt", false), ("good", true)]
        .iter()
        .enumerate()
    {
        let sid = desk.rings(with(how)).await;
        desk.over(&sid).await;
        let asked = desk.hears(VOICE, index + 1).await;
        assert_eq!(asked.is_signed(), *is_good, "{how}");
        assert_eq!(asked.header("x-twilio-signature").is_empty(), *how == "omit");
    }
    let last = desk.hears("/webhooks/twilio/status", 6).await;
    assert!(last.is_signed());
    let lost = json!({ "twilio": { "lose_callbacks": 1.0 } });
    let sid = desk.rings(lost).await;
    desk.over(&sid).await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(desk.heard("/webhooks/twilio/status").len(), 6);
}

#[tokio::test]
async fn what_nobody_knows_is_refused_and_many_can_call_at_once() {
    let desk = Desk::open().await;
    desk.document(VOICE, "<Pause length=\"2000\"/><Hangup/>");
    let body = |scenario: &str, count: u32| json!({ "from": "anonymous", "to": OURS, "scenario": scenario, "count": count });
    let path = "/_sim/calls/inbound";
    assert_eq!(desk.send("POST", path, Some(body("nonsense", 1))).await.0, 422);
    assert_eq!(desk.send("POST", path, Some(body("booking", 0))).await.0, 422);
    let (status, answer) = desk.send("POST", path, Some(body("booking", 5))).await;
    assert_eq!((status, answer["call_sids"].as_array().unwrap().len()), (201, 5));
    let live = desk.send("GET", "/_sim/calls?live=1", None).await.1;
    assert_eq!(live["calls"].as_array().unwrap().len(), 5);
    let sid = answer["call_sid"].as_str().unwrap();
    assert_eq!(
        desk.send("POST", &format!("/_sim/calls/{sid}/hang_up"), None)
            .await
            .0,
        204
    );
    assert_eq!(
        desk.over(sid).await["status"],
        "no-answer",
        "nobody answered the caller yet"
    );
    let nowhere = Desk::with(|config| config.public_url = None).await;
    assert_eq!(nowhere.send("POST", path, Some(body("booking", 1))).await.0, 409);
}

#[tokio::test]
async fn a_call_survives_a_restart_as_one_that_broke_down() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.jsonl");
    let desk = Desk::with(|config| config.state_file = Some(file.clone())).await;
    desk.document(VOICE, "<Say>Hello</Say><Pause length=\"600\"/>");
    let sid = desk.rings(json!("booking")).await;
    desk.hears(VOICE, 1).await;
    desk.simulator.shutdown().await;
    let desk = Desk::with(|config| config.state_file = Some(file)).await;
    let (status, call) = desk.twilio("GET", &format!("/Calls/{sid}.json"), &[]).await;
    assert_eq!((status, &call["status"]), (200, &json!("failed")));
}
