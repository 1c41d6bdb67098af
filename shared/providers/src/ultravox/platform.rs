//! What is to be known of Ultravox before there is a client for it.

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use switchboard_domain::ProviderKind;
use url::Url;

use super::client::{Ultravox, UltravoxConfig};
use super::options;
use super::webhook::{SIGNATURE_HEADER, TIMESTAMP_HEADER, parse, verify};
use super::wire::variables::required_variables;
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

    fn connect(
        &self,
        base_url: Url,
        keys: Arc<dyn ApiKeySource>,
    ) -> Result<Arc<dyn VoiceProvider>, InvalidConfig> {
        Ok(Arc::new(Ultravox::new(UltravoxConfig::new(base_url), keys)?))
    }

    fn verify_webhook(
        &self,
        secrets: &[Secret],
        headers: &HeaderMap,
        raw: &[u8],
        now: Timestamp,
    ) -> Result<(), SignatureError> {
        let header = |name| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.ok_or(SignatureError::Missing)
        };
        let (timestamp, signatures) = (header(TIMESTAMP_HEADER)?, header(SIGNATURE_HEADER)?);
        verify(secrets, timestamp, signatures, raw, now)
    }

    fn parse_webhook(&self, raw: &[u8]) -> Result<Webhook, ParseError> {
        parse(raw)
    }

    fn agent_options(&self) -> &'static [AgentOption] {
        options::ALL
    }

    fn required_variables(&self, texts: &[&str]) -> Vec<String> {
        required_variables(texts, None)
    }

    fn ends_calls(&self) -> bool {
        true
    }

    fn lists_phone_lines(&self) -> bool {
        false
    }
}
