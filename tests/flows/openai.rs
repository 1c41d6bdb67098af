//! A campaign in which an agent of OpenAI speaks: Twilio calls the people, and connects those who answer.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_tests::{App, Reception, assert_dials_within, differences, placed_by_number};

const LIMIT: u32 = 4;
const CLOCK: f64 = 20.0;

/// What the last two digits of a number lead to.
const ENDINGS: [(&str, &str); 9] = [
    ("01", "busy"),
    ("02", "no_answer"),
    ("03", "voicemail"),
    ("06", "failed"),
    ("11", "completed"),
    ("12", "completed"),
    // Twilio's answer to the dial is lost, in two ways.
    ("13", "completed"),
    ("14", "completed"),
    // Too many requests: tried again.
    ("15", "completed"),
];

async fn misbehave(reception: &Reception) {
    let rule = |suffix: &str, kind: &str, secs: u32| {
        json!({ "platform": "twilio", "suffix": suffix, "kind": kind,
        "count": 1, "secs": secs })
    };
    let rules = json!([
        rule("13", "error_after", 0),
        rule("14", "hang_after", 20),
        rule("15", "too_many_calls", 0),
    ]);
    reception
        .simulated("POST", "/sim/faults", Some(&rules))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_of_an_openai_agent_reaches_everybody_once_and_tells_how_each_call_ended() {
    let app = App::start(CLOCK).await.unwrap();
    let reception = Reception::open(&app).await.unwrap();
    misbehave(&reception).await;
    let line = json!({ "provider": "openai", "phone_number": "+15005550199", "label": "Twilio", "carrier": "twilio" });
    let line = app.api.post("/api/phone-lines", &line).await.unwrap();
    let mut plan = app.plain_campaign("OpenAI", LIMIT).await.unwrap();
    plan["agent_id"] = json!(reception.agent_id);
    plan["phone_line_id"] = line["phone_line_id"].clone();
    plan["retry"] = json!({ "max_attempts": 1, "delay_secs": 60, "retry_on": ["no_answer"] });
    plan["recipients"] = ENDINGS
        .iter()
        .map(|(digits, _)| json!({ "phone_number": format!("+120255501{digits}"), "variables": {} }))
        .collect();
    let campaign = app.api.post("/api/campaigns", &plan).await.unwrap();
    let id = campaign["campaign_id"].as_str().unwrap();
    let progress = app.finish(id, Duration::from_secs(240)).await.unwrap();

    for status in ["busy", "no_answer", "voicemail", "failed", "completed"] {
        let expected = ENDINGS.iter().filter(|(_, ending)| *ending == status).count();
        assert_eq!(
            progress["counts"][status],
            json!(expected),
            "{status}: {progress}"
        );
    }
    assert_dials_within(&app.ledger(), |_| 1, LIMIT);
    let placed = placed_by_number(&app.ledger());
    for (digits, _) in ENDINGS {
        assert_eq!(
            placed[&format!("+120255501{digits}")],
            1,
            "{digits} was called once"
        );
    }

    let calls = app
        .api
        .all(&format!("/api/calls?campaign_id={id}"))
        .await
        .unwrap();
    for (digits, ending) in ENDINGS {
        let is_theirs = |call: &&Value| call["phone_number"].as_str().unwrap().ends_with(digits);
        let ended = calls
            .iter()
            .filter(is_theirs)
            .find(|call| call["status"] == ending);
        let call = ended.unwrap_or_else(|| panic!("{digits} should be {ending}: {calls:?}"));
        if ending == "completed" {
            it_has_what_was_said(&app, &reception, call).await;
        }
    }
    let queue = app.api.get("/api/queue").await.unwrap();
    assert_eq!(
        (&queue["slots_in_use"], &queue["dead_letters"]),
        (&json!(0), &json!(0)),
        "{queue}"
    );
    app.stop().await;
}

/// The transcript is the one that the simulator's script had, and the summary is there.
async fn it_has_what_was_said(app: &App, reception: &Reception, call: &Value) {
    let path = format!("/api/calls/{}", call["call_id"].as_str().unwrap());
    let mut whole = Value::Null;
    for _ in 0..150 {
        whole = app.api.get(&path).await.unwrap();
        if whole["results"]["summary"].is_string() && whole["recording"]["state"] != "pending" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(whole["results"]["summary"].is_string(), "{whole}");
    assert_eq!(whole["direction"], "outbound");
    let sid = whole["carrier_call_id"].as_str().unwrap();
    let simulated = reception.of_simulator(sid).await.unwrap();
    let said = simulated["openai"][0]["said"].as_array().unwrap();
    let transcript = app.api.get(&format!("{path}/transcript")).await.unwrap();
    let differences = differences(said, transcript["turns"].as_array().unwrap());
    assert!(
        differences.are_none() && differences.said >= 4,
        "{differences:?}: {whole}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_of_openai_are_our_own_records() {
    let app = App::start(60.0).await.unwrap();
    let reception = Reception::open(&app).await.unwrap();
    let path = format!("/api/agents/{}", reception.agent_id);
    let options = json!({ "options": { "speed": 1.1, "turn_detection": "semantic_vad" }, "voice_id": "cedar",
        "prompt": "You call for {{company}}. Ask for {{name}}." });
    let (status, changed) = app.api.send("PATCH", &path, Some(&options)).await.unwrap();
    assert_eq!(status, 200, "{changed}");
    assert_eq!(
        changed["required_variables"],
        json!(["name"]),
        "the company is ours to fill in"
    );
    assert_eq!(
        (&changed["voice_id"], &changed["options"]["speed"]),
        (&json!("cedar"), &json!(1.1))
    );
    let synced = app.api.post("/api/agents/sync", &json!({})).await.unwrap();
    assert_eq!(
        (&synced["missing"], &synced["failed"]),
        (&json!(0), &json!([])),
        "{synced}"
    );
    let fresh = app.api.get(&format!("{path}?fresh=true")).await.unwrap();
    assert_eq!(
        (&fresh["status"], &fresh["version"]),
        (&json!("active"), &changed["version"]),
        "{fresh}"
    );
    for (changes, field) in [
        (json!({ "voice_id": "nobody" }), "voice_id"),
        (json!({ "options": { "speed": 9 } }), "options.speed"),
    ] {
        let (status, problem) = app.api.send("PATCH", &path, Some(&changes)).await.unwrap();
        assert_eq!(status, 400, "{problem}");
        assert!(problem.to_string().contains(field), "{problem}");
    }
    let trunk = json!({ "provider": "openai", "phone_number": "+15005550199", "carrier": "sip_trunk",
        "sip_domain": "sip.example.com" });
    let (status, problem) = app
        .api
        .send("POST", "/api/phone-lines", Some(&trunk))
        .await
        .unwrap();
    assert_eq!(status, 400, "{problem}");
    let (status, _) = app.api.send("DELETE", &path, None).await.unwrap();
    assert_eq!(status, 409, "a routing rule sends callers to it");
    app.stop().await;
}
