//! The account: what only Ultravox has, and what may still be used.

use std::collections::{BTreeMap, HashSet, VecDeque};

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{ULTRAVOX, seed, webhooks};
use crate::SimulatorConfig;
use crate::clock::now_ms;
use crate::server::Shared;

/// What only this account has. Its calls are among all others.
pub(crate) struct Account {
    pub api_key: String,
    pub webhook_secret: String,
    pub concurrency_ceiling: Option<u32>,
    pub creations_per_minute: Option<u32>,
    /// Every creation is answered with this status: 402 or 503.
    pub refuse_with: Option<u16>,
    pub agents: BTreeMap<String, Value>,
    pub webhooks: BTreeMap<String, Value>,
    /// When calls were created, the newest last; only as many as the limit needs.
    creations: VecDeque<i64>,
    /// Call and event that is told, or being told.
    begun: HashSet<(String, String)>,
    /// Call and event that is told.
    told: HashSet<(String, String)>,
}

impl Account {
    pub(crate) fn new(config: &SimulatorConfig) -> Self {
        Self {
            api_key: config.ultravox_api_key.clone(),
            webhook_secret: config.ultravox_webhook_secret.clone(),
            concurrency_ceiling: config.ultravox_concurrency_ceiling,
            creations_per_minute: config.ultravox_creations_per_minute,
            refuse_with: None,
            agents: seed::agents().into_iter().collect(),
            webhooks: BTreeMap::new(),
            creations: VecDeque::new(),
            begun: HashSet::new(),
            told: HashSet::new(),
        }
    }

    /// The webhook that comes with the account, or none.
    pub(crate) fn set_own_webhook(&mut self, url: Option<&str>, secret: &str) {
        match url {
            Some(url) => {
                let webhook = webhooks::own(url, secret);
                self.webhooks.insert(webhooks::OWN_ID.to_owned(), webhook);
            }
            None => {
                self.webhooks.remove(webhooks::OWN_ID);
            }
        }
    }

    /// Whether this event of this call is still to be told; from now on it is not.
    pub(crate) fn begin(&mut self, id: &str, event: &str) -> bool {
        self.begun.insert((id.to_owned(), event.to_owned()))
    }

    pub(crate) fn has_begun(&self, id: &str, event: &str) -> bool {
        self.begun.contains(&(id.to_owned(), event.to_owned()))
    }

    /// Notes that an event is delivered, lost on purpose, or given up.
    pub(crate) fn told(&mut self, id: &str, event: &str) {
        self.begin(id, event);
        self.told.insert((id.to_owned(), event.to_owned()));
    }

    pub(crate) fn is_told(&self, id: &str, event: &str) -> bool {
        self.told.contains(&(id.to_owned(), event.to_owned()))
    }

    pub(crate) fn forget_told(&mut self, id: &str) {
        for event in super::call::EVENTS {
            self.told.remove(&(id.to_owned(), event.to_owned()));
            self.begun.remove(&(id.to_owned(), event.to_owned()));
        }
    }

    /// Counts one more creation, or says in how many milliseconds there may be one.
    pub(crate) fn create_at(&mut self, now_ms: i64, minute_ms: i64) -> Result<(), i64> {
        let Some(most) = self.creations_per_minute else {
            return Ok(());
        };
        while self.creations.front().is_some_and(|at| at + minute_ms <= now_ms) {
            self.creations.pop_front();
        }
        if self.creations.len() >= most as usize {
            return Err(self
                .creations
                .front()
                .map_or(minute_ms, |at| at + minute_ms - now_ms));
        }
        self.creations.push_back(now_ms);
        Ok(())
    }
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/api/accounts/me", get(me))
}

async fn me(State(shared): State<Shared>) -> Json<Value> {
    let mut state = shared.lock();
    let active = state.live_of(ULTRAVOX, &[], now_ms());
    Json(json!({
        "accountId": "51a01a7e-0000-4000-8000-000000000001",
        "name": "Simulator",
        "billingUrl": null,
        "freeTimeUsed": "1800s", "freeTimeRemaining": "0s",
        "hasActiveSubscription": true, "subscriptionTier": "PRO",
        "activeCalls": active, "allowedConcurrentCalls": state.ultravox.concurrency_ceiling,
        "allowedVoices": null,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn creations_are_counted_over_the_last_minute() {
        let config = SimulatorConfig {
            ultravox_creations_per_minute: Some(2),
            ..SimulatorConfig::default()
        };
        let mut account = Account::new(&config);
        assert_eq!(account.create_at(0, 60_000), Ok(()));
        assert_eq!(account.create_at(20_000, 60_000), Ok(()));
        assert_eq!(account.create_at(50_000, 60_000), Err(10_000));
        assert_eq!(account.create_at(60_000, 60_000), Ok(()));
        assert_eq!(account.create_at(61_000, 60_000), Err(19_000));
    }

    #[test]
    fn the_key_has_the_vendors_shape() {
        let key = SimulatorConfig::default().ultravox_api_key;
        let (first, second) = key.split_once('.').unwrap();
        assert_eq!((first.len(), second.len()), (8, 32));
    }
}
