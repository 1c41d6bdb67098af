//! Calls that come in for an agent of ElevenLabs or Ultravox.

use serde_json::{Value, json};
use switchboard_simulator::{SAMPLE_AGENT_ID, Scenario, SimulatorConfig, ULTRAVOX_SAMPLE_AGENT_ID};

use crate::desk::{CALLER, Desk, OURS};

async fn desk() -> Desk {
    let desk = Desk::with(|config| {
        config.scenario = Scenario {
            talk_secs: (200, 300),
            ..Scenario::default()
        };
    })
    .await;
    let url = desk.board_url();
    desk.simulator
        .set_webhook_url(Some(format!("{url}/webhooks/elevenlabs")));
    desk.simulator
        .set_ultravox_webhook_url(Some(&format!("{url}/webhooks/ultravox")));
    desk.raw("/webhooks/elevenlabs", 200, "text/plain", "", 0);
    desk
}

async fn registered(desk: &Desk) -> String {
    let body = json!({
        "agent_id": SAMPLE_AGENT_ID, "from_number": CALLER, "to_number": OURS, "direction": "inbound",
        "conversation_initiation_client_data": { "user_id": "call_9", "dynamic_variables": {
            "name": "Ana", "company": "Acme", "renewal_date": "2026-12-24", "attempt_id": "call_9" } },
    });
    let answer = desk
        .http
        .post(desk.address("/v1/convai/twilio/register-call"))
        .header("xi-api-key", SimulatorConfig::default().api_key)
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert!(
        answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    answer.text().await.unwrap()
}

#[tokio::test]
async fn a_registered_call_is_streamed_to_elevenlabs_and_told_afterwards() {
    let desk = desk().await;
    let document = registered(&desk).await;
    desk.raw("/webhooks/twilio/voice", 200, "text/xml", &document, 0);
    let sid = desk.rings(json!("booking")).await;
    let call = desk.over(&sid).await;
    assert_eq!(
        (&call["status"], &call["faults"]),
        (&json!("completed"), &json!([])),
        "{call}"
    );
    assert!(call["duration_secs"].as_u64().unwrap() >= 200);
    let told = desk.hears("/webhooks/elevenlabs", 1).await.json();
    assert_eq!(told["type"], "post_call_transcription");
    let data = &told["data"];
    assert_eq!(data["user_id"], "call_9");
    let phone = &data["metadata"]["phone_call"];
    assert_eq!(
        (&phone["direction"], &phone["call_sid"]),
        (&json!("inbound"), &json!(sid))
    );
    assert_eq!(
        (&phone["external_number"], &phone["agent_number"]),
        (&json!(CALLER), &json!(OURS))
    );
    assert!(desk.simulator.ledger().by_number.is_empty(), "nobody was dialled");
    // A stream is taken once.
    let sid = desk.rings(json!("booking")).await;
    assert_eq!(desk.over(&sid).await["faults"][0]["code"], 31_920);
}

#[tokio::test]
async fn a_caller_who_hangs_up_cuts_the_conversation() {
    let desk = desk().await;
    let document = registered(&desk).await;
    desk.raw("/webhooks/twilio/voice", 200, "text/xml", &document, 0);
    let sid = desk.rings(json!({ "hangs_up_after_secs": 120 })).await;
    desk.over(&sid).await;
    let told = desk.hears("/webhooks/elevenlabs", 1).await.json();
    let secs = told["data"]["metadata"]["call_duration_secs"].as_u64().unwrap();
    assert!((1..200).contains(&secs), "{secs}");
}

#[tokio::test]
async fn a_call_of_ultravox_is_joined_by_the_carriers_stream() {
    let desk = desk().await;
    let answer: Value = desk
        .http
        .post(desk.address(&format!("/api/agents/{ULTRAVOX_SAMPLE_AGENT_ID}/calls")))
        .header("x-api-key", SimulatorConfig::default().ultravox_api_key)
        .json(
            &json!({ "medium": { "twilio": {} }, "metadata": { "attempt_id": "call_9" },
            "templateContext": { "name": "Ana", "company": "Acme", "renewal_date": "2026-12-24" } }),
        )
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let join = answer["joinUrl"].as_str().unwrap_or_else(|| panic!("{answer}"));
    let verbs = format!("<Connect><Stream url=\"{join}\"/></Connect>");
    desk.document("/webhooks/twilio/voice", &verbs);
    let sid = desk.rings(json!("booking")).await;
    let call = desk.over(&sid).await;
    assert_eq!(call["faults"], json!([]), "{call}");
    for index in 1.. {
        let told = desk.hears("/webhooks/ultravox", index).await.json();
        if told["event"] == "call.ended" {
            assert_eq!(told["call"]["callId"], answer["callId"]);
            assert_eq!(told["call"]["metadata"]["attempt_id"], "call_9");
            break;
        }
    }
}
