//! What the functions write: enough to follow a call, and nothing of whom it is with, what is said or what must stay
//! secret.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use switchboard_local::{Local, LocalConfig};
use switchboard_simulator::SimulatorConfig;
use switchboard_tests::{App, CampaignPlan, RECEPTION_NUMBER, Reception, binaries, root};

const PATIENCE: Duration = Duration::from_secs(120);
const CALLER: &str = "+14155550111";
const COLLEAGUE: &str = "+14155550121";
const FORBIDDEN: &str = "+14155550144";
/// What is shorter may be a word that logs use, too.
const LEAST_WORDS: usize = 12;

/// Every function that has work in what the test does, with something that its log then tells.
const FUNCTIONS: [&str; 9] = [
    "admin-api",
    "call-exporter",
    "campaign-scheduler",
    "conversation-sync",
    "dialer",
    "event-sender",
    "provider-webhooks",
    "receptionist",
    "upload-parser",
];

/// What must not be in a log, and what it is.
#[derive(Default)]
struct Hidden(BTreeMap<String, &'static str>);

impl Hidden {
    fn add(&mut self, what: &'static str, text: impl Into<String>) {
        self.0.insert(text.into(), what);
    }

    /// A number, in whatever spelling: its digits without the country's.
    fn number(&mut self, number: &str) {
        self.add("a phone number", number.trim_start_matches("+1"));
    }

    /// Every text in an answer that is long enough to be told from others.
    fn words(&mut self, what: &'static str, value: &Value) {
        match value {
            Value::String(text) if text.chars().count() >= LEAST_WORDS => self.add(what, text.as_str()),
            Value::Array(values) => values.iter().for_each(|value| self.words(what, value)),
            Value::Object(fields) => fields.values().for_each(|value| self.words(what, value)),
            _ => {}
        }
    }

    /// As it may stand in a line of JSON, too.
    fn found_in(&self, line: &str) -> Option<&'static str> {
        let is_in = |text: &str| {
            let quoted = Value::from(text).to_string();
            line.contains(text) || line.contains(quoted.trim_matches('"'))
        };
        let found = self.0.iter().find(|(text, _)| is_in(text));
        found.map(|(_, what)| *what)
    }
}

async fn start() -> App {
    let data = tempfile::tempdir().unwrap();
    let simulated = SimulatorConfig {
        clock_factor: 20.0,
        ..SimulatorConfig::default()
    };
    let mut config = LocalConfig {
        binaries: binaries(),
        simulator: Some((0, simulated)),
        ..LocalConfig::for_tests(root(), data.path().to_owned())
    };
    // More than a deployment ever writes.
    let level = ("LOG_LEVEL".to_owned(), "debug".to_owned());
    config.environment.insert(level.0, level.1);
    App::around(Local::start(config).await.unwrap(), data).unwrap()
}

/// Every secret that the system was given, and those that it made.
fn secrets(hidden: &mut Hidden, app: &App) {
    let given = SimulatorConfig::default();
    for secret in [
        given.api_key,
        given.webhook_secret,
        given.tool_secret,
        given.ultravox_api_key,
        given.ultravox_webhook_secret,
        given.twilio_auth_token,
        given.openai_api_key,
        given.openai_webhook_secret,
    ] {
        hidden.add("a secret", secret);
    }
    let made = std::fs::read(app.data.path().join("secrets.json")).unwrap_or_default();
    let made: Value = serde_json::from_slice(&made).unwrap_or_default();
    for value in made.as_object().into_iter().flat_map(|values| values.values()) {
        // Some are documents with more than one.
        let inner = value.as_str().and_then(|text| serde_json::from_str(text).ok());
        hidden.words("a secret", inner.as_ref().unwrap_or(value));
    }
    // How every token begins: {"alg":
    hidden.add("a token", "eyJhbGciOi");
}

/// A campaign whose people answer, do not, and opt out.
async fn call_people(app: &App, hidden: &mut Hidden) {
    let plan = CampaignPlan {
        limit: 5,
        max_attempts: 2,
    };
    let id = app.campaign(12, &plan).await.unwrap();
    app.finish(&id, PATIENCE).await.unwrap();
    for index in 0..12 {
        hidden.number(&format!("+120155501{index:02}"));
    }
}

/// A call that comes in, and one that is put through to a colleague.
async fn take_calls(reception: &Reception, hidden: &mut Hidden) {
    for number in [CALLER, COLLEAGUE, RECEPTION_NUMBER] {
        hidden.number(number);
    }
    let sid = reception.ring(CALLER, &json!("booking")).await.unwrap();
    let is = |call: &Value| call["recording"]["state"] == "stored" && call["reception"]["concluded"] == true;
    let call = reception.call_that(&sid, PATIENCE, is).await.unwrap();
    hidden.words("a result of a call", &call["results"]["summary"]);
    let name = call["reception"]["caller_name"].as_str().unwrap();
    hidden.add("the name of a caller", name);

    let person = json!({ "kind": "person", "phone_number": COLLEAGUE, "ring_secs": 20 });
    reception
        .send_calls_to(json!([person, { "kind": "voicemail" }]))
        .await
        .unwrap();
    let sid = reception.ring(CALLER, &json!({})).await.unwrap();
    let over = |call: &Value| call["ended_at"].is_string();
    reception.call_that(&sid, PATIENCE, over).await.unwrap();
}

