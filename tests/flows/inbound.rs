//! Somebody calls: from the carrier's first question to the summary on the desk.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use switchboard_local::{Local, LocalConfig};
use switchboard_simulator::SimulatorConfig;
use switchboard_tests::{App, Reception, binaries, root};

const PATIENCE: Duration = Duration::from_secs(90);

async fn boxed(reception: &Reception, name: &str) -> Vec<Value> {
    let page = reception
        .api
        .get(&format!("/api/inbound?box={name}"))
        .await
        .unwrap();
    page["items"].as_array().unwrap().clone()
}

fn is_in(calls: &[Value], sid: &str) -> bool {
    let id = Reception::call_id(sid).to_string();
    calls.iter().any(|call| call["call_id"] == id.as_str())
}

/// The system, with variables of its own for every function.
async fn start(clock: f64, variables: &[(&str, &str)]) -> App {
    let data = tempfile::tempdir().unwrap();
    let simulated = SimulatorConfig {
        clock_factor: clock,
        ..SimulatorConfig::default()
    };
    let mut config = LocalConfig {
        binaries: binaries(),
        simulator: Some((0, simulated)),
        ..LocalConfig::for_tests(root(), data.path().to_owned())
    };
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    config.environment.extend(variables);
    App::around(Local::start(config).await.unwrap(), data).unwrap()
}

