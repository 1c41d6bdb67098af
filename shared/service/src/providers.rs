//! The voice providers of a function.

use std::sync::Arc;

use switchboard_domain::{Clock, ProviderKind};
use switchboard_providers::VoiceProvider;
use switchboard_store::Store;

use crate::measured::Measured;
use crate::secrets::Secrets;

/// Every voice provider, by kind. Cheap to clone.
#[derive(Clone)]
pub struct Providers {
    each: [Arc<dyn VoiceProvider>; ProviderKind::ALL.len()],
    used: Used,
}

/// How it is known which providers are used here.
#[derive(Clone)]
enum Used {
    /// Those with a key.
    WithKey(Secrets),
    /// These; for tests.
    These(Vec<ProviderKind>),
}

impl Providers {
    /// The clients of all providers, in the order of [`ProviderKind::ALL`]; used are those that have a key.
    pub fn new(each: [Arc<dyn VoiceProvider>; ProviderKind::ALL.len()], secrets: Secrets) -> Self {
        Self {
            each,
            used: Used::WithKey(secrets),
        }
    }

    /// One provider, which stands for all others too; for tests.
    pub fn only(provider: Arc<dyn VoiceProvider>) -> Self {
        Self {
            used: Used::These(vec![provider.kind()]),
            each: ProviderKind::ALL.map(|_| provider.clone()),
        }
    }

    /// One provider of each kind, all of them used; for tests.
    pub fn each(of: impl Fn(ProviderKind) -> Arc<dyn VoiceProvider>) -> Self {
        Self {
            each: ProviderKind::ALL.map(of),
            used: Used::These(ProviderKind::ALL.to_vec()),
        }
    }

    /// The same, with every failure of theirs counted in `store`.
    #[must_use]
    pub fn measured(mut self, store: &Store, clock: &Arc<dyn Clock>) -> Self {
        self.each = self.each.map(|provider| {
            Arc::new(Measured::new(provider, store.clone(), clock.clone())) as Arc<dyn VoiceProvider>
        });
        self
    }

    /// The provider of a kind. One that is not set up says so when it is asked.
    pub fn get(&self, kind: ProviderKind) -> Arc<dyn VoiceProvider> {
        self.each[kind as usize].clone()
    }

    /// Whether a provider is set up.
    pub async fn is_used(&self, kind: ProviderKind) -> bool {
        match &self.used {
            Used::WithKey(secrets) => secrets.get(kind).has_key().await,
            Used::These(kinds) => kinds.contains(&kind),
        }
    }

    /// Those that are set up.
    pub async fn used(&self) -> Vec<Arc<dyn VoiceProvider>> {
        let mut used = Vec::new();
        for kind in ProviderKind::ALL {
            if self.is_used(kind).await {
                used.push(self.get(kind));
            }
        }
        used
    }
}
