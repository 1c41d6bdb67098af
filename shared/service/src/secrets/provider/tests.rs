//! A store that counts how often it is read.

use std::sync::Mutex as StdMutex;

use switchboard_domain::ManualClock;
use switchboard_providers::elevenlabs::webhook::{SIGNATURE_HEADER, sign};

use super::*;

#[derive(Clone, Default)]
struct Counting(Arc<StdMutex<(String, u32)>>);

impl Counting {
    fn holding(text: &str) -> Self {
        let store = Self::default();
        store.put(text);
        store
    }

    fn put(&self, text: &str) {
        self.0.lock().unwrap().0 = text.to_owned();
    }

    fn reads(&self) -> u32 {
        self.0.lock().unwrap().1
    }
}

#[async_trait]
impl SecretStore for Counting {
    async fn read(&self) -> Result<String, SecretsError> {
        let mut held = self.0.lock().unwrap();
        held.1 += 1;
        Ok(held.0.clone())
    }

    async fn write(&self, text: &str) -> Result<(), SecretsError> {
        self.put(text);
        Ok(())
    }
}

fn secrets(store: &Counting, clock: &ManualClock) -> ProviderSecrets {
    let settings = Settings::from_pairs([]);
    ProviderSecrets::from_settings(
        ProviderKind::Elevenlabs,
        &settings,
        Some(Box::new(store.clone())),
        Arc::new(clock.clone()),
    )
}

fn headers(signature: &str) -> HeaderMap {
    HeaderMap::from_iter([(SIGNATURE_HEADER.parse().unwrap(), signature.parse().unwrap())])
}

fn noon() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn the_environment_comes_first_and_nothing_is_read() {
    let settings = Settings::from_pairs([
        ("ELEVENLABS_API_KEY", "sk_env"),
        ("ELEVENLABS_WEBHOOK_SECRET", "wsec_a, wsec_b"),
    ]);
    let clock = Arc::new(ManualClock::at(noon()));
    let secrets = ProviderSecrets::from_settings(ProviderKind::Elevenlabs, &settings, None, clock);
    assert_eq!(secrets.api_key().await.unwrap(), Secret::new("sk_env"));
    assert_eq!(secrets.renewed_api_key(&Secret::new("sk_env")).await, None);
    let signed = sign(&Secret::new("wsec_b"), b"{}", noon());
    assert_eq!(
        secrets.verify_webhook(&headers(&signed), b"{}").await.unwrap(),
        Ok(())
    );
    let forged = sign(&Secret::new("wsec_c"), b"{}", noon());
    assert_eq!(
        secrets.verify_webhook(&headers(&forged), b"{}").await.unwrap(),
        Err(SignatureError::Mismatch)
    );
}

