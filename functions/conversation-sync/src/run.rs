//! One run, from the lease to the summary.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{AgentId, Clock, ProviderId, ProviderKind};
use switchboard_providers::VoiceProvider;
use switchboard_service::{Causes, Providers};
use switchboard_store::{Store, StoreError};

use crate::mark::{Window, next_mark};
use crate::{SyncAnswer, SyncPace, SyncRequest, SyncSummary};

/// Name of the lease: two runs at once would only do everything twice.
const LEASE: &str = "conversation-sync";
/// How long a run that died keeps the next one out.
const LEASE_LENGTH: SignedDuration = SignedDuration::from_secs(30);
/// How often a run that lives keeps its lease.
const RENEWED_EVERY: Duration = Duration::from_secs(8);

/// A run that could not be carried out. It is safe to run again.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// Our own tables did not answer.
    #[error("the store did not answer")]
    Store(#[from] StoreError),
    /// The request names an agent that we have no record of.
    #[error("there is no agent {0}: list the agents and choose again")]
    NoSuchAgent(AgentId),
}

/// Brings our records up to what the providers know. Cheap to clone.
#[derive(Clone)]
pub struct ConversationSync {
    pub(crate) store: Store,
    pub(crate) providers: Providers,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) pace: SyncPace,
}

impl ConversationSync {
    /// A sync over these.
    pub fn new(store: Store, providers: Providers, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            providers,
            clock,
            pace: SyncPace::default(),
        }
    }

    /// The same at another pace.
    #[must_use]
    pub fn with_pace(self, pace: SyncPace) -> Self {
        Self { pace, ..self }
    }

    /// Runs once, as `holder`, and begins nothing after `work_until`.
    ///
    /// # Errors
    /// When the store does not answer, or the agent asked for is unknown. A conversation, call or
    /// recording that fails is counted, and does not stop the others.
    pub async fn run(
        &self,
        request: &SyncRequest,
        holder: &str,
        work_until: Timestamp,
    ) -> Result<SyncAnswer, SyncError> {
        if !self
            .store
            .take_lease(LEASE, holder, LEASE_LENGTH, self.clock.now())
            .await?
        {
            tracing::info!("another sync is running");
            return Ok(SyncAnswer::AlreadyRunning);
        }
        let done = tokio::select! {
            done = self.sync(request, work_until) => done,
            never = self.keep_lease(holder) => match never {},
        };
        if let Err(error) = self.store.give_back_lease(LEASE, holder).await {
            tracing::warn!(error = %Causes(&error), "the lease could not be given back; it ends by itself");
        }
        let summary = done?;
        tracing::info!(summary = %serde_json::to_string(&summary).unwrap_or_default(), "sync done");
        let told = serde_json::to_value(&summary).unwrap_or_default();
        self.store.put_sync_summary(&told, self.clock.now()).await?;
        Ok(SyncAnswer::Ran(summary))
    }

    async fn keep_lease(&self, holder: &str) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(RENEWED_EVERY).await;
            let now = self.clock.now();
            match self.store.take_lease(LEASE, holder, LEASE_LENGTH, now).await {
                Ok(true) => {}
                // Every step may be done twice at once; it is only not worth while.
                Ok(false) => tracing::warn!("the lease went to another run"),
                Err(error) => tracing::warn!(error = %Causes(&error), "the lease could not be renewed"),
            }
        }
    }

    async fn sync(&self, request: &SyncRequest, work_until: Timestamp) -> Result<SyncSummary, SyncError> {
        let only = self.agent_asked_for(request).await?;
        let mut summary = SyncSummary {
            complete: true,
            ..SyncSummary::default()
        };
        // What somebody waits for comes first: the walk can take minutes.
        self.fetch_recordings(work_until, &mut summary).await?;
        for provider in self.providers.used().await {
            let agent = match &only {
                Some((kind, _)) if *kind != provider.kind() => continue,
                only => only.as_ref().map(|(_, id)| id.clone()),
            };
            Box::pin(self.bring_up(provider.as_ref(), request, agent, work_until, &mut summary)).await?;
        }
        if !request.is_partial() {
            self.look_at_agents(work_until, &mut summary).await?;
        }
        self.settle_calls(work_until, &mut summary).await?;
        // Those of calls that were imported or settled just now.
        self.fetch_recordings(work_until, &mut summary).await?;
        Ok(summary)
    }

    async fn agent_asked_for(
        &self,
        request: &SyncRequest,
    ) -> Result<Option<(ProviderKind, ProviderId)>, SyncError> {
        let Some(id) = &request.agent_id else {
            return Ok(None);
        };
        match self.store.find_agent(id).await? {
            Some(agent) => Ok(Some((agent.provider, agent.provider_agent_id))),
            None => Err(SyncError::NoSuchAgent(id.clone())),
        }
    }

    /// Walks one provider's conversations and moves its mark as far as they are complete.
    async fn bring_up(
        &self,
        provider: &dyn VoiceProvider,
        request: &SyncRequest,
        agent: Option<ProviderId>,
        work_until: Timestamp,
        summary: &mut SyncSummary,
    ) -> Result<(), SyncError> {
        let mark = self.store.sync_mark(provider.kind()).await?;
        let window = Window::new(mark, request.since, self.clock.now());
        let walk = self
            .walk(provider, window, agent, request, work_until, summary)
            .await;
        summary.complete &= walk.all_read;
        if let Some(next) = next_mark(mark, window, &walk).filter(|_| !request.is_partial()) {
            self.store.put_sync_mark(provider.kind(), next).await?;
        }
        Ok(())
    }
}
