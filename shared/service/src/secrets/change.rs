//! Secrets of a provider, set by a person: which are there, since when, and how one is put in place of another.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use switchboard_providers::Secret;

use super::SecretsError;

/// Where the times of changes are, beside the secrets themselves.
const CHANGED: &str = "changed_at";

/// One of the secrets that a provider has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretField {
    /// The key of its API.
    ApiKey,
    /// What its webhooks are signed with; the one before stays good beside it.
    WebhookSecret,
    /// What the tools of its agents send; the one before stays good beside it.
    ToolSecret,
    /// User name at the SIP trunk, where the provider asks for one.
    SipUsername,
    /// Password at the SIP trunk.
    SipPassword,
    /// The project that calls are sent to, where the provider has projects.
    ProjectId,
}

impl SecretField {
    /// Every field there is.
    pub const ALL: [Self; 6] = [
        Self::ApiKey,
        Self::WebhookSecret,
        Self::ToolSecret,
        Self::SipUsername,
        Self::SipPassword,
        Self::ProjectId,
    ];

    /// The name in the stored JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::WebhookSecret => "webhook_secret",
            Self::ToolSecret => "tool_secret",
            Self::SipUsername => "sip_username",
            Self::SipPassword => "sip_password",
            Self::ProjectId => "project_id",
        }
    }

    /// Whether the one before stays good until the next change.
    fn keeps_the_one_before(self) -> bool {
        matches!(self, Self::WebhookSecret | Self::ToolSecret)
    }
}

/// Where a secret comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretSource {
    /// An environment variable; it cannot be changed here.
    Environment,
    /// The store of secrets.
    Stored,
    /// It is not set.
    NotSet,
}

/// What may be told of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretState {
    /// Which one.
    pub field: SecretField,
    /// Where it comes from.
    pub source: SecretSource,
    /// When it was last changed here, where it was.
    pub changed_at: Option<Timestamp>,
    /// How many are good at present.
    pub count: usize,
}

/// A secret to be put in place of another; an empty one takes it away.
#[derive(Debug, Clone)]
pub struct SecretChange {
    /// Which one.
    pub field: SecretField,
    /// The new one.
    pub value: Secret,
}

/// The stored JSON, with whatever else is in it.
pub(super) struct Document(Map<String, Value>);

impl Document {
    pub(super) fn read(text: &str) -> Result<Self, SecretsError> {
        match serde_json::from_str(text) {
            Ok(Value::Object(map)) => Ok(Self(map)),
            // serde's words would quote the secret.
            Ok(_) | Err(_) => Err(SecretsError::Malformed),
        }
    }

    pub(super) fn written(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    pub(super) fn state(&self, field: SecretField) -> SecretState {
        let count = self.values(field).len();
        SecretState {
            field,
            source: match count {
                0 => SecretSource::NotSet,
                _ => SecretSource::Stored,
            },
            changed_at: self
                .0
                .get(CHANGED)
                .and_then(|changed| changed[field.as_str()].as_str()?.parse().ok()),
            count,
        }
    }

    fn values(&self, field: SecretField) -> Vec<String> {
        let texts = match self.0.get(field.as_str()) {
            Some(Value::String(text)) => vec![text.clone()],
            Some(Value::Array(texts)) => texts
                .iter()
                .filter_map(|text| text.as_str().map(str::to_owned))
                .collect(),
            _ => Vec::new(),
        };
        texts.into_iter().filter(|text| !text.trim().is_empty()).collect()
    }

    /// Puts a secret in its place; answers whether that changes anything.
    pub(super) fn change(&mut self, change: &SecretChange, now: Timestamp) -> bool {
        let (field, new) = (change.field, change.value.open().trim());
        let before = self.values(field);
        if before.first().map_or(new.is_empty(), |first| first == new) {
            return false;
        }
        let next = match (new.is_empty(), field.keeps_the_one_before()) {
            (true, _) => json!(""),
            (false, false) => json!(new),
            (false, true) => {
                let kept = before.into_iter().find(|one| one != new);
                json!(
                    [Some(new.to_owned()), kept]
                        .into_iter()
                        .flatten()
                        .collect::<Vec<_>>()
                )
            }
        };
        self.0.insert(field.as_str().to_owned(), next);
        let changed = self.0.entry(CHANGED).or_insert_with(|| json!({}));
        if !changed.is_object() {
            *changed = json!({});
        }
        changed[field.as_str()] = json!(now.to_string());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(field: SecretField, value: &str) -> SecretChange {
        SecretChange {
            field,
            value: Secret::new(value),
        }
    }

    fn noon() -> Timestamp {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    fn value(document: &Document) -> Value {
        serde_json::from_str(&document.written()).unwrap()
    }

    #[test]
    fn the_webhook_secret_before_stays_good_and_the_one_before_that_does_not() {
        let mut document = Document::read(r#"{"webhook_secret":"wsec_a","other":[1]}"#).unwrap();
        for new in ["wsec_b", "wsec_c"] {
            assert!(document.change(&set(SecretField::WebhookSecret, new), noon()));
        }
        let stored = value(&document);
        assert_eq!(stored["webhook_secret"], json!(["wsec_c", "wsec_b"]));
        assert_eq!(stored["other"], json!([1]), "what is not known here is kept");
        let state = document.state(SecretField::WebhookSecret);
        assert_eq!((state.count, state.changed_at), (2, Some(noon())));
        assert!(!document.change(&set(SecretField::WebhookSecret, " wsec_c "), noon()));
    }

    #[test]
    fn a_key_takes_the_place_of_the_one_before_and_nothing_takes_it_away() {
        let mut document = Document::read(r#"{"api_key":"sk_a"}"#).unwrap();
        assert!(document.change(&set(SecretField::ApiKey, "sk_b"), noon()));
        assert_eq!(value(&document)["api_key"], "sk_b");
        assert!(document.change(&set(SecretField::ApiKey, ""), noon()));
        assert_eq!(document.state(SecretField::ApiKey).source, SecretSource::NotSet);
        assert!(!document.change(&set(SecretField::ApiKey, " "), noon()));
    }

    #[test]
    fn text_that_is_no_object_is_not_written_over() {
        for text in ["", "sk_plain", "[]", "null"] {
            assert!(
                matches!(Document::read(text), Err(SecretsError::Malformed)),
                "{text}"
            );
        }
    }
}
