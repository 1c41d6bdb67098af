//! What the errors of the rooms below mean to whoever sent a request.

use switchboard_providers::ProviderError;
use switchboard_store::StoreError;

use super::{Problem, ProblemCode};
use crate::causes::Causes;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Stale => Self::conflict(
                "Somebody else changed it at the same moment. Read it again, then send your change again.",
            ),
            StoreError::InvalidCursor => Self::invalid_field(
                "cursor",
                "belongs to another list: pass `next_cursor` of the page before with the same filter, or leave it out",
            ),
            StoreError::Unavailable { .. } => {
                tracing::error!(
                    error = %Causes(&error),
                    "the store is unavailable"
                );
                Self::unavailable()
            }
            StoreError::Unreadable(_) | StoreError::NotConfigured(_) => Self::internal(&error),
        }
    }
}

impl From<ProviderError> for Problem {
    fn from(error: ProviderError) -> Self {
        let request_id = error.request_id().unwrap_or_default();
        tracing::warn!(
            error = %Causes(&error),
            provider.request_id = request_id,
            "provider error"
        );
        let code = match &error {
            ProviderError::Unavailable { .. }
            | ProviderError::RateLimited { .. }
            | ProviderError::Unreadable { .. } => ProblemCode::ProviderUnavailable,
            ProviderError::Unauthorized { .. } | ProviderError::OutOfCredit { .. } => {
                ProblemCode::ProviderAccount
            }
            ProviderError::NotFound { .. } => ProblemCode::NotFound,
            ProviderError::Rejected { .. } => ProblemCode::ProviderRejected,
        };
        let problem = Self::new(code, error.explain());
        match &error {
            ProviderError::RateLimited {
                retry_after: Some(wait),
                ..
            } => problem.with_retry_after(wait.as_secs().max(1)),
            _ => problem,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_that_refuses_our_key_is_not_the_callers_fault() {
        let error = ProviderError::Unauthorized {
            code: "invalid_api_key".into(),
            request_id: None,
        };
        let problem = Problem::from(error);
        assert_eq!(
            (problem.status, problem.kind.as_str()),
            (502, "/problems/provider-account")
        );
        assert!(problem.detail.contains("Put a valid key"));
    }

    #[test]
    fn a_stale_record_is_a_conflict() {
        assert_eq!(Problem::from(StoreError::Stale).status, 409);
    }
}
