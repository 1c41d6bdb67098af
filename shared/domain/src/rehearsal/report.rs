//! What came of a rehearsal.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use switchboard_calling_hours::Decision;

use crate::{CallOutcome, Dialled, Recipient, SkipReason};

/// A dial of a rehearsal, as it begins.
#[derive(Debug)]
pub struct RehearsedDial<'a> {
    /// When.
    pub at: Timestamp,
    /// To whom.
    pub recipient: &'a Recipient,
    /// The calls of this number in the last 30 days, this one included.
    pub earlier: &'a Dialled,
    /// Calls in progress, this one included.
    pub in_progress: u64,
    /// What is spent or reserved, this call included, in millionths of a US dollar.
    pub committed_micros: u64,
}

/// What came of a rehearsal.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RehearsalReport {
    /// People who were rehearsed.
    pub people: u64,
    /// When it began.
    pub began_at: Timestamp,
    /// When the last person was done.
    pub finished_at: Option<Timestamp>,
    /// Dials that were begun.
    pub dials: u64,
    /// Dials that the provider refused.
    pub refused: u64,
    /// People by how their last call ended.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, u64>))]
    pub outcomes: BTreeMap<CallOutcome, u64>,
    /// People who were not called, by reason.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, u64>))]
    pub skipped: BTreeMap<SkipReason, u64>,
    /// People who still waited 400 days later.
    pub still_waiting: u64,
    /// Most calls at one time.
    pub peak_calls: u64,
    /// Average calls in progress while somebody was due, of the most there were.
    pub slot_use_percent: f64,
    /// Dials by the hour of the day where the person is, from midnight on.
    pub dials_by_hour: Vec<u64>,
    /// What the calls cost, in US cents, at the price that is set.
    pub cost_cents: u64,
    #[serde(skip)]
    busy_millis: u128,
    #[serde(skip)]
    call_millis: u128,
}

impl RehearsalReport {
    pub(super) fn new(people: u64, began_at: Timestamp) -> Self {
        Self {
            people,
            began_at,
            finished_at: None,
            dials: 0,
            refused: 0,
            outcomes: BTreeMap::new(),
            skipped: BTreeMap::new(),
            still_waiting: 0,
            peak_calls: 0,
            slot_use_percent: 0.0,
            dials_by_hour: vec![0; 24],
            cost_cents: 0,
            busy_millis: 0,
            call_millis: 0,
        }
    }

    pub(super) fn begin(&mut self, at: Timestamp, decision: &Decision, in_progress: u64) {
        self.dials += 1;
        self.peak_calls = self.peak_calls.max(in_progress);
        let zone = decision
            .zones_used
            .first()
            .and_then(|name| TimeZone::get(name).ok());
        let local = at.to_zoned(zone.unwrap_or(TimeZone::UTC));
        if let Some(hour) = self
            .dials_by_hour
            .get_mut(usize::from(local.hour().unsigned_abs()))
        {
            *hour += 1;
        }
    }

    pub(super) fn end(&mut self, outcome: Option<CallOutcome>) {
        self.refused += u64::from(outcome.is_none());
    }

    pub(super) fn done(&mut self, outcome: CallOutcome, at: Timestamp) {
        *self.outcomes.entry(outcome).or_default() += 1;
        self.finished_at = self.finished_at.max(Some(at));
    }

    pub(super) fn skip(&mut self, reason: SkipReason) {
        *self.skipped.entry(reason).or_default() += 1;
    }

    /// Counts people who did not take part, for this reason.
    pub fn leave_out(&mut self, reason: SkipReason, people: u64) {
        if people > 0 {
            self.people += people;
            *self.skipped.entry(reason).or_default() += people;
        }
    }

    /// Time goes by with so many calls in progress; it counts for the use of the slots while somebody waits
    /// and calls are made.
    pub(super) fn pass(&mut self, from: Timestamp, to: Timestamp, calls: u64, wanted: bool) {
        if wanted && calls > 0 {
            let millis = to.duration_since(from).as_millis().unsigned_abs();
            self.busy_millis += millis;
            self.call_millis += millis * u128::from(calls);
        }
    }

    pub(super) fn round(&mut self) {
        let possible = self.busy_millis * u128::from(self.peak_calls);
        let per_mille = (self.call_millis * 1_000).checked_div(possible).unwrap_or(0);
        self.slot_use_percent = u32::try_from(per_mille).map_or(100.0, |share| f64::from(share) / 10.0);
    }
}
