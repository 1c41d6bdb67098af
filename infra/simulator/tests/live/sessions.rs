//! Calls at OpenAI, from the webhook to the last word.

use serde_json::{Value, json};
use switchboard_simulator::{OPENAI_WEBHOOK_SECRET, openai_signature};

use crate::desk::{CALLER, Desk, hold, next, say, transcript};

fn kinds(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect()
}

fn place(events: &[Value], kind: &str, item_id: &Value) -> usize {
    let fits = |event: &Value| event["type"] == kind && event["item_id"] == *item_id;
    events.iter().position(fits).unwrap()
}

#[tokio::test]
async fn a_call_is_announced_accepted_held_and_told_word_by_word() {
    let desk = Desk::open().await;
    desk.leads_to_openai();
    let sid = desk.rings(json!("booking")).await;
    let call_id = desk.announced().await;

    let webhook = desk.hears("/webhooks/openai", 1).await;
    let event = webhook.json();
    assert_eq!(event["type"], "realtime.call.incoming");
    let at: i64 = webhook.header("webhook-timestamp").parse().unwrap();
    let wanted = openai_signature(
        OPENAI_WEBHOOK_SECRET,
        webhook.header("webhook-id"),
        at,
        &webhook.body,
    );
    assert_eq!(webhook.header("webhook-signature"), wanted);
    let headers = event["data"]["sip_headers"].as_array().unwrap();
    let header = |name: &str| {
        let found = headers.iter().find(|header| header["name"] == name).unwrap();
        found["value"].as_str().unwrap().to_owned()
    };
    assert_eq!(header("X-Call-Ref"), "ref_1");
    assert!(header("From").contains(CALLER));

    assert_eq!(
        desk.try_attach(&call_id).await.unwrap_err(),
        404,
        "nobody accepted it"
    );
    assert_eq!(desk.shown(&sid).await["status"], "ringing");
    assert_eq!(desk.accept(&call_id).await.0, 200);
    assert_eq!(desk.accept(&call_id).await.0, 400, "only once");
    let mut socket = desk.attach(&call_id).await;
    let events = hold(&mut socket, true).await;
    assert_eq!(events[0]["type"], "session.created");
    assert_eq!(events[0]["session"]["model"], "gpt-realtime-2.1");

    let call = desk.over(&sid).await;
    assert_eq!(
        (&call["status"], &call["ended_by"]),
        (&json!("completed"), &json!("person")),
        "{call}"
    );
    assert_eq!(
        (&call["faults"], &call["openai"][0]["faults"]),
        (&json!([]), &json!([]))
    );
    let said = call["openai"][0]["said"].as_array().unwrap();
    let heard = transcript(&events);
    assert_eq!(said.len(), heard.len());
    let number = call["number"].to_string();
    assert!(said[0]["text"].as_str().unwrap().contains(&number));
    for (said, (item_id, role, text)) in said.iter().zip(&heard) {
        assert_eq!(said["item_id"], item_id.as_str());
        assert_eq!(said["speaker"], if role == "user" { "caller" } else { "agent" });
        assert_eq!(said["text"].as_str(), text.as_deref());
        assert_eq!(said["told"], true);
    }

    // The caller's words come after the agent has answered them.
    let (first_words, first_answer) = (&said[1]["item_id"], &said[2]["item_id"]);
    let written = place(
        &events,
        "conversation.item.input_audio_transcription.completed",
        first_words,
    );
    assert!(written > place(&events, "response.output_audio_transcript.done", first_answer));
    // Each item names the one before it.
    let added = events
        .iter()
        .filter(|event| event["type"] == "conversation.item.added");
    let added: Vec<&Value> = added.collect();
    assert_eq!(added[0]["previous_item_id"], Value::Null);
    for pair in added.windows(2) {
        assert_eq!(pair[1]["previous_item_id"], pair[0]["item"]["id"]);
    }
    // Somebody was interrupted, and something came that nobody knows.
    let kinds = kinds(&events);
    for kind in [
        "output_audio_buffer.cleared",
        "conversation.item.truncated",
        "conversation.mood.updated",
        "response.done",
    ] {
        assert!(kinds.contains(&kind), "{kind}");
    }
    let with_id = |event: &&Value| event["event_id"].is_string();
    assert_eq!(events.iter().filter(with_id).count(), events.len());

    let action = desk.hears("/webhooks/twilio/dial", 1).await;
    assert_eq!(action.field("DialCallStatus"), "completed");
    let told = desk.hears("/webhooks/twilio/recording", 1).await;
    assert_eq!(
        (told.field("RecordingSource"), told.field("RecordingChannels")),
        ("DialVerb".to_owned(), "2".to_owned())
    );
    assert_eq!(
        desk.send("POST", &format!("/v1/realtime/calls/{call_id}/hangup"), None)
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn tools_are_used_with_what_they_need_and_waited_for() {
    let desk = Desk::open().await;
    desk.leads_to_openai();
    let sid = desk
        .rings(json!({ "script": "emergency", "waits_secs": 1 }))
        .await;
    let call_id = desk.announced().await;
    desk.accept(&call_id).await;
    let mut socket = desk.attach(&call_id).await;
    let events = hold(&mut socket, true).await;
    let call = desk.over(&sid).await;
    let session = &call["openai"][0];
    assert_eq!(session["faults"], json!([]));
    let tools = session["tools"].as_array().unwrap();
    assert_eq!(tools.len(), 2);
    assert_eq!(tools[0]["name"], "mark_urgent");
    assert_eq!(tools[0]["outputs"], json!(["{\"ok\":true}"]));
    let arguments: Value = serde_json::from_str(tools[0]["arguments"].as_str().unwrap()).unwrap();
    assert!(arguments["reason"].as_str().unwrap().contains("Broken tooth"));
    assert_eq!(
        transcript(&events).len(),
        session["said"].as_array().unwrap().len()
    );
}

#[tokio::test]
async fn keys_have_no_event_id_and_reach_whoever_is_attached() {
    let desk = Desk::open().await;
    desk.leads_to_openai();
    desk.rings(json!("billing")).await;
    let call_id = desk.announced().await;
    desk.accept(&call_id).await;
    let mut socket = desk.attach(&call_id).await;
    let events = hold(&mut socket, true).await;
    let keys: Vec<&Value> = events
        .iter()
        .filter(|event| event["type"] == "input_audio_buffer.dtmf_event_received")
        .collect();
    assert_eq!(keys.len(), 5);
    assert_eq!((&keys[4]["event"], keys[4].get("event_id")), (&json!("#"), None));
}

#[tokio::test]
async fn a_call_can_be_hung_up_rejected_or_referred() {
    let desk = Desk::open().await;
    desk.leads_to_openai();
    let sid = desk.rings(json!("booking")).await;
    let call_id = desk.announced().await;
    let path = format!("/v1/realtime/calls/{call_id}");
    desk.accept(&call_id).await;
    let mut socket = desk.attach(&call_id).await;
    desk.until(&sid, "in-progress").await;
    let target = json!({ "target_uri": "tel:+14155550142" });
    assert_eq!(
        desk.send("POST", &format!("{path}/refer"), Some(target)).await.0,
        200
    );
    assert_eq!(desk.send("POST", &format!("{path}/hangup"), None).await.0, 200);
    hold(&mut socket, false).await;
    let call = desk.over(&sid).await;
    assert_eq!(call["ended_by"], "document", "the action's document ended it");
    assert_eq!(call["openai"][0]["ended_by"], "agent");
    assert_eq!(call["openai"][0]["refers"], json!(["tel:+14155550142"]));

    let sid = desk.rings(json!("booking")).await;
    let webhook = desk.hears("/webhooks/openai", 2).await;
    let call_id = webhook.json()["data"]["call_id"].as_str().unwrap().to_owned();
    let code = json!({ "status_code": 486 });
    let path = format!("/v1/realtime/calls/{call_id}/reject");
    assert_eq!(desk.send("POST", &path, Some(code)).await.0, 200);
    desk.over(&sid).await;
    let action = desk.hears("/webhooks/twilio/dial", 2).await;
    assert_eq!(action.field("DialCallStatus"), "busy");
    assert_eq!(action.field("DialSipResponseCode"), "486");
    assert_eq!(desk.accept(&call_id).await.0, 404);
}

#[tokio::test]
async fn another_project_or_a_wrong_configuration_is_not_taken() {
    let desk = Desk::open().await;
    desk.document(
        "/webhooks/twilio/voice",
        "<Dial answerOnBridge=\"true\" action=\"/webhooks/twilio/dial\">\
         <Sip>sip:proj_other@sip.api.openai.com;transport=tls</Sip></Dial>",
    );
    desk.document("/webhooks/twilio/dial", "<Hangup/>");
    let sid = desk.rings(json!("booking")).await;
    desk.over(&sid).await;
    let action = desk.hears("/webhooks/twilio/dial", 1).await;
    assert_eq!(
        (
            action.field("DialCallStatus"),
            action.field("DialSipResponseCode")
        ),
        ("failed".to_owned(), "404".to_owned())
    );

    let desk = Desk::open().await;
    desk.leads_to_openai();
    desk.rings(json!("booking")).await;
    let call_id = desk.announced().await;
    let path = format!("/v1/realtime/calls/{call_id}/accept");
    let (status, refusal) = desk.send("POST", &path, Some(json!({ "model": "a" }))).await;
    assert_eq!(
        (status, &refusal["error"]["type"]),
        (400, &json!("invalid_request_error"))
    );
    let url = desk.address(&path);
    assert_eq!(
        desk.http
            .post(url)
            .bearer_auth("another")
            .send()
            .await
            .unwrap()
            .status(),
        401
    );
}

#[tokio::test]
async fn a_socket_is_answered_and_told_what_is_wrong() {
    let desk = Desk::open().await;
    desk.leads_to_openai();
    let sid = desk.rings(json!({ "turns": 40, "seconds": 400 })).await;
    let call_id = desk.announced().await;
    desk.accept(&call_id).await;
    let mut socket = desk.attach(&call_id).await;
    let mut other = desk.attach(&call_id).await;
    say(&mut socket, json!({ "type": "response.create" })).await;
    say(
        &mut socket,
        json!({ "type": "response.create", "event_id": "mine" }),
    )
    .await;
    let update = json!({ "type": "realtime", "instructions": "Say goodbye soon." });
    say(
        &mut socket,
        json!({ "type": "session.update", "session": update }),
    )
    .await;
    say(&mut socket, json!({ "type": "nonsense" })).await;
    let mut first_item = None;
    let (mut is_refused, mut is_updated, mut is_retrieved) = (false, false, false);
    while !(is_refused && is_updated && is_retrieved) {
        let event = next(&mut socket).await.unwrap();
        match event["type"].as_str().unwrap() {
            "error" if event["error"]["event_id"] == "mine" => {
                let code = &event["error"]["code"];
                assert_eq!(code, "conversation_already_has_active_response");
                is_refused = true;
            }
            "session.updated" => {
                assert_eq!(event["session"]["instructions"], "Say goodbye soon.");
                assert_eq!(event["session"]["model"], "gpt-realtime-2.1");
                is_updated = true;
            }
            "response.output_audio_transcript.done" if first_item.is_none() => {
                first_item = Some(event["item_id"].clone());
                let ask = json!({ "type": "conversation.item.retrieve", "item_id": event["item_id"] });
                say(&mut socket, ask).await;
            }
            "conversation.item.retrieved" => {
                assert_eq!(Some(&event["item"]["id"]), first_item.as_ref());
                is_retrieved = true;
            }
            _ => {}
        }
    }
    // Whoever is attached beside it hears the same from then on.
    let (mine, theirs) = tokio::join!(hold(&mut socket, false), hold(&mut other, false));
    let done = |events: &[Value]| {
        kinds(events)
            .iter()
            .filter(|kind| **kind == "response.done")
            .count()
    };
    assert!(done(&theirs) >= done(&mine) && done(&mine) > 10);
    let call = desk.over(&sid).await;
    let said = call["openai"][0]["said"].as_array().unwrap();
    assert_eq!(said.len(), 40);
    assert!(said.iter().all(|said| said["told"] == true));
}

#[tokio::test]
async fn whoever_is_not_greeted_speaks_first() {
    let desk = Desk::with(|config| config.patience_secs = 2.0).await;
    desk.leads_to_openai();
    let sid = desk.rings(json!("wrong_number")).await;
    let call_id = desk.announced().await;
    desk.accept(&call_id).await;
    let mut socket = desk.attach(&call_id).await;
    let events = hold(&mut socket, false).await;
    let heard = transcript(&events);
    assert_eq!(heard[0].2.as_deref(), Some("Hello?"));
    assert_eq!(
        desk.over(&sid).await["openai"][0]["faults"][0],
        "nobody asked for a greeting"
    );
}

#[tokio::test]
async fn a_call_that_is_led_elsewhere_leaves_openai_at_once() {
    let desk = Desk::open().await;
    desk.leads_to_openai();
    let sid = desk.rings(json!({ "turns": 100, "seconds": 2000 })).await;
    let call_id = desk.announced().await;
    desk.accept(&call_id).await;
    let mut socket = desk.attach(&call_id).await;
    let other = "<Response><Dial timeout=\"20\"><Number>+14155550143</Number></Dial></Response>";
    let path = format!("/Calls/{sid}.json");
    assert_eq!(desk.twilio("POST", &path, &[("Twiml", other)]).await.0, 200);
    hold(&mut socket, false).await;
    let call = desk.over(&sid).await;
    assert_eq!(call["openai"][0]["ended_by"], "carrier");
    let legs = call["legs"].as_array().unwrap();
    assert_eq!(legs.len(), 2);
    assert_eq!(legs[1]["to"], "+14155550143");
    assert!(
        desk.heard("/webhooks/twilio/dial").is_empty(),
        "the first document is forgotten"
    );
}
