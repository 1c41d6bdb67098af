//! The account that calls are carried by.

use async_trait::async_trait;

use crate::Secret;

const SID_LENGTH: usize = 34;

/// An account at Twilio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwilioAccount {
    sid: String,
    auth_token: Secret,
}

impl TwilioAccount {
    /// The account with this SID (`AC` and 32 hexadecimal digits) and token; none when it is no SID, or the token
    /// is empty.
    pub fn new(sid: &str, auth_token: Secret) -> Option<Self> {
        (is_sid("AC", sid) && !auth_token.is_empty()).then(|| Self {
            sid: sid.to_owned(),
            auth_token,
        })
    }

    /// Its SID.
    pub fn sid(&self) -> &str {
        &self.sid
    }

    /// What requests and webhooks are signed with.
    pub fn auth_token(&self) -> &Secret {
        &self.auth_token
    }
}

/// Whether a text is a SID of a kind, so that it may stand in an address.
pub(super) fn is_sid(kind: &str, text: &str) -> bool {
    let digits = text.strip_prefix(kind);
    text.len() == SID_LENGTH && digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Where the account comes from, so that a rotated token is taken up without a restart.
#[async_trait]
pub trait TwilioAccountSource: Send + Sync {
    /// The account to use now; none when none is set up.
    async fn twilio_account(&self) -> Option<TwilioAccount>;
}

/// An account that never changes.
#[async_trait]
impl TwilioAccountSource for Option<TwilioAccount> {
    async fn twilio_account(&self) -> Option<TwilioAccount> {
        self.clone()
    }
}
