//! The promises of one campaign, checked against its own records.

mod overlap;
mod peak;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use switchboard_calling_hours::{ZoneSource, decide};

use crate::{
    Call, CallId, CallStatus, CallingHours, Campaign, CampaignChange, CampaignCounts, CampaignStatus,
    RecordingState,
};

use self::peak::{Held, over_limit};

/// How long an acknowledgement of pause, cancel or stop may take: what was already being placed
/// may reach the provider until then.
const ACKNOWLEDGED_WITHIN: SignedDuration = SignedDuration::from_secs(2);
/// How much later than its time stamp a dial or a new limit is committed where nobody wrote down when that was: clocks,
/// and a slow write.
const COMMITTED_WITHIN: SignedDuration = SignedDuration::from_millis(500);
/// An answered call shorter than this may have no words.
const WORDLESS_SECS: u64 = 10;
/// Calls named per check.
const MOST_NAMED: usize = 20;

/// What the concurrency limit of the queue was from one moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct LimitChange {
    /// From when.
    pub at: Timestamp,
    /// Most calls in progress at one time.
    pub limit: u32,
}

/// One promise, held against the records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProofCheck {
    /// Name of the check.
    pub check: &'static str,
    /// What is promised, for people.
    pub promise: &'static str,
    /// How often the records say otherwise. The promise holds at 0.
    pub violations: u64,
    /// Not decided yet: people still to be called, calls still to be settled.
    pub open: u64,
    /// Whether it holds as far as it is decided.
    pub holds: bool,
    /// Some of the calls that say otherwise.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub calls: Vec<CallId>,
}

/// The promises of one campaign, checked against its own records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignProof {
    /// Every promise holds as far as it is decided.
    pub holds: bool,
    /// Nothing is open: the campaign is over and every call is settled.
    pub is_final: bool,
    /// People in the campaign.
    pub people: u64,
    /// Calls looked at.
    pub calls: u64,
    /// Those at which a phone can have rung.
    pub placed: u64,
    /// Most of its calls at one time, counted from the moment of dialling to the known end.
    pub peak_calls: u32,
    /// When that was.
    pub peak_at: Option<Timestamp>,
    /// The limit at that moment: the queue's or the campaign's own, whichever is lower.
    pub limit_at_peak: Option<u32>,
    /// The checks.
    pub checks: Vec<ProofCheck>,
}

#[derive(Default)]
struct Finding {
    violations: u64,
    open: u64,
    calls: Vec<CallId>,
}

impl Finding {
    fn violated_by(&mut self, call: &CallId) {
        self.violations += 1;
        if self.calls.len() < MOST_NAMED {
            self.calls.push(call.clone());
        }
    }

    fn named(self, check: &'static str, promise: &'static str) -> ProofCheck {
        ProofCheck {
            check,
            promise,
            violations: self.violations,
            open: self.open,
            holds: self.violations == 0,
            calls: self.calls,
        }
    }
}

/// What is remembered of each dial: the calls themselves may be millions.
struct Dial {
    call: CallId,
    person: Option<u64>,
    round: usize,
    from: Timestamp,
    /// When its slot was taken, at the latest: a dial is committed a little after its time stamp, and a table that
    /// stumbles can make that seconds.
    held_from: Timestamp,
    until: Option<Timestamp>,
    rang: bool,
    /// Most dials to its person, where that is not as the campaign has it.
    own_most: Option<u32>,
}

/// Looks at a campaign's calls, one by one in any order, and judges them at the end.
pub struct ProofBuilder {
    campaign: Campaign,
    limits: Vec<LimitChange>,
    dials: Vec<Dial>,
    calls: u64,
    reached: HashMap<u64, ()>,
    outside_hours: Finding,
    stopped: Finding,
    too_late: Finding,
    unsettled: Finding,
    transcripts: Finding,
    recordings: Finding,
}

impl ProofBuilder {
    /// A judge of `campaign`. `limits` are the queue's, oldest first.
    pub fn new(campaign: Campaign, limits: Vec<LimitChange>) -> Self {
        Self {
            campaign,
            limits,
            dials: Vec::new(),
            calls: 0,
            reached: HashMap::new(),
            outside_hours: Finding::default(),
            stopped: Finding::default(),
            too_late: Finding::default(),
            unsettled: Finding::default(),
            transcripts: Finding::default(),
            recordings: Finding::default(),
        }
    }