#[tokio::test]
async fn what_was_read_is_kept_for_ten_minutes() {
    let store = Counting::holding(r#"{"api_key":"sk_1","webhook_secret":"wsec_1"}"#);
    let clock = ManualClock::at(noon());
    let secrets = secrets(&store, &clock);
    for _ in 0..3 {
        assert_eq!(secrets.api_key().await.unwrap(), Secret::new("sk_1"));
        assert_eq!(secrets.webhook_secrets().await.unwrap(), [Secret::new("wsec_1")]);
    }
    assert_eq!(store.reads(), 1);
    clock.advance(SignedDuration::from_mins(10));
    secrets.api_key().await.unwrap();
    assert_eq!(store.reads(), 2);
}

#[tokio::test]
async fn a_refused_key_or_signature_leads_to_one_more_look() {
    let store = Counting::holding(r#"{"api_key":"sk_1","webhook_secret":"wsec_1"}"#);
    let clock = ManualClock::at(noon());
    let secrets = secrets(&store, &clock);
    secrets.api_key().await.unwrap();
    store.put(r#"{"api_key":"sk_2","webhook_secret":["wsec_2","wsec_1"]}"#);
    clock.advance(SignedDuration::from_secs(31));
    assert_eq!(
        secrets.renewed_api_key(&Secret::new("sk_1")).await,
        Some(Secret::new("sk_2"))
    );
    assert_eq!(secrets.renewed_api_key(&Secret::new("sk_2")).await, None);
    for secret in ["wsec_1", "wsec_2"] {
        let signed = sign(&Secret::new(secret), b"{}", clock.now());
        assert_eq!(
            secrets.verify_webhook(&headers(&signed), b"{}").await.unwrap(),
            Ok(()),
            "{secret}"
        );
    }
    assert_eq!(store.reads(), 2);
    for _ in 0..5 {
        let forged = sign(&Secret::new("guess"), b"{}", clock.now());
        assert_eq!(
            secrets.verify_webhook(&headers(&forged), b"{}").await.unwrap(),
            Err(SignatureError::Mismatch)
        );
    }
    assert_eq!(store.reads(), 2, "forged webhooks do not become reads");
}

#[tokio::test]
async fn a_malformed_secret_is_told_without_showing_it() {
    let store = Counting::holding("sk_not_json");
    let clock = ManualClock::at(noon());
    let error = secrets(&store, &clock).api_key().await.unwrap_err();
    assert!(!error.is_passing);
    assert!(
        error.reason.contains("Secrets Manager") && !error.reason.contains("sk_not_json"),
        "{}",
        error.reason
    );
}

fn set(field: SecretField, value: &str) -> SecretChange {
    SecretChange {
        field,
        value: Secret::new(value),
    }
}

#[tokio::test]
async fn a_key_that_somebody_sets_is_used_at_once_and_what_else_is_stored_stays() {
    let (store, clock) = (
        Counting::holding(r#"{"api_key":"","mine":1}"#),
        ManualClock::at(noon()),
    );
    let secrets = secrets(&store, &clock);
    assert!(!secrets.has_key().await);
    assert!(
        secrets
            .change(&[set(SecretField::ApiKey, "sk_new")])
            .await
            .unwrap()
    );
    assert!(secrets.has_key().await);
    assert_eq!(secrets.api_key().await.unwrap(), Secret::new("sk_new"));
    let stored: serde_json::Value = serde_json::from_str(&store.read().await.unwrap()).unwrap();
    assert_eq!(
        (&stored["api_key"], &stored["mine"]),
        (&"sk_new".into(), &1.into())
    );
    let states = secrets.states().await.unwrap();
    assert_eq!(
        (states[0].source, states[0].changed_at),
        (SecretSource::Stored, Some(noon()))
    );
    assert_eq!(states[1].source, SecretSource::NotSet);
}

#[tokio::test]
async fn another_function_takes_up_a_first_key_within_half_a_minute() {
    let (store, clock) = (Counting::holding(r#"{"api_key":""}"#), ManualClock::at(noon()));
    let secrets = secrets(&store, &clock);
    assert!(!secrets.has_key().await);
    store.put(r#"{"api_key":"sk_new"}"#);
    assert!(!secrets.has_key().await, "not with every question");
    clock.advance(LOOKED_AGAIN_AFTER);
    assert!(secrets.has_key().await);
}

#[tokio::test]
async fn what_the_environment_sets_is_told_and_cannot_be_changed_here() {
    let settings = Settings::from_pairs([("ELEVENLABS_API_KEY", "sk_env")]);
    let store = Counting::holding(r#"{"api_key":"sk_stored"}"#);
    let secrets = ProviderSecrets::from_settings(
        ProviderKind::Elevenlabs,
        &settings,
        Some(Box::new(store.clone())),
        Arc::new(ManualClock::at(noon())),
    );
    assert_eq!(
        secrets.states().await.unwrap()[0].source,
        SecretSource::Environment
    );
    let changes = [
        set(SecretField::WebhookSecret, "wsec_new"),
        set(SecretField::ApiKey, "sk_new"),
    ];
    let refused = secrets.change(&changes).await.unwrap_err();
    assert!(refused.to_string().contains("ELEVENLABS_API_KEY"), "{refused}");
    assert_eq!(store.read().await.unwrap(), r#"{"api_key":"sk_stored"}"#);
}

#[tokio::test]
async fn who_we_are_at_a_sip_trunk_comes_from_the_secret_and_nothing_else_does() {
    let (store, clock) = (
        Counting::holding(r#"{"api_key":"sk_1"}"#),
        ManualClock::at(noon()),
    );
    let secrets = secrets(&store, &clock);
    assert_eq!(secrets.entry("sip_username").await, None);
    let account = [
        set(SecretField::SipUsername, "switchboard"),
        set(SecretField::SipPassword, "secret words"),
    ];
    assert!(secrets.change(&account).await.unwrap());
    assert_eq!(
        secrets.entry("sip_username").await,
        Some(Secret::new("switchboard"))
    );
    assert_eq!(
        secrets.entry("sip_password").await,
        Some(Secret::new("secret words"))
    );
    assert_eq!(secrets.entry("api_key").await, None);
}

#[tokio::test]
async fn the_project_comes_from_the_environment_or_from_the_secret() {
    let store = Counting::holding(r#"{"api_key":"sk_1","project_id":"proj_stored"}"#);
    let of = |settings: &Settings| {
        let clock = Arc::new(ManualClock::at(noon()));
        ProviderSecrets::from_settings(
            ProviderKind::Openai,
            settings,
            Some(Box::new(store.clone())),
            clock,
        )
    };
    let stored = of(&Settings::from_pairs([]));
    assert_eq!(stored.entry("project_id").await, Some(Secret::new("proj_stored")));
    let direct = of(&Settings::from_pairs([("OPENAI_PROJECT_ID", "proj_direct")]));
    assert_eq!(direct.entry("project_id").await, Some(Secret::new("proj_direct")));
    let refused = direct
        .change(&[set(SecretField::ProjectId, "proj_other")])
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("OPENAI_PROJECT_ID"), "{refused}");
}