/// What people do at the site with a number in the address, in a query and in a body.
async fn look_around(app: &App, hidden: &mut Hidden) {
    hidden.number(FORBIDDEN);
    let forbidden = json!({ "phone_numbers": [FORBIDDEN], "note": "asked by letter of last week" });
    app.api.post("/api/do-not-call", &forbidden).await.unwrap();
    hidden.add("a note", "asked by letter of last week");
    for (method, path, body) in [
        ("GET", format!("/api/privacy/{}", plain(CALLER)), None),
        ("GET", format!("/api/do-not-call/{}", plain(FORBIDDEN)), None),
        ("GET", format!("/api/calls?phone_number={}", plain(CALLER)), None),
        (
            "GET",
            format!("/api/contacts?phone_number={}", plain(CALLER)),
            None,
        ),
        ("GET", format!("/api/calls?search={}", &CALLER[2..]), None),
        ("GET", format!("/api/privacy/{}0000000", plain(CALLER)), None),
        (
            "POST",
            "/api/calls".to_owned(),
            Some(json!({ "phone_number": CALLER })),
        ),
        ("POST", "/api/exports".to_owned(), Some(json!({}))),
        ("DELETE", format!("/api/do-not-call/{}", plain(FORBIDDEN)), None),
        (
            "POST",
            format!("/api/privacy/{}/erase", plain(CALLER)),
            Some(json!({ "confirm": CALLER })),
        ),
    ] {
        app.api.send(method, &path, body.as_ref()).await.unwrap();
    }
    let key = json!({ "api_key": "a-key-that-nobody-accepts" });
    app.api
        .send("PUT", "/api/settings/providers/elevenlabs/key", Some(&key))
        .await
        .unwrap();
    hidden.add("a key", "a-key-that-nobody-accepts");
    let ticket = app.api.post("/api/live/tickets", &json!({})).await.unwrap();
    hidden.words("a ticket", &ticket["ticket"]);
    let target = json!({ "url": "https://events.example/switchboard", "types": ["call.ended"] });
    let made = app.api.post("/api/event-targets", &target).await.unwrap();
    hidden.words("a secret of an event target", &made["secret"]);
    let test = format!(
        "/api/event-targets/{}/test",
        made["target"]["target_id"].as_str().unwrap()
    );
    app.api.post(&test, &json!({})).await.unwrap();
    app.api.post("/api/calls/sync", &json!({})).await.unwrap();
}

/// As it stands in an address.
fn plain(number: &str) -> String {
    number.replace('+', "%2B")
}

/// Everything that was said in any call.
async fn transcripts(app: &App, hidden: &mut Hidden) {
    let mut turns = 0;
    for call in app.api.all("/api/calls").await.unwrap() {
        let path = format!("/api/calls/{}/transcript", call["call_id"].as_str().unwrap());
        let (_, transcript) = app.api.send("GET", &path, None).await.unwrap();
        for turn in transcript["turns"].as_array().into_iter().flatten() {
            hidden.words("what was said in a call", &turn["message"]);
            turns += 1;
        }
    }
    assert!(turns > 20, "calls have words that could leak: {turns}");
}

fn lines(logs: &Path) -> BTreeMap<String, Vec<String>> {
    let mut lines = BTreeMap::new();
    for entry in std::fs::read_dir(logs).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        lines.insert(name, text.lines().map(str::to_owned).collect());
    }
    lines
}

/// Every function has told something since it was asked for, or `PATIENCE` is over.
async fn all_have_told(logs: &Path) {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let told = lines(logs);
        if FUNCTIONS.iter().all(|function| told.contains_key(*function)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_log_holds_a_number_a_word_that_was_said_or_a_secret() {
    let app = start().await;
    let mut hidden = Hidden::default();
    let reception = Reception::open(&app).await.unwrap();
    call_people(&app, &mut hidden).await;
    take_calls(&reception, &mut hidden).await;
    transcripts(&app, &mut hidden).await;
    look_around(&app, &mut hidden).await;
    secrets(&mut hidden, &app);
    let logs = app.data.path().join("logs");
    all_have_told(&logs).await;

    let App { local, data, .. } = app;
    local.shutdown().await;
    let told = lines(&logs);
    let silent: Vec<_> = FUNCTIONS
        .iter()
        .filter(|function| !told.contains_key(**function))
        .collect();
    assert!(silent.is_empty(), "their logs were not seen: {silent:?}");
    let all: Vec<_> = told
        .iter()
        .flat_map(|(function, lines)| lines.iter().map(move |line| (function, line)))
        .collect();
    assert!(
        all.len() > 100,
        "too little was told to be a proof: {} lines",
        all.len()
    );
    let leaks: Vec<String> = all
        .iter()
        .filter_map(|(function, line)| {
            let what = hidden.found_in(line)?;
            Some(format!("{what} in the log of {function}: {line}"))
        })
        .collect();
    assert!(
        leaks.is_empty(),
        "{} of {} lines:\n{}",
        leaks.len(),
        all.len(),
        leaks[..leaks.len().min(20)].join("\n")
    );
    drop(data);
}