    /// Looks at one call.
    pub fn call(&mut self, call: &Call) {
        self.calls += 1;
        if !call.status.is_final() {
            self.unsettled.open += 1;
        }
        let Some(from) = call.placing_at else { return };
        let rang = !matches!(call.status, CallStatus::NotPlaced | CallStatus::Cancelled);
        let person = call
            .recipient_id
            .as_ref()
            .map(|id| overlap::fingerprint(id.as_str()));
        if let (CallStatus::Completed, Some(person)) = (call.status, person) {
            self.reached.insert(person, ());
        }
        self.judge_moment(call, from);
        self.judge_evidence(call);
        self.dials.push(Dial {
            call: call.call_id.clone(),
            person,
            round: self.round_of(call.created_at),
            from,
            held_from: call.asked_at.unwrap_or_else(|| {
                let committed = from.saturating_add(COMMITTED_WITHIN);
                committed.unwrap_or(from)
            }),
            // The line can be free long before the outcome is known.
            until: call.hung_up_at.into_iter().chain(call.ended_at).min(),
            rang,
            own_most: call.max_attempts,
        });
    }

    fn judge_moment(&mut self, call: &Call, from: Timestamp) {
        let rules = rules_at(&self.campaign.changes, from);
        let hours = rules.map_or(&self.campaign.rules.calling_hours, |rules| &rules.calling_hours);
        if !is_open(call, hours, from) {
            self.outside_hours.violated_by(&call.call_id);
        }
        let stopped_for = |change: &CampaignChange| {
            change.status != CampaignStatus::Running && from.duration_since(change.at) > ACKNOWLEDGED_WITHIN
        };
        if rules.is_some_and(stopped_for) {
            self.stopped.violated_by(&call.call_id);
        }
        if call.dial_before.is_some_and(|bound| from > bound) {
            self.too_late.violated_by(&call.call_id);
        }
    }

    fn judge_evidence(&mut self, call: &Call) {
        if call.status == CallStatus::Completed && call.results.turns == 0 {
            match call.results_complete {
                true if call.duration_secs.unwrap_or(0) >= WORDLESS_SECS => {
                    self.transcripts.violated_by(&call.call_id);
                }
                true => {}
                false => self.transcripts.open += 1,
            }
        }
        match call.recording.state {
            RecordingState::Lost => self.recordings.violated_by(&call.call_id),
            RecordingState::Pending if call.status.is_final() => self.recordings.open += 1,
            _ => {}
        }
    }

    /// How often the failed ones had been asked for again when a call was made.
    fn round_of(&self, made: Timestamp) -> usize {
        let asked = |change: &&CampaignChange| change.retries_failed && change.at <= made;
        self.campaign.changes.iter().filter(asked).count()
    }

