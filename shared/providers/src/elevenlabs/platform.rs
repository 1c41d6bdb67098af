//! What is to be known of ElevenLabs before there is a client for it.

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use switchboard_domain::ProviderKind;
use url::Url;

use super::client::{ElevenLabs, ElevenLabsConfig};
use super::webhook::{SIGNATURE_HEADER, parse, verify};
use crate::{
    AgentOption, ApiKeySource, InvalidConfig, OptionKind, ParseError, Platform, Secret, SignatureError,
    Tolerance, VoiceProvider, Webhook, required_variables,
};

pub(super) const TEMPERATURE: &str = "temperature";
pub(super) const MAX_DURATION_SECS: &str = "max_duration_secs";
pub(super) const VOICE_SPEED: &str = "voice_speed";
pub(super) const VOICE_STABILITY: &str = "voice_stability";

/// Bounds and usual values are the vendor's; it says no bounds for the length of a call, and has 600 seconds.
static AGENT_OPTIONS: [AgentOption; 4] = [
    AgentOption {
        name: TEMPERATURE,
        label: "Temperature",
        help: "How freely the agent chooses its words. At 0 it says the same thing the same way every time.",
        kind: OptionKind::Number {
            least: 0.0,
            most: 1.0,
            step: 0.05,
            usual: 0.0,
        },
    },
    AgentOption {
        name: MAX_DURATION_SECS,
        label: "Longest call, in seconds",
        help: "A call that lasts longer is ended by the platform.",
        kind: OptionKind::Number {
            least: 30.0,
            most: 7_200.0,
            step: 30.0,
            usual: 600.0,
        },
    },
    AgentOption {
        name: VOICE_SPEED,
        label: "Speed of the voice",
        help: "1 is the voice's own speed; below it is slower, above it faster.",
        kind: OptionKind::Number {
            least: 0.7,
            most: 1.2,
            step: 0.05,
            usual: 1.0,
        },
    },
    AgentOption {
        name: VOICE_STABILITY,
        label: "Stability of the voice",
        help: "Low: livelier, and every sentence a little different. High: even, up to monotonous.",
        kind: OptionKind::Number {
            least: 0.0,
            most: 1.0,
            step: 0.05,
            usual: 0.5,
        },
    },
];

/// ElevenLabs as one of the platforms.
pub struct ElevenLabsPlatform;

impl Platform for ElevenLabsPlatform {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Elevenlabs
    }

    fn connect(
        &self,
        base_url: Url,
        keys: Arc<dyn ApiKeySource>,
    ) -> Result<Arc<dyn VoiceProvider>, InvalidConfig> {
        Ok(Arc::new(ElevenLabs::new(ElevenLabsConfig::new(base_url), keys)?))
    }

    fn verify_webhook(
        &self,
        secrets: &[Secret],
        headers: &HeaderMap,
        raw: &[u8],
        now: Timestamp,
    ) -> Result<(), SignatureError> {
        let header = headers
            .get(SIGNATURE_HEADER)
            .and_then(|value| value.to_str().ok());
        let header = header.ok_or(SignatureError::Missing)?;
        verify(secrets, header, raw, now, Tolerance::default())
    }

    fn parse_webhook(&self, raw: &[u8]) -> Result<Webhook, ParseError> {
        parse(raw)
    }

    fn agent_options(&self) -> &'static [AgentOption] {
        &AGENT_OPTIONS
    }

    fn required_variables(&self, texts: &[&str]) -> Vec<String> {
        required_variables(&texts.join("\n"), "", [])
    }

    fn ends_calls(&self) -> bool {
        false
    }

    fn lists_phone_lines(&self) -> bool {
        true
    }
}
