//! The account at the carrier: from the environment, else from Secrets Manager.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use switchboard_domain::Clock;
use switchboard_providers::Secret;
use switchboard_providers::twilio::{TwilioAccount, TwilioAccountSource, WebhookKey};
use tokio::sync::Mutex;

use super::{SecretSource, SecretStore, SecretsError};
use crate::causes::Causes;
use crate::settings::Settings;

/// How long what was read is good.
const KEPT_FOR: SignedDuration = SignedDuration::from_mins(10);
/// How long it is believed that there is no account, as somebody may be about to enter one; and how long whoever shows a
/// call need not wait again for a store of secrets that does not answer.
const NONE_KEPT_FOR: SignedDuration = SignedDuration::from_secs(30);

/// How often a signature that does not fit may lead to another look: forged webhooks must not become a load.
const LOOKED_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(30);
/// How long webhooks may still be signed with the token before another one.
const BOTH_TOKENS_FOR: SignedDuration = SignedDuration::from_hours(24);

const SID: &str = "TWILIO_ACCOUNT_SID";
const TOKEN: &str = "TWILIO_AUTH_TOKEN";
pub(crate) const ARN: &str = "TWILIO_SECRET_ARN";

/// The account at Twilio, through which a platform's calls can be ended. It may be missing: then they cannot.
pub struct CarrierSecrets {
    environment: Option<TwilioAccount>,
    store: Option<Box<dyn SecretStore>>,
    clock: Arc<dyn Clock>,
    kept: Mutex<Option<Kept>>,
}

/// What may be told of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarrierState {
    /// Where it comes from.
    pub source: SecretSource,
    /// Its SID; none when there is no account.
    pub account_sid: Option<String>,
    /// How many auth tokens webhooks may be signed with now: two for a while after the token was changed.
    pub tokens: usize,
}

impl CarrierState {
    fn of(source: SecretSource, account: &TwilioAccount) -> Self {
        Self {
            source,
            account_sid: Some(account.sid().to_owned()),
            tokens: account.signing_tokens().count(),
        }
    }
}

/// What is believed for a while.
struct Kept {
    account: Option<TwilioAccount>,
    read_at: Timestamp,
    until: Timestamp,
}

#[derive(Default, Serialize, Deserialize)]
struct Stored {
    #[serde(default)]
    account_sid: String,
    #[serde(default)]
    auth_token: String,
    /// The token before this one, which webhooks may still be signed with.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    previous_auth_token: String,
    /// No longer than until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous_until: Option<Timestamp>,
    /// A key that webhooks are signed with in place of the token, where the account has one: its id, and the key.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    webhook_key_id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    webhook_key: String,
}

impl CarrierSecrets {
    /// The account of `TWILIO_ACCOUNT_SID` and `TWILIO_AUTH_TOKEN`, else the one in `store`.
    pub fn from_settings(
        settings: &Settings,
        store: Option<Box<dyn SecretStore>>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let given = settings.optional(SID).zip(settings.optional(TOKEN));
        Self {
            environment: given.and_then(|(sid, token)| TwilioAccount::new(&sid, Secret::new(token))),
            store,
            clock,
            kept: Mutex::new(None),
        }
    }

    /// Where the account comes from, and what may be told of it; read anew.
    ///
    /// # Errors
    /// When the store of secrets does not answer, or what it holds cannot be read.
    pub async fn state(&self) -> Result<CarrierState, SecretsError> {
        if let Some(account) = &self.environment {
            return Ok(CarrierState::of(SecretSource::Environment, account));
        }
        Ok(match self.read().await? {
            Some(account) => CarrierState::of(SecretSource::Stored, &account),
            None => CarrierState {
                source: SecretSource::NotSet,
                account_sid: None,
                tokens: 0,
            },
        })
    }

    /// Puts another account in place of this one; none takes it away. Another token of the same account is a rotation:
    /// webhooks may be signed with the one before it for another day.
    ///
    /// # Errors
    /// When it comes from the environment, there is nowhere to write it to, or the store does not answer.
    pub async fn change(&self, account: Option<&TwilioAccount>) -> Result<(), SecretsError> {
        if self.environment.is_some() {
            return Err(SecretsError::InEnvironment {
                direct: SID.to_owned(),
            });
        }
        let store = self.store.as_ref().ok_or_else(not_configured)?;
        let mut kept = self.kept.lock().await;
        let before = self.read().await.ok().flatten();
        let stored = account.map_or_else(Stored::default, |account| self.stored(account, before.as_ref()));
        let text = serde_json::to_string(&stored).map_err(|_| SecretsError::Malformed)?;
        store.write(&text).await?;
        *kept = None;
        Ok(())
    }

