//! What can go wrong when a provider is asked, by what the caller does next.

use std::sync::Arc;
use std::time::Duration;

/// A question to a provider that was not answered as hoped. Texts have phone numbers hidden.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProviderError {
    /// No answer, or a broken one: network, time-out, 5xx. Ask again later.
    #[error("the provider is unavailable: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
        /// The provider's id of the request.
        request_id: Option<String>,
        /// The cause, where it was the network.
        #[source]
        source: Option<Arc<reqwest::Error>>,
    },
    /// Too many requests. Ask again after a while.
    #[error("the provider limits the rate of requests ({code})")]
    RateLimited {
        /// The provider's code.
        code: String,
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
        /// The provider's id of the request.
        request_id: Option<String>,
    },
    /// The key is missing, wrong, or may not do this. Nothing works until a person has mended it.
    #[error("the provider did not accept the API key ({code})")]
    Unauthorized {
        /// The provider's code.
        code: String,
        /// The provider's id of the request.
        request_id: Option<String>,
    },
    /// No credit left. Nothing works until a person has added some.
    #[error("the provider account is out of credit")]
    OutOfCredit {
        /// The provider's id of the request.
        request_id: Option<String>,
    },
    /// The provider does not know what was asked for.
    #[error("the provider does not know it ({code})")]
    NotFound {
        /// The provider's code.
        code: String,
        /// The provider's id of the request.
        request_id: Option<String>,
    },
    /// The provider finds the request wrong. The same request will never succeed.
    #[error("the provider found the request wrong ({code}): {message}")]
    Rejected {
        /// The provider's code.
        code: String,
        /// The provider's words.
        message: String,
        /// The provider's id of the request.
        request_id: Option<String>,
    },
    /// An answer that we cannot read. Somebody should look.
    #[error("the provider's answer could not be read: {reason}")]
    Unreadable {
        /// What was wrong with it.
        reason: String,
        /// The provider's id of the request.
        request_id: Option<String>,
    },
}

impl ProviderError {
    /// The provider's id of the request, for its support.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Unavailable { request_id, .. }
            | Self::RateLimited { request_id, .. }
            | Self::Unauthorized { request_id, .. }
            | Self::OutOfCredit { request_id }
            | Self::NotFound { request_id, .. }
            | Self::Rejected { request_id, .. }
            | Self::Unreadable { request_id, .. } => request_id.as_deref(),
        }
    }

    /// Asking again later can help without anybody doing anything.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::RateLimited { .. })
    }

    /// What happened and what to do, for people.
    pub fn explain(&self) -> String {
        match self {
            Self::Unavailable { .. } => {
                "The provider did not answer. Try again in a minute; if it goes on, look at the provider's status page."
                    .to_owned()
            }
            Self::RateLimited { retry_after, .. } => match retry_after {
                Some(wait) => format!(
                    "The provider asks us to slow down. Try again in {} seconds.",
                    wait.as_secs().max(1)
                ),
                None => "The provider asks us to slow down. Try again in a minute.".to_owned(),
            },
            Self::Unauthorized { code, .. } => format!(
                "The provider did not accept the API key ({code}). Put a valid key \
                 with the needed permissions in under Settings, or into the provider's secret."
            ),
            Self::OutOfCredit { .. } => {
                "The provider account is out of credit. Add credit at the provider, then try again.".to_owned()
            }
            Self::NotFound { .. } => {
                "The provider does not know it: it may have been deleted there. Refresh the list and choose again."
                    .to_owned()
            }
            Self::Rejected { code, message, .. } => {
                format!("The provider found the request wrong ({code}: {message}). Change it and try again.")
            }
            Self::Unreadable { .. } => {
                "The provider's answer could not be understood. Try again; if it goes on, tell the people who run \
                 this service."
                    .to_owned()
            }
        }
    }
}
