//! How a call goes, whichever platform places it.

use crate::scenario::between;
use crate::{Behaviour, Scenario};

/// Seconds of a long talk.
const LONG_TALK_SECS: u32 = 1_900;
/// Seconds of a message on a mailbox.
const VOICEMAIL_SECS: u32 = 14;
/// Seconds after which a call breaks down.
const BREAKDOWN_SECS: f64 = 4.0;

/// How a call goes. It follows from the number, the attempt and the seed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Script {
    pub behaviour: Behaviour,
    /// Seconds until somebody picks up or nobody does.
    pub ring_secs: f64,
    /// Seconds of talk; 0 where there is none.
    pub talk_secs: u32,
}

impl Script {
    /// The `attempt`-th call to a number that rings for `patience_secs` at the most.
    pub(crate) fn of(scenario: &Scenario, seed: u64, to: &str, attempt: u32, patience_secs: f64) -> Self {
        let behaviour = scenario.behaviour(to, attempt);
        let attempt = attempt.to_string();
        let picks_up = between(scenario.ring_secs, seed, &[to, &attempt, "ring"]);
        let talk_secs = match behaviour {
            Behaviour::Answers | Behaviour::OptsOut => {
                between(scenario.talk_secs, seed, &[to, &attempt, "talk"])
            }
            Behaviour::AnswersLong => LONG_TALK_SECS,
            Behaviour::Voicemail => VOICEMAIL_SECS,
            Behaviour::NoAnswer | Behaviour::Busy | Behaviour::Refused | Behaviour::Fails => 0,
        };
        let ring_secs = match behaviour {
            Behaviour::NoAnswer => patience_secs,
            Behaviour::Fails => BREAKDOWN_SECS,
            _ => f64::from(picks_up).min(patience_secs),
        };
        Self {
            behaviour,
            ring_secs,
            talk_secs,
        }
    }
}
