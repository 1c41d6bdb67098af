//! Every problem that the API can answer with.

use http::StatusCode;

/// The kinds of problem; `type` of the document is `/problems/<code>`, and stays so for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemCode {
    /// The request cannot be read, or a field of it is wrong.
    Invalid,
    /// No valid token.
    Unauthorized,
    /// The token's role does not allow it.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The route does not take this method.
    MethodNotAllowed,
    /// The thing is in a state that does not allow it, or was changed meanwhile.
    Conflict,
    /// Nobody has confirmed the calling rules that hold for it.
    RulesUnconfirmed,
    /// The idempotency key was used before with another body.
    IdempotencyMismatch,
    /// The same request is being worked on right now.
    InProgress,
    /// The body or file is too large.
    TooLarge,
    /// The body is of a kind that the route does not take.
    UnsupportedMediaType,
    /// Too many requests.
    RateLimited,
    /// Something broke on our side.
    Internal,
    /// We cannot do it at present.
    Unavailable,
    /// The voice provider does not answer at present.
    ProviderUnavailable,
    /// The voice provider does not accept our key, or there is no credit left.
    ProviderAccount,
    /// The voice provider finds the request wrong.
    ProviderRejected,
    /// The platform has no way to do it.
    NotPossible,
}

impl ProblemCode {
    /// Every code, in the order of their status.
    pub const ALL: [Self; 18] = [
        Self::Invalid,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::RulesUnconfirmed,
        Self::InProgress,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::IdempotencyMismatch,
        Self::ProviderRejected,
        Self::NotPossible,
        Self::RateLimited,
        Self::Internal,
        Self::ProviderAccount,
        Self::Unavailable,
        Self::ProviderUnavailable,
    ];

    /// The last part of the document's `type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Conflict => "conflict",
            Self::RulesUnconfirmed => "rules-unconfirmed",
            Self::IdempotencyMismatch => "idempotency-mismatch",
            Self::InProgress => "in-progress",
            Self::TooLarge => "too-large",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::RateLimited => "rate-limited",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
            Self::ProviderUnavailable => "provider-unavailable",
            Self::ProviderAccount => "provider-account",
            Self::ProviderRejected => "provider-rejected",
            Self::NotPossible => "not-possible",
        }
    }

    /// What happened, in a few words that are the same every time.
    pub fn title(self) -> &'static str {
        match self {
            Self::Invalid => "The request is not valid",
            Self::Unauthorized => "Not signed in",
            Self::Forbidden => "Not allowed",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::Conflict => "Not possible in its present state",
            Self::RulesUnconfirmed => "Calling rules are not confirmed",
            Self::IdempotencyMismatch => "Idempotency key used for another request",
            Self::InProgress => "The same request is in progress",
            Self::TooLarge => "Too large",
            Self::UnsupportedMediaType => "Unsupported kind of content",
            Self::RateLimited => "Too many requests",
            Self::Internal => "Something broke on our side",
            Self::Unavailable => "Not available at present",
            Self::ProviderUnavailable => "The voice provider does not answer",
            Self::ProviderAccount => "The voice provider does not serve our account",
            Self::ProviderRejected => "The voice provider finds the request wrong",
            Self::NotPossible => "The platform cannot do this",
        }
    }

    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Invalid => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict | Self::RulesUnconfirmed | Self::InProgress => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::IdempotencyMismatch | Self::ProviderRejected | Self::NotPossible => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ProviderAccount => StatusCode::BAD_GATEWAY,
            Self::Unavailable | Self::ProviderUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}
