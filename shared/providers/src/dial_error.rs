//! What a dial that did not succeed means for the person at the other end.

use std::time::Duration;

use switchboard_domain::ProviderKind;

use crate::ProviderError;
use crate::said_of::SaidOf;

/// A dial without a confirmed call.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DialError {
    /// The provider answered no, or was never reached: nothing rang. May be tried again by policy.
    #[error("the call was refused: {refusal}")]
    Refused {
        /// Why.
        refusal: Refusal,
        /// The provider's id of the request, for its support.
        request_id: Option<String>,
        /// How long the provider asks us to wait.
        retry_after: Option<Duration>,
    },
    /// The request may have arrived. Look the call up before anyone dials this number again.
    #[error("the provider did not confirm the call")]
    Unconfirmed {
        /// What came instead of an answer.
        #[source]
        cause: ProviderError,
    },
}

impl DialError {
    /// A refusal of which nothing more is known.
    pub fn refused(refusal: Refusal) -> Self {
        Self::Refused {
            refusal,
            request_id: None,
            retry_after: None,
        }
    }

    /// It is certain that no phone rang.
    pub fn nothing_rang(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    /// The provider's id of the request, for its support.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Refused { request_id, .. } => request_id.as_deref(),
            Self::Unconfirmed { cause } => cause.request_id(),
        }
    }

    /// The kind of failure, one of a closed list: for counters and metrics.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Refused { refusal, .. } => refusal.class(),
            Self::Unconfirmed { .. } => "unconfirmed",
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

    fn said_of(&self, said_of: &SaidOf) -> String {
        match self {
            Self::Refused { refusal, .. } => refusal.said_of(said_of),
            Self::Unconfirmed { .. } => format!(
                "{} did not confirm the call, so it may have been placed: it is being looked for, and nobody dials \
                 this number for it again until that is settled.",
                said_of.begin
            ),
        }
    }
}

/// Why nothing rang.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request never left: no connection, or nothing to send it with.
    #[error("the request was never sent: {reason}")]
    NeverSent {
        /// What was in the way.
        reason: String,
    },
    /// Too many calls or requests at present.
    #[error("too many calls or requests at the provider ({code})")]
    RateLimited {
        /// The provider's code.
        code: String,
    },
    /// The account has no credit left.
    #[error("the provider account is out of credit")]
    OutOfCredit,
    /// The key is not accepted.
    #[error("the provider did not accept the API key")]
    BadKey,
    /// The account or key may not do this.
    #[error("the provider account may not place this call ({code}): {message}")]
    Forbidden {
        /// The provider's code.
        code: String,
        /// The provider's words, with numbers hidden.
        message: String,
    },
    /// The provider finds the request wrong.
    #[error("the provider found the request wrong ({code}): {message}")]
    BadRequest {
        /// The provider's code.
        code: String,
        /// The provider's words, with numbers hidden.
        message: String,
    },
    /// The agent or the phone line does not exist there.
    #[error("the provider does not know the agent or the phone line ({code})")]
    NotFound {
        /// The provider's code.
        code: String,
    },
    /// The provider understood and declined, usually in the carrier's name.
    #[error("the provider declined the call: {message}")]
    Declined {
        /// The provider's words, with numbers hidden.
        message: String,
    },
}

impl Refusal {
    /// The same request could be accepted later, without anybody changing the call itself.
    pub fn may_retry(&self) -> bool {
        match self {
            Self::NeverSent { .. } | Self::RateLimited { .. } | Self::OutOfCredit | Self::BadKey => true,
            Self::Forbidden { .. }
            | Self::BadRequest { .. }
            | Self::NotFound { .. }
            | Self::Declined { .. } => false,
        }
    }

    /// Every other call would be refused for the same reason until a person has done something.
    pub fn concerns_the_account(&self) -> bool {
        matches!(self, Self::OutOfCredit | Self::BadKey)
    }

    /// Every other call of the same campaign would be refused too, until a person has done something.
    pub fn holds_the_campaign(&self) -> bool {
        self.concerns_the_account() || matches!(self, Self::Forbidden { .. } | Self::NotFound { .. })
    }

    /// The kind of refusal, one of a closed list: for counters and metrics.
    pub fn class(&self) -> &'static str {
        match self {
            Self::NeverSent { .. } => "never_sent",
            Self::RateLimited { .. } => "rate_limited",
            Self::OutOfCredit => "out_of_credit",
            Self::BadKey => "bad_key",
            Self::Forbidden { .. } => "forbidden",
            Self::BadRequest { .. } => "bad_request",
            Self::NotFound { .. } => "not_found",
            Self::Declined { .. } => "declined",
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

    fn said_of(&self, SaidOf { begin, who }: &SaidOf) -> String {
        match self {
            Self::NeverSent { reason } => format!(
                "{begin} could not be reached ({reason}); nothing was dialled. Check the network and the address of \
                 {who}; the call is tried again by itself."
            ),
            Self::RateLimited { .. } => format!(
                "{begin} has too many calls or requests at present; nothing was dialled. The call is tried again by \
                 itself; if it goes on, lower the concurrency limit to what the plan allows."
            ),
            Self::OutOfCredit => format!(
                "The account at {who} is out of credit; nothing was dialled. Add credit there; the call is tried again \
                 by itself for a while."
            ),
            Self::BadKey => format!(
                "{begin} did not accept the API key; nothing was dialled. Put a valid key in under Settings, or into \
                 {who}'s secret."
            ),
            Self::Forbidden { code, message } => format!(
                "The account at {who} may not place this call ({code}: {message}); nothing was dialled. Check the \
                 plan and the key's permissions there."
            ),
            Self::BadRequest { code, message } => format!(
                "{begin} found the request wrong ({code}: {message}); nothing was dialled. Check the number, \
                 the phone line's carrier settings and the agent's variables."
            ),
            Self::NotFound { code } => format!(
                "{begin} does not know the agent or the phone line ({code}); nothing was dialled. Choose another \
                 agent or phone line, or import them again."
            ),
            Self::Declined { message } => format!(
                "{begin} declined the call ({message}); nothing was dialled. Check the number and the phone line at \
                 the carrier."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_class_of_its_own_and_a_sentence_with_the_platforms_name() {
        let (code, message) = (|| "code".to_owned(), || "words".to_owned());
        let refusals = [
            Refusal::NeverSent { reason: message() },
            Refusal::RateLimited { code: code() },
            Refusal::OutOfCredit,
            Refusal::BadKey,
            Refusal::Forbidden {
                code: code(),
                message: message(),
            },
            Refusal::BadRequest {
                code: code(),
                message: message(),
            },
            Refusal::NotFound { code: code() },
            Refusal::Declined { message: message() },
        ];
        let classes: std::collections::BTreeSet<_> = refusals.iter().map(Refusal::class).collect();
        assert_eq!(classes.len(), refusals.len());
        for refusal in refusals {
            let error = DialError::refused(refusal);
            for kind in ProviderKind::ALL {
                let said = error.explain_at(kind);
                assert!(said.contains(kind.name()) && said.ends_with('.'), "{said}");
                assert!(said.contains("nothing was dialled"), "{said}");
            }
        }
    }
}
