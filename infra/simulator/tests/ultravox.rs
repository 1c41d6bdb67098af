//! The simulator as Ultravox, over its wire.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::time::Duration;

use reqwest::redirect::Policy;
use serde_json::{Value, json};
use switchboard_simulator::{
    Platform, SAMPLE_AGENT_ID, SAMPLE_TWILIO_LINE_ID, Simulator, SimulatorConfig, ULTRAVOX_SAMPLE_AGENT_ID,
    ultravox_recording_secs, ultravox_signature,
};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

struct Desk {
    simulator: Simulator,
    http: reqwest::Client,
}

/// One webhook as it came: headers of interest, body.
struct Heard {
    timestamp: String,
    signature: String,
    body: Vec<u8>,
}

impl Heard {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A server that hears webhooks and answers `fails` times 500 first.
async fn listener(fails: usize) -> (String, UnboundedReceiver<Heard>) {
    let (told, heard) = unbounded_channel();
    let left = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(fails));
    let route = axum::routing::post(
        async move |headers: axum::http::HeaderMap, body: axum::body::Bytes| {
            let text = |name: &str| headers[name].to_str().unwrap().to_owned();
            told.send(Heard {
                timestamp: text("x-ultravox-webhook-timestamp"),
                signature: text("x-ultravox-webhook-signature"),
                body: body.to_vec(),
            })
            .unwrap();
            let order = std::sync::atomic::Ordering::SeqCst;
            match left.fetch_update(order, order, |n| n.checked_sub(1)) {
                Ok(_) => http::StatusCode::INTERNAL_SERVER_ERROR,
                Err(_) => http::StatusCode::NO_CONTENT,
            }
        },
    );
    let here = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", here.local_addr().unwrap());
    tokio::spawn(axum::serve(here, axum::Router::new().route("/hook", route)).into_future());
    (url, heard)
}

async fn next(heard: &mut UnboundedReceiver<Heard>) -> Heard {
    let waited = tokio::time::timeout(Duration::from_secs(20), heard.recv());
    waited.await.unwrap().unwrap()
}

