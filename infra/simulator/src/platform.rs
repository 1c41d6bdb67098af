//! The platforms that are played.

use serde::{Deserialize, Serialize};

/// A platform that is played: each has its own account, key, routes and shapes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// ElevenLabs, below `/v1` and `/v2`.
    #[default]
    ElevenLabs,
    /// Ultravox, below `/api`.
    Ultravox,
    /// Twilio, below `/2010-04-01`: calls that we create there ourselves.
    Twilio,
    /// OpenAI, below `/v1/realtime` and `/v1/responses`. It dials nobody.
    OpenAi,
}

impl Platform {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::ElevenLabs, Self::Ultravox, Self::Twilio, Self::OpenAi];
    /// Those that place calls by themselves.
    pub const DIALLING: [Self; 2] = [Self::ElevenLabs, Self::Ultravox];
}
