//! Start-up of a function: configuration, secrets, tracing, problem documents.
//!
//! A function begins with a line that names what it needs, and gets everything built once:
//!
//! ```no_run
//! use switchboard_service::{Need, start};
//!
//! # async fn main_of_a_function() -> Result<(), Box<dyn std::error::Error>> {
//! let start = start("dialer", &[Need::DialQueue, Need::Provider]).await?;
//! let providers = start.providers(&start.keys().await)?;
//! let provider = providers.get(switchboard_domain::ProviderKind::Elevenlabs);
//! let (store, clock) = (start.store.clone(), start.clock.clone());
//! # let _ = (provider, store, clock);
//! # Ok(())
//! # }
//! ```
//!
//! A setting of one function's own is read between [`Starting::new`] and [`Starting::finish`], so
//! that it is reported together with the others.
//!
//! This crate is the one place that reads the environment and the machine's clock.

mod address_rules;
mod aws;
mod causes;
mod clock;
mod config;
mod deadline;
mod keys;
mod live_connections;
mod measured;
mod metrics;
mod outgoing;
mod own_records;
mod problem;
mod provider_setup;
mod providers;
mod secrets;
mod settings;
mod start;
mod target_secrets;
mod telemetry;

pub use address_rules::address_rules;
pub use aws::sdk_config;
pub use causes::Causes;
pub use clock::{SystemClock, rng};
pub use config::{Need, ServiceConfig};
pub use deadline::{deadline, deadline_less};
pub use keys::Keys;
pub use live_connections::{GatewayConnections, LiveConnections, Posted, live_url};
pub use metrics::Metrics;
pub use outgoing::{Answer, Bounds, InvalidSecret, Poster, sign};
pub use own_records::StoreRecords;
pub use problem::{FieldError, Problem, ProblemCode};
pub use provider_setup::{KeyCheck, ProviderSetup, SetupError};
pub use providers::Providers;
pub use secrets::{
    CarrierSecrets, CarrierState, MemorySecret, ProviderSecrets, SecretChange, SecretField, SecretSource,
    SecretState, SecretStore, Secrets, SecretsError, SecretsManager,
};
pub use settings::{ConfigError, SettingProblem, Settings};
pub use start::{Start, Starting, start};
pub use target_secrets::{
    MemorySecrets, NamedSecrets, SecretsManagerNames, TargetSecrets, TargetSecretsError, new_target_secret,
};
pub use telemetry::LogLevel;
