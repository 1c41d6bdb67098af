//! What is said in a call that somebody takes part in live: as data, turn by turn.
//!
//! The dialogues of ElevenLabs and Ultravox (`dialogue.rs`) are told after the call. Here the agent is played word by
//! word while Switchboard listens and answers its tools, so the script says who speaks, how long, and what is asked.

mod built_in;
mod scenario;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use scenario::{CallScenario, ScenarioChoice, SignatureFault, Turns, TwilioFaults};

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// Whoever is on the phone.
    Caller,
    /// The model.
    Agent,
}

/// A tool that the agent uses before it says its words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolUse {
    /// Its name, as the session's configuration has it.
    pub name: String,
    /// What it is called with. Texts may have the marks of [`ScriptTurn::text`].
    #[serde(default)]
    pub arguments: Map<String, Value>,
}

/// One turn of a script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptTurn {
    /// Who speaks.
    pub speaker: Speaker,
    /// The words. `{n}` becomes the number of the call, which no other call of this simulator has; `{caller}` the
    /// caller's number.
    pub text: String,
    /// A tool that is used first; only where the agent speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<ToolUse>,
    /// The next speaker cuts it short; only where the agent speaks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// Seconds that it takes; none: as long as the words take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Keys that are pressed first; only where the caller speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<String>,
}

/// Seconds that a word takes.
const SECS_PER_WORD: f64 = 0.35;

impl ScriptTurn {
    pub(crate) fn of(speaker: Speaker, text: &str) -> Self {
        Self {
            speaker,
            text: text.to_owned(),
            tool: None,
            interrupted: false,
            seconds: None,
            keys: None,
        }
    }

    /// Seconds that it takes to say.
    pub(crate) fn length_secs(&self) -> f64 {
        self.seconds.unwrap_or_else(|| speaking_secs(&self.text))
    }

    fn marked(&self, number: u64, caller: &str) -> Self {
        let mut turn = self.clone();
        turn.text = marked(&turn.text, number, caller);
        if let Some(tool) = &mut turn.tool {
            for value in tool.arguments.values_mut() {
                if let Value::String(text) = value {
                    *text = marked(text, number, caller);
                }
            }
        }
        turn
    }
}

/// Seconds that these words take.
pub(crate) fn speaking_secs(text: &str) -> f64 {
    // A count of words is small.
    (text.split_whitespace().count() as f64 * SECS_PER_WORD).max(0.5)
}

fn marked(text: &str, number: u64, caller: &str) -> String {
    text.replace("{n}", &number.to_string())
        .replace("{caller}", caller)
}

/// A whole script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Script {
    /// Its name, or `own` where a test brought its turns.
    pub name: String,
    /// What is said, in order.
    pub turns: Vec<ScriptTurn>,
    /// Seconds for which the caller stays on the line after the last turn: to be connected, or to be hung up on.
    pub waits_secs: f64,
}

impl Script {
    /// The script of a call: what its scenario brings or names, else what the caller's number chooses.
    pub(crate) fn of(scenario: &CallScenario, caller: &str, number: u64, language: &str) -> Self {
        let mut script = match &scenario.turns {
            Some(Turns::List(turns)) => Self {
                name: "own".to_owned(),
                turns: turns.clone(),
                waits_secs: 1.0,
            },
            Some(Turns::Count(count)) => built_in::numbered(*count, scenario.seconds.unwrap_or(60.0)),
            None => {
                let name = scenario.script.as_deref();
                let name = name.unwrap_or_else(|| built_in::of_number(caller));
                built_in::named(name, language).unwrap_or_else(|| built_in::usual(language))
            }
        };
        if let Some(secs) = scenario.waits_secs {
            script.waits_secs = secs;
        }
        script.filled(number, caller)
    }

    /// The script with its marks filled.
    pub(crate) fn filled(mut self, number: u64, caller: &str) -> Self {
        let turns = self.turns.iter();
        self.turns = turns.map(|turn| turn.marked(number, caller)).collect();
        self
    }
}

/// Whether there is a script, or a whole scenario, of this name.
pub(crate) fn is_known(name: &str) -> bool {
    built_in::named(name, "en").is_some()
}

/// What a machine says that answers instead of a person, and what the agent leaves on it.
pub(crate) fn machine() -> Script {
    let agent = "Hello, this is a message for you. Please call us back. Thank you! ({n})";
    Script {
        name: "machine".to_owned(),
        turns: vec![
            ScriptTurn::of(
                Speaker::Caller,
                "You have reached a mailbox. Please leave a message after the tone.",
            ),
            ScriptTurn::of(Speaker::Agent, agent),
        ],
        waits_secs: 5.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_chooses_its_script_and_marks_are_filled() {
        let script = Script::of(&CallScenario::default(), "+14155550112", 7, "en");
        assert_eq!(script.name, "emergency");
        let text: String = script.turns.iter().map(|turn| turn.text.as_str()).collect();
        assert!(text.contains('7') && !text.contains("{n}"), "{text}");
    }

    #[test]
    fn numbered_turns_take_the_time_that_was_asked_for() {
        let scenario: CallScenario = serde_json::from_str(r#"{"turns":100,"seconds":1200}"#).unwrap();
        let script = Script::of(&scenario, "+14155550100", 3, "en");
        let secs: f64 = script.turns.iter().map(ScriptTurn::length_secs).sum();
        assert_eq!(script.turns.len(), 100);
        assert!((1_199.0..1_201.0).contains(&secs), "{secs}");
        assert_eq!(script.turns[0].speaker, Speaker::Agent);
    }

    #[test]
    fn every_built_in_script_begins_with_the_agent() {
        for (name, _) in built_in::NAMES {
            for language in ["en", "es"] {
                let script = built_in::named(name, language).unwrap();
                assert_eq!(script.turns[0].speaker, Speaker::Agent, "{name}");
                assert!(script.turns.len() > 2, "{name}");
            }
        }
    }
}
