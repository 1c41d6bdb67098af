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
}

impl Platform {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::ElevenLabs, Self::Ultravox];
}
