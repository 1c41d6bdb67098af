//! What the provider saw, and what our records say: held against each other at the end.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use switchboard_simulator::Ledger;

use super::run::patiently;
use crate::machine::Machine;

/// Everything that the verdict is made of.
pub(super) struct Evidence {
    /// What the provider saw.
    pub(super) ledger: Ledger,
    /// Our calls.
    pub(super) calls: Vec<Value>,
    /// The progress of each campaign.
    pub(super) progress: Vec<Value>,
    /// The proof of each campaign.
    pub(super) proofs: Vec<Value>,
    /// The queue.
    pub(super) queue: Value,
    /// Calls without a recording of which the provider has one.
    pub(super) wrongly_without_recording: Vec<String>,
}

impl Evidence {
    pub(super) async fn collect(machine: &Machine, campaigns: &[String]) -> anyhow::Result<Self> {
        let api = &machine.api;
        let (mut calls, mut progress, mut proofs) = (Vec::new(), Vec::new(), Vec::new());
        for id in campaigns {
            let of_it = format!("/api/calls?campaign_id={id}");
            calls.extend(patiently(|| api.all(&of_it)).await?);
            let path = format!("/api/campaigns/{id}");
            let (its_progress, its_proof) = (format!("{path}/progress"), format!("{path}/proof"));
            progress.push(patiently(|| api.get(&its_progress)).await?);
            proofs.push(patiently(|| api.get(&its_proof)).await?);
        }
        let mut wrongly_without_recording = Vec::new();
        for call in calls.iter().filter(|call| call["recording"]["state"] == "none") {
            let Some(conversation) = call["conversation_id"].as_str() else {
                continue;
            };
            if machine.has_audio(&text(&call["provider"]), conversation).await? {
                wrongly_without_recording.push(text(&call["call_id"]));
            }
        }
        Ok(Self {
            ledger: machine.ledger().await?,
            calls,
            progress,
            proofs,
            queue: patiently(|| api.get("/api/queue")).await?,
            wrongly_without_recording,
        })
    }

    /// All of it, for whoever wants to know why the verdict is what it is.
    pub(super) fn to_json(&self) -> Value {
        json!({ "ledger": self.ledger, "calls": self.calls, "progress": self.progress, "proofs": self.proofs })
    }

    /// Our calls by the conversation they became.
    pub(super) fn by_conversation(&self) -> BTreeMap<&str, &Value> {
        self.calls
            .iter()
            .filter_map(|call| Some((call["conversation_id"].as_str()?, call)))
            .collect()
    }
}

/// A field's text.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
