//! What Ultravox's agents can be told beyond what every platform knows.

use crate::{AgentOption, OptionKind};

pub(super) const MODEL: &str = "model";
pub(super) const TEMPERATURE: &str = "temperature";
pub(super) const MAX_DURATION: &str = "max_duration_secs";
pub(super) const RECORDING: &str = "recording";
pub(super) const VOICEMAIL: &str = "voicemail";

pub(super) static ALL: &[AgentOption] = &[
    AgentOption {
        name: MODEL,
        label: "Model",
        help: "The model that listens and answers, by its name at Ultravox.",
        kind: OptionKind::Text {
            longest: 64,
            usual: "ultravox-v0.7",
        },
    },
    AgentOption {
        name: TEMPERATURE,
        label: "Temperature",
        help: "How freely it words its answers: 0 keeps closest to the prompt.",
        kind: OptionKind::Number {
            least: 0.0,
            most: 1.0,
            step: 0.1,
            usual: 0.0,
        },
    },
    AgentOption {
        name: MAX_DURATION,
        label: "Longest call, in seconds",
        help: "A call that lasts longer is ended.",
        kind: OptionKind::Number {
            least: 60.0,
            most: 3_600.0,
            step: 60.0,
            usual: 600.0,
        },
    },
    AgentOption {
        name: RECORDING,
        label: "Record calls",
        help: "Keeps the sound of every call.",
        kind: OptionKind::Switch { usual: true },
    },
    AgentOption {
        name: VOICEMAIL,
        label: "Leave a message on voicemail",
        help: "When a machine answers, the agent leaves a message and hangs up, and the call counts as voicemail.",
        kind: OptionKind::Switch { usual: true },
    },
];