impl Desk {
    async fn start(config: SimulatorConfig) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self {
            simulator: Simulator::start(listener, config).await.unwrap(),
            http: switchboard_http::bare_builder()
                .redirect(Policy::none())
                .build()
                .unwrap(),
        }
    }

    async fn open(clock_factor: f64) -> Self {
        Self::start(SimulatorConfig {
            clock_factor,
            patience_secs: 0.0,
            ..SimulatorConfig::default()
        })
        .await
    }

    fn url(&self, path: &str) -> String {
        match path.starts_with("http") {
            true => path.to_owned(),
            false => format!("http://{}{path}", self.simulator.address()),
        }
    }

    async fn raw(&self, method: &str, path: &str, body: Option<Value>) -> reqwest::Response {
        let key = SimulatorConfig::default().ultravox_api_key;
        let request = self
            .http
            .request(method.parse().unwrap(), self.url(path))
            .header("X-API-Key", key);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        request.send().await.unwrap()
    }

    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let answer = self.raw(method, path, body).await;
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.send("GET", path, None).await
    }

    async fn create(&self, body: Value) -> (u16, Value) {
        self.send(
            "POST",
            &format!("/api/agents/{ULTRAVOX_SAMPLE_AGENT_ID}/calls"),
            Some(body),
        )
        .await
    }

    async fn dial(&self, to: &str, attempt: &str) -> (u16, Value) {
        self.create(order(to, attempt)).await
    }

    /// Every result of a list, page by page, and how many pages there were.
    async fn pages(&self, path: &str) -> (Vec<Value>, usize) {
        let (mut rows, mut count, mut at) = (Vec::new(), 0, path.to_owned());
        loop {
            let (status, page) = self.get(&at).await;
            assert_eq!(status, 200, "{page}");
            rows.extend(page["results"].as_array().unwrap().clone());
            count += 1;
            match page["next"].as_str() {
                Some(next) => {
                    assert!(next.starts_with(&self.url("/api/")), "{next}");
                    at = next.to_owned();
                }
                None => return (rows, count),
            }
        }
    }

    async fn until(&self, id: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..1_000 {
            let (_, call) = self.get(&format!("/api/calls/{id}")).await;
            if is_so(&call) {
                return call;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the call never comes there");
    }

    async fn billed(&self, id: &str) -> Value {
        self.until(id, |call| call["billingStatus"] != "BILLING_STATUS_PENDING")
            .await
    }

    async fn faults(&self, rule: Value) {
        assert_eq!(self.send("POST", "/sim/faults", Some(rule)).await.0, 204);
    }
}

fn context() -> Value {
    json!({ "name": "Ana", "company": "Acme", "renewal_date": "2026-12-24" })
}

fn order(to: &str, attempt: &str) -> Value {
    json!({
        "templateContext": context(), "metadata": { "attempt_id": attempt },
        "medium": { "twilio": { "outgoing": { "to": to, "from": "+15005550006" } } },
    })
}

fn by_sip(to: &str, attempt: &str) -> Value {
    let outgoing = json!({ "to": format!("sip:{to}@trunk.example.com"), "from": "acme", "username": "u", "password": "secret" });
    let mut order = order(to, attempt);
    order["medium"] = json!({ "sip": { "outgoing": outgoing } });
    order
}

fn id_of(call: &Value) -> String {
    call["callId"].as_str().unwrap().to_owned()
}

fn length_ms(call: &Value) -> i64 {
    let at = |name: &str| {
        call[name]
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .unwrap()
            .as_millisecond()
    };
    at("ended") - at("joined")
}

#[tokio::test]
async fn a_key_is_needed_and_each_platform_has_its_own() {
    let desk = Desk::open(1.0).await;
    let url = desk.url("/api/accounts/me");
    assert_eq!(desk.http.get(&url).send().await.unwrap().status(), 401);
    for wrong in ["another", "sim-api-key"] {
        let answer = desk
            .http
            .get(&url)
            .header("X-API-Key", wrong)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 401);
        assert!(answer.json::<Value>().await.unwrap()["detail"].is_string());
    }
    let (status, account) = desk.get("/api/accounts/me").await;
    assert_eq!(
        (
            status,
            &account["activeCalls"],
            &account["allowedConcurrentCalls"]
        ),
        (200, &json!(0), &Value::Null)
    );
    assert_eq!(desk.get("/v1/convai/agents").await.0, 401);
    for unknown in ["agents", "calls", "voices", "webhooks"] {
        let path = format!("/api/{unknown}/00000000-0000-4000-8000-000000000000");
        assert_eq!(desk.get(&path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn an_agent_is_made_found_changed_and_deleted() {
    let desk = Desk::open(1.0).await;
    let template = json!({
        "systemPrompt": "You call {{customer.name}}.", "voice": "Mark", "temperature": 0.4,
        "selectedTools": [{ "toolName": "hangUp" }],
    });
    let body = json!({ "name": "Reminders", "callTemplate": template });
    let (status, agent) = desk.send("POST", "/api/agents", Some(body)).await;
    assert_eq!((status, &agent["statistics"]["calls"]), (201, &json!(0)));
    assert_eq!(
        (
            &agent["callTemplate"]["model"],
            &agent["callTemplate"]["maxDuration"]
        ),
        (&json!("ultravox-v0.7"), &json!("3600s"))
    );
    let path = format!("/api/agents/{}", agent["agentId"].as_str().unwrap());

    let change = json!({ "name": "Reminders 2", "callTemplate": { "systemPrompt": "Be brief." } });
    let (status, changed) = desk.send("PATCH", &path, Some(change)).await;
    assert_eq!((status, &changed["name"]), (200, &json!("Reminders 2")));
    assert_eq!(
        (
            &changed["callTemplate"]["voice"],
            &changed["callTemplate"]["selectedTools"]
        ),
        (&Value::Null, &json!([])),
        "the template is replaced whole"
    );
    assert_eq!(desk.get(&path).await.1, changed);

    let wrong = [
        json!({}),
        json!({ "name": "x".repeat(65) }),
        json!({ "name": 3 }),
        json!({ "name": "a", "callTemplate": { "voice": "Mark", "externalVoice": { "elevenLabs": {} } } }),
        json!({ "name": "a", "callTemplate": { "temperature": 2 } }),
        json!({ "name": "a", "callTemplate": [] }),
    ];
    for body in wrong {
        assert_eq!(
            desk.send("POST", "/api/agents", Some(body.clone())).await.0,
            400,
            "{body}"
        );
    }
    for n in 0..6 {
        desk.send(
            "POST",
            "/api/agents",
            Some(json!({ "name": format!("Agent {n}") })),
        )
        .await;
    }
    let (rows, pages) = desk.pages("/api/agents?search=agent&sort=-name&pageSize=2").await;
    let names: Vec<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(
        (names, pages),
        (
            vec!["Agent 5", "Agent 4", "Agent 3", "Agent 2", "Agent 1", "Agent 0"],
            3
        )
    );
    assert!(
        desk.pages("/api/agents").await.1 > 1,
        "pages are small when nobody says"
    );

    assert_eq!(desk.send("DELETE", &path, None).await.0, 204);
    assert_eq!(desk.get(&path).await.0, 404);
    assert_eq!(desk.send("DELETE", &path, None).await.0, 404);
}

#[tokio::test]
async fn what_cannot_be_called_is_refused() {
    let desk = Desk::open(1.0).await;
    let with = |name: &str, value: Value| {
        let mut body = order("+14155550110", "att");
        body[name] = value;
        body
    };
    let wrong = [
        with("templateContext", json!({ "name": "Ana" })),
        with("templateContext", json!("Ana")),
        with("metadata", json!({ "attempt_id": 3 })),
        with("metadata", json!({ "ultravox.own": "x" })),
        with("medium", json!({ "twilio": {}, "webRtc": {} })),
        with(
            "medium",
            json!({ "sip": { "outgoing": { "to": "+14155550110", "from": "acme" } } }),
        ),
        with(
            "medium",
            json!({ "twilio": { "outgoing": { "to": "4155550110", "from": "+15005550006" } } }),
        ),
        with("maxDuration", json!("10 minutes")),
        with("callbacks", json!({ "ended": { "url": "not an address" } })),
    ];
    for body in wrong {
        let (status, answer) = desk.create(body.clone()).await;
        assert_eq!(status, 400, "{body}");
        assert!(
            answer.as_object().is_some_and(|answer| !answer.is_empty()),
            "{answer}"
        );
    }
    let elsewhere = "/api/agents/00000000-0000-4000-8000-000000000000/calls";
    assert_eq!(
        desk.send("POST", elsewhere, Some(order("+14155550110", "a")))
            .await
            .0,
        404
    );
    assert_eq!(
        desk.dial("+14155550104", "refused").await.0,
        400,
        "whom the carrier refuses"
    );
    assert_eq!(desk.simulator.ledger().placed_total, 0);
    assert_eq!(desk.get("/api/calls").await.1["results"], json!([]));
}

#[tokio::test]
async fn a_call_is_joined_ended_summed_up_and_billed() {
    let desk = Desk::open(100.0).await;
    let (status, created) = desk.dial("+14155550110", "att_1").await;
    assert_eq!(status, 201, "{created}");
    for name in [
        "joined",
        "ended",
        "endReason",
        "summary",
        "shortSummary",
        "billedDuration",
        "sipDetails",
    ] {
        assert!(created[name].is_null(), "{name}");
    }
    assert!(created["joinUrl"].as_str().unwrap().starts_with("wss://"));
    assert_eq!(
        (&created["metadata"]["attempt_id"], &created["agent"]["name"]),
        (&json!("att_1"), &json!("Renewals"))
    );
    assert_eq!(
        created["systemPrompt"],
        "You call Ana of Acme about the contract that ends on 2026-12-24. Be brief and kind."
    );
    let id = id_of(&created);
    let billed = desk.billed(&id).await;
    assert_eq!(billed["billingStatus"], "BILLING_STATUS_BILLED");
    let reason = billed["endReason"].as_str().unwrap();
    assert!(["hangup", "agent_hangup"].contains(&reason), "{reason}");
    assert!(billed["summary"].is_string() && billed["shortSummary"].is_string());
    let secs = length_ms(&billed) / 1_000;
    assert!((10..=90).contains(&secs), "as long as the script says: {secs}");
    assert_eq!(billed["billedDuration"], format!("{}s", (secs + 5) / 6 * 6));

    let messages = format!("/api/calls/{id}/messages?mode=in_call");
    let (rows, _) = desk.pages(&messages).await;
    assert_eq!(
        (&rows[0]["role"], &rows[1]["role"]),
        (&json!("MESSAGE_ROLE_AGENT"), &json!("MESSAGE_ROLE_USER"))
    );
    assert!(
        rows[0]["text"]
            .as_str()
            .unwrap()
            .starts_with("Hello Ana, this is Clara")
    );
    assert!(rows[1]["timespan"]["start"].as_str().unwrap().ends_with('s'));
    let (two, pages) = desk.pages(&format!("{messages}&pageSize=2")).await;
    assert_eq!((&two, pages), (&rows, rows.len().div_ceil(2)));
    let usual = desk.pages(&messages).await.1;
    assert_eq!(usual, rows.len().div_ceil(5), "five at a time");

    let answer = desk.raw("GET", &format!("/api/calls/{id}/recording"), None).await;
    assert_eq!(answer.status(), 302);
    let place = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(!place.contains("/api/"));
    let file = desk.http.get(&place).send().await.unwrap();
    assert_eq!(file.headers()["content-type"], "audio/wav");
    let audio = file.bytes().await.unwrap();
    assert!((ultravox_recording_secs(audio.len()) - secs as f64).abs() < 0.1);

    assert_eq!(
        desk.send("DELETE", &format!("/api/calls/{id}"), None).await.0,
        204
    );
    assert_eq!(desk.get(&format!("/api/calls/{id}")).await.0, 404);
}

#[tokio::test]
async fn who_does_not_talk_is_unjoined_and_sip_says_why() {
    let desk = Desk::open(200.0).await;
    let reasons = [
        ("01", "BUSY"),
        ("02", "TIMEOUT"),
        ("06", "DESTINATION_UNAVAILABLE"),
    ];
    for (suffix, reason) in reasons {
        let (status, call) = desk.create(by_sip(&format!("+141555501{suffix}"), "att")).await;
        assert_eq!((status, &call["joinUrl"]), (201, &Value::Null));
        assert!(!call.to_string().contains("secret"));
        let over = desk.billed(&id_of(&call)).await;
        assert_eq!(
            (&over["endReason"], &over["joined"]),
            (&json!("unjoined"), &Value::Null),
            "{suffix}"
        );
        assert_eq!(
            over["sipDetails"]["terminationReason"],
            format!("SIP_TERMINATION_{reason}")
        );
        assert_eq!(
            desk.get(&format!("/api/calls/{}/recording", id_of(&call)))
                .await
                .0,
            404
        );
        let (_, call) = desk.dial(&format!("+141555502{suffix}"), "att").await;
        let over = desk.billed(&id_of(&call)).await;
        assert_eq!(
            (&over["endReason"], &over["sipDetails"]),
            (&json!("unjoined"), &Value::Null),
            "{suffix}"
        );
    }
    let (_, call) = desk.create(by_sip("+14155550110", "att")).await;
    let over = desk.billed(&id_of(&call)).await;
    assert_eq!(over["sipDetails"]["terminationReason"], "SIP_TERMINATION_NORMAL");
}

#[tokio::test]
async fn a_machine_gets_a_message_by_the_tool() {
    let desk = Desk::open(400.0).await;
    let (_, call) = desk.dial("+14155550103", "att").await;
    let over = desk.billed(&id_of(&call)).await;
    assert_eq!(
        (&over["endReason"], over["joined"].is_string()),
        (&json!("agent_hangup"), true)
    );
    let (rows, _) = desk
        .pages(&format!("/api/calls/{}/messages?mode=in_call", id_of(&call)))
        .await;
    let roles: Vec<&str> = rows.iter().map(|row| row["role"].as_str().unwrap()).collect();
    let wanted = ["USER", "TOOL_CALL", "TOOL_RESULT", "AGENT"].map(|role| format!("MESSAGE_ROLE_{role}"));
    assert_eq!(roles, wanted);
    assert_eq!(
        (&rows[1]["toolName"], &rows[1]["invocationId"]),
        (&json!("leaveVoicemail"), &rows[2]["invocationId"])
    );
}

#[tokio::test]
async fn a_live_call_is_ended_by_a_message_and_no_other_is() {
    let desk = Desk::open(1.0).await;
    desk.send(
        "PUT",
        "/sim/scenario",
        Some(json!({ "rules": [], "ring_secs": [1, 1], "talk_secs": [60, 60] })),
    )
    .await;
    let (_, call) = desk.dial("+14155550110", "att").await;
    let id = id_of(&call);
    let path = format!("/api/calls/{id}/send_data_message");
    let hang_up = || Some(json!({ "type": "hang_up" }));
    assert_eq!(desk.send("POST", &path, hang_up()).await.0, 422, "it rings");
    let live = desk.until(&id, |call| !call["joined"].is_null()).await;
    assert_eq!((&live["ended"], &live["endReason"]), (&Value::Null, &Value::Null));
    assert_eq!(
        desk.send("DELETE", &format!("/api/calls/{id}"), None).await.0,
        400
    );
    assert_eq!(
        desk.send("POST", &path, Some(json!({ "type": "sing" }))).await.0,
        400
    );
    assert_eq!(
        desk.send(
            "POST",
            &path,
            Some(json!({ "type": "user_text_message", "text": "x" }))
        )
        .await
        .0,
        204
    );
    assert_eq!(desk.send("POST", &path, hang_up()).await.0, 204);
    let (_, over) = desk.get(&format!("/api/calls/{id}")).await;
    assert_eq!(over["endReason"], "agent_hangup");
    assert!(over["summary"].is_null(), "not yet");
    assert_eq!(over["billingStatus"], "BILLING_STATUS_PENDING");
    let summed = desk.until(&id, |call| !call["summary"].is_null()).await;
    assert!(summed["shortSummary"].is_string());
    assert_eq!(desk.billed(&id).await["billingStatus"], "BILLING_STATUS_BILLED");
    assert!(length_ms(&over) < 10_000);
    assert_eq!(desk.send("POST", &path, hang_up()).await.0, 422, "it is over");
    assert_eq!(desk.simulator.ledger().live_now, 0);
}

#[tokio::test]
async fn calls_end_for_every_reason_there_is() {
    let desk = Desk::open(400.0).await;
    for reason in ["system_error", "connection_error"] {
        desk.faults(json!({ "kind": format!("ends_{reason}"), "count": 1 }))
            .await;
        let (_, call) = desk.dial("+14155550110", "att").await;
        assert_eq!(desk.billed(&id_of(&call)).await["endReason"], reason);
    }
    let mut body = order("+14155550105", "att");
    body["maxDuration"] = json!("120s");
    let (_, call) = desk.create(body).await;
    let over = desk.billed(&id_of(&call)).await;
    assert_eq!(
        (&over["endReason"], length_ms(&over)),
        (&json!("timeout"), 120_000)
    );
}

#[tokio::test]
async fn calls_are_listed_by_attempt_agent_and_time() {
    let desk = Desk::open(1.0).await;
    for n in 0..12 {
        assert_eq!(
            desk.dial(&format!("+1415555{n:04}9"), &format!("att_{n}"))
                .await
                .0,
            201
        );
    }
    let (rows, pages) = desk.pages("/api/calls?sort=created&pageSize=5").await;
    let attempts: Vec<&str> = rows
        .iter()
        .map(|row| row["metadata"]["attempt_id"].as_str().unwrap())
        .collect();
    let wanted: Vec<String> = (0..12).map(|n| format!("att_{n}")).collect();
    assert_eq!(
        (attempts, pages),
        (wanted.iter().map(String::as_str).collect(), 3)
    );
    let (newest, _) = desk.pages("/api/calls?sort=-created&search=ignored").await;
    assert_eq!(newest[0]["metadata"]["attempt_id"], "att_11");
    let (found, _) = desk.pages("/api/calls?metadata.attempt_id=att_7").await;
    assert_eq!(
        (found.len(), &found[0]["metadata"]["attempt_id"]),
        (1, &json!("att_7"))
    );
    assert_eq!(desk.pages("/api/calls?agentIds=another").await.0.len(), 0);
    let two = format!(
        "/api/calls?agentIds=another&agentIds={ULTRAVOX_SAMPLE_AGENT_ID}&fromDate=2020-01-01T00:00:00Z"
    );
    assert_eq!(desk.pages(&two).await.0.len(), 12);
    assert_eq!(desk.pages("/api/calls?toDate=2020-01-01").await.0.len(), 0);
    assert_eq!(desk.get("/api/calls?fromDate=yesterday").await.0, 400);
    let of_agent = format!("/api/agents/{ULTRAVOX_SAMPLE_AGENT_ID}/calls");
    assert_eq!(desk.pages(&of_agent).await.0.len(), 12);
    let agent = desk
        .get(&format!("/api/agents/{ULTRAVOX_SAMPLE_AGENT_ID}"))
        .await
        .1;
    assert_eq!(agent["statistics"]["calls"], 12);
}

#[tokio::test]
async fn whoever_calls_in_is_joined_or_stays_alone() {
    let desk = Desk::open(20.0).await;
    let inbound =
        || json!({ "templateContext": context(), "medium": { "twilio": {} }, "joinTimeout": "10s" });
    let (status, call) = desk.create(inbound()).await;
    assert_eq!(status, 201);
    assert!(call["joinUrl"].as_str().unwrap().starts_with("wss://"));
    let alone = desk.until(&id_of(&call), |call| !call["ended"].is_null()).await;
    assert_eq!(alone["endReason"], "unjoined");
    let path = |call: &Value| format!("/sim/ultravox/join/{}", id_of(call));
    assert_eq!(desk.send("POST", &path(&call), None).await.0, 409);
    let (_, call) = desk.create(inbound()).await;
    let (status, joined) = desk.send("POST", &path(&call), None).await;
    assert_eq!((status, joined["joined"].is_string()), (200, true));
    let over = desk.billed(&id_of(&call)).await;
    assert_ne!(over["endReason"], "unjoined");
    assert_eq!(desk.simulator.ledger().dials_total, 0, "nobody was dialled");
}

#[tokio::test]
async fn one_ledger_knows_both_platforms_and_counts_attempts_over_both() {
    let desk = Desk::open(1.0).await;
    let rules = json!({ "rules": [{ "suffix": "77", "behaviour": "refused", "answers_from_attempt": 2 }] });
    desk.send("PUT", "/sim/scenario", Some(rules)).await;
    let eleven = json!({
        "agent_id": SAMPLE_AGENT_ID, "agent_phone_number_id": SAMPLE_TWILIO_LINE_ID, "to_number": "+14155550110",
        "conversation_initiation_client_data": { "user_id": "call_e", "dynamic_variables": context() },
    });
    let url = desk.url("/v1/convai/twilio/outbound-call");
    let answer = desk
        .http
        .post(url)
        .header("xi-api-key", "sim-api-key")
        .json(&eleven)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(desk.dial("+14155550110", "call_u").await.0, 201);
    assert_eq!(desk.create(by_sip("+14155550110", "call_s")).await.0, 201);
    assert_eq!(desk.dial("+14155550177", "call_r").await.0, 400);
    let (_, ledger) = desk.get("/sim/ledger").await;
    assert_eq!(
        (
            &ledger["dials_total"],
            &ledger["placed_total"],
            &ledger["peak_live"]
        ),
        (&json!(4), &json!(3), &json!(3))
    );
    assert_eq!(
        ledger["by_platform"]["elevenlabs"],
        json!({ "dials_total": 1, "placed_total": 1, "live_now": 1, "peak_live": 1 })
    );
    assert_eq!(
        ledger["by_platform"]["ultravox"],
        json!({ "dials_total": 3, "placed_total": 2, "live_now": 2, "peak_live": 2 })
    );
    let dials = &ledger["by_number"]["+14155550110"];
    let seen = |n: usize| {
        (
            dials[n]["platform"].as_str().unwrap(),
            dials[n]["user_id"].as_str().unwrap(),
        )
    };
    assert_eq!(
        (seen(0), seen(1), seen(2)),
        (
            ("elevenlabs", "call_e"),
            ("ultravox", "call_u"),
            ("ultravox", "call_s")
        )
    );
    let foreign = dials[0]["conversation_id"].as_str().unwrap();
    assert_eq!(desk.get(&format!("/api/calls/{foreign}")).await.0, 404);
    assert_eq!(desk.get("/api/accounts/me").await.1["activeCalls"], 2);
}

#[tokio::test]
async fn limits_and_switches_refuse_and_say_when_to_come_again() {
    let desk = Desk::start(SimulatorConfig {
        ultravox_concurrency_ceiling: Some(2),
        ..SimulatorConfig::default()
    })
    .await;
    desk.dial("+14155550110", "a").await;
    desk.dial("+14155550111", "b").await;
    let path = format!("/api/agents/{ULTRAVOX_SAMPLE_AGENT_ID}/calls");
    let refused = async |attempt: &str| {
        let answer = desk
            .raw("POST", &path, Some(order("+14155550112", attempt)))
            .await;
        let again = answer
            .headers()
            .get("retry-after")
            .map(|secs| secs.to_str().unwrap().parse::<u32>().unwrap());
        (answer.status().as_u16(), again.is_some_and(|secs| secs > 0))
    };
    assert_eq!(refused("c").await, (429, true));
    assert_eq!(desk.get("/api/accounts/me").await.1["allowedConcurrentCalls"], 2);
    desk.send(
        "PUT",
        "/sim/ceiling",
        Some(json!({ "calls": null, "platform": "ultravox" })),
    )
    .await;
    for status in [402, 503] {
        desk.send(
            "PUT",
            "/sim/ultravox/limits",
            Some(json!({ "refuse_with": status })),
        )
        .await;
        assert_eq!(refused("c").await, (status, status == 503));
    }
    desk.send(
        "PUT",
        "/sim/ultravox/limits",
        Some(json!({ "creations_per_minute": 1 })),
    )
    .await;
    assert_eq!(desk.dial("+14155550113", "d").await.0, 201);
    assert_eq!(refused("c").await, (429, true));
    desk.send("PUT", "/sim/ultravox/limits", Some(json!({}))).await;
    let kinds = [
        ("too_many_calls", (429, true)),
        ("system_busy", (503, true)),
        ("out_of_credit", (402, false)),
        ("error_before", (500, false)),
    ];
    for (kind, wanted) in kinds {
        desk.faults(json!({ "kind": kind, "count": 1, "platform": "ultravox" }))
            .await;
        assert_eq!(refused("c").await, wanted, "{kind}");
    }
    assert_eq!(
        desk.pages("/api/calls?metadata.attempt_id=c").await.0.len(),
        0,
        "nothing was created"
    );
    desk.faults(json!({ "kind": "error_after", "count": 1, "platform": "elevenlabs" }))
        .await;
    assert_eq!(
        desk.dial("+14155550114", "e").await.0,
        201,
        "meant for the other platform"
    );
    desk.faults(json!({ "kind": "error_after", "count": 1 })).await;
    desk.send("DELETE", "/sim/faults", None).await;
    desk.faults(json!({ "kind": "error_after", "count": 1 })).await;
    assert_eq!(refused("f").await.0, 500);
    assert_eq!(
        desk.pages("/api/calls?metadata.attempt_id=f").await.0.len(),
        1,
        "it was created all the same"
    );
}

#[tokio::test]
async fn an_outage_is_of_one_platform_or_of_all() {
    let desk = Desk::open(1.0).await;
    let eleven = async || {
        let url = desk.url("/v1/convai/agents");
        desk.http
            .get(url)
            .header("xi-api-key", "sim-api-key")
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    desk.send(
        "PUT",
        "/sim/outage",
        Some(json!({ "down": true, "platform": "ultravox" })),
    )
    .await;
    assert_eq!((desk.get("/api/agents").await.0, eleven().await), (503, 200));
    desk.send("PUT", "/sim/outage", Some(json!({ "down": true })))
        .await;
    assert_eq!((desk.get("/api/agents").await.0, eleven().await), (503, 503));
    desk.simulator.set_platform_down(Platform::Ultravox, false);
    assert_eq!((desk.get("/api/agents").await.0, eleven().await), (200, 503));
    desk.simulator.set_down(false);
    assert_eq!((desk.get("/api/agents").await.0, eleven().await), (200, 200));
}

#[tokio::test]
async fn voices_are_found_and_heard() {
    let desk = Desk::open(1.0).await;
    let (all, pages) = desk.pages("/api/voices").await;
    assert!(all.len() > 5 && pages > 1);
    let (spanish, _) = desk.pages("/api/voices?primaryLanguage=es").await;
    assert_eq!((spanish.len(), &spanish[0]["name"]), (1, &json!("Lucía")));
    let (few, _) = desk.pages("/api/voices?provider=lmnt&provider=google").await;
    assert_eq!(few.len(), 2);
    assert_eq!(desk.pages("/api/voices?ownership=private").await.0.len(), 1);
    assert_eq!(desk.pages("/api/voices?search=british").await.0.len(), 1);
    let mut statuses = Vec::new();
    for voice in &all {
        let path = format!("/api/voices/{}", voice["voiceId"].as_str().unwrap());
        assert_eq!(&desk.get(&path).await.1, voice);
        let answer = desk.raw("GET", voice["previewUrl"].as_str().unwrap(), None).await;
        let status = answer.status().as_u16();
        statuses.push(status);
        match status {
            200 => assert_eq!(&answer.bytes().await.unwrap()[..4], b"RIFF"),
            302 => {
                let place = answer.headers()["location"].to_str().unwrap();
                let heard = desk.http.get(place).send().await.unwrap();
                assert_eq!(&heard.bytes().await.unwrap()[..4], b"RIFF");
            }
            _ => assert!(answer.json::<Value>().await.unwrap()["detail"].is_string()),
        }
    }
    for status in [200, 302, 400] {
        assert!(statuses.contains(&status), "{status}");
    }
}

#[tokio::test]
async fn every_event_is_told_signed_and_told_again_when_it_was_not_taken() {
    let (url, mut heard) = listener(1).await;
    let (own_url, mut own_heard) = listener(0).await;
    let desk = Desk::start(SimulatorConfig {
        ultravox_webhook_url: Some(url),
        clock_factor: 200.0,
        ..SimulatorConfig::default()
    })
    .await;
    let mut body = order("+14155550110", "att_1");
    body["callbacks"] = json!({ "ended": { "url": own_url, "secrets": ["one", "two"] } });
    let (_, call) = desk.create(body).await;
    let mut events = Vec::new();
    for _ in 0..5 {
        let told = next(&mut heard).await;
        let secret = SimulatorConfig::default().ultravox_webhook_secret;
        assert_eq!(
            told.signature,
            ultravox_signature(&secret, &told.timestamp, &told.body)
        );
        let body = told.json();
        assert_eq!(body["call"]["callId"], call["callId"]);
        events.push(body["event"].as_str().unwrap().to_owned());
    }
    events.sort();
    events.dedup();
    assert_eq!(
        events,
        ["call.billed", "call.ended", "call.joined", "call.started"],
        "one of them twice"
    );
    let own = next(&mut own_heard).await;
    assert_eq!(own.json()["event"], "call.ended");
    let both = ["one", "two"].map(|secret| ultravox_signature(secret, &own.timestamp, &own.body));
    assert_eq!(own.signature, both.join(","));
    let (_, hooks) = desk.get("/api/webhooks").await;
    let failures = hooks["results"][0]["recentFailures"].as_array().unwrap();
    assert_eq!(
        (failures.len(), &hooks["results"][0]["status"]),
        (1, &json!("normal"))
    );
}

#[tokio::test]
async fn webhooks_misbehave_on_demand() {
    let (url, mut heard) = listener(0).await;
    let desk = Desk::start(SimulatorConfig {
        ultravox_webhook_url: Some(url),
        clock_factor: 400.0,
        ..SimulatorConfig::default()
    })
    .await;
    let rules = [
        ("webhook_twice", "call.started"),
        ("webhook_reordered", "call.joined"),
        ("webhook_malformed", "call.ended"),
        ("webhook_lost", "call.billed"),
    ];
    for (kind, event) in rules {
        desk.faults(json!({ "kind": kind, "event": event, "count": 1 }))
            .await;
    }
    let (_, call) = desk.dial("+14155550110", "att_1").await;
    let events: Vec<Value> = [next(&mut heard).await.json(), next(&mut heard).await.json()].into();
    assert_eq!(
        (&events[0]["event"], &events[1]["event"]),
        (&json!("call.started"), &json!("call.started"))
    );
    let broken = next(&mut heard).await;
    assert!(serde_json::from_slice::<Value>(&broken.body).is_err());
    let joined = next(&mut heard).await.json();
    assert_eq!(
        (&joined["event"], joined["call"]["ended"].is_string()),
        (&json!("call.joined"), true)
    );
    desk.billed(&id_of(&call)).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(heard.try_recv().is_err(), "the last one is lost");

    desk.faults(json!({ "kind": "webhook_forged", "event": "call.started", "count": 1 }))
        .await;
    desk.dial("+14155550102", "att_2").await;
    let forged = next(&mut heard).await;
    let secret = SimulatorConfig::default().ultravox_webhook_secret;
    assert_ne!(
        forged.signature,
        ultravox_signature(&secret, &forged.timestamp, &forged.body)
    );
    desk.faults(json!({ "kind": "webhook_stale", "event": "call.started", "count": 1 }))
        .await;
    desk.dial("+14155550102", "att_3").await;
    loop {
        let told = next(&mut heard).await;
        let body = told.json();
        if body["event"] == "call.started" && body["call"]["metadata"]["attempt_id"] == "att_3" {
            let created: jiff::Timestamp = body["call"]["created"].as_str().unwrap().parse().unwrap();
            let signed: jiff::Timestamp = told.timestamp.parse().unwrap();
            assert!(created.as_second() - signed.as_second() > 7_000);
            break;
        }
    }
}

#[tokio::test]
async fn webhooks_are_made_changed_and_deleted() {
    let (url, mut heard) = listener(0).await;
    let desk = Desk::open(1.0).await;
    let make = json!({ "url": url, "events": ["call.started"], "agentId": ULTRAVOX_SAMPLE_AGENT_ID });
    let (status, hook) = desk.send("POST", "/api/webhooks", Some(make)).await;
    assert_eq!(
        (status, hook["secrets"].as_array().unwrap().len(), &hook["status"]),
        (201, 1, &json!("normal"))
    );
    desk.dial("+14155550110", "a").await;
    let told = next(&mut heard).await;
    let secret = hook["secrets"][0].as_str().unwrap();
    assert_eq!(
        told.signature,
        ultravox_signature(secret, &told.timestamp, &told.body)
    );
    let path = format!("/api/webhooks/{}", hook["webhookId"].as_str().unwrap());
    let (_, changed) = desk
        .send(
            "PATCH",
            &path,
            Some(json!({ "agentId": "another", "secrets": ["mine"] })),
        )
        .await;
    assert_eq!(
        (&changed["secrets"], &changed["url"]),
        (&json!(["mine"]), &json!(url))
    );
    desk.dial("+14155550111", "b").await;
    let put = json!({ "url": url, "events": ["call.ended", "call.billed"] });
    let (status, replaced) = desk.send("PUT", &path, Some(put)).await;
    assert_eq!(
        (status, &replaced["agentId"], &replaced["created"]),
        (200, &Value::Null, &hook["created"])
    );
    let wrong = [
        json!({ "events": ["call.started"] }),
        json!({ "url": url }),
        json!({ "url": url, "events": ["call.sung"] }),
        json!({ "url": format!("http://x.test/{}", "y".repeat(200)), "events": ["call.ended"] }),
    ];
    for body in wrong {
        assert_eq!(
            desk.send("POST", "/api/webhooks", Some(body.clone())).await.0,
            400,
            "{body}"
        );
    }
    assert_eq!(desk.send("DELETE", &path, None).await.0, 204);
    assert_eq!(desk.get(&path).await.0, 404);
    assert!(heard.try_recv().is_err(), "the second call was another agent's");
}

#[tokio::test]
async fn a_restart_remembers_calls_agents_and_what_was_told() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let (url, mut heard) = listener(0).await;
    let config = |clock_factor: f64, path: &Path| SimulatorConfig {
        ultravox_webhook_url: Some(url.clone()),
        state_file: Some(path.to_owned()),
        clock_factor,
        ..SimulatorConfig::default()
    };
    let desk = Desk::start(config(1.0, &journal)).await;
    desk.send(
        "PUT",
        "/sim/scenario",
        Some(json!({ "rules": [], "ring_secs": [1, 1], "talk_secs": [600, 600] })),
    )
    .await;
    let (_, agent) = desk
        .send("POST", "/api/agents", Some(json!({ "name": "Kept" })))
        .await;
    let (_, call) = desk.dial("+14155550110", "att_1").await;
    let id = id_of(&call);
    assert_eq!(next(&mut heard).await.json()["event"], "call.started");
    assert_eq!(next(&mut heard).await.json()["event"], "call.joined");
    // So that the journal has what was told.
    tokio::time::sleep(Duration::from_millis(200)).await;
    desk.simulator.shutdown().await;

    let desk = Desk::start(config(100.0, &journal)).await;
    assert_eq!(
        desk.get(&format!("/api/agents/{}", agent["agentId"].as_str().unwrap()))
            .await
            .0,
        200
    );
    let ledger = desk.simulator.ledger();
    assert_eq!((ledger.placed_total, ledger.live_now), (1, 1));
    assert_eq!(ledger.by_platform[&Platform::Ultravox].peak_live, 1);
    let path = format!("/api/calls/{id}/send_data_message");
    assert_eq!(
        desk.send("POST", &path, Some(json!({ "type": "hang_up" })))
            .await
            .0,
        204
    );
    let rest: Vec<Value> = [next(&mut heard).await.json(), next(&mut heard).await.json()].into();
    assert_eq!(
        (&rest[0]["event"], &rest[1]["event"]),
        (&json!("call.ended"), &json!("call.billed"))
    );
    assert_eq!(rest[0]["call"]["endReason"], "agent_hangup");
    tokio::time::sleep(Duration::from_millis(200)).await;
    desk.simulator.shutdown().await;

    let desk = Desk::start(config(100.0, &journal)).await;
    assert_eq!(
        desk.get(&format!("/api/calls/{id}")).await.1["endReason"],
        "agent_hangup"
    );
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(heard.try_recv().is_err(), "all was told before");
}

#[tokio::test]
async fn a_journal_of_one_platform_is_still_read() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let placed = json!({ "event": "placed", "conversation": {
        "id": "conv_1", "agent_id": SAMPLE_AGENT_ID, "agent_name": "Renewals", "user_id": "call_1", "to": "+14155550110",
        "line_id": SAMPLE_TWILIO_LINE_ID, "from": "+15005550006", "carrier": "twilio", "carrier_call_id": "CA1",
        "variables": {}, "behaviour": "answers", "failure": null, "language": "en", "seed": 1, "dialled_ms": 1_000,
        "answered_ms": 2_000, "ended_ms": 5_000, "done_ms": 6_000, "talk_secs": 30,
    } });
    let refused =
        json!({ "event": "refused", "to": "+14155550111", "user_id": null, "at_ms": 1, "reason": "refused" });
    let peak = json!({ "event": "peak", "peak": 1, "at_ms": 1_000 });
    let settled = json!({ "event": "webhook_settled", "id": "conv_1" });
    let lines = [placed, peak, refused, settled]
        .map(|line| line.to_string())
        .join("\n");
    std::fs::write(&journal, lines).unwrap();
    let config = SimulatorConfig {
        state_file: Some(journal),
        ..SimulatorConfig::default()
    };
    let ledger = Desk::start(config).await.simulator.ledger();
    assert_eq!(
        (ledger.dials_total, ledger.placed_total, ledger.peak_live),
        (2, 1, 1)
    );
    let elevenlabs = &ledger.by_platform[&Platform::ElevenLabs];
    assert_eq!(
        (
            elevenlabs.dials_total,
            elevenlabs.placed_total,
            elevenlabs.peak_live
        ),
        (2, 1, 1)
    );
}