    /// The verdict over every call seen. `counts` are read after the last call: while a campaign runs they
    /// only grow, so that whoever was seen to be reached is counted.
    pub fn finish(mut self, counts: &CampaignCounts) -> CampaignProof {
        let placed = self.dials.iter().filter(|dial| dial.rang).count() as u64;
        let held = self.dials.iter().map(|dial| Held {
            call: &dial.call,
            from: dial.held_from,
            until: dial.until,
        });
        let limit_at = |at: Timestamp| {
            let before = at.saturating_sub(ACKNOWLEDGED_WITHIN).unwrap_or(at);
            let then = limit_at(&self.limits, &self.campaign, before);
            limit_at(&self.limits, &self.campaign, at).max(then)
        };
        let peak = over_limit(held.collect(), limit_at);
        let mut slots = Finding::default();
        peak.over.iter().for_each(|call| slots.violated_by(call));

        let policy = self.beyond_policy();
        let together = self.together();
        let adding_up = Finding {
            violations: counts.total.abs_diff(counts.sum())
                + (self.reached.len() as u64).saturating_sub(counts.completed),
            ..Finding::default()
        };
        let left = counts.total.saturating_sub(counts.finished());
        let mut forgotten = Finding::default();
        match self.campaign.status.is_final() {
            true => forgotten.violations = left,
            false => forgotten.open = left,
        }
        // Calls still to be settled are no violation; the person is not dialled again meanwhile.
        let unsettled = std::mem::take(&mut self.unsettled);
        let checks = vec![
            policy.named(
                "dials_within_policy",
                "Nobody is called more often than the retry policy allows.",
            ),
            together.named(
                "one_dial_at_a_time",
                "Nobody is dialled while a call to them may still be in progress.",
            ),
            unsettled.named("every_dial_settled", "What became of every dial is known."),
            adding_up.named(
                "counts_add_up",
                "The states add up to the total, and agree with the calls.",
            ),
            forgotten.named(
                "everybody_final",
                "Nobody is forgotten: everybody reaches a final state.",
            ),
            slots.named("limit_held", "Never more calls at one time than allowed."),
            self.stopped.named(
                "stop_means_stop",
                "No dial begins after pause or cancel is acknowledged.",
            ),
            self.outside_hours.named(
                "inside_the_hours",
                "Nobody is dialled outside the calling hours where they are.",
            ),
            self.too_late
                .named("in_time", "No dial begins after the call's `dial_before`."),
            self.transcripts.named(
                "transcripts_kept",
                "What was said in every answered call is kept.",
            ),
            self.recordings.named("recordings_kept", "No recording is lost."),
        ];
        CampaignProof {
            holds: checks.iter().all(|check| check.holds),
            is_final: self.campaign.status.is_final() && checks.iter().all(|check| check.open == 0),
            people: counts.total,
            calls: self.calls,
            placed,
            peak_calls: peak.most,
            peak_at: peak.at,
            limit_at_peak: peak.at.and_then(limit_at),
            checks,
        }
    }

    fn beyond_policy(&self) -> Finding {
        let edited = self.campaign.changes.iter().map(|change| change.max_attempts);
        let allowed = edited.max().unwrap_or(0).max(self.campaign.retry.max_attempts);
        let mut finding = Finding::default();
        // Both may have been changed while it ran: what was allowed at any time counts.
        let mut most: HashMap<u64, u32> = HashMap::new();
        for dial in &self.dials {
            if let Some(person) = dial.person {
                let known = most.entry(person).or_default();
                *known = dial.own_most.unwrap_or(allowed).max(*known);
            }
        }
        let mut seen: HashMap<(u64, usize), u32> = HashMap::new();
        for dial in self.dials.iter().filter(|dial| dial.rang) {
            let Some(person) = dial.person else { continue };
            let allowed = most.get(&person).copied().unwrap_or(allowed);
            let count = seen.entry((person, dial.round)).or_default();
            *count += 1;
            if *count > allowed {
                finding.violated_by(&dial.call);
            }
        }
        finding
    }

    fn together(&self) -> Finding {
        let mut finding = Finding::default();
        let dials = self.dials.iter().filter(|dial| dial.rang).filter_map(|dial| {
            let person = dial.person?;
            Some((person, dial.from, dial.until, &dial.call))
        });
        for call in overlap::overlapping(dials) {
            finding.violated_by(call);
        }
        finding
    }
}

/// Whether the person might be called then. A zone of the contact list is taken from what the call wrote
/// down; everything else is looked up anew.
fn is_open(call: &Call, hours: &CallingHours, at: Timestamp) -> bool {
    let Some(number) = &call.phone_number else {
        return true;
    };
    let used = call.hours.as_ref();
    let column = used.filter(|used| used.source == ZoneSource::Column);
    let zone = column.and_then(|used| used.zones.first());
    decide(number.as_str(), zone.map(String::as_str), hours, at).is_open()
}

fn rules_at(changes: &[CampaignChange], at: Timestamp) -> Option<&CampaignChange> {
    changes.iter().rev().find(|change| change.at <= at)
}

fn limit_at(limits: &[LimitChange], campaign: &Campaign, at: Timestamp) -> Option<u32> {
    let queue = limits
        .iter()
        .rev()
        .find(|change| change.at <= at)
        .or(limits.first());
    let own =
        rules_at(&campaign.changes, at).map_or(campaign.concurrency_limit, |rules| rules.concurrency_limit);
    queue.map(|change| change.limit).into_iter().chain(own).min()
}

#[cfg(test)]
mod tests;
