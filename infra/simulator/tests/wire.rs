//! The simulator over its wire: dials, ledger, faults, restart.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use serde_json::{Value, json};
use switchboard_simulator::{SAMPLE_AGENT_ID, SAMPLE_TWILIO_LINE_ID, Simulator, SimulatorConfig};
use tokio::net::TcpListener;

struct Desk {
    simulator: Simulator,
    http: reqwest::Client,
}

impl Desk {
    async fn open(state_file: Option<&Path>, clock_factor: f64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let state_file = state_file.map(Path::to_owned);
        let config = SimulatorConfig {
            state_file,
            clock_factor,
            ..SimulatorConfig::default()
        };
        let simulator = Simulator::start(listener, config).await.unwrap();
        Self {
            simulator,
            http: switchboard_http::bare_builder().build().unwrap(),
        }
    }

    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("http://{}{path}", self.simulator.address());
        let request = self
            .http
            .request(method.parse().unwrap(), url)
            .header("xi-api-key", "sim-api-key");
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn dial(&self, to: &str, attempt: &str) -> (u16, Value) {
        let body = json!({
            "agent_id": SAMPLE_AGENT_ID, "agent_phone_number_id": SAMPLE_TWILIO_LINE_ID, "to_number": to,
            "conversation_initiation_client_data": {
                "user_id": attempt,
                "dynamic_variables": { "name": "Ana", "company": "Acme", "renewal_date": "2026-12-24" },
            },
        });
        self.send("POST", "/v1/convai/twilio/outbound-call", Some(body))
            .await
    }
}

#[tokio::test]
async fn a_key_is_needed_and_a_wrong_request_names_its_field() {
    let desk = Desk::open(None, 1.0).await;
    let url = format!("http://{}/v1/convai/agents", desk.simulator.address());
    let answer = desk
        .http
        .get(&url)
        .header("xi-api-key", "another")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 401);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["detail"]["code"], "invalid_api_key");
    assert_eq!(desk.http.get(&url).send().await.unwrap().status(), 401);

    let (status, body) = desk
        .send(
            "POST",
            "/v1/convai/twilio/outbound-call",
            Some(json!({ "agent_id": "a" })),
        )
        .await;
    assert_eq!(
        (status, &body["detail"][0]["loc"][1]),
        (422, &json!("agent_phone_number_id"))
    );
    assert_eq!(
        desk.send("GET", "/v1/convai/conversations?page_size=101", None)
            .await
            .0,
        422
    );
    assert_eq!(
        desk.send("GET", "/v1/convai/conversations?unheard_of=1", None)
            .await
            .0,
        200
    );
    assert_eq!(
        desk.send("GET", "/v1/convai/conversations/conv_unknown", None)
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn the_ledger_knows_every_dial_and_the_most_at_one_time() {
    let desk = Desk::open(None, 1.0).await;
    for last in 10..15 {
        assert_eq!(desk.dial(&format!("+141555501{last}"), "a").await.0, 200);
    }
    let (_, refused) = desk.dial("+14155550104", "b").await;
    assert_eq!(refused["success"], false);
    let ledger = desk.simulator.ledger();
    assert_eq!(
        (ledger.dials_total, ledger.placed_total, ledger.peak_live),
        (6, 5, 5)
    );
    assert_eq!(
        desk.send("GET", "/v1/convai/analytics/live-count", None).await.1["count"],
        5
    );
}

#[tokio::test]
async fn an_error_after_placing_leaves_a_call_that_can_be_found_by_its_attempt() {
    let desk = Desk::open(None, 1.0).await;
    desk.send(
        "POST",
        "/sim/faults",
        Some(json!({ "kind": "error_after", "count": 1 })),
    )
    .await;
    assert_eq!(desk.dial("+14155550110", "call_1").await.0, 500);
    let (_, found) = desk
        .send("GET", "/v1/convai/conversations?user_id=call_1", None)
        .await;
    assert_eq!(found["conversations"].as_array().unwrap().len(), 1);
    desk.send(
        "POST",
        "/sim/faults",
        Some(json!({ "kind": "error_before", "count": 1 })),
    )
    .await;
    assert_eq!(desk.dial("+14155550111", "call_2").await.0, 500);
    let (_, found) = desk
        .send("GET", "/v1/convai/conversations?user_id=call_2", None)
        .await;
    assert_eq!(found["conversations"], json!([]));
}

#[tokio::test]
async fn a_missing_variable_fails_the_call_after_it_was_accepted() {
    let desk = Desk::open(None, 1_000.0).await;
    let body = json!({
        "agent_id": SAMPLE_AGENT_ID, "agent_phone_number_id": SAMPLE_TWILIO_LINE_ID, "to_number": "+14155550110",
    });
    let (status, placed) = desk
        .send("POST", "/v1/convai/twilio/outbound-call", Some(body))
        .await;
    assert_eq!(status, 200);
    let id = placed["conversation_id"].as_str().unwrap();
    let (_, call) = desk
        .send("GET", &format!("/v1/convai/conversations/{id}"), None)
        .await;
    assert_eq!(call["status"], "failed");
    assert!(
        call["metadata"]["termination_reason"]
            .as_str()
            .unwrap()
            .starts_with("Missing required dynamic variables")
    );
}

#[tokio::test]
async fn a_restart_remembers_every_dial() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let desk = Desk::open(Some(&journal), 1.0).await;
    let (_, placed) = desk.dial("+14155550110", "call_1").await;
    desk.dial("+14155550104", "call_2").await;
    desk.simulator.shutdown().await;

    let desk = Desk::open(Some(&journal), 1.0).await;
    let ledger = desk.simulator.ledger();
    assert_eq!(
        (
            ledger.dials_total,
            ledger.placed_total,
            ledger.live_now,
            ledger.peak_live
        ),
        (2, 1, 1, 1)
    );
    let id = placed["conversation_id"].as_str().unwrap();
    let (status, call) = desk
        .send("GET", &format!("/v1/convai/conversations/{id}"), None)
        .await;
    assert_eq!((status, &call["user_id"]), (200, &json!("call_1")));
}

