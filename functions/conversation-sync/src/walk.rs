//! All pages of a provider's conversations, oldest first.

use std::collections::HashSet;

use jiff::Timestamp;
use switchboard_domain::ProviderId;
use switchboard_providers::{ConversationPage, ConversationQuery, ConversationSummary, VoiceProvider};
use switchboard_service::Causes;

use crate::conversation::{KnownAgents, Seen};
use crate::mark::Window;
use crate::{ConversationSync, SyncRequest, SyncSummary};

/// The most that ElevenLabs gives at once.
const PAGE_SIZE: u32 = 100;

/// How far a walk came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Walk {
    /// Every page was read.
    pub(crate) all_read: bool,
    /// Every conversation begun before this moment was looked at; none when the provider does not list
    /// them in the order of their begin.
    pub(crate) reached: Option<Timestamp>,
    /// Begin of the oldest conversation that is to be looked at again.
    pub(crate) open_since: Option<Timestamp>,
}

impl ConversationSync {
    pub(crate) async fn walk(
        &self,
        provider: &dyn VoiceProvider,
        window: Window,
        agent: Option<ProviderId>,
        request: &SyncRequest,
        work_until: Timestamp,
        summary: &mut SyncSummary,
    ) -> Walk {
        let mut query = ConversationQuery {
            since: Some(window.since),
            until: Some(request.until.unwrap_or(window.until)),
            provider_agent_id: agent,
            page_size: Some(PAGE_SIZE),
            oldest_first: true,
            ..ConversationQuery::default()
        };
        let mut walk = Walk {
            all_read: false,
            reached: None,
            open_since: None,
        };
        let mut in_order = true;
        let mut agents = KnownAgents::new();
        let mut seen = HashSet::new();
        let mut cursors = HashSet::new();
        while let Some(page) = self.next_page(provider, &query, work_until, summary).await {
            if page.unreadable > 0 {
                tracing::error!(
                    rows = page.unreadable,
                    "conversations in the provider's list could not be read"
                );
                summary.failed += u64::from(page.unreadable);
                walk.hold_at(window.since);
            }
            for row in page.conversations {
                if !seen.insert(row.conversation_id.clone()) {
                    continue;
                }
                if self.clock.now() >= work_until {
                    return walk;
                }
                if request.status.is_some_and(|status| !status.is(&row.state)) {
                    continue;
                }
                summary.listed += 1;
                in_order &= row.started_at.is_some() && row.started_at >= walk.reached;
                walk.reached = row.started_at.filter(|_| in_order);
                if self.look_at(provider, &row, &mut agents, summary).await {
                    walk.hold_at(row.started_at.unwrap_or(window.since));
                }
            }
            match page.next_cursor {
                None => {
                    walk.all_read = true;
                    return walk;
                }
                Some(cursor) if cursors.insert(cursor.clone()) => query.cursor = Some(cursor),
                Some(_) => {
                    tracing::error!("the provider's list of conversations goes in a circle");
                    return walk;
                }
            }
        }
        walk
    }

    /// None when time is up, or the provider does not give it.
    async fn next_page(
        &self,
        provider: &dyn VoiceProvider,
        query: &ConversationQuery,
        work_until: Timestamp,
        summary: &mut SyncSummary,
    ) -> Option<ConversationPage> {
        if self.clock.now() >= work_until {
            return None;
        }
        match self.pace.ask(|| provider.list_conversations(query)).await {
            Ok(page) => Some(page),
            Err(error) => {
                tracing::error!(error = %Causes(&error), "conversations could not be listed");
                summary.failed += 1;
                None
            }
        }
    }

    /// Brings in one conversation and counts it; answers whether it is to be looked at again.
    async fn look_at(
        &self,
        provider: &dyn VoiceProvider,
        row: &ConversationSummary,
        agents: &mut KnownAgents,
        summary: &mut SyncSummary,
    ) -> bool {
        let (counter, again) = match self.bring_in(provider, row, agents).await {
            Ok(Seen::Fine) => (&mut summary.synced, false),
            Ok(Seen::Updated { whole }) => (&mut summary.updated, !whole),
            Ok(Seen::Imported) => (&mut summary.imported, false),
            Ok(Seen::UnknownAgent) => (&mut summary.skipped_unknown_agent, false),
            Ok(Seen::Unfinished) => (&mut summary.unfinished, true),
            Err(error) => {
                let id = &row.conversation_id;
                tracing::error!(conversation.id = %id, error = %Causes(&error), "a conversation could not be synced");
                (&mut summary.failed, true)
            }
        };
        *counter += 1;
        again
    }
}

impl Walk {
    fn hold_at(&mut self, moment: Timestamp) {
        self.open_since = Some(self.open_since.map_or(moment, |open| open.min(moment)));
    }
}