async fn recorded(reception: &Reception, sid: &str) -> Value {
    let is = |call: &Value| call["recording"]["state"] == "stored" && call["reception"]["concluded"] == true;
    reception.call_that(sid, PATIENCE, is).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_seen_while_it_lasts_and_waits_on_the_desk_until_somebody_has_dealt_with_it() {
    let app = App::start(3.0).await.unwrap();
    let reception = Reception::open(&app).await.unwrap();
    let sid = reception.ring("+14155550111", &json!("booking")).await.unwrap();
    let seen = |call: &Value| call["status"] == "in_progress";
    let call = reception
        .call_that(&sid, Duration::from_secs(20), seen)
        .await
        .unwrap();
    assert_eq!(
        (&call["direction"], &call["origin"]),
        (&json!("inbound"), &json!("reception"))
    );
    assert!(is_in(&boxed(&reception, "in_progress").await, &sid));

    // The transcript grows while they talk.
    let begun = Instant::now();
    let mut lengths = Vec::new();
    let path = format!("/api/calls/{}/transcript", Reception::call_id(&sid));
    while begun.elapsed() < PATIENCE {
        let transcript = app.api.get(&path).await.unwrap();
        if transcript["live"] != true {
            break;
        }
        let length = transcript["turns"].as_array().unwrap().len();
        if lengths.last() != Some(&length) {
            lengths.push(length);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(lengths.len() >= 4, "it grew turn by turn: {lengths:?}");

    let call = recorded(&reception, &sid).await;
    assert_eq!(call["status"], "completed", "{call}");
    assert!(!call["results"]["summary"].as_str().unwrap().is_empty(), "{call}");
    assert_eq!(call["reception"]["intent"], "booking", "{call}");
    assert!(call["reception"]["urgency"].is_string(), "{call}");
    assert!(
        call["reception"]["caller_name"]
            .as_str()
            .unwrap()
            .contains("Ruiz"),
        "{call}"
    );
    let differences = reception.compare(&sid).await.unwrap();
    assert!(differences.are_none() && differences.said >= 6, "{differences:?}");
    let interrupted = reception.turns(&sid).await.unwrap();
    let interrupted = interrupted
        .iter()
        .filter(|turn| turn["interrupted"] == true)
        .count();
    assert_eq!(interrupted, 1, "the turn that was cut is marked");

    assert!(is_in(&boxed(&reception, "needs_attention").await, &sid));
    let path = format!("/api/calls/{}", Reception::call_id(&sid));
    let (status, _) = app
        .api
        .send("PATCH", &path, Some(&json!({ "handled": true })))
        .await
        .unwrap();
    assert_eq!(status, 200);
    assert!(is_in(&boxed(&reception, "handled").await, &sid));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_target_takes_its_calls_and_what_fails_falls_back() {
    let app = App::start(20.0).await.unwrap();
    let reception = Reception::open(&app).await.unwrap();
    let person = |number: &str| json!({ "kind": "person", "phone_number": number, "ring_secs": 20 });
    for (number, does) in [
        ("+14155550121", "answers"),
        ("+14155550122", "busy"),
        ("+14155550123", "no_answer"),
    ] {
        let path = format!("/_sim/twilio/numbers/{number}");
        reception
            .simulated("PUT", &path, Some(&json!({ "person": does })))
            .await
            .unwrap();
    }
    let voicemail = json!({ "kind": "voicemail" });
    let agent = json!({ "kind": "agent", "agent_id": reception.agent_id });
    let whole = json!({});
    let dead = json!("accept_dead");
    // Targets, scenario, where the call went at last, and whether that was elsewhere.
    let cases = [
        (
            json!([person("+14155550121"), voicemail]),
            &whole,
            "person",
            false,
        ),
        (
            json!([person("+14155550122"), voicemail]),
            &whole,
            "voicemail",
            true,
        ),
        (
            json!([person("+14155550123"), person("+14155550121")]),
            &whole,
            "person",
            true,
        ),
        (json!([voicemail]), &whole, "voicemail", false),
        (json!([{ "kind": "closed" }]), &whole, "closed", false),
        (json!([agent, voicemail]), &dead, "voicemail", true),
    ];
    for (targets, scenario, target, fell_back) in cases {
        reception.send_calls_to(targets.clone()).await.unwrap();
        let sid = reception.ring("+14155550131", scenario).await.unwrap();
        let call = reception.concluded(&sid, PATIENCE).await.unwrap();
        assert_eq!(call["reception"]["target"]["kind"], target, "{targets}: {call}");
        assert_eq!(call["reception"]["fell_back"], fell_back, "{targets}: {call}");
        assert_ne!(call["status"], "in_progress");
        if target == "voicemail" {
            let call = recorded(&reception, &sid).await;
            assert_eq!(call["reception"]["intent"], "message", "{call}");
        }
    }
    let faults = reception
        .simulated("GET", "/_sim/twilio/faults", None)
        .await
        .unwrap();
    assert_eq!(faults["faults"], json!([]), "{faults}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_agents_tools_do_what_they_say() {
    let app = App::start(12.0).await.unwrap();
    let reception = Reception::open(&app).await.unwrap();
    reception
        .set(&json!({ "person": "+14155550121", "company": "Harbor Dental" }))
        .await
        .unwrap();
    let mut sids = Vec::new();
    for (script, from) in [
        ("emergency", "+14155550112"),
        ("message", "+14155550116"),
        ("do_not_call", "+14155550117"),
        ("callback", "+14155550118"),
        ("wrong_number", "+14155550114"),
    ] {
        sids.push(reception.ring(from, &json!(script)).await.unwrap());
    }
    let mut calls = Vec::new();
    for sid in &sids {
        calls.push(reception.concluded(sid, PATIENCE).await.unwrap());
        let differences = reception.compare(sid).await.unwrap();
        assert!(differences.are_none(), "{differences:?}");
    }
    let [emergency, message, do_not_call, callback, wrong] = &calls[..] else {
        panic!("there are five calls");
    };
    assert!(
        ["high", "critical"].contains(&emergency["reception"]["urgency"].as_str().unwrap()),
        "{emergency}"
    );
    assert_eq!(emergency["reception"]["target"]["kind"], "person", "{emergency}");
    assert!(
        message["reception"]["message"]
            .as_str()
            .unwrap()
            .contains("David Moss"),
        "{message}"
    );
    let list = app.api.get("/api/do-not-call").await.unwrap();
    assert_eq!(
        list["items"][0]["phone_number"], do_not_call["phone_number"],
        "{list}"
    );
    let callbacks = app.api.get("/api/callbacks?status=due").await.unwrap();
    assert_eq!(
        callbacks["items"][0]["callback_id"], callback["reception"]["callback_id"],
        "{callbacks}"
    );
    assert_eq!(callbacks["items"][0]["phone_number"], "+14155550118");
    assert_eq!(wrong["reception"]["intent"], "wrong_number", "{wrong}");
    // Urgent ones come first.
    let desk = boxed(&reception, "needs_attention").await;
    assert_eq!(desk[0]["call_id"], emergency["call_id"]);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_call_is_handed_over_and_what_goes_wrong_loses_nothing() {
    let app = start(
        20.0,
        &[("RECEPTION_HANDOVER_SECS", "4"), ("RECEPTION_CLOCK_FACTOR", "20")],
    )
    .await;
    let reception = Reception::open(&app).await.unwrap();
    let numbered = |turns: u32| json!({ "turns": turns, "seconds": turns * 12 });
    let mut hazards = vec![numbered(40)];
    for (name, value) in [
        ("drop_sockets", json!(25)),
        ("late_hangup", json!(true)),
        ("duplicate_webhook", json!(true)),
        ("session_limit_secs", json!(120.0)),
        ("twilio", json!({ "lose_callbacks": 1.0 })),
    ] {
        let mut scenario = numbered(20);
        scenario[name] = value;
        hazards.push(scenario);
    }
    let mut sids = Vec::new();
    for (n, scenario) in hazards.iter().enumerate() {
        let from = format!("+1415555{:04}", 2_000 + n);
        sids.push(reception.ring(&from, scenario).await.unwrap());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    for (sid, scenario) in sids.iter().zip(&hazards) {
        let call = reception.concluded(sid, Duration::from_secs(150)).await.unwrap();
        assert_ne!(call["status"], "in_progress", "{scenario}: {call}");
        let differences = reception.compare(sid).await.unwrap();
        assert!(differences.are_none(), "{scenario}: {differences:?}");
    }
    let long = reception.of_simulator(&sids[0]).await.unwrap();
    let sockets = long["openai"][0]["sockets_attached"].as_u64().unwrap();
    assert!(sockets >= 3, "it was handed over: {sockets} sockets");
    assert_eq!(long["openai"][0]["faults"], json!([]), "{long}");
    assert!(boxed(&reception, "in_progress").await.is_empty());
    app.stop().await;
}
