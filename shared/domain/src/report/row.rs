//! One row of a report.

use serde::{Deserialize, Serialize};

use crate::{Call, CallStatus, CallSuccess};

/// Millionths of a US dollar in one.
const MICROS_PER_DOLLAR: f64 = 1_000_000.0;

/// What is counted of the calls of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tally {
    pub(super) calls: u64,
    pub(super) answered: u64,
    pub(super) successes: u64,
    pub(super) talk_secs: u64,
    pub(super) cost_micros: u64,
}

impl Tally {
    /// What one call counts; none while it is not over, or when no phone rang for it.
    pub(super) fn of(call: &Call) -> Option<Self> {
        let answered = match call.status {
            CallStatus::Completed => true,
            CallStatus::NoAnswer | CallStatus::Busy | CallStatus::Voicemail | CallStatus::Failed => false,
            CallStatus::Queued
            | CallStatus::Placing
            | CallStatus::Unconfirmed
            | CallStatus::InProgress
            | CallStatus::NotPlaced
            | CallStatus::Cancelled => return None,
        };
        Some(Self {
            calls: 1,
            answered: u64::from(answered),
            successes: u64::from(is_success(call)),
            talk_secs: call.duration_secs.filter(|_| answered).unwrap_or(0),
            cost_micros: call.results.cost_usd.map_or(0, micros),
        })
    }

    pub(super) fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.answered += other.answered;
        self.successes += other.successes;
        self.talk_secs = self.talk_secs.saturating_add(other.talk_secs);
        self.cost_micros = self.cost_micros.saturating_add(other.cost_micros);
    }
}

/// Whether the person was reached and the provider says that the goal was.
pub(super) fn is_success(call: &Call) -> bool {
    call.status == CallStatus::Completed && call.results.success == Some(CallSuccess::Success)
}

/// What cannot be a price costs nothing.
fn micros(usd: f64) -> u64 {
    match usd.is_finite() && usd > 0.0 {
        // Costs are cents to dollars: nothing is lost in the conversion.
        true => (usd * MICROS_PER_DOLLAR).round() as u64,
        false => 0,
    }
}

/// Calls that have something in common, and what came of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportRow {
    /// What they have in common: an outcome, an hour (`09`), an attempt, an id, a value.
    pub key: String,
    /// The name of the agent or line, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Calls that were placed and are over.
    pub calls: u64,
    /// Picked up by a person.
    pub answered: u64,
    /// Answered, and the provider says that the goal was reached.
    pub successes: u64,
    /// Answered calls of all, 0 to 1; none without calls.
    pub answer_rate: Option<f64>,
    /// Successes of the answered calls, 0 to 1; none when none was answered.
    pub success_rate: Option<f64>,
    /// Length of the answered calls in seconds; none when none was answered.
    pub average_talk_secs: Option<f64>,
    /// What they cost in US dollars, as far as the provider says.
    pub cost_usd: f64,
}

impl ReportRow {
    pub(super) fn new(key: impl Into<String>, tally: Tally) -> Self {
        // Counts are far below 2^53: nothing is lost in the conversions.
        let share = |part: u64, of: u64| (of > 0).then(|| part as f64 / of as f64);
        Self {
            key: key.into(),
            label: None,
            calls: tally.calls,
            answered: tally.answered,
            successes: tally.successes,
            answer_rate: share(tally.answered, tally.calls),
            success_rate: share(tally.successes, tally.answered),
            average_talk_secs: share(tally.talk_secs, tally.answered),
            cost_usd: tally.cost_micros as f64 / MICROS_PER_DOLLAR,
        }
    }

    /// The row of something that has a key, or none when there is nothing to tell.
    pub(super) fn some(key: &str, tally: Tally) -> Option<Self> {
        (tally != Tally::default()).then(|| Self::new(key, tally))
    }
}
