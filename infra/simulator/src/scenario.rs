//! Who answers how.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a person, or their line, does when called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// Answers and talks.
    Answers,
    /// Answers, and does not want to be called again: the agent uses its do-not-call tool, where there is one.
    OptsOut,
    /// Answers and talks for half an hour.
    AnswersLong,
    /// Lets it ring.
    NoAnswer,
    /// Is on the phone.
    Busy,
    /// Has a machine.
    Voicemail,
    /// The provider says `success: false`.
    Refused,
    /// The call breaks down.
    Fails,
}

/// Numbers that end in `suffix` behave so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioRule {
    /// Last digits of the number.
    pub suffix: String,
    /// What they do.
    pub behaviour: Behaviour,
    /// From this attempt on they answer after all; none: never.
    #[serde(default)]
    pub answers_from_attempt: Option<u32>,
}

/// Who answers how. The first rule that fits a number decides; all others answer and talk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// The rules.
    pub rules: Vec<ScenarioRule>,
    /// Shortest and longest talk, in seconds.
    #[serde(default = "default_talk")]
    pub talk_secs: (u32, u32),
    /// Seconds until somebody picks up, at the least and at the most.
    #[serde(default = "default_ring")]
    pub ring_secs: (u32, u32),
}

fn default_talk() -> (u32, u32) {
    (10, 90)
}

fn default_ring() -> (u32, u32) {
    (2, 15)
}

impl Default for Scenario {
    fn default() -> Self {
        let rule = |suffix: &str, behaviour| ScenarioRule {
            suffix: suffix.to_owned(),
            behaviour,
            answers_from_attempt: None,
        };
        Self {
            rules: vec![
                rule("01", Behaviour::Busy),
                rule("02", Behaviour::NoAnswer),
                rule("03", Behaviour::Voicemail),
                rule("04", Behaviour::Refused),
                rule("05", Behaviour::AnswersLong),
                rule("06", Behaviour::Fails),
            ],
            talk_secs: default_talk(),
            ring_secs: default_ring(),
        }
    }
}

impl Scenario {
    /// What `number` does at its `attempt`-th call, from 1.
    pub fn behaviour(&self, number: &str, attempt: u32) -> Behaviour {
        match self.rules.iter().find(|rule| number.ends_with(&rule.suffix)) {
            Some(rule) if rule.answers_from_attempt.is_none_or(|from| attempt < from) => rule.behaviour,
            _ => Behaviour::Answers,
        }
    }
}

/// A number between 0 and 1 that always follows from the same parts.
pub(crate) fn chance(seed: u64, parts: &[&str]) -> f64 {
    let mut hash = Sha256::new();
    hash.update(seed.to_be_bytes());
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    let bits = digest[..4]
        .iter()
        .fold(0u32, |sum, byte| (sum << 8) | u32::from(*byte));
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}

/// A whole number between the two, both included, that always follows from the same parts.
pub(crate) fn between(range: (u32, u32), seed: u64, parts: &[&str]) -> u32 {
    let (low, high) = (range.0.min(range.1), range.0.max(range.1));
    // Truncation is wanted: the chance is below 1.
    low + (chance(seed, parts) * f64::from(high - low + 1)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_digits_decide() {
        let scenario = Scenario::default();
        assert_eq!(scenario.behaviour("+14155550101", 1), Behaviour::Busy);
        assert_eq!(scenario.behaviour("+14155550199", 1), Behaviour::Answers);
    }

    #[test]
    fn a_rule_can_end_with_an_attempt() {
        let mut scenario = Scenario::default();
        scenario.rules[0].answers_from_attempt = Some(3);
        assert_eq!(scenario.behaviour("+14155550101", 2), Behaviour::Busy);
        assert_eq!(scenario.behaviour("+14155550101", 3), Behaviour::Answers);
    }

    #[test]
    fn chance_stays_in_range_and_repeats() {
        for n in 0..200 {
            let value = between((10, 20), 7, &[&n.to_string()]);
            assert!((10..=20).contains(&value));
            assert_eq!(value, between((10, 20), 7, &[&n.to_string()]));
        }
    }
}
