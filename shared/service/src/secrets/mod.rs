//! Keys and secrets of the providers: from the environment, else from Secrets Manager.

mod elevenlabs;
mod store;

pub use elevenlabs::{ElevenLabsSecrets, SecretsError};
pub use store::{SecretStore, SecretsManager};
