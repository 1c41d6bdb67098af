//! The sample campaign itself.

use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use switchboard_simulator::{SAMPLE_AGENT_ID, SAMPLE_TWILIO_LINE_ID};

use crate::any_hour;
use crate::client::ApiClient;

/// Calls of the sample at one time.
const LIMIT: u32 = 5;
/// Between two looks at the progress.
const LOOK: Duration = Duration::from_millis(300);
/// After this long something is wrong.
const PATIENCE: Duration = Duration::from_secs(600);

/// Creates and starts the campaign over the list of an upload.
pub(super) async fn create(api: &ApiClient, upload: &Value) -> anyhow::Result<Value> {
    if upload["status"] != "completed" {
        bail!("the sample was not read: {}", upload["failure"]["explanation"]);
    }
    api.put("/api/queue/settings", &json!({ "concurrency_limit": LIMIT }))
        .await?;
    api.post("/api/agents/sync", &json!({})).await?;
    api.get("/api/phone-lines").await?;
    let agents = api.all("/api/agents").await?;
    let agent = agents
        .iter()
        .find(|agent| agent["provider_agent_id"] == SAMPLE_AGENT_ID);
    let agent = agent.context("the simulator's sample agent is not there")?;
    api.post(
        "/api/campaigns",
        &json!({
            "name": "Sample: renewals",
            "agent_id": agent["agent_id"],
            "phone_line_id": SAMPLE_TWILIO_LINE_ID,
            "list_ids": [upload["list_id"]],
            "start": "now",
            "ringing_timeout_secs": 30,
            "rules": { "calling_hours": any_hour() },
            "retry": { "max_attempts": 2, "delay_secs": 5, "retry_on": ["no_answer", "busy"] },
        }),
    )
    .await
}

/// Shows the progress until the campaign is over; answers it as it is then.
pub(super) async fn follow(api: &ApiClient, campaign: &Value) -> anyhow::Result<Value> {
    let id = campaign["campaign_id"]
        .as_str()
        .context("the campaign has no id")?;
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("  {bar:40} {pos}/{len} people  {msg}")?;
    bar.set_style(style);
    let looks = PATIENCE.as_millis() / LOOK.as_millis();
    for _ in 0..looks {
        let progress = api.get(&format!("/api/campaigns/{id}/progress")).await?;
        let counts = &progress["counts"];
        bar.set_length(counts["total"].as_u64().unwrap_or(0));
        bar.set_position(progress["finished"].as_u64().unwrap_or(0));
        bar.set_message(format!(
            "{} calling, {} waiting",
            counts["calling"], counts["pending"]
        ));
        if matches!(
            progress["status"].as_str(),
            Some("completed" | "cancelled" | "failed")
        ) {
            bar.finish_with_message("done");
            return api.get(&format!("/api/campaigns/{id}")).await;
        }
        tokio::time::sleep(LOOK).await;
    }
    bar.abandon();
    bail!("the sample campaign did not end in ten minutes: look into the logs folder")
}
