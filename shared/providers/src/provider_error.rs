//! What can go wrong when a provider is asked, by what the caller does next.

use std::sync::Arc;
use std::time::Duration;

use switchboard_domain::ProviderKind;

use crate::said_of::SaidOf;

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

    /// The kind of failure, one of a closed list: for counters and metrics.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "unavailable",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unauthorized { .. } => "unauthorized",
            Self::OutOfCredit { .. } => "out_of_credit",
            Self::NotFound { .. } => "not_found",
            Self::Rejected { .. } => "rejected",
            Self::Unreadable { .. } => "unreadable",
        }
    }

    /// What happened and what to do, for people.
    pub fn explain(&self) -> String {
        self.said_of(&SaidOf::SOME)
    }

    /// The same, with the platform's name in it.
    pub fn explain_at(&self, provider: ProviderKind) -> String {
        self.said_of(&SaidOf::provider(provider))
    }

    /// The same, of the carrier.
    pub fn explain_at_carrier(&self) -> String {
        self.said_of(&SaidOf::CARRIER)
    }

    fn said_of(&self, SaidOf { begin, who }: &SaidOf) -> String {
        match self {
            Self::Unavailable { .. } => format!(
                "{begin} did not answer. Try again in a minute; if it goes on, look at {who}'s status page."
            ),
            Self::RateLimited { retry_after, .. } => match retry_after {
                Some(wait) => format!(
                    "{begin} asks us to slow down. Try again in {} seconds.",
                    wait.as_secs().max(1)
                ),
                None => format!("{begin} asks us to slow down. Try again in a minute."),
            },
            Self::Unauthorized { code, .. } => format!(
                "{begin} did not accept the API key ({code}). Put a valid key with the needed permissions in under \
                 Settings, or into {who}'s secret."
            ),
            Self::OutOfCredit { .. } => {
                format!("The account at {who} is out of credit. Add credit there, then try again.")
            }
            Self::NotFound { .. } => format!(
                "{begin} does not know it: it may have been deleted there. Refresh the list and choose again."
            ),
            Self::Rejected { code, message, .. } => {
                format!("{begin} found the request wrong ({code}: {message}). Change it and try again.")
            }
            Self::Unreadable { .. } => format!(
                "The answer of {who} could not be understood. Try again; if it goes on, tell the people who run \
                 this service."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each() -> [ProviderError; 7] {
        let code = || "some_code".to_owned();
        let request_id = || Some("req_1".to_owned());
        [
            ProviderError::Unavailable {
                reason: String::new(),
                request_id: request_id(),
                source: None,
            },
            ProviderError::RateLimited {
                code: code(),
                retry_after: None,
                request_id: request_id(),
            },
            ProviderError::Unauthorized {
                code: code(),
                request_id: request_id(),
            },
            ProviderError::OutOfCredit {
                request_id: request_id(),
            },
            ProviderError::NotFound {
                code: code(),
                request_id: request_id(),
            },
            ProviderError::Rejected {
                code: code(),
                message: "too long".to_owned(),
                request_id: request_id(),
            },
            ProviderError::Unreadable {
                reason: String::new(),
                request_id: request_id(),
            },
        ]
    }

    #[test]
    fn every_class_has_a_name_of_its_own_and_a_sentence_with_the_platforms_name() {
        let classes: std::collections::BTreeSet<_> = each().iter().map(ProviderError::class).collect();
        assert_eq!(classes.len(), each().len());
        for error in each() {
            for kind in ProviderKind::ALL {
                let said = error.explain_at(kind);
                assert!(said.contains(kind.name()) && said.ends_with('.'), "{said}");
                assert!(!said.to_lowercase().contains("the provider"), "{said}");
            }
            assert!(error.explain().contains("provider"), "{}", error.explain());
            assert_eq!(error.request_id(), Some("req_1"));
        }
    }
}
