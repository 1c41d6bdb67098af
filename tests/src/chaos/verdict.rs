//! The verdict: one row a promise.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;
use switchboard_simulator::Dial;

use super::ChaosPlan;
use super::evidence::{Evidence, text};
use super::meeting::{quantile, waits};
use super::run::Diary;
use super::table::{Row, Table};

/// Seconds within which a recording is to be stored.
const RECORDING_SECS: f64 = 600.0;
/// The share of recordings that is stored within that time.
const RECORDING_SHARE: f64 = 0.999;

/// What came of a run.
pub struct Verdict {
    /// Every promise held.
    pub holds: bool,
    /// What was found, as a table for people.
    pub table: String,
}

impl Verdict {
    pub(super) fn over(plan: &ChaosPlan, diary: &Diary, evidence: &Evidence) -> Self {
        let mut table = Table::default();
        for row in promises(plan, diary, evidence) {
            table.promise(row);
        }
        for (name, value) in facts(plan, diary, evidence) {
            table.fact(name, value);
        }
        Self {
            holds: table.holds(),
            table: table.into_text(),
        }
    }
}

fn promises(plan: &ChaosPlan, diary: &Diary, evidence: &Evidence) -> Vec<Row> {
    let ledger = &evidence.ledger;
    let too_often = ledger
        .by_number
        .iter()
        .filter(|(_, dials)| dialled_too_often(dials, plan.max_attempts));
    let too_often = too_often.map(|(number, _)| masked(number)).collect();
    let left: u64 = evidence
        .progress
        .iter()
        .filter_map(|p| p["remaining"].as_u64())
        .sum();
    let moving = evidence.calls.iter().filter(|call| {
        matches!(
            call["status"].as_str(),
            Some("queued" | "placing" | "unconfirmed" | "in_progress")
        )
    });
    let moving = moving.map(named).collect::<Vec<_>>();
    let over = u64::from(ledger.peak_live.saturating_sub(plan.limit));
    let slots = evidence.queue["slots_in_use"].as_u64().unwrap_or(u64::MAX);
    let holders = evidence.queue["holders"].as_array().map_or(0, Vec::len) as u64;
    let broken = evidence.proofs.iter().filter(|proof| proof["holds"] != true);
    let broken = broken.map(|proof| proof["checks"].to_string()).collect();
    let late = late_recordings(evidence);
    let talked = evidence.calls.iter().filter(|call| has_recording(call)).count();
    let allowed = (talked as f64 * (1.0 - RECORDING_SHARE)).floor() as usize;
    vec![
        Row::none("people dialled more often than policy allows", too_often),
        Row::zero("people without a final state", left),
        Row::none("calls without a final state", moving),
        Row::at_most(
            "calls at one time",
            u64::from(ledger.peak_live),
            u64::from(plan.limit),
        )
        .broken_by(over),
        Row::zero("reads at which counts do not add up", diary.wrong_reads).of(diary.reads),
        Row::none(
            "conversations that no call knows",
            unknown_conversations(evidence),
        ),
        Row::none("transcripts lost", lost_transcripts(evidence)),
        Row::none("recordings lost", lost_recordings(evidence)),
        Row::none("recordings stored later than 10 minutes", late).but(allowed),
        Row::zero("slots leaked", slots + holders),
        Row::none("campaigns whose own proof does not hold", broken),
    ]
}

/// More placed calls than the policy allows, or one while another was still going on.
fn dialled_too_often(dials: &[Dial], most: u32) -> bool {
    let placed: Vec<&Dial> = dials.iter().filter(|dial| dial.placed).collect();
    let time = |text: &str| text.parse::<Timestamp>().unwrap_or(Timestamp::MAX);
    let overlaps = placed.iter().enumerate().any(|(index, dial)| {
        let end = dial.ended_at.as_deref().map_or(Timestamp::MAX, time);
        placed[index + 1..].iter().any(|later| time(&later.at) < end)
    });
    let attempts: BTreeSet<_> = placed.iter().map(|dial| &dial.user_id).collect();
    placed.len() > most as usize || overlaps || attempts.len() < placed.len()
}

