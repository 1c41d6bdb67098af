//! What can go wrong on the way from a provider to our records.

use switchboard_providers::ProviderError;
use switchboard_store::StoreError;

/// A step that was not finished. All of them are safe to do again.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The provider could not be asked.
    #[error("the provider could not be asked")]
    Provider(#[from] ProviderError),
    /// Our own tables or files did not answer.
    #[error("the store did not answer")]
    Store(#[from] StoreError),
    /// The disk of this machine failed.
    #[error("a temporary file could not be written")]
    Disk(#[from] std::io::Error),
}
