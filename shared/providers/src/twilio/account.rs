//! The account that calls are carried by.

use async_trait::async_trait;

use crate::Secret;

const SID_LENGTH: usize = 34;

/// An account at Twilio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwilioAccount {
    sid: String,
    auth_token: Secret,
    previous_token: Option<Secret>,
    webhook_key: Option<WebhookKey>,
}

/// A key that an account uses for webhooks only, in place of its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookKey {
    /// Its id, as the webhook names it.
    pub id: String,
    /// The key.
    pub secret: Secret,
}

impl TwilioAccount {
    /// The account with this SID (`AC` and 32 hexadecimal digits) and token; none when it is no SID, or the token
    /// is empty.
    pub fn new(sid: &str, auth_token: Secret) -> Option<Self> {
        (is_sid("AC", sid) && !auth_token.is_empty()).then(|| Self {
            sid: sid.to_owned(),
            auth_token,
            previous_token: None,
            webhook_key: None,
        })
    }

    /// The same, whose webhooks may still be signed with the token before this one.
    #[must_use]
    pub fn with_previous_token(mut self, token: Secret) -> Self {
        self.previous_token = (!token.is_empty()).then_some(token);
        self
    }

    /// The same, whose webhooks are signed with a key of their own.
    #[must_use]
    pub fn with_webhook_key(mut self, key: WebhookKey) -> Self {
        self.webhook_key = (!key.id.is_empty() && !key.secret.is_empty()).then_some(key);
        self
    }

    /// Its SID.
    pub fn sid(&self) -> &str {
        &self.sid
    }

    /// What requests are signed with, and webhooks where they have no key of their own.
    pub fn auth_token(&self) -> &Secret {
        &self.auth_token
    }

    /// Every token that webhooks may be signed with now.
    pub fn signing_tokens(&self) -> impl Iterator<Item = &Secret> {
        std::iter::once(&self.auth_token).chain(&self.previous_token)
    }

    /// The token before this one, while it still signs webhooks.
    pub fn previous_token(&self) -> Option<&Secret> {
        self.previous_token.as_ref()
    }

    /// The key of webhooks, where the account has one.
    pub fn webhook_key(&self) -> Option<&WebhookKey> {
        self.webhook_key.as_ref()
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

    /// A newer account than `refused`, which did not make a signature; none when there is none.
    async fn renewed_twilio_account(&self, _refused: &TwilioAccount) -> Option<TwilioAccount> {
        None
    }
}

/// An account that never changes.
#[async_trait]
impl TwilioAccountSource for Option<TwilioAccount> {
    async fn twilio_account(&self) -> Option<TwilioAccount> {
        self.clone()
    }
}
