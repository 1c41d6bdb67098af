//! What OpenAI's agents can be told beyond what every platform knows.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{AgentOption, OptionKind};

/// Model of a session: `gpt-realtime` and `-mini` end on 2027-01-20.
pub(super) const MODEL: &str = "model";
pub(super) const SPEED: &str = "speed";
pub(super) const TURN_DETECTION: &str = "turn_detection";
pub(super) const EAGERNESS: &str = "eagerness";
pub(super) const IDLE_SECS: &str = "idle_secs";
pub(super) const TRANSCRIPTION_MODEL: &str = "transcription_model";
pub(super) const TRANSCRIPTION_LANGUAGE: &str = "transcription_language";
pub(super) const NOISE_REDUCTION: &str = "noise_reduction";
pub(super) const REASONING: &str = "reasoning";

/// The platform's own choice.
pub(super) const USUAL: &str = "usual";

pub(super) static ALL: &[AgentOption] = &[
    AgentOption {
        name: MODEL,
        label: "Model",
        help: "The model that listens and answers, by its name at OpenAI.",
        kind: OptionKind::Text {
            longest: 64,
            usual: "gpt-realtime-2.1",
        },
    },
    AgentOption {
        name: SPEED,
        label: "Speed",
        help: "How fast it speaks: 1 is its own pace.",
        kind: OptionKind::Number {
            least: 0.25,
            most: 1.5,
            step: 0.05,
            usual: 1.0,
        },
    },
    AgentOption {
        name: TURN_DETECTION,
        label: "How it knows that somebody has finished",
        help: "server_vad: by silence. semantic_vad: by what was said; it waits longer after an unfinished sentence.",
        kind: OptionKind::Choice {
            values: &["server_vad", "semantic_vad"],
        },
    },
    AgentOption {
        name: EAGERNESS,
        label: "Eagerness",
        help: "With semantic_vad: how soon it answers.",
        kind: OptionKind::Choice {
            values: &["auto", "low", "medium", "high"],
        },
    },
    AgentOption {
        name: IDLE_SECS,
        label: "Asks after silence, in seconds",
        help: "With server_vad: when nobody has said anything for so long, it asks whether somebody is there.",
        kind: OptionKind::Number {
            least: 5.0,
            most: 30.0,
            step: 1.0,
            usual: 10.0,
        },
    },
    AgentOption {
        name: TRANSCRIPTION_MODEL,
        label: "Model that writes down the caller's words",
        help: "By its name at OpenAI.",
        kind: OptionKind::Text {
            longest: 64,
            usual: "gpt-transcribe",
        },
    },
    AgentOption {
        name: TRANSCRIPTION_LANGUAGE,
        label: "Language of the caller's words",
        help: "A code such as en; empty: the language of the call; auto: OpenAI finds out.",
        kind: OptionKind::Text {
            longest: 10,
            usual: "",
        },
    },
    AgentOption {
        name: NOISE_REDUCTION,
        label: "Noise reduction",
        help: "near_field: a phone at the ear. far_field: a hands-free phone.",
        kind: OptionKind::Choice {
            values: &["near_field", "far_field", "off"],
        },
    },
    AgentOption {
        name: REASONING,
        label: "Reasoning effort",
        help: "How long models that reason think before they answer; usual: as the model has it.",
        kind: OptionKind::Choice {
            values: &[USUAL, "minimal", "low", "medium", "high"],
        },
    },
];

/// What is set of an option, else what is usual: also where what is set cannot be.
pub(super) fn value(options: &BTreeMap<String, Value>, name: &str) -> Value {
    let Some(option) = ALL.iter().find(|option| option.name == name) else {
        return Value::Null;
    };
    let set = options.get(name).filter(|value| option.check(value).is_ok());
    set.cloned().unwrap_or_else(|| option.usual())
}

/// The same of one that is a text.
pub(super) fn text(options: &BTreeMap<String, Value>, name: &str) -> String {
    let value = value(options, name);
    value.as_str().unwrap_or_default().trim().to_owned()
}

/// The same of one that is a number.
pub(super) fn number(options: &BTreeMap<String, Value>, name: &str) -> f64 {
    value(options, name).as_f64().unwrap_or_default()
}