    /// What is kept of an account that comes after another one.
    fn stored(&self, account: &TwilioAccount, before: Option<&TwilioAccount>) -> Stored {
        let until = self
            .clock
            .now()
            .saturating_add(BOTH_TOKENS_FOR)
            .unwrap_or(Timestamp::MAX);
        let same = before.filter(|before| before.sid() == account.sid());
        let rotated = same.filter(|before| before.auth_token() != account.auth_token());
        let previous = rotated.map(|before| before.auth_token().open().to_owned());
        let key = account
            .webhook_key()
            .or(same.and_then(TwilioAccount::webhook_key));
        Stored {
            account_sid: account.sid().to_owned(),
            auth_token: account.auth_token().open().to_owned(),
            previous_until: previous.is_some().then_some(until),
            previous_auth_token: previous.unwrap_or_default(),
            webhook_key_id: key.map_or_else(String::new, |key| key.id.clone()),
            webhook_key: key.map_or_else(String::new, |key| key.secret.open().to_owned()),
        }
    }

    async fn read(&self) -> Result<Option<TwilioAccount>, SecretsError> {
        let Some(store) = &self.store else {
            return Ok(None);
        };
        // serde's words would quote the secret.
        let stored: Stored =
            serde_json::from_str(&store.read().await?).map_err(|_| SecretsError::Malformed)?;
        let account = TwilioAccount::new(&stored.account_sid, Secret::new(stored.auth_token));
        let now = self.clock.now();
        let previous = match stored.previous_until {
            Some(until) if now >= until => String::new(),
            _ => stored.previous_auth_token,
        };
        let key = WebhookKey {
            id: stored.webhook_key_id,
            secret: Secret::new(stored.webhook_key),
        };
        Ok(account.map(|account| {
            let account = account.with_previous_token(Secret::new(previous));
            account.with_webhook_key(key)
        }))
    }
}

fn not_configured() -> SecretsError {
    SecretsError::NotConfigured {
        direct: format!("{SID} with {TOKEN}"),
        arn: ARN.to_owned(),
    }
}

#[async_trait]
impl TwilioAccountSource for CarrierSecrets {
    async fn twilio_account(&self) -> Option<TwilioAccount> {
        if self.environment.is_some() {
            return self.environment.clone();
        }
        let now = self.clock.now();
        let mut kept = self.kept.lock().await;
        if let Some(known) = kept.as_ref().filter(|known| now < known.until) {
            return known.account.clone();
        }
        let (account, good_for) = match self.read().await {
            Ok(Some(account)) => (Some(account), KEPT_FOR),
            Ok(None) => (None, NONE_KEPT_FOR),
            Err(error) => {
                tracing::error!(error = %Causes(&error), "the carrier's account cannot be had");
                (kept.take().and_then(|known| known.account), NONE_KEPT_FOR)
            }
        };
        *kept = Some(Kept {
            account: account.clone(),
            read_at: now,
            until: now.saturating_add(good_for).unwrap_or(Timestamp::MAX),
        });
        account
    }

    async fn renewed_twilio_account(&self, refused: &TwilioAccount) -> Option<TwilioAccount> {
        if self.environment.is_some() {
            return None;
        }
        {
            let mut kept = self.kept.lock().await;
            let now = self.clock.now();
            let is_old = |known: &Kept| now.duration_since(known.read_at) >= LOOKED_AGAIN_AFTER;
            match kept.as_mut() {
                // What was known holds, should the store not answer.
                Some(known) if is_old(known) => known.until = now,
                Some(_) => return None,
                None => {}
            }
        }
        let account = self.twilio_account().await?;
        (account != *refused).then_some(account)
    }
}

#[cfg(test)]
mod tests {
    use switchboard_domain::ManualClock;

    use super::*;
    use crate::secrets::MemorySecret;

    const ACCOUNT: &str = "AC00000000000000000000000000000001";

    fn secrets<const N: usize>(
        pairs: [(&'static str, &'static str); N],
        store: &MemorySecret,
    ) -> (CarrierSecrets, ManualClock) {
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        let settings = Settings::from_pairs(pairs);
        let store: Box<dyn SecretStore> = Box::new(store.clone());
        let secrets = CarrierSecrets::from_settings(&settings, Some(store), Arc::new(clock.clone()));
        (secrets, clock)
    }

