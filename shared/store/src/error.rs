//! What can go wrong with the store, by what the caller does next.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// A store operation that did not happen, or whose outcome is not known.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed the record first. Read it again and decide again.
    #[error("the record was changed by somebody else")]
    Stale,
    /// A cursor of another list, or of another filter. Begin with the first page.
    #[error("the cursor does not belong to this list")]
    InvalidCursor,
    /// AWS did not do it. Try again later.
    #[error("{service} did not answer {operation}: {code}")]
    Unavailable {
        /// The AWS service.
        service: &'static str,
        /// The operation.
        operation: &'static str,
        /// AWS's error code, or what happened on the way.
        code: String,
        /// The cause.
        #[source]
        cause: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// A record that we cannot read: written by a newer version, or by hand.
    #[error("a stored record could not be read")]
    Unreadable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A setting that this operation needs is missing.
    #[error("the setting {0} is missing: set the environment variable of that name")]
    NotConfigured(&'static str),
}

impl From<serde_dynamo::Error> for StoreError {
    fn from(cause: serde_dynamo::Error) -> Self {
        Self::Unreadable(Box::new(cause))
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(cause: serde_json::Error) -> Self {
        Self::Unreadable(Box::new(cause))
    }
}

impl From<std::io::Error> for StoreError {
    fn from(cause: std::io::Error) -> Self {
        Self::Unavailable {
            service: "the disk",
            operation: "a temporary file",
            code: cause.kind().to_string(),
            cause: Some(Box::new(cause)),
        }
    }
}

/// Wraps an SDK error, keeping AWS's code and the cause.
pub(crate) fn unavailable<E, R>(
    service: &'static str,
    operation: &'static str,
) -> impl FnOnce(SdkError<E, R>) -> StoreError
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    move |error| {
        let code = error.code().unwrap_or("no answer").to_owned();
        // Our queries differ by nothing but their values, and a start key is the one value that can be wrong.
        if operation == "Query" && code == "ValidationException" {
            return StoreError::InvalidCursor;
        }
        StoreError::Unavailable {
            service,
            operation,
            code,
            cause: Some(Box::new(error)),
        }
    }
}

/// What a conditional write answered; `None` where its condition did not hold.
pub(crate) fn if_it_held<T, E, R>(
    answer: Result<T, SdkError<E, R>>,
    operation: &'static str,
) -> Result<Option<T>, StoreError>
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(refused) if refused.code() == Some("ConditionalCheckFailedException") => Ok(None),
        Err(error) => Err(unavailable("DynamoDB", operation)(error)),
    }
}
