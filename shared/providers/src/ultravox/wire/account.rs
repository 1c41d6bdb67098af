//! `GET /api/accounts/me`.

use serde::Deserialize;

use crate::Quota;
use crate::lenient::{lenient, whole};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::ultravox) struct Account {
    pub active_calls: u64,
    /// None: no such limit.
    #[serde(default, deserialize_with = "whole")]
    allowed_concurrent_calls: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    has_active_subscription: bool,
    #[serde(default, deserialize_with = "lenient")]
    subscription_tier: String,
}

impl From<Account> for Quota {
    fn from(body: Account) -> Self {
        let status = if body.has_active_subscription {
            "active"
        } else {
            "inactive"
        };
        Self {
            tier: body.subscription_tier,
            status: status.to_owned(),
            // Minutes are billed as they come: there are no credits of a period.
            credits: None,
            calls_in_progress: Some(body.active_calls),
            most_calls: body
                .allowed_concurrent_calls
                .and_then(|calls| u64::try_from(calls).ok()),
        }
    }
}
