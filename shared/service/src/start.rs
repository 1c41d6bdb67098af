//! Start-up of a function.

use std::sync::Arc;

use aws_config::SdkConfig;
use switchboard_domain::Clock;
use switchboard_store::Store;

use crate::aws::sdk_config;
use crate::clock::SystemClock;
use crate::config::{Need, ServiceConfig};
use crate::metrics::Metrics;
use crate::settings::{ConfigError, Settings};
use crate::telemetry;

/// What every function works with, built once. What only some need is made by [`Start::keys`] and
/// [`Start::providers`].
pub struct Start {
    /// What the environment says.
    pub config: ServiceConfig,
    /// Everything that is kept.
    pub store: Store,
    /// The machine's clock.
    pub clock: Arc<dyn Clock>,
    /// What further AWS clients are to be built from.
    pub sdk: SdkConfig,
    pub(crate) settings: Settings,
    pub(crate) needs: Vec<Need>,
}

/// Starts a function that has no settings of its own.
///
/// # Errors
/// When settings that it needs are missing or wrong; all of them are named.
pub async fn start(function: &'static str, needs: &[Need]) -> Result<Start, ConfigError> {
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

    /// Begins to log, and reads what all functions share.
    ///
    /// # Errors
    /// When settings are missing or wrong; all of them are named.
    pub async fn finish(mut self, needs: &[Need]) -> Result<Start, ConfigError> {
        let config = ServiceConfig::read(&mut self.settings, needs);
        telemetry::init(config.log_level);
        self.settings.finish()?;

        let sdk = sdk_config(&config.region).await;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        tracing::info!(function = self.function, "started");
        Ok(Start {
            store: Store::new(&sdk, config.store.clone())
                .observed_by(Arc::new(Metrics::on_standard_output(clock.clone()))),
            clock,
            sdk,
            config,
            settings: self.settings,
            needs: needs.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use switchboard_domain::ProviderKind;

    use super::*;

    #[tokio::test]
    async fn a_function_starts_with_what_it_needs_and_not_without() {
        let bare = Starting::with_settings("dialer", Settings::from_pairs([("AWS_REGION", "us-east-1")]));
        let Err(error) = bare.finish(&[Need::DialQueue]).await else {
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
        let keys = start.keys().await;
        let providers = start.providers(&keys).unwrap();
        assert_eq!(
            providers.get(ProviderKind::Elevenlabs).kind(),
            ProviderKind::Elevenlabs
        );
        assert_eq!(providers.used().await.len(), 1, "the others have no key");
    }
}
