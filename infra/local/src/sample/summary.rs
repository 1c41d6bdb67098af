//! What came of the sample.

use std::time::Duration;

use serde_json::Value;

use super::say;
use crate::Local;
use crate::client::ApiClient;

/// Looks for recordings that are still on their way.
const LOOKS: u32 = 60;
/// Between two of them.
const LOOK: Duration = Duration::from_millis(500);

pub(super) fn show_upload(upload: &Value) {
    let counts = &upload["counts"];
    say(&format!(
        "  {} rows: {} accepted, {} rejected, {} duplicate",
        counts["rows"], counts["accepted"], counts["rejected"], counts["duplicate"]
    ));
    for row in upload["rejected"].as_array().into_iter().flatten() {
        let explanation = row["explanation"].as_str().unwrap_or_default();
        let column = row["column"].as_str().unwrap_or("the row");
        say(&format!("    line {}, {column}: {explanation}", row["line"]));
    }
}

pub(super) async fn show(api: &ApiClient, local: &Local, campaign: &Value) -> anyhow::Result<()> {
    let id = campaign["campaign_id"].as_str().unwrap_or_default();
    let calls = settled_calls(api, id).await?;
    let counts = &campaign["counts"];
    let of = |name: &str| counts[name].as_u64().unwrap_or(0);
    say(&format!(
        "  {} people: {} reached, {} voicemail, {} no answer, {} busy, {} failed, {} skipped; {} calls",
        of("total"),
        of("completed"),
        of("voicemail"),
        of("no_answer"),
        of("busy"),
        of("failed"),
        of("skipped"),
        calls.len(),
    ));
    say("  Its people are simulated, so it calls them at any hour. A campaign of yours keeps to 08:00-21:00");
    say("  where each person is, within the rules of their country, until you set other hours.");
    let with = |state: &str| {
        calls
            .iter()
            .filter(|call| call["recording"]["state"] == state)
            .count()
    };
    say(&format!(
        "  {} recordings saved, {} lost",
        with("stored"),
        with("lost")
    ));
    if let Some(simulator) = local.simulator() {
        let ledger = simulator.ledger();
        say(&format!(
            "  The simulator was asked for {} dials; at most {} calls at one time (limit 5).",
            ledger.dials_total, ledger.peak_live
        ));
    }
    say(&format!(
        "  Look at {}/api/campaigns/{id} and {}/api/calls?campaign_id={id}",
        local.api_url(),
        local.api_url()
    ));
    Ok(())
}

/// The calls of a campaign, when their recordings are settled or it takes too long.
async fn settled_calls(api: &ApiClient, id: &str) -> anyhow::Result<Vec<Value>> {
    let mut calls = Vec::new();
    for _ in 0..LOOKS {
        calls = api.all(&format!("/api/calls?campaign_id={id}")).await?;
        if calls.iter().all(|call| call["recording"]["state"] != "pending") {
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(calls)
}
