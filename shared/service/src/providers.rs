//! The voice providers of a function.

use std::sync::Arc;

use switchboard_domain::ProviderKind;
use switchboard_providers::VoiceProvider;

/// Every voice provider, by kind. Cheap to clone.
#[derive(Clone)]
pub struct Providers {
    elevenlabs: Arc<dyn VoiceProvider>,
}

impl Providers {
    /// The registry with this ElevenLabs, real or fake.
    pub fn new(elevenlabs: Arc<dyn VoiceProvider>) -> Self {
        Self { elevenlabs }
    }

    /// The provider of a kind.
    pub fn get(&self, kind: ProviderKind) -> Arc<dyn VoiceProvider> {
        match kind {
            ProviderKind::Elevenlabs => self.elevenlabs.clone(),
        }
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = Arc<dyn VoiceProvider>> + '_ {
        ProviderKind::ALL.into_iter().map(|kind| self.get(kind))
    }
}
