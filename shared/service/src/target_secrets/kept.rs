//! What is kept of a target's secrets: `{"secrets": [{"secret": "whsec_…", "until": …}]}`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_providers::Secret;

use super::TargetSecretsError;

/// The secrets of one target, the newest first.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    secrets: Vec<One>,
}

#[derive(Serialize, Deserialize)]
struct One {
    secret: String,
    /// It signs until then; none: it is the newest.
    #[serde(default)]
    until: Option<Timestamp>,
}

impl Kept {
    pub(super) fn first(secret: &Secret) -> Self {
        let one = One {
            secret: secret.open().to_owned(),
            until: None,
        };
        Self { secrets: vec![one] }
    }

    pub(super) fn read(text: &str) -> Result<Self, TargetSecretsError> {
        // serde's words would quote the secret.
        serde_json::from_str(text).map_err(|_| TargetSecretsError::Malformed)
    }

    pub(super) fn text(&self) -> String {
        // Plain structs always serialize.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Those that sign at `now`.
    pub(super) fn at(&self, now: Timestamp) -> Result<Vec<Secret>, TargetSecretsError> {
        let valid = self
            .secrets
            .iter()
            .filter(|one| one.until.is_none_or(|until| now < until));
        let secrets: Vec<Secret> = valid.map(|one| Secret::new(one.secret.clone())).collect();
        match secrets.is_empty() {
            true => Err(TargetSecretsError::Missing),
            false => Ok(secrets),
        }
    }

    /// With a new one in front. Two sign at one time, not more: the header must stay short.
    pub(super) fn rotated(self, secret: &Secret, old_until: Timestamp, now: Timestamp) -> Self {
        let mut next = Self::first(secret);
        let newest = self.secrets.into_iter().find(|one| one.until.is_none());
        next.secrets
            .extend(newest.filter(|_| old_until > now).map(|one| One {
                until: Some(old_until),
                ..one
            }));
        next
    }
}
