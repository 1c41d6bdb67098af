//! What is to be known of OpenAI before there is a client for it.

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use switchboard_domain::ProviderKind;
use url::Url;

use super::provider::OpenAiProvider;
use super::{options, signature};
use crate::variables::required_variables;
use crate::{
    AgentOption, ApiKeySource, InvalidConfig, ParseError, Platform, Secret, SignatureError, VoiceProvider,
    Webhook,
};

/// OpenAI as one of the platforms.
pub struct OpenAiPlatform;

impl Platform for OpenAiPlatform {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Openai
    }

    fn connect(
        &self,
        base_url: Url,
        keys: Arc<dyn ApiKeySource>,
    ) -> Result<Arc<dyn VoiceProvider>, InvalidConfig> {
        Ok(Arc::new(OpenAiProvider::new(base_url, keys)?))
    }

    fn verify_webhook(
        &self,
        secrets: &[Secret],
        headers: &HeaderMap,
        raw: &[u8],
        now: Timestamp,
    ) -> Result<(), SignatureError> {
        signature::verify(secrets, headers, raw, now)
    }

    /// A call that waits to be accepted is no news of a conversation; whoever accepts calls reads it.
    fn parse_webhook(&self, _raw: &[u8]) -> Result<Webhook, ParseError> {
        Err(ParseError::NotAnEvent)
    }

    fn agent_options(&self) -> &'static [AgentOption] {
        options::ALL
    }

    /// The company is ours to fill in, where a call does not say it.
    fn required_variables(&self, texts: &[&str]) -> Vec<String> {
        required_variables(&texts.join("\n"), "", ["company"])
    }

    fn ends_calls(&self) -> bool {
        true
    }

    fn lists_phone_lines(&self) -> bool {
        false
    }
}
