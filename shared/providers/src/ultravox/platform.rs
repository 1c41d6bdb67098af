//! What is to be known of Ultravox before there is a client for it.

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use switchboard_domain::ProviderKind;
use url::Url;

use super::client::Ultravox;
use crate::{
    AgentOption, ApiKeySource, InvalidConfig, ParseError, Platform, Secret, SignatureError, VoiceProvider,
    Webhook,
};

/// Ultravox as one of the platforms.
pub struct UltravoxPlatform;

impl Platform for UltravoxPlatform {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Ultravox
    }

    fn usual_address(&self) -> &'static str {
        "https://api.ultravox.ai"
    }

    fn connect(
        &self,
        base_url: Url,
        keys: Arc<dyn ApiKeySource>,
    ) -> Result<Arc<dyn VoiceProvider>, InvalidConfig> {
        Ok(Arc::new(Ultravox::new(base_url, keys)?))
    }

    fn verify_webhook(
        &self,
        secrets: &[Secret],
        headers: &HeaderMap,
        raw: &[u8],
        now: Timestamp,
    ) -> Result<(), SignatureError> {
        let _ = (secrets, headers, raw, now);
        Err(SignatureError::NoSecret)
    }

    fn parse_webhook(&self, raw: &[u8]) -> Result<Webhook, ParseError> {
        let _ = raw;
        Err(ParseError::NotAnEvent)
    }

    fn agent_options(&self) -> &'static [AgentOption] {
        &[]
    }

    fn ends_calls(&self) -> bool {
        true
    }

    fn lists_phone_lines(&self) -> bool {
        false
    }
}
