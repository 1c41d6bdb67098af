//! What a handler gets once it is known who is there.

use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;

use axum::response::{IntoResponseParts, ResponseParts};
use jiff::Timestamp;
use rand::rngs::StdRng;
use switchboard_domain::{AgentAction, Measurement, ProviderKind, User};
use switchboard_store::{Claim, KeptAnswer, StoreError};

use crate::deps::Deps;
use crate::idempotency::IdempotencyKey;
use crate::roles::Caller;

/// The router's state. What it holds can be reached through the extractor of a role only.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Deps>);

impl AppState {
    pub(crate) fn new(deps: Deps) -> Self {
        Self(Arc::new(deps))
    }

    /// Everything, for a caller whose role was checked.
    pub(crate) fn open(&self, caller: Caller, key: Option<IdempotencyKey>) -> Api {
        Api {
            deps: self.0.clone(),
            caller,
            key,
        }
    }

    /// Notes that somebody is there, at most once an hour. Only who is new, or back, costs anything.
    pub(crate) async fn note_user(&self, caller: &Caller) {
        let now = self.0.clock.now();
        if !self.0.seen.is_news(caller, now) {
            return;
        }
        let user = User {
            subject: caller.subject.clone(),
            name: caller.name.clone(),
            role: caller.role,
            first_seen_at: now,
            last_seen_at: now,
        };
        if let Err(error) = self.0.store.note_user(user).await {
            tracing::warn!(error = %switchboard_service::Causes(&error), "who is there could not be noted");
        }
    }

    pub(crate) async fn claim(
        &self,
        caller: &Caller,
        key: &IdempotencyKey,
        request: &str,
    ) -> Result<Claim, StoreError> {
        let now = self.0.clock.now();
        self.0
            .store
            .claim_idempotency_key(&caller.subject, key.as_str(), request, now)
            .await
    }

    /// Keeps an answer, or forgets the claim where there is none to keep. A failure is only logged:
    /// the request itself is done.
    pub(crate) async fn settle(&self, caller: &Caller, key: &IdempotencyKey, answer: Option<&KeptAnswer>) {
        let (store, caller, key) = (&self.0.store, caller.subject.as_str(), key.as_str());
        let settled = match answer {
            Some(answer) => store.keep_answer(caller, key, answer).await,
            None => store.forget_claim(caller, key).await,
        };
        if let Err(error) = settled {
            tracing::warn!(error = %switchboard_service::Causes(&error), "an idempotency key could not be settled");
        }
    }
}

/// Marks an answer that holds a secret: it is not kept under an idempotency key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotKept;

impl IntoResponseParts for NotKept {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        parts.extensions_mut().insert(self);
        Ok(parts)
    }
}

/// Store, providers and clock, and who is asking.
pub(crate) struct Api {
    deps: Arc<Deps>,
    pub(crate) caller: Caller,
    key: Option<IdempotencyKey>,
}

impl Deref for Api {
    type Target = Deps;
    fn deref(&self) -> &Deps {
        &self.deps
    }
}

impl Api {
    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new id. Under an idempotency key it follows from caller and key, so that a request that is
    /// sent again after its answer was lost makes nothing twice.
    pub(crate) fn new_id<T>(
        &self,
        derived: impl FnOnce(&[&str]) -> T,
        generate: impl FnOnce(Timestamp, &mut StdRng) -> T,
    ) -> T {
        match &self.key {
            Some(key) => derived(&["request", &self.caller.subject, key.as_str()]),
            None => self.draw(|rng| generate(self.now(), rng)),
        }
    }

    /// Counts that somebody changed an agent.
    pub(crate) async fn measure_agent(&self, provider: ProviderKind, change: AgentAction) {
        let changed = Measurement::AgentChanged { provider, change };
        self.store.measure(&changed, self.now()).await;
    }

    /// Lets the scheduler work now. When that fails, its next tick does it.
    pub(crate) async fn wake_scheduler(&self) {
        if let Err(error) = self.store.functions().wake_scheduler().await {
            tracing::warn!(error = %switchboard_service::Causes(&error), "the scheduler could not be woken");
        }
    }
}