    #[tokio::test]
    async fn an_account_that_is_entered_is_used_within_half_a_minute_and_one_that_is_taken_away_at_once() {
        let store = MemorySecret::holding(r#"{"account_sid":"","auth_token":""}"#);
        let (here, _) = secrets([], &store);
        let (elsewhere, clock) = secrets([], &store);
        assert_eq!(elsewhere.twilio_account().await, None);
        assert_eq!(here.state().await.unwrap().source, SecretSource::NotSet);

        let account = TwilioAccount::new(ACCOUNT, Secret::new("token")).unwrap();
        here.change(Some(&account)).await.unwrap();
        assert_eq!(here.twilio_account().await, Some(account.clone()));
        assert_eq!(elsewhere.twilio_account().await, None, "believed for a while");
        clock.advance(SignedDuration::from_secs(30));
        assert_eq!(elsewhere.twilio_account().await, Some(account));
        let stored = CarrierState {
            source: SecretSource::Stored,
            account_sid: Some(ACCOUNT.to_owned()),
            tokens: 1,
        };
        assert_eq!(here.state().await.unwrap(), stored);

        here.change(None).await.unwrap();
        assert_eq!(here.twilio_account().await, None);
    }

    #[tokio::test]
    async fn another_token_of_the_same_account_is_a_rotation_of_a_day() {
        let store = MemorySecret::holding("{}");
        let (secrets, clock) = secrets([], &store);
        let first = TwilioAccount::new(ACCOUNT, Secret::new("first")).unwrap();
        let second = TwilioAccount::new(ACCOUNT, Secret::new("second")).unwrap();
        secrets.change(Some(&first)).await.unwrap();
        secrets.change(Some(&second)).await.unwrap();
        let tokens = async || {
            let account = secrets.twilio_account().await.unwrap();
            account
                .signing_tokens()
                .map(|token| token.open().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(tokens().await, ["second", "first"]);
        assert_eq!(secrets.state().await.unwrap().tokens, 2);
        clock.advance(BOTH_TOKENS_FOR);
        assert_eq!(tokens().await, ["second"]);
        assert_eq!(secrets.state().await.unwrap().tokens, 1);

        let other = TwilioAccount::new("AC00000000000000000000000000000002", Secret::new("third")).unwrap();
        secrets.change(Some(&other)).await.unwrap();
        assert_eq!(tokens().await, ["third"]);
    }

    #[tokio::test]
    async fn a_signature_that_does_not_fit_leads_to_another_look_now_and_then() {
        let store = MemorySecret::holding("{}");
        let (here, clock) = secrets([], &store);
        let elsewhere = CarrierSecrets::from_settings(
            &Settings::from_pairs([]),
            Some(Box::new(store.clone())),
            Arc::new(clock.clone()),
        );
        let first = TwilioAccount::new(ACCOUNT, Secret::new("first")).unwrap();
        let second = TwilioAccount::new(ACCOUNT, Secret::new("second")).unwrap();
        elsewhere.change(Some(&first)).await.unwrap();
        assert_eq!(here.twilio_account().await, Some(first.clone()));
        elsewhere.change(Some(&second)).await.unwrap();
        assert_eq!(
            here.renewed_twilio_account(&first).await,
            None,
            "it was just looked at"
        );
        clock.advance(LOOKED_AGAIN_AFTER);
        let renewed = here.renewed_twilio_account(&first).await.unwrap();
        assert_eq!(renewed.auth_token(), second.auth_token());
        clock.advance(LOOKED_AGAIN_AFTER);
        assert_eq!(here.renewed_twilio_account(&renewed).await, None);
    }

    #[tokio::test]
    async fn what_the_environment_has_is_changed_there_only() {
        let store = MemorySecret::holding("{}");
        let (secrets, _) = secrets([(SID, ACCOUNT), (TOKEN, "token")], &store);
        assert!(secrets.twilio_account().await.is_some());
        let refused = secrets.change(None).await.unwrap_err();
        assert!(matches!(refused, SecretsError::InEnvironment { .. }), "{refused}");
        assert_eq!(store.text(), "{}");
    }

    #[tokio::test]
    async fn a_secret_that_is_no_account_is_no_account() {
        for text in [
            "",
            "{",
            r#"{"account_sid":"AC1","auth_token":"t"}"#,
            r#"{"account_sid":1}"#,
        ] {
            let (secrets, _) = secrets([], &MemorySecret::holding(text));
            assert_eq!(secrets.twilio_account().await, None, "{text}");
        }
    }

    #[tokio::test]
    async fn a_store_that_fails_is_asked_again_after_a_while_and_what_was_known_holds_meanwhile() {
        let whole = format!(r#"{{"account_sid":"{ACCOUNT}","auth_token":"t"}}"#);
        let store = MemorySecret::holding("{");
        let (secrets, clock) = secrets([], &store);
        assert_eq!(secrets.twilio_account().await, None);
        store.write(&whole).await.unwrap();
        assert_eq!(
            secrets.twilio_account().await,
            None,
            "it is not asked at every call that is shown"
        );
        clock.advance(NONE_KEPT_FOR);
        let known = secrets.twilio_account().await;
        assert!(known.is_some());

        store.write("{").await.unwrap();
        clock.advance(KEPT_FOR);
        assert_eq!(secrets.twilio_account().await, known);
    }
}
