//! Start-up of a function.

use std::sync::Arc;

use aws_config::SdkConfig;
use switchboard_domain::{Clock, ProviderKind};
use switchboard_providers::openai::{OpenAiProvider, Surroundings};
use switchboard_providers::twilio::Twilio;
use switchboard_providers::{ApiKeySource, InvalidConfig, VoiceProvider, platform};
use switchboard_store::Store;
use url::Url;

use crate::aws::sdk_config;
use crate::clock::SystemClock;
use crate::config::{Need, ServiceConfig};
use crate::metrics::Metrics;
use crate::own_records::StoreRecords;
use crate::providers::Providers;
use crate::secrets::{CarrierSecrets, ProviderSecrets, SecretStore, Secrets, SecretsManager};
use crate::settings::{ConfigError, Settings};
use crate::telemetry;

/// Everything a function works with, built once.
#[derive(Clone)]
pub struct Start {
    /// What the environment says.
    pub config: ServiceConfig,
    /// Everything that is kept.
    pub store: Store,
    /// The voice providers.
    pub providers: Providers,
    /// API keys and webhook secrets of the providers.
    pub secrets: Secrets,
    /// The account at the carrier.
    pub carrier: Arc<CarrierSecrets>,
    /// The machine's clock.
    pub clock: Arc<dyn Clock>,
    /// What further AWS clients are to be built from.
    pub sdk: SdkConfig,
}

impl Start {
    /// The carrier's API.
    ///
    /// # Errors
    /// When its client cannot be built.
    pub fn twilio(&self) -> Result<Twilio, StartError> {
        Ok(Twilio::new(&self.config.carrier_url, self.carrier.clone())?)
    }
}

/// A function that cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Settings are missing or wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A provider's client could not be built.
    #[error("the client of a provider could not be set up")]
    Provider(#[from] InvalidConfig),
}

/// Starts a function that has no settings of its own.
///
/// # Errors
/// When settings that it needs are missing or wrong; all of them are named.
pub async fn start(function: &'static str, needs: &[Need]) -> Result<Start, StartError> {
    Starting::new(function).finish(needs).await
}

/// A function on its way up, whose own settings can be read.
pub struct Starting {
    function: &'static str,
    /// The environment; what is wrong is reported by [`Starting::finish`].
    pub settings: Settings,
}

impl Starting {
    /// Begins with the environment of this process.
    pub fn new(function: &'static str) -> Self {
        Self::with_settings(function, Settings::from_environment())
    }

    /// Begins with other settings; for tests.
    pub fn with_settings(function: &'static str, settings: Settings) -> Self {
        Self { function, settings }
    }

    /// Begins to log, reads what all functions share, and builds every client.
    ///
    /// # Errors
    /// When settings are missing or wrong; all of them are named.
    pub async fn finish(mut self, needs: &[Need]) -> Result<Start, StartError> {
        let config = ServiceConfig::read(&mut self.settings, needs);
        telemetry::init(config.log_level);
        self.settings.finish()?;

        let sdk = sdk_config(&config.region).await;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let secrets = Secrets::new(|kind| {
            let arn = config.provider(kind).secret_arn.clone();
            let stored = arn.map(|arn| Box::new(SecretsManager::new(&sdk, arn)) as Box<dyn SecretStore>);
            ProviderSecrets::from_settings(kind, &self.settings, stored, clock.clone())
        });
        let stored = config.carrier_secret_arn.clone();
        let stored = stored.map(|arn| Box::new(SecretsManager::new(&sdk, arn)) as Box<dyn SecretStore>);
        let carrier = CarrierSecrets::from_settings(&self.settings, stored, clock.clone());
        let carrier = Arc::new(carrier);
        warm_up(&secrets, needs).await;
        tracing::info!(function = self.function, "started");
        let store = Store::new(&sdk, config.store.clone())
            .observed_by(Arc::new(Metrics::on_standard_output(clock.clone())));
        let around = Surroundings {
            carrier: Twilio::new(&config.carrier_url, carrier.clone())?,
            records: Arc::new(StoreRecords::new(store.clone(), config.public_url.clone())),
        };
        let providers = connect(&config, &secrets, around)?;
        Ok(Start {
            providers: Providers::new(providers, secrets.clone()).measured(&store, &clock),
            store,
            secrets,
            carrier,
            clock,
            sdk,
            config,
        })
    }
}

/// Reads the secrets now, while start-up has more of the processor than a small function later.
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

type EachProvider = [Arc<dyn VoiceProvider>; ProviderKind::ALL.len()];

/// A client for every provider. OpenAI has neither agents nor a carrier: that is what it gets along.
fn connect(
    config: &ServiceConfig,
    secrets: &Secrets,
    around: Surroundings,
) -> Result<EachProvider, InvalidConfig> {
    let of = |kind| -> (Url, Arc<dyn ApiKeySource>) {
        (config.provider(kind).base_url.clone(), secrets.get(kind).clone())
    };
    let connect = |kind| {
        let (address, keys) = of(kind);
        platform(kind).connect(address, keys)
    };
    let (address, keys) = of(ProviderKind::Openai);
    let openai = OpenAiProvider::new(address, keys)?.within(around);
    Ok([
        connect(ProviderKind::Elevenlabs)?,
        connect(ProviderKind::Ultravox)?,
        Arc::new(openai),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_function_starts_with_what_it_needs_and_not_without() {
        let bare = Starting::with_settings("dialer", Settings::from_pairs([("AWS_REGION", "us-east-1")]));
        let Err(StartError::Config(error)) = bare.finish(&[Need::DialQueue]).await else {
            panic!()
        };
        assert!(
            error
                .problems
                .iter()
                .any(|problem| problem.name == "DIAL_QUEUE_URL")
        );

        let settings = Settings::from_pairs([
            ("AWS_REGION", "us-east-1"),
            ("CALLS_TABLE", "calls"),
            ("CAMPAIGNS_TABLE", "campaigns"),
            ("CONTACTS_TABLE", "contacts"),
            ("AGENTS_TABLE", "agents"),
            ("SYSTEM_TABLE", "system"),
            ("DATA_BUCKET", "data"),
            ("DIAL_QUEUE_URL", "http://127.0.0.1:1/dial"),
            ("ELEVENLABS_API_KEY", "sk_test"),
        ]);
        let whole = Starting::with_settings("dialer", settings);
        let start = whole.finish(&[Need::DialQueue, Need::Provider]).await.unwrap();
        assert_eq!(
            start.providers.get(ProviderKind::Elevenlabs).kind(),
            ProviderKind::Elevenlabs
        );
        assert_eq!(start.providers.used().await.len(), 1, "the other one has no key");
    }
}
