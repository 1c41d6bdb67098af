//! What is to be known of ElevenLabs before there is a client for it.

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use switchboard_domain::ProviderKind;
use url::Url;

use super::client::{ElevenLabs, ElevenLabsConfig};
use super::webhook::{SIGNATURE_HEADER, parse, verify};
use crate::{
    AgentOption, ApiKeySource, InvalidConfig, ParseError, Platform, Secret, SignatureError, Tolerance,
    VoiceProvider, Webhook,
};

/// ElevenLabs as one of the platforms.
pub struct ElevenLabsPlatform;

impl Platform for ElevenLabsPlatform {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Elevenlabs
    }

    fn usual_address(&self) -> &'static str {
        "https://api.elevenlabs.io"
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
        &[]
    }

    fn ends_calls(&self) -> bool {
        false
    }

    fn lists_phone_lines(&self) -> bool {
        true
    }
}
