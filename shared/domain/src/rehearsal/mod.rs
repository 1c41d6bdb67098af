//! A whole campaign in a moment: the same people, rules and limits, with a clock that jumps and people who
//! answer by chance.
//!
//! Every decision is the one that the scheduler and the dialer take: whether a person may be called, when
//! again, how often, at what cost. Only the calls are made up.

mod report;
mod scenario;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use switchboard_calling_hours::Answer;

pub use report::{RehearsalReport, RehearsedDial};
pub use scenario::Scenario;

use crate::retry::next_call;
use crate::{
    AfterAttempt, Attempt, CallId, CallOutcome, Campaign, DialSettings, Dialled, FrequencyLimits,
    MICROS_PER_CENT, Recipient, RecipientStatus, SkipReason, TryAgain, after_attempt,
};

/// How far ahead is looked: whoever still waits then is told as such.
const HORIZON: SignedDuration = SignedDuration::from_hours(400 * 24);
/// How long somebody who was called too often waits in a campaign that has no end, as in the dialer.
const CAP_PATIENCE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a rehearsal goes by.
#[derive(Debug, Clone)]
pub struct Rehearsal<'a> {
    /// The campaign with its rules.
    pub campaign: &'a Campaign,
    /// What holds for every dial.
    pub settings: &'a DialSettings,
    /// Most calls at one time, of the queue.
    pub limit: u32,
    /// How people and the provider behave.
    pub scenario: &'a Scenario,
    /// The same number makes the same chances.
    pub seed: u64,
    /// When it begins.
    pub start: Timestamp,
}

struct Person {
    recipient: Recipient,
    dialled: Dialled,
}

/// A call in progress: when it ends, whose it is, how it ends, how long it lasted.
type InProgress = Reverse<(Timestamp, usize, Option<CallOutcome>, u64, Timestamp)>;

struct Stage<'a> {
    plan: &'a Rehearsal<'a>,
    people: Vec<Person>,
    waiting: BinaryHeap<Reverse<(Timestamp, u8, usize)>>,
    calls: BinaryHeap<InProgress>,
    rng: StdRng,
    /// In millionths of a US dollar, reserved for calls in progress or settled.
    committed: u64,
    next_start: Timestamp,
    report: RehearsalReport,
}

impl Rehearsal<'_> {
    /// Plays the campaign to its end. `earlier` is what each person was called before, by their place in
    /// `people`; `watch` sees every dial as it begins.
    pub fn play(
        &self,
        people: Vec<Recipient>,
        mut earlier: BTreeMap<usize, Dialled>,
        watch: &mut dyn FnMut(&RehearsedDial<'_>),
    ) -> RehearsalReport {
        let start = self.campaign.start_at.map_or(self.start, |at| at.max(self.start));
        let mut stage = Stage {
            plan: self,
            waiting: BinaryHeap::with_capacity(people.len()),
            people: Vec::with_capacity(people.len()),
            calls: BinaryHeap::new(),
            rng: StdRng::seed_from_u64(self.seed),
            committed: 0,
            next_start: start,
            report: RehearsalReport::new(people.len() as u64, start),
        };
        for (index, mut recipient) in people.into_iter().enumerate() {
            recipient.status = RecipientStatus::Pending;
            recipient.wait_until(start, &self.campaign.rules.calling_hours);
            stage
                .waiting
                .push(Reverse((recipient.due_at, 9 - recipient.band().min(9), index)));
            let dialled = earlier.remove(&index).unwrap_or_default();
            stage.people.push(Person { recipient, dialled });
        }
        stage.play(start, watch);
        stage.finish()
    }
}