fn unknown_conversations(evidence: &Evidence) -> Vec<String> {
    let known = evidence.by_conversation();
    let placed = evidence
        .ledger
        .by_number
        .values()
        .flatten()
        .filter(|dial| dial.placed);
    let ids = placed.filter_map(|dial| dial.conversation_id.clone());
    ids.filter(|id| !known.contains_key(id.as_str())).collect()
}

fn talked(call: &Value) -> bool {
    matches!(call["status"].as_str(), Some("completed" | "voicemail"))
}

fn has_recording(call: &Value) -> bool {
    talked(call) && call["recording"]["state"] != "none"
}

fn lost_transcripts(evidence: &Evidence) -> Vec<String> {
    let lost =
        |call: &&Value| talked(call) && (call["results"]["turns"] == 0 || call["results_complete"] == false);
    evidence.calls.iter().filter(lost).map(named).collect()
}

fn lost_recordings(evidence: &Evidence) -> Vec<String> {
    let lost = |call: &&Value| has_recording(call) && call["recording"]["state"] != "stored";
    let mut lost: Vec<String> = evidence.calls.iter().filter(lost).map(named).collect();
    lost.extend(evidence.wrongly_without_recording.iter().cloned());
    lost
}

fn late_recordings(evidence: &Evidence) -> Vec<String> {
    let late = |call: &&Value| recording_secs(call).is_some_and(|secs| secs > RECORDING_SECS);
    evidence.calls.iter().filter(late).map(named).collect()
}

/// Seconds from the end of a call to its recording.
fn recording_secs(call: &Value) -> Option<f64> {
    let time = |value: &Value| value.as_str()?.parse::<Timestamp>().ok();
    let (ended, stored) = (time(&call["ended_at"])?, time(&call["recording"]["stored_at"])?);
    Some(stored.duration_since(ended).as_secs_f64())
}

fn facts(plan: &ChaosPlan, diary: &Diary, evidence: &Evidence) -> Vec<(&'static str, String)> {
    let ledger = &evidence.ledger;
    let mut statuses: BTreeMap<String, u64> = BTreeMap::new();
    for call in &evidence.calls {
        *statuses.entry(text(&call["status"])).or_default() += 1;
    }
    let statuses: Vec<String> = statuses
        .iter()
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    let waits = waits(&evidence.calls, plan.limit);
    let mut recordings: Vec<f64> = evidence.calls.iter().filter_map(recording_secs).collect();
    recordings.sort_by(f64::total_cmp);
    let secs = diary.elapsed.as_secs_f64().max(1.0);
    vec![
        (
            "people, limit, seed",
            format!("{}, {}, {}", plan.people, plan.limit, plan.seed),
        ),
        (
            "dial requests, phones rung",
            format!("{}, {}", ledger.dials_total, ledger.placed_total),
        ),
        ("calls", statuses.join(", ")),
        (
            "webhooks sent, taken",
            format!("{}, {}", ledger.webhooks.sent, ledger.webhooks.delivered),
        ),
        (
            "DynamoDB and SQS requests that failed",
            format!("{}, {}", diary.faults.dynamodb, diary.faults.sqs),
        ),
        (
            "functions killed while they worked",
            diary.faults.killed.to_string(),
        ),
        (
            "queue emptied, machine killed, campaigns resumed",
            format!("{}, {}, {}", diary.emptied, diary.restarts, diary.resumed),
        ),
        (
            "due person and free slot meet within, p50 and p99",
            format!("{:.1} s, {:.1} s", quantile(&waits, 0.5), quantile(&waits, 0.99)),
        ),
        (
            "recording stored after the call's end, p50 and max",
            format!(
                "{:.1} s, {:.1} s",
                quantile(&recordings, 0.5),
                quantile(&recordings, 1.0)
            ),
        ),
        (
            "elapsed",
            format!("{secs:.0} s, {:.1} calls/s", evidence.calls.len() as f64 / secs),
        ),
    ]
}

fn named(call: &Value) -> String {
    format!("{} ({})", text(&call["call_id"]), text(&call["status"]))
}

fn masked(number: &str) -> String {
    format!(
        "{}***{}",
        &number[..3.min(number.len())],
        &number[number.len().saturating_sub(2)..]
    )
}
