//! What the API works with.

use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use switchboard_domain::{AddressRules, Clock};
use switchboard_providers::twilio::Twilio;
use switchboard_service::{
    CarrierSecrets, MemorySecrets, ProviderSecrets, ProviderSetup, Providers, Secrets, Settings,
    TargetSecrets,
};
use switchboard_store::Store;
use url::Url;

use crate::retention::Retention;
use crate::routes::voices::KnownVoices;
use crate::seen::Seen;

/// What the API works with; built once.
pub struct Deps {
    pub(crate) store: Store,
    pub(crate) providers: Providers,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) default_limit: u32,
    pub(crate) seen: Seen,
    pub(crate) retention: Retention,
    pub(crate) target_secrets: TargetSecrets,
    pub(crate) address_rules: AddressRules,
    pub(crate) voices: KnownVoices,
    pub(crate) provider_setup: ProviderSetup,
    /// Where browsers get live updates, where this deployment has any.
    pub(crate) live_url: Option<Url>,
    /// The carrier and who we are there, where this deployment has them.
    pub(crate) carrier: Option<(Twilio, Arc<CarrierSecrets>)>,
    chance: Mutex<StdRng>,
}

impl Deps {
    /// `default_limit` is the concurrency limit of the deployment, which holds until somebody sets another.
    pub fn new(
        store: Store,
        providers: Providers,
        clock: Arc<dyn Clock>,
        default_limit: u32,
        chance: StdRng,
    ) -> Self {
        let nowhere = Settings::from_pairs([]);
        let secrets =
            Secrets::new(|kind| ProviderSecrets::from_settings(kind, &nowhere, None, clock.clone()));
        Self {
            store,
            provider_setup: ProviderSetup::without_checks(secrets),
            providers,
            clock,
            default_limit,
            seen: Seen::default(),
            retention: Retention::default(),
            target_secrets: TargetSecrets::new(Arc::new(MemorySecrets::default()), String::new()),
            address_rules: AddressRules::default(),
            voices: KnownVoices::default(),
            live_url: None,
            carrier: None,
            chance: Mutex::new(chance),
        }
    }

    /// With the spans for which this deployment keeps things.
    #[must_use]
    pub fn with_retention(mut self, retention: Retention) -> Self {
        self.retention = retention;
        self
    }

    /// With the secrets of event targets, and the addresses that these may have. Without, secrets are
    /// gone with the process.
    #[must_use]
    pub fn with_event_targets(mut self, secrets: TargetSecrets, rules: AddressRules) -> Self {
        self.target_secrets = secrets;
        self.address_rules = rules;
        self
    }

    /// With the secrets of the providers, which people may set. Without, none can be set.
    #[must_use]
    pub fn with_provider_setup(mut self, setup: ProviderSetup) -> Self {
        self.provider_setup = setup;
        self
    }

    /// With the address at which browsers get live updates. Without, they are given no tickets.
    #[must_use]
    pub fn with_live_updates(mut self, url: Option<Url>) -> Self {
        self.live_url = url;
        self
    }

    /// With the carrier, at which calls can be ended. Without, they can only where the platform can.
    #[must_use]
    pub fn with_carrier(mut self, twilio: Twilio, account: Arc<CarrierSecrets>) -> Self {
        self.carrier = Some((twilio, account));
        self
    }

    /// The carrier, when its account is set up.
    pub(crate) async fn carrier(&self) -> Option<&Twilio> {
        let (twilio, _) = self.carrier.as_ref()?;
        twilio.is_set_up().await.then_some(twilio)
    }

    /// Draws something by chance.
    pub(crate) fn draw<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.chance.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
