//! The whole machine stopped in mid-campaign, politely and not, and started again.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use switchboard_simulator::{Ledger, SAMPLE_AGENT_ID, SAMPLE_TWILIO_LINE_ID};
use switchboard_tests::{assert_dials_within, binaries, check_counts, contacts_csv, root};

const PEOPLE: usize = 120;
const LIMIT: u32 = 10;

/// The runner as a process, as `make run` starts it.
struct Machine {
    process: Child,
    port: u16,
    simulator: u16,
    token: String,
    http: reqwest::Client,
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

impl Machine {
    fn start(data: &Path, port: u16, simulator: u16) -> Self {
        let command = |action: &str| {
            let mut command = Command::new(binaries().join("switchboard-local"));
            command
                .arg(action)
                .current_dir(root())
                .env("DATA_DIR", data)
                .env("PORT", port.to_string())
                .env("SIMULATOR_PORT", simulator.to_string())
                .env("SAMPLE", "0")
                .env("CLOCK_FACTOR", "40")
                .env("SCHEDULE_SECONDS", "2");
            command
        };
        let process = command("run")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let token = command("token").output().unwrap().stdout;
        let token = String::from_utf8(token).unwrap().trim().to_owned();
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap();
        Self {
            process,
            port,
            simulator,
            token,
            http,
        }
    }

    async fn ready(&self) {
        for _ in 0..200 {
            let health = self
                .http
                .get(format!("http://127.0.0.1:{}/health", self.port))
                .send()
                .await;
            if health.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("the machine does not answer");
    }

    async fn api(&self, method: &str, path: &str, body: Value) -> Value {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let request = self
            .http
            .request(method.parse().unwrap(), url)
            .bearer_auth(&self.token);
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let body: Value = answer.json().await.unwrap_or_default();
        assert!(status.is_success(), "{method} {path} answered {status}: {body}");
        body
    }

    async fn ledger(&self) -> Ledger {
        let url = format!("http://127.0.0.1:{}/sim/ledger", self.simulator);
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    async fn start_campaign(&self) -> String {
        self.api(
            "PUT",
            "/api/queue/settings",
            json!({ "concurrency_limit": LIMIT }),
        )
        .await;
        self.api("POST", "/api/agents/sync", json!({})).await;
        self.api("GET", "/api/phone-lines", Value::Null).await;
        let csv = contacts_csv(PEOPLE);
        let upload = self
            .api(
                "POST",
                "/api/uploads",
                json!({ "file_name": "a.csv", "bytes": csv.len() }),
            )
            .await;
        let mut put = self.http.put(upload["put"]["url"].as_str().unwrap()).body(csv);
        for (name, value) in upload["put"]["headers"].as_object().unwrap() {
            put = put.header(name, value.as_str().unwrap());
        }
        assert!(put.send().await.unwrap().status().is_success());
        let id = upload["upload"]["upload_id"].as_str().unwrap();
        let mut read = Value::Null;
        for _ in 0..200 {
            read = self.api("GET", &format!("/api/uploads/{id}"), Value::Null).await;
            if read["status"] == "completed" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let agents = self.api("GET", "/api/agents", Value::Null).await;
        let agent = agents["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|a| a["provider_agent_id"] == SAMPLE_AGENT_ID);
        let campaign = json!({
            "name": "Restarted", "agent_id": agent.unwrap()["agent_id"], "phone_line_id": SAMPLE_TWILIO_LINE_ID,
            "list_ids": [read["list_id"]], "start": "now", "ringing_timeout_secs": 20,
        });
        let created = self.api("POST", "/api/campaigns", campaign).await;
        created["campaign_id"].as_str().unwrap().to_owned()
    }

    async fn progress(&self, id: &str) -> Value {
        let progress = self
            .api("GET", &format!("/api/campaigns/{id}/progress"), Value::Null)
            .await;
        check_counts(&progress["counts"]).unwrap();
        progress
    }

    async fn wait_until_finished(&self, id: &str, people: u64) -> Value {
        for _ in 0..1_500 {
            let progress = self.progress(id).await;
            if progress["finished"].as_u64().unwrap() >= people {
                return progress;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("the campaign stands still: {}", self.progress(id).await);
    }

    /// SIGKILL, as when the power goes.
    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// SIGINT, as Ctrl-C sends it.
    fn interrupt(mut self) {
        let sent = Command::new("kill")
            .args(["-INT", &self.process.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        assert!(self.process.wait().unwrap().success(), "Ctrl-C is a clean end");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_goes_on_after_ctrl_c_and_after_kill_9() {
    let data = tempfile::tempdir().unwrap();
    let (port, simulator) = (free_port(), free_port());
    let machine = Machine::start(data.path(), port, simulator);
    machine.ready().await;
    let id = machine.start_campaign().await;
    machine.wait_until_finished(&id, 20).await;
    machine.kill();

    let machine = Machine::start(data.path(), port, simulator);
    machine.ready().await;
    machine.wait_until_finished(&id, 60).await;
    machine.interrupt();

    let machine = Machine::start(data.path(), port, simulator);
    machine.ready().await;
    let progress = machine.wait_until_finished(&id, PEOPLE as u64).await;
    assert_eq!(progress["counts"]["total"], PEOPLE, "{progress}");
    assert_dials_within(&machine.ledger().await, |_| 1, LIMIT);
    let queue = machine.api("GET", "/api/queue", Value::Null).await;
    assert_eq!(queue["slots_in_use"], 0, "{queue}");
    machine.interrupt();
}

#[test]
fn a_busy_port_is_one_clear_sentence() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let data = tempfile::tempdir().unwrap();
    let output = Command::new(binaries().join("switchboard-local"))
        .arg("run")
        .current_dir(root())
        .env("DATA_DIR", data.path())
        .env("PORT", taken.local_addr().unwrap().port().to_string())
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("is in use") && said.contains("PORT="), "{said}");
}

#[test]
fn a_bad_template_is_one_clear_sentence() {
    let data = tempfile::tempdir().unwrap();
    let template = data.path().join("template.yaml");
    std::fs::write(
        &template,
        "Resources:\n  X: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Nothing } }\n",
    )
    .unwrap();
    let output = Command::new(binaries().join("switchboard-local"))
        .arg("run")
        .current_dir(root())
        .env("DATA_DIR", data.path())
        .env("PORT", free_port().to_string())
        .env("SIMULATOR_PORT", free_port().to_string())
        .env("TEMPLATE", &template)
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("template.yaml"), "{said}");
    assert_eq!(said.trim().lines().count(), 1, "{said}");
}
