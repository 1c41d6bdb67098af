//! The runner as a process, as `make run` starts it: it can be killed and started again.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use switchboard_local::client::ApiClient;
use switchboard_simulator::Ledger;

use crate::{binaries, root};

/// How long a machine may take to answer after its start.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where a machine is, and what it keeps.
#[derive(Debug, Clone)]
pub struct MachinePlan {
    /// Its data.
    pub data: std::path::PathBuf,
    /// Port of the API.
    pub port: u16,
    /// Port of the simulator.
    pub simulator: u16,
    /// More of its environment.
    pub environment: Vec<(String, String)>,
}

impl MachinePlan {
    /// A machine on free ports that keeps its data in `data`. The simulator's delays are divided by
    /// `clock_factor`.
    ///
    /// # Errors
    /// When this machine has no free port.
    pub fn new(data: &Path, clock_factor: f64) -> anyhow::Result<Self> {
        Ok(Self {
            data: data.to_owned(),
            port: free_port()?,
            simulator: free_port()?,
            environment: vec![("CLOCK_FACTOR".to_owned(), clock_factor.to_string())],
        })
    }

    fn command(&self, action: &str) -> Command {
        let mut command = Command::new(binaries().join("switchboard-local"));
        command
            .arg(action)
            .current_dir(root())
            .env("DATA_DIR", &self.data)
            .env("PORT", self.port.to_string())
            .env("SIMULATOR_PORT", self.simulator.to_string())
            .env("SAMPLE", "0")
            .env("SCHEDULE_SECONDS", "2")
            .envs(self.environment.iter().cloned());
        command
    }
}

/// A running machine. Killed when it is dropped.
pub struct Machine {
    process: Child,
    plan: MachinePlan,
    http: reqwest::Client,
    /// A caller with all rights.
    pub api: ApiClient,
}

impl Machine {
    /// Starts it and waits until it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn start(plan: &MachinePlan) -> anyhow::Result<Self> {
        let process = plan
            .command("run")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("the runner is not built: run `cargo build --bins`")?;
        let token = plan.command("token").output()?.stdout;
        let token = String::from_utf8(token)?.trim().to_owned();
        let http = switchboard_http::bare_builder()
            .timeout(Duration::from_secs(30))
            .build()?;
        let machine = Self {
            api: ApiClient::at(format!("http://127.0.0.1:{}", plan.port), token)?,
            process,
            plan: plan.clone(),
            http,
        };
        machine.ready().await?;
        Ok(machine)
    }

    async fn ready(&self) -> anyhow::Result<()> {
        let begun = std::time::Instant::now();
        while begun.elapsed() < PATIENCE {
            if matches!(self.api.send("GET", "/health", None).await, Ok((200, _))) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the machine does not answer")
    }

    /// What the simulator saw.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn ledger(&self) -> anyhow::Result<Ledger> {
        let url = format!("http://127.0.0.1:{}/sim/ledger", self.plan.simulator);
        Ok(self
            .http
            .get(url)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?)
    }

    /// Whether the provider has a recording of a conversation.
    ///
    /// # Errors
    /// When the simulator does not answer.
    pub async fn has_audio(&self, provider: &str, conversation: &str) -> anyhow::Result<bool> {
        if provider == "ultravox" {
            let shown = self
                .simulator("GET", &format!("/api/calls/{conversation}"), None)
                .await?;
            return Ok(shown["recordingEnabled"] == true && !shown["joined"].is_null());
        }
        let path = format!("/v1/convai/conversations/{conversation}");
        Ok(self.simulator("GET", &path, None).await?["has_audio"] == true)
    }

    /// Sends a request to the simulator, with the keys of its accounts.
    ///
    /// # Errors
    /// When it is not answered with success.
    pub async fn simulator(
        &self,
        method: &str,
        path: &str,
        body: Option<serde_json::Value>,
    ) -> anyhow::Result<serde_json::Value> {
        let url = format!("http://127.0.0.1:{}{path}", self.plan.simulator);
        let accounts = switchboard_simulator::SimulatorConfig::default();
        let request = self.http.request(method.parse()?, url);
        let mut request = request
            .header("xi-api-key", accounts.api_key)
            .header("x-api-key", accounts.ultravox_api_key);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?.error_for_status()?.bytes().await?;
        Ok(serde_json::from_slice(&answer).unwrap_or_default())
    }

    /// SIGKILL, as when the power goes.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// SIGINT, as Ctrl-C sends it. Answers whether it ended cleanly.
    ///
    /// # Errors
    /// When it cannot be sent.
    pub fn interrupt(mut self) -> anyhow::Result<bool> {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status()?;
        Ok(sent.success() && self.process.wait()?.success())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // Ended already, where `kill` or `interrupt` did it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
