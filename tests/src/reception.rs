//! Calls that come in: a reception with an agent of OpenAI, callers of the simulator, and what was kept of them.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use reqwest::Client;
use serde_json::{Value, json};
use switchboard_domain::CallId;
use switchboard_local::client::ApiClient;

use crate::App;
use crate::spoken::{Differences, differences};

/// The number that people call.
pub const RECEPTION_NUMBER: &str = "+15005550199";
/// Between two looks.
const LOOK: Duration = Duration::from_millis(150);

/// A reception that is open, with an agent of OpenAI that takes every call.
pub struct Reception {
    /// A caller of the API with all rights.
    pub api: ApiClient,
    /// The agent.
    pub agent_id: String,
    http: Client,
    simulator: String,
}

impl Reception {
    /// Makes an agent of OpenAI, and a rule that sends every call to it.
    ///
    /// # Errors
    /// When a step is refused.
    pub async fn open(app: &App) -> anyhow::Result<Self> {
        let agent = json!({
            "provider": "openai",
            "name": "Reception",
            "prompt": "You answer for Harbor Dental. Find out why they call, and help.",
            "first_message": "Good morning, this is the reception. How can I help you?",
            "language": "en",
        });
        let agent = app.api.post("/api/agents", &agent).await?;
        let agent_id = agent["agent_id"].as_str().context("no agent id")?.to_owned();
        let simulator = app.local.simulator().context("no simulator")?;
        let reception = Self {
            api: app.api.clone(),
            agent_id,
            http: switchboard_http::bare_builder()
                .timeout(Duration::from_secs(30))
                .build()?,
            simulator: format!("http://{}", simulator.address()),
        };
        let agent = json!({ "kind": "agent", "agent_id": reception.agent_id });
        reception
            .send_calls_to(json!([agent, { "kind": "voicemail" }]))
            .await?;
        Ok(reception)
    }

    /// From now on calls go to these targets.
    ///
    /// # Errors
    /// When the API refuses.
    pub async fn send_calls_to(&self, targets: Value) -> anyhow::Result<()> {
        let rules = self.api.get("/api/routing-rules").await?;
        for rule in rules["items"].as_array().into_iter().flatten() {
            let id = rule["rule_id"].as_str().context("no rule id")?;
            self.api
                .send("DELETE", &format!("/api/routing-rules/{id}"), None)
                .await?;
        }
        let rule = json!({ "name": "Everybody", "targets": targets });
        self.api.post("/api/routing-rules", &rule).await.map(drop)
    }

    /// Changes settings of the reception; the others stay.
    ///
    /// # Errors
    /// When the API refuses.
    pub async fn set(&self, changes: &Value) -> anyhow::Result<()> {
        let mut settings = self.api.get("/api/settings/reception").await?;
        for (name, value) in changes.as_object().into_iter().flatten() {
            settings[name] = value.clone();
        }
        self.api.put("/api/settings/reception", &settings).await.map(drop)
    }

    /// Somebody calls; answers the carrier's id of the call.
    ///
    /// # Errors
    /// When the simulator refuses.
    pub async fn ring(&self, from: &str, scenario: &Value) -> anyhow::Result<String> {
        let call = json!({ "from": from, "to": RECEPTION_NUMBER, "scenario": scenario });
        let rung = self.simulated("POST", "/_sim/calls/inbound", Some(&call)).await?;
        Ok(rung["call_sid"].as_str().context("no call SID")?.to_owned())
    }

    /// Asks the simulator.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn simulated(&self, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let method = method.parse()?;
        let mut request = self.http.request(method, format!("{}{path}", self.simulator));
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let (status, text) = (response.status(), response.text().await?);
        if !status.is_success() {
            bail!("the simulator answered {status} to {path}: {text}");
        }
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// A call as the simulator knows it.
    ///
    /// # Errors
    /// When it does not.
    pub async fn of_simulator(&self, sid: &str) -> anyhow::Result<Value> {
        self.simulated("GET", &format!("/_sim/calls/{sid}"), None).await
    }

    /// Our id of a call.
    pub fn call_id(sid: &str) -> CallId {
        CallId::derived(&["twilio", sid])
    }

    /// A call as the API has it; null before it is known.
    ///
    /// # Errors
    /// When the API does not answer.
    pub async fn call(&self, sid: &str) -> anyhow::Result<Value> {
        let path = format!("/api/calls/{}", Self::call_id(sid));
        let (status, call) = self.api.send("GET", &path, None).await?;
        Ok(if status == 200 { call } else { Value::Null })
    }

    /// Looks at a call until it is as it should be.
    ///
    /// # Errors
    /// When it never is within `patience`.
    pub async fn call_that(
        &self,
        sid: &str,
        patience: Duration,
        is: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Value> {
        let begun = Instant::now();
        loop {
            let call = self.call(sid).await?;
            if is(&call) {
                return Ok(call);
            }
            if begun.elapsed() > patience {
                let simulated = self.of_simulator(sid).await?;
                bail!("the call is not as it should be: {call}\nthe simulator says: {simulated}");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until a call is over and concluded.
    ///
    /// # Errors
    /// When it is not within `patience`.
    pub async fn concluded(&self, sid: &str, patience: Duration) -> anyhow::Result<Value> {
        self.call_that(sid, patience, |call| call["reception"]["concluded"] == true)
            .await
    }

    /// The turns of a call, as the API has them.
    ///
    /// # Errors
    /// When the API does not answer.
    pub async fn turns(&self, sid: &str) -> anyhow::Result<Vec<Value>> {
        let path = format!("/api/calls/{}/transcript", Self::call_id(sid));
        let transcript = self.api.get(&path).await?;
        Ok(transcript["turns"].as_array().cloned().unwrap_or_default())
    }

    /// Holds what was kept of a call against what was really said in it.
    ///
    /// # Errors
    /// When the API or the simulator does not answer.
    pub async fn compare(&self, sid: &str) -> anyhow::Result<Differences> {
        let simulated = self.of_simulator(sid).await?;
        let sessions = simulated["openai"].as_array().cloned().unwrap_or_default();
        let said: Vec<Value> = sessions
            .iter()
            .flat_map(|session| session["said"].as_array().cloned().unwrap_or_default())
            .collect();
        Ok(differences(&said, &self.turns(sid).await?))
    }
}
