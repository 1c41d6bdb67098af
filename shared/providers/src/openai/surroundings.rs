//! What OpenAI does not have, and a platform needs: agents, a carrier, and a memory of calls.

use std::sync::Arc;

use async_trait::async_trait;
use switchboard_domain::{Agent, CallId, PhoneNumber, ProviderId};
use url::Url;

use crate::ProviderError;
use crate::twilio::Twilio;

/// What surrounds OpenAI here.
#[derive(Clone)]
pub struct Surroundings {
    /// Who places the calls and carries them.
    pub carrier: Twilio,
    /// What we keep of agents and calls.
    pub records: Arc<dyn OwnRecords>,
}

/// A call, as far as our records tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCall {
    /// Our id of it.
    pub attempt: CallId,
    /// The agent that speaks.
    pub provider_agent_id: ProviderId,
    /// The other side's number.
    pub other_side: Option<PhoneNumber>,
    /// The line it is placed from.
    pub phone_line_id: Option<ProviderId>,
    /// The carrier's id of it, once known.
    pub call_sid: Option<String>,
    /// Whether the agent was there.
    pub agent_was_there: bool,
}

/// One page of our agents of OpenAI.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OwnAgents {
    /// The agents.
    pub agents: Vec<Agent>,
    /// Where the next page begins; none: this was the last.
    pub next_cursor: Option<String>,
}

/// What we keep of agents and calls. Where a table does not answer, the error is
/// [`ProviderError::Unavailable`].
#[async_trait]
pub trait OwnRecords: Send + Sync {
    /// A new id for an agent.
    fn new_agent_id(&self) -> ProviderId;

    /// An agent of OpenAI's.
    async fn agent(&self, id: &ProviderId) -> Result<Option<Agent>, ProviderError>;

    /// One page of the agents of OpenAI's.
    async fn agents(&self, cursor: Option<&str>, page_size: u32) -> Result<OwnAgents, ProviderError>;

    /// The call with this id of ours.
    async fn call(&self, attempt: &CallId) -> Result<Option<OwnCall>, ProviderError>;

    /// The call of a conversation, or of a leg at the carrier.
    async fn call_of(&self, conversation: &ProviderId) -> Result<Option<OwnCall>, ProviderError>;

    /// Calls in progress in which an agent of OpenAI's speaks.
    async fn open_calls(&self) -> Result<u64, ProviderError>;

    /// Where the carrier reaches us, such as `https://api.example.com`; none: nobody knows yet.
    async fn public_url(&self) -> Result<Option<Url>, ProviderError>;

    /// Longest call, in seconds.
    async fn longest_call_secs(&self) -> Result<u32, ProviderError>;
}
