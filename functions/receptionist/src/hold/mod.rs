//! Stays with a call: attaches to its sideband, lets the agent greet, writes down what is said, runs tools, and
//! hands over to a successor before its own time is up.

mod acts;
mod attach;
mod ending;
mod greeting;
mod holder;
mod leave;
mod session;
#[cfg(test)]
mod session_tests;
mod writing;

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{InboundCall, ProviderId, RouteTarget};
use switchboard_store::StoreError;
use tokio::time::Instant;

use self::holder::Holder;
use crate::event::Hold;
use crate::receptionist::Receptionist;
use crate::tools::About;

/// So long before Lambda ends the invocation nothing is begun any more.
const LAST: SignedDuration = SignedDuration::from_secs(5);

impl Receptionist {
    /// Stays with a call until it is over, or somebody else has it.
    ///
    /// # Errors
    /// When the tables do not answer at the beginning. Whoever looks after open calls starts another holder.
    pub(crate) async fn hold(&self, hold: &Hold, name: &str, deadline: Timestamp) -> Result<(), StoreError> {
        let Some(inbound) = self.store.find_inbound(&hold.call_id).await? else {
            tracing::warn!(call.id = %hold.call_id, "there is no such call to stay with");
            return Ok(());
        };
        if !is_ours(&inbound, hold.generation) {
            tracing::info!(call.id = %hold.call_id, "the call is over, or somebody else has it");
            return Ok(());
        }
        let Some((openai_call, about)) = self.about(inbound).await? else {
            tracing::error!(call.id = %hold.call_id, "no agent of OpenAI has this call");
            return Ok(());
        };
        let now = self.clock.now();
        let mut hand_over_at = deadline.saturating_sub(self.pace.margin).unwrap_or(now);
        if let Some(longest) = self.pace.longest_hold {
            hand_over_at = hand_over_at.min(now.saturating_add(longest).unwrap_or(now));
        }
        let last = deadline.saturating_sub(LAST).unwrap_or(now);
        let instant = |at: Timestamp| {
            let wait = at.duration_since(now).max(SignedDuration::ZERO);
            Instant::now() + wait.unsigned_abs().min(std::time::Duration::from_secs(3_600))
        };
        let holder = Holder::new(
            self,
            hold,
            name,
            openai_call,
            about,
            instant(hand_over_at),
            instant(last),
        );
        Box::pin(holder.run()).await;
        Ok(())
    }

    /// OpenAI's id of a call, and whose call it is; none when no agent of ours has it.
    async fn about(&self, inbound: InboundCall) -> Result<Option<(ProviderId, About)>, StoreError> {
        let Some(openai_call) = inbound.openai_call_id.clone() else {
            return Ok(None);
        };
        let Some(RouteTarget::Agent { agent_id }) = inbound.target() else {
            return Ok(None);
        };
        let Some(agent) = self.store.find_agent(agent_id).await? else {
            return Ok(None);
        };
        let settings = self.store.reception_settings().await?;
        let about = About {
            inbound,
            agent,
            settings,
        };
        Ok(Some((openai_call, about)))
    }
}

/// Whether a holder of this generation still has a call: it is open, an agent has it, and nobody came later.
fn is_ours(inbound: &InboundCall, generation: u64) -> bool {
    inbound.is_open()
        && inbound.ended_at.is_none()
        && inbound.generation <= generation
        && matches!(inbound.target(), Some(RouteTarget::Agent { .. }))
}