impl Stage<'_> {
    fn play(&mut self, start: Timestamp, watch: &mut dyn FnMut(&RehearsedDial<'_>)) {
        let mut now = start;
        let horizon = start.saturating_add(HORIZON).unwrap_or(Timestamp::MAX);
        while now < horizon {
            while self.calls.peek().is_some_and(|Reverse(call)| call.0 <= now) {
                self.end_call(now);
            }
            while self.has_room(now) && self.waiting.peek().is_some_and(|Reverse(next)| next.0 <= now) {
                self.begin_call(now, watch);
            }
            let ends = self.calls.peek().map(|Reverse(call)| call.0);
            let due = self
                .waiting
                .peek()
                .map(|Reverse(next)| next.0.max(self.next_start));
            // Who is due while every slot is taken waits for an end.
            let due = due.filter(|at| *at > now || self.free(now) > 0);
            let grows = (due.is_none() && !self.waiting.is_empty()).then(|| second_after(now));
            let Some(next) = ends.into_iter().chain(due).chain(grows).min() else {
                break;
            };
            self.report
                .pass(now, next, self.calls.len() as u64, !self.waiting.is_empty());
            now = if next > now { next } else { second_after(now) };
        }
    }

    fn free(&self, now: Timestamp) -> u32 {
        let outbound = self.plan.limit.saturating_sub(self.plan.settings.inbound_share);
        let limit = self.plan.campaign.limit_at(outbound, now);
        limit.saturating_sub(u32::try_from(self.calls.len()).unwrap_or(u32::MAX))
    }

    fn has_room(&self, now: Timestamp) -> bool {
        self.free(now) > 0 && self.next_start <= now
    }

    fn begin_call(&mut self, now: Timestamp, watch: &mut dyn FnMut(&RehearsedDial<'_>)) {
        let Some(Reverse((_, band, index))) = self.waiting.pop() else {
            return;
        };
        let (campaign, settings) = (self.plan.campaign, self.plan.settings);
        let person = &mut self.people[index];
        let skip = |person: &mut Person, report: &mut RehearsalReport, reason| {
            person.recipient.status = RecipientStatus::Skipped;
            report.skip(reason);
        };
        if campaign.end_at.is_some_and(|end| end <= now) {
            return skip(person, &mut self.report, SkipReason::WindowClosed);
        }
        let first = person.recipient.attempts == 0;
        let lately = campaign.rules.skip_called_within_days;
        if first && lately.is_some_and(|days| person.dialled.called_within(days, now)) {
            return skip(person, &mut self.report, SkipReason::FrequencyCap);
        }
        if let Some(reason) = campaign.reason_to_skip(&person.recipient, now) {
            return skip(person, &mut self.report, reason);
        }
        let decision = person.recipient.may_be_called(&campaign.rules.calling_hours, now);
        match decision.answer {
            Answer::Open { .. } => {}
            Answer::Closed { opens_at, .. } => return self.waiting.push(Reverse((opens_at, band, index))),
            Answer::Never { .. } => return skip(person, &mut self.report, SkipReason::WindowClosed),
        }
        let allowed = FrequencyLimits::of(campaign, &decision).next_allowed(&person.dialled, now);
        if allowed > now {
            let patience = now.saturating_add(CAP_PATIENCE).unwrap_or(Timestamp::MAX);
            if allowed < campaign.end_at.unwrap_or(patience) {
                return self.waiting.push(Reverse((allowed, band, index)));
            }
            return skip(person, &mut self.report, SkipReason::FrequencyCap);
        }
        let reserve = settings.reserve_micros();
        let cap = campaign
            .rules
            .spend_cap_cents
            .map(|cents| cents.saturating_mul(MICROS_PER_CENT));
        if cap.is_some_and(|cap| self.committed + reserve > cap) {
            if self.calls.is_empty() {
                // The campaign would pause here until somebody raises the cap.
                return skip(person, &mut self.report, SkipReason::SpendCap);
            }
            let next = self.calls.peek().map_or(now, |Reverse(call)| call.0);
            return self.waiting.push(Reverse((next, band, index)));
        }
        self.committed += reserve;
        let id = CallId::derived(&["rehearsal", &index.to_string(), &self.report.dials.to_string()]);
        person.dialled = person.dialled.and(&id, now);
        person.recipient.status = RecipientStatus::Calling;
        let (outcome, secs) = self.plan.scenario.call(&mut self.rng);
        let ring = self.rng.random_range(2..=20);
        let length = SignedDuration::from_secs(i64::try_from(ring + secs).unwrap_or(i64::MAX));
        let end = now.saturating_add(length).unwrap_or(Timestamp::MAX);
        self.calls.push(Reverse((end, index, outcome, secs, now)));
        if let Some(starts) = campaign.rules.starts_per_minute {
            let between = SignedDuration::from_millis(60_000 / i64::from(starts.max(1)));
            self.next_start = now.saturating_add(between).unwrap_or(Timestamp::MAX);
        }
        self.report.begin(now, &decision, self.calls.len() as u64);
        watch(&RehearsedDial {
            at: now,
            recipient: &person.recipient,
            earlier: &person.dialled,
            in_progress: self.calls.len() as u64,
            committed_micros: self.committed,
        });
    }

    fn end_call(&mut self, now: Timestamp) {
        let Some(Reverse((end, index, outcome, secs, began))) = self.calls.pop() else {
            return;
        };
        let campaign = self.plan.campaign;
        let person = &mut self.people[index];
        let cost = outcome.map_or(0, |_| self.plan.settings.micros_of(secs));
        self.committed = self.committed - self.plan.settings.reserve_micros() + cost;
        let attempt = match outcome {
            Some(outcome) => {
                person.recipient.count_attempt(outcome);
                Attempt::Ended(outcome)
            }
            None => {
                person.recipient.refusals += 1;
                person.dialled.calls.retain(|_, at| *at != began);
                Attempt::NotPlaced(TryAgain::AFewTimes)
            }
        };
        self.report.end(outcome);
        match after_attempt(
            attempt,
            &person.recipient,
            &campaign.retry_for(&person.recipient),
            now,
        ) {
            AfterAttempt::Done(outcome) => {
                person.recipient.status = outcome.into();
                self.report.done(outcome, end);
            }
            AfterAttempt::RetryAt(at) => {
                let rule = outcome.and_then(|outcome| campaign.retry.rule_of(outcome));
                let other_than = rule.as_ref().map(|rule| (rule, began));
                let due = next_call(&person.recipient, &campaign.rules.calling_hours, other_than, at);
                person.recipient.status = RecipientStatus::Pending;
                let band = 9 - person.recipient.band().min(9);
                self.waiting.push(Reverse((due, band, index)));
            }
        }
    }

    fn finish(mut self) -> RehearsalReport {
        self.report.still_waiting = (self.waiting.len() + self.calls.len()) as u64;
        self.report.cost_cents = self.committed.div_ceil(MICROS_PER_CENT);
        self.report.round();
        self.report
    }
}

fn second_after(at: Timestamp) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(1))
        .unwrap_or(Timestamp::MAX)
}
