//! The calls of a campaign as CSV.

use jiff::Timestamp;
use switchboard_domain::{Call, csv_safe};

const COLUMNS: [&str; 16] = [
    "call_id",
    "recipient_id",
    "phone_number",
    "attempt",
    "status",
    "due_at",
    "queued_at",
    "dial_before",
    "placing_at",
    "asked_at",
    "started_at",
    "hung_up_at",
    "ended_at",
    "duration_secs",
    "conversation_id",
    "failure",
];

/// A ledger being written.
pub(super) struct Ledger(csv::Writer<Vec<u8>>);

impl Ledger {
    pub(super) fn new() -> Self {
        let mut ledger = Self(csv::Writer::from_writer(Vec::new()));
        ledger.write(COLUMNS.map(str::to_owned));
        ledger
    }

    pub(super) fn add(&mut self, call: &Call) {
        let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
        let text = |value: Option<&str>| csv_safe(value.unwrap_or_default()).into_owned();
        self.write([
            call.call_id.to_string(),
            text(call.recipient_id.as_ref().map(|id| id.as_str())),
            // The masked form.
            text(call.phone_number.as_ref().map(ToString::to_string).as_deref()),
            call.attempt.to_string(),
            call.status.as_str().to_owned(),
            time(call.due_at),
            time(Some(call.created_at)),
            time(call.dial_before),
            time(call.placing_at),
            time(call.asked_at),
            time(call.started_at),
            time(call.hung_up_at),
            time(call.ended_at),
            call.duration_secs
                .map(|secs| secs.to_string())
                .unwrap_or_default(),
            text(call.conversation_id.as_ref().map(|id| id.as_str())),
            text(call.failure.as_deref()),
        ]);
    }

    fn write(&mut self, row: [String; COLUMNS.len()]) {
        // Memory does not fail, and every row has the same number of fields.
        if let Err(error) = self.0.write_record(row) {
            tracing::error!(%error, "a row of the ledger could not be written");
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.get_ref().len()
    }

    pub(super) fn into_csv(self) -> Vec<u8> {
        self.0.into_inner().unwrap_or_default()
    }
}
