//! What the errors of the rooms below mean to whoever sent a request.

use switchboard_domain::ProviderKind;
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
        let said = error.explain();
        of_provider(&error, said)
    }
}

impl Problem {
    /// What the failure of a provider means to whoever sent a request, with the platform's name in it.
    pub fn of_provider(provider: ProviderKind) -> impl Fn(ProviderError) -> Self {
        move |error| of_provider(&error, error.explain_at(provider))
    }

    /// What the failure of the carrier means to whoever sent a request.
    pub fn of_carrier(error: ProviderError) -> Self {
        let said = error.explain_at_carrier();
        of_provider(&error, said)
    }
}

fn of_provider(error: &ProviderError, said: String) -> Problem {
    let request_id = error.request_id();
    tracing::warn!(
        error = %Causes(error),
        provider.request_id = request_id.unwrap_or_default(),
        "provider error"
    );
    let code = match error {
        ProviderError::Unavailable { .. }
        | ProviderError::RateLimited { .. }
        | ProviderError::Unreadable { .. } => ProblemCode::ProviderUnavailable,
        ProviderError::Unauthorized { .. } | ProviderError::OutOfCredit { .. } => {
            ProblemCode::ProviderAccount
        }
        ProviderError::NotFound { .. } => ProblemCode::NotFound,
        ProviderError::Rejected { .. } => ProblemCode::ProviderRejected,
    };
    let mut problem = Problem::new(code, said);
    problem.provider_request_id = request_id.map(str::to_owned);
    match error {
        ProviderError::RateLimited {
            retry_after: Some(wait),
            ..
        } => problem.with_retry_after(wait.as_secs().max(1)),
        _ => problem,
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
        assert!(problem.detail.contains("under Settings"), "{}", problem.detail);
    }

    #[test]
    fn a_providers_failure_names_the_platform_and_its_id_of_the_request() {
        let error = ProviderError::Unavailable {
            reason: "HTTP 503".into(),
            request_id: Some("req_8f2".into()),
            source: None,
        };
        let problem = Problem::of_provider(ProviderKind::Ultravox)(error);
        assert_eq!(problem.provider_request_id.as_deref(), Some("req_8f2"));
        assert!(
            problem.detail.starts_with("Ultravox did not answer."),
            "{}",
            problem.detail
        );
    }

    #[test]
    fn a_stale_record_is_a_conflict() {
        assert_eq!(Problem::from(StoreError::Stale).status, 409);
    }
}