#[tokio::test]
async fn an_agent_keeps_its_limits_and_takes_first_words_of_a_call_only_where_it_allows_them() {
    let desk = Desk::open(None, 400.0).await;
    let agent = format!("/v1/convai/agents/{SAMPLE_AGENT_ID}");
    let (_, before) = desk.send("GET", &agent, None).await;
    let limits = &before["platform_settings"]["call_limits"];
    assert_eq!(limits["bursting_enabled"], true, "the vendor's default");
    let first_words = async |attempt: &str, to: &str| {
        let body = json!({
            "agent_id": SAMPLE_AGENT_ID, "agent_phone_number_id": SAMPLE_TWILIO_LINE_ID, "to_number": to,
            "conversation_initiation_client_data": {
                "user_id": attempt,
                "dynamic_variables": { "name": "Ana", "company": "Acme", "renewal_date": "2026-12-24" },
                "conversation_config_override": { "agent": { "first_message": "Good evening!" } },
            },
        });
        let (status, answer) = desk
            .send("POST", "/v1/convai/twilio/outbound-call", Some(body))
            .await;
        assert_eq!(status, 200, "{answer}");
        let path = format!(
            "/v1/convai/conversations/{}",
            answer["conversation_id"].as_str().unwrap()
        );
        for _ in 0..200 {
            let (_, conversation) = desk.send("GET", &path, None).await;
            if conversation["status"] == "done" || conversation["status"] == "failed" {
                return conversation;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("the call does not end");
    };
    assert_eq!(first_words("att_1", "+14155550100").await["status"], "failed");
    let change = json!({ "platform_settings": {
        "call_limits": { "bursting_enabled": false },
        "overrides": { "conversation_config_override": { "agent": { "first_message": true } } },
    } });
    let (status, after) = desk.send("PATCH", &agent, Some(change)).await;
    assert_eq!(status, 200);
    let limits = &after["platform_settings"]["call_limits"];
    assert_eq!(
        (&limits["bursting_enabled"], &limits["daily_limit"]),
        (&json!(false), &json!(100_000))
    );
    let (_, read) = desk.send("GET", &agent, None).await;
    assert_eq!(read["platform_settings"], after["platform_settings"]);
    let talked = first_words("att_2", "+14155550101").await;
    if talked["status"] == "done" {
        assert_eq!(talked["transcript"][0]["message"], "Good evening!");
    }
}

#[tokio::test]
async fn an_agent_uses_its_do_not_call_tool_with_whoever_opts_out_and_with_nobody_else() {
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let tool = axum::Router::new().route(
        "/tools/do-not-call",
        axum::routing::post(
            async move |headers: axum::http::HeaderMap, axum::Json(body): axum::Json<Value>| {
                let secret = headers["x-switchboard-tool-secret"].to_str().unwrap().to_owned();
                told.send((secret, body)).unwrap();
            },
        ),
    );
    let here = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = SimulatorConfig {
        do_not_call_tool_url: Some(format!("http://{}/tools/do-not-call", here.local_addr().unwrap())),
        clock_factor: 1_000.0,
        ..SimulatorConfig::default()
    };
    tokio::spawn(axum::serve(here, tool).into_future());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let desk = Desk {
        simulator: Simulator::start(listener, config).await.unwrap(),
        http: switchboard_http::bare_builder().build().unwrap(),
    };
    let scenario = json!({ "rules": [{ "suffix": "77", "behaviour": "opts_out" }] });
    assert_eq!(desk.send("PUT", "/sim/scenario", Some(scenario)).await.0, 204);
    desk.dial("+34600000010", "call_other").await;
    let (_, dialled) = desk.dial("+34600000077", "call_wish").await;
    let id = dialled["conversation_id"].as_str().unwrap();
    let (secret, body) = tokio::time::timeout(std::time::Duration::from_secs(20), heard.recv())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(secret, SimulatorConfig::default().tool_secret);
    assert_eq!(body["conversation_id"], id);
    let detail = loop {
        let (_, detail) = desk
            .send("GET", &format!("/v1/convai/conversations/{id}"), None)
            .await;
        if detail["status"] == "done" {
            break detail;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    let results = &detail["analysis"]["data_collection_results"];
    assert_eq!(results["opt_out"]["value"], true, "{results}");
    assert!(heard.try_recv().is_err(), "nobody else opted out");
}
