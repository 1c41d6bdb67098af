//! The agent speaks first: once in a call.

use switchboard_domain::Direction;
use switchboard_providers::openai::{ClientEvent, SessionCall, greeting};
use switchboard_service::Causes;
use switchboard_store::InboundUpdate;

use super::holder::Holder;
use super::session::Step;

/// For an agent that has no first words of its own.
const GREETING: &str = "Greet the caller in one short sentence, and ask how you can help.";

impl Holder<'_> {
    /// Lets the agent greet, unless somebody has let it, or it waits for the person.
    pub(super) async fn greet(&mut self) -> Vec<Step> {
        if self.about.inbound.greeted {
            return Vec::new();
        }
        let Some(instructions) = self.greeting().await else {
            return Vec::new();
        };
        let claimed = self
            .receptionist
            .store
            .update_inbound(&self.hold.call_id, |inbound| {
                !std::mem::replace(&mut inbound.greeted, true)
            })
            .await;
        match claimed {
            Ok(InboundUpdate::Changed(_)) => self.session.say(instructions),
            Ok(InboundUpdate::Unchanged(_) | InboundUpdate::NotFound) => Vec::new(),
            Err(error) => {
                // A caller who hears nothing hangs up: rather twice than never.
                tracing::warn!(call.id = %self.hold.call_id, error = %Causes(&error), "the greeting could not be noted");
                self.session.say(instructions)
            }
        }
    }

    /// What the agent is told to begin with; none: it waits for the person.
    async fn greeting(&mut self) -> Option<Option<String>> {
        let inbound = &self.about.inbound;
        let now = self.receptionist.clock.now();
        let call = match self.receptionist.store.find_call(&self.hold.call_id).await {
            Ok(call) => call?,
            Err(error) => {
                // Whoever calls and hears nothing hangs up: some greeting is better than none.
                tracing::warn!(call.id = %self.hold.call_id, error = %Causes(&error), "the call could not be read");
                return Some(Some(GREETING.to_owned()));
            }
        };
        let session = SessionCall::of(&call, &inbound.language, now);
        match greeting(&self.about.agent, &self.about.settings, &session) {
            Some(ClientEvent::CreateResponse { instructions }) => Some(instructions),
            // Whoever calls us is spoken to; whom we call speaks first.
            _ if call.direction == Direction::Inbound => Some(Some(GREETING.to_owned())),
            _ => None,
        }
    }
}
