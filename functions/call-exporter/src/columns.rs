//! What a row of the file holds.

use std::collections::BTreeSet;
use std::fmt::Display;

use serde::Serialize;
use serde_json::Value;
use switchboard_domain::{Call, DoNotCallEntry, csv_safe};

/// Most columns of one kind that a campaign's calls add: a spreadsheet program shows 16,384 in all.
const MOST_MORE: usize = 200;

/// The columns that every file has, in order. Times are RFC 3339 in UTC; the last three are JSON.
pub const COLUMNS: [&str; 27] = [
    "call_id",
    "status",
    "direction",
    "origin",
    "provider",
    "agent_id",
    "campaign_id",
    "recipient_id",
    "attempt",
    "phone_number",
    "conversation_id",
    "created_at",
    "placing_at",
    "started_at",
    "ended_at",
    "duration_secs",
    "success",
    "title",
    "summary",
    "termination_reason",
    "failure",
    "cost_credits",
    "cost_usd",
    "recording_state",
    "variables",
    "collected",
    "criteria",
];

/// The columns that the calls of one campaign add: one for each dynamic variable, and one for each thing that
/// the agent was told to find out.
#[derive(Debug, Default)]
pub(crate) struct MoreColumns {
    variables: BTreeSet<String>,
    collected: BTreeSet<String>,
}

impl MoreColumns {
    /// Sees what a call has.
    pub(crate) fn see(&mut self, call: &Call) {
        take(&mut self.variables, call.variables.keys());
        take(&mut self.collected, call.results.collected.keys());
    }

    /// The names of all columns. None of them is a formula: those of people begin with a word of ours.
    pub(crate) fn header(&self) -> Vec<String> {
        let fixed = COLUMNS.iter().map(ToString::to_string);
        let variables = self.variables.iter().map(|name| format!("variable: {name}"));
        let collected = self.collected.iter().map(|name| format!("collected: {name}"));
        fixed.chain(variables).chain(collected).collect()
    }

    /// A call as a row: every cell safe to open in a spreadsheet program.
    pub(crate) fn row(&self, call: &Call) -> Vec<String> {
        let variables = self.variables.iter().map(|name| maybe(call.variables.get(name)));
        let collected = self
            .collected
            .iter()
            .map(|name| plain(call.results.collected.get(name)));
        row(call).into_iter().chain(variables).chain(collected).collect()
    }
}

fn take<'a>(names: &mut BTreeSet<String>, new: impl Iterator<Item = &'a String>) {
    for name in new {
        if names.len() < MOST_MORE && !names.contains(name) {
            names.insert(name.clone());
        }
    }
}

/// A text without its quotes; anything else as JSON. A negative number is no formula. Of a value that came
/// with the reason for it, the value.
fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::Object(fields)) if fields.contains_key("value") => match fields.get("value") {
            Some(Value::Object(_)) => json(fields),
            inner => plain(inner),
        },
        Some(Value::String(text)) => safe(text),
        Some(other) => other.to_string(),
    }
}

/// The columns that every file has: cells that are safe to open in a spreadsheet program, phone numbers
/// included, which the program would otherwise turn into a sum.
fn row(call: &Call) -> [String; 27] {
    let results = &call.results;
    [
        safe(&call.call_id),
        call.status.as_str().to_owned(),
        word(&call.direction),
        word(&call.origin),
        call.provider
            .map(|provider| provider.as_str().to_owned())
            .unwrap_or_default(),
        maybe(call.agent_id.as_ref()),
        maybe(call.campaign_id.as_ref()),
        maybe(call.recipient_id.as_ref()),
        call.attempt.to_string(),
        maybe(call.phone_number.as_ref().map(|number| number.as_str())),
        maybe(call.conversation_id.as_ref()),
        safe(call.created_at),
        maybe(call.placing_at),
        maybe(call.started_at),
        maybe(call.ended_at),
        number(call.duration_secs),
        results.success.as_ref().map(word).unwrap_or_default(),
        maybe(results.title.as_ref()),
        maybe(results.summary.as_ref()),
        maybe(results.termination_reason.as_ref()),
        maybe(call.failure.as_ref()),
        number(results.cost_credits),
        number(results.cost_usd),
        word(&call.recording.state),
        json(&call.variables),
        json(&results.collected),
        json(&results.criteria),
    ]
}

/// The columns of the do-not-call list, in order.
pub const DO_NOT_CALL_COLUMNS: [&str; 6] = [
    "phone_number",
    "way",
    "source",
    "source_date",
    "reason",
    "added_at",
];

/// An entry of the do-not-call list as a row, as safe as a call's.
pub(crate) fn do_not_call_row(entry: &DoNotCallEntry) -> [String; 6] {
    [
        safe(entry.phone_number.as_str()),
        entry.way.as_str().to_owned(),
        safe(&entry.source),
        maybe(entry.source_date),
        maybe(entry.note.as_ref()),
        safe(entry.added_at),
    ]
}

fn safe(text: impl Display) -> String {
    csv_safe(&text.to_string()).into_owned()
}

fn maybe(text: Option<impl Display>) -> String {
    text.map(safe).unwrap_or_default()
}

/// A number is no formula, a negative one neither.
fn number(value: Option<impl Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The name that the API gives a choice.
fn word(choice: &impl Serialize) -> String {
    match serde_json::to_value(choice) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}

/// Begins with a brace, so it is no formula. Maps of JSON values always serialize.
fn json(map: &impl Serialize) -> String {
    serde_json::to_string(map).unwrap_or_default()
}
