//! The platforms there are, and what has to be known of each before there is a client for it.

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use switchboard_domain::ProviderKind;
use url::Url;

use crate::elevenlabs::ElevenLabsPlatform;
use crate::openai::OpenAiPlatform;
use crate::ultravox::UltravoxPlatform;
use crate::{AgentOption, ApiKeySource, ParseError, Secret, SignatureError, VoiceProvider, Webhook};

/// One line registers a platform. In the order of [`ProviderKind::ALL`].
static PLATFORMS: [&dyn Platform; ProviderKind::ALL.len()] =
    [&ElevenLabsPlatform, &UltravoxPlatform, &OpenAiPlatform];

/// A platform: how it is reached, how it signs, and what it can be told.
pub trait Platform: Send + Sync {
    /// Which one it is.
    fn kind(&self) -> ProviderKind;

    /// A client that takes its key from `keys` with every request.
    ///
    /// # Errors
    /// When the address is not one of an HTTP server.
    fn connect(
        &self,
        base_url: Url,
        keys: Arc<dyn ApiKeySource>,
    ) -> Result<Arc<dyn VoiceProvider>, InvalidConfig>;

    /// Checks that a webhook was signed with one of `secrets` at about `now`, over the bytes as they came.
    ///
    /// # Errors
    /// When it was not; nothing of the body may then be used.
    fn verify_webhook(
        &self,
        secrets: &[Secret],
        headers: &HeaderMap,
        raw: &[u8],
        now: Timestamp,
    ) -> Result<(), SignatureError>;

    /// Reads a webhook whose signature was checked.
    ///
    /// # Errors
    /// When the body is no event, or one of a known kind without what we need from it.
    fn parse_webhook(&self, raw: &[u8]) -> Result<Webhook, ParseError>;

    /// What its agents can be told beyond what every platform knows.
    fn agent_options(&self) -> &'static [AgentOption];

    /// The variables that texts of an agent ask for, as this platform fills them in. Sorted.
    fn required_variables(&self, texts: &[&str]) -> Vec<String>;

    /// Whether a call in progress can be ended by [`VoiceProvider::end_call`].
    fn ends_calls(&self) -> bool;

    /// Whether it lists the lines that calls are placed from; where not, they are entered here.
    fn lists_phone_lines(&self) -> bool;
}

/// The platform of a kind.
pub fn platform(kind: ProviderKind) -> &'static dyn Platform {
    PLATFORMS[kind as usize]
}

/// Address of a platform's API, unless somebody sets another one. Apart from [`Platform`], so that a function that asks
/// nothing of the platforms is not linked with their clients.
pub const fn usual_address(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::Elevenlabs => "https://api.elevenlabs.io",
        ProviderKind::Ultravox => "https://api.ultravox.ai",
        ProviderKind::Openai => "https://api.openai.com",
    }
}

/// A client that cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum InvalidConfig {
    /// The address is not one of an HTTP server.
    #[error(
        "the provider's address must begin with https:// or http:// and name a host, e.g. https://api.example.com"
    )]
    BaseUrl,
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    Http(#[from] reqwest::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_platform_and_an_address() {
        for kind in ProviderKind::ALL {
            assert_eq!(platform(kind).kind(), kind);
            assert!(Url::parse(usual_address(kind)).is_ok());
            for option in platform(kind).agent_options() {
                assert!(option.check(&option.usual()).is_ok(), "{}", option.name);
            }
        }
    }
}
