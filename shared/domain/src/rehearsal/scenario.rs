//! How people and the provider behave in a rehearsal.

use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::CallOutcome;

/// How people and the provider behave in a rehearsal. Shares are in percent of the dials; whatever is left
/// of a hundred is answered.
///
/// What JSON leaves out is as [`Scenario::default`] has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Scenario {
    /// Nobody answers.
    pub no_answer_percent: u32,
    /// The line is busy.
    pub busy_percent: u32,
    /// A machine answers.
    pub voicemail_percent: u32,
    /// The call breaks down.
    pub failed_percent: u32,
    /// The provider refuses the dial: a fault that costs time and no attempt.
    pub refused_percent: u32,
    /// Shortest talk, in seconds.
    pub shortest_talk_secs: u32,
    /// Longest talk, in seconds.
    pub longest_talk_secs: u32,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            no_answer_percent: 20,
            busy_percent: 5,
            voicemail_percent: 10,
            failed_percent: 3,
            refused_percent: 2,
            shortest_talk_secs: 10,
            longest_talk_secs: 180,
        }
    }
}

impl Scenario {
    /// Whether the shares and lengths make sense.
    pub fn is_possible(&self) -> bool {
        let shares = [
            self.no_answer_percent,
            self.busy_percent,
            self.voicemail_percent,
            self.failed_percent,
            self.refused_percent,
        ];
        let sum = shares.iter().fold(0_u32, |sum, share| sum.saturating_add(*share));
        sum <= 100
            && self.refused_percent <= 90
            && self.shortest_talk_secs <= self.longest_talk_secs
            && self.longest_talk_secs <= 7_200
    }

    /// How a dial goes, and how many seconds are talked. No outcome: the provider refused it.
    pub(super) fn call(&self, rng: &mut impl rand::Rng) -> (Option<CallOutcome>, u64) {
        let mut chance = rng.random_range(0..100);
        let mut falls = |percent: u32| {
            let falls = chance < percent;
            chance = chance.saturating_sub(percent);
            falls
        };
        let outcomes = [
            (self.refused_percent, None),
            (self.no_answer_percent, Some(CallOutcome::NoAnswer)),
            (self.busy_percent, Some(CallOutcome::Busy)),
            (self.failed_percent, Some(CallOutcome::Failed)),
            (self.voicemail_percent, Some(CallOutcome::Voicemail)),
        ];
        let found = outcomes.into_iter().find(|(percent, _)| falls(*percent));
        match found {
            Some((_, None)) => (None, 0),
            Some((_, Some(CallOutcome::Voicemail))) => (Some(CallOutcome::Voicemail), 15),
            Some((_, Some(outcome))) => (Some(outcome), 0),
            None => {
                let longest = self.longest_talk_secs.max(self.shortest_talk_secs);
                let secs = rng.random_range(self.shortest_talk_secs..=longest);
                (Some(CallOutcome::Completed), u64::from(secs))
            }
        }
    }
}
