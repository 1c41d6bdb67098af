//! The sync's own rate limit: calls come first, and share the account.

use std::time::Duration;

use switchboard_providers::ProviderError;

/// Times that a question is asked again when the provider asks us to slow down.
const TRIES: u32 = 4;

/// How fast the sync asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncPace {
    /// Between two questions.
    pub between: Duration,
    /// After a request to slow down that names no time.
    pub slow_down: Duration,
    /// The longest wait that is kept; a longer one ends the question.
    pub longest: Duration,
}

impl Default for SyncPace {
    fn default() -> Self {
        Self {
            between: Duration::from_millis(50),
            slow_down: Duration::from_secs(2),
            longest: Duration::from_secs(60),
        }
    }
}

impl SyncPace {
    /// Asks, a little after the question before, and again when the provider asks us to slow down.
    pub(crate) async fn ask<T, F>(&self, mut question: impl FnMut() -> F) -> Result<T, ProviderError>
    where
        F: Future<Output = Result<T, ProviderError>>,
    {
        for asked in 1.. {
            tokio::time::sleep(self.between).await;
            let wait = match question().await {
                Err(ProviderError::RateLimited { retry_after, .. }) if asked < TRIES => {
                    retry_after.unwrap_or(self.slow_down * asked)
                }
                answer => return answer,
            };
            tracing::info!(secs = wait.as_secs(), "the provider asks the sync to slow down");
            tokio::time::sleep(wait.min(self.longest)).await;
        }
        unreachable!("the last try returns")
    }
}
