//! Keys of the platforms and the carrier, and the clients that use them.
//!
//! Apart from [`Start`]: a function that calls nobody outside AWS asks for none of it, and is linked with none of it.

use std::sync::Arc;

use switchboard_domain::ProviderKind;
use switchboard_providers::openai::{OpenAi, OpenAiProvider, Surroundings};
use switchboard_providers::twilio::Twilio;
use switchboard_providers::{ApiKeySource, InvalidConfig, VoiceProvider, platform};
use url::Url;

use crate::config::Need;
use crate::own_records::StoreRecords;
use crate::providers::Providers;
use crate::secrets::{CarrierSecrets, ProviderSecrets, SecretStore, Secrets, SecretsManager};
use crate::start::Start;

/// Keys and webhook secrets, each read when it is needed first.
#[derive(Clone)]
pub struct Keys {
    /// API keys and webhook secrets of the platforms.
    pub secrets: Secrets,
    /// The account at the carrier.
    pub carrier: Arc<CarrierSecrets>,
}

type EachProvider = [Arc<dyn VoiceProvider>; ProviderKind::ALL.len()];

impl Start {
    /// The keys. Those that the function said it needs are read now, while start-up has more of the processor than a small
    /// function later.
    pub async fn keys(&self) -> Keys {
        let stored = |arn: String| Box::new(SecretsManager::new(&self.sdk, arn)) as Box<dyn SecretStore>;
        let secrets = Secrets::new(|kind| {
            let arn = self.config.provider(kind).secret_arn.clone();
            ProviderSecrets::from_settings(kind, &self.settings, arn.map(stored), self.clock.clone())
        });
        let arn = self.config.carrier_secret_arn.clone();
        let carrier = CarrierSecrets::from_settings(&self.settings, arn.map(stored), self.clock.clone());
        warm_up(&secrets, &self.needs).await;
        Keys {
            secrets,
            carrier: Arc::new(carrier),
        }
    }

    /// The carrier's API.
    ///
    /// # Errors
    /// When its client cannot be built.
    pub fn twilio(&self, keys: &Keys) -> Result<Twilio, InvalidConfig> {
        Twilio::new(&self.config.carrier_url, keys.carrier.clone())
    }

    /// OpenAI's API, for calls that are connected with it.
    ///
    /// # Errors
    /// When its client cannot be built.
    pub fn openai(&self, keys: &Keys) -> Result<OpenAi, InvalidConfig> {
        let (address, keys) = self.of(keys, ProviderKind::Openai);
        OpenAi::new(address, keys)
    }

    /// The voice providers. OpenAI has neither agents nor a carrier: that is what it gets along.
    ///
    /// # Errors
    /// When the client of one cannot be built.
    pub fn providers(&self, keys: &Keys) -> Result<Providers, InvalidConfig> {
        let around = Surroundings {
            carrier: self.twilio(keys)?,
            records: Arc::new(StoreRecords::new(
                self.store.clone(),
                self.config.public_url.clone(),
            )),
        };
        let connect = |kind| {
            let (address, keys) = self.of(keys, kind);
            platform(kind).connect(address, keys)
        };
        let (address, openai_keys) = self.of(keys, ProviderKind::Openai);
        let providers: EachProvider = [
            connect(ProviderKind::Elevenlabs)?,
            connect(ProviderKind::Ultravox)?,
            Arc::new(OpenAiProvider::new(address, openai_keys)?.within(around)),
        ];
        Ok(Providers::new(providers, keys.secrets.clone()).measured(&self.store, &self.clock))
    }

    fn of(&self, keys: &Keys, kind: ProviderKind) -> (Url, Arc<dyn ApiKeySource>) {
        let address = self.config.provider(kind).base_url.clone();
        (address, keys.secrets.get(kind).clone())
    }
}

/// What fails here is tried again, and told, when the secret is needed.
async fn warm_up(secrets: &Secrets, needs: &[Need]) {
    for kind in ProviderKind::ALL {
        let (secrets, provider) = (secrets.get(kind), kind.as_str());
        if !secrets.has_key().await {
            continue;
        }
        if needs.contains(&Need::Provider) && secrets.api_key().await.is_err() {
            tracing::warn!(provider, "the API key could not be read at start-up");
        }
        if needs.contains(&Need::WebhookSecrets) && secrets.webhook_secrets().await.is_err() {
            tracing::warn!(provider, "the webhook secrets could not be read at start-up");
        }
    }
}
