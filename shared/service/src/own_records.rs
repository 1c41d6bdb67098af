//! What we keep for a platform that keeps nothing: agents and calls of OpenAI's.

use async_trait::async_trait;
use rand::Rng;
use switchboard_domain::{Agent, AgentId, Call, CallId, ProviderId, ProviderKind};
use switchboard_providers::ProviderError;
use switchboard_providers::openai::{OwnAgents, OwnCall, OwnRecords};
use switchboard_providers::twilio::is_call_sid;
use switchboard_store::{Cursor, Store, StoreError};
use url::Url;

use crate::causes::Causes;
use crate::clock::rng;

const KIND: ProviderKind = ProviderKind::Openai;

/// The tables, as OpenAI's surroundings see them.
pub struct StoreRecords {
    store: Store,
    public_url: Option<Url>,
}

impl StoreRecords {
    /// Over these tables. `public_url` is where we are reached, where that is set; else it is as the tables know it.
    pub fn new(store: Store, public_url: Option<Url>) -> Self {
        Self { store, public_url }
    }

    async fn own(&self, call: Option<Call>) -> Result<Option<OwnCall>, ProviderError> {
        let Some(call) = call.filter(|call| call.provider == Some(KIND)) else {
            return Ok(None);
        };
        let Some(provider_agent_id) = call.provider_agent_id else {
            return Ok(None);
        };
        let beside = self
            .store
            .find_inbound(&call.call_id)
            .await
            .map_err(unavailable)?;
        let is_sid = |sid: &String| is_call_sid(sid);
        let told = call.conversation_id.map(String::from).filter(is_sid);
        let told = told.or(call.carrier_call_id.filter(is_sid));
        let beside_sid = beside.as_ref().map(|beside| beside.call_sid.clone());
        Ok(Some(OwnCall {
            attempt: call.call_id,
            provider_agent_id,
            other_side: call.phone_number,
            phone_line_id: call.phone_line_id,
            call_sid: told.or(beside_sid.filter(is_sid)),
            agent_was_there: beside.is_some_and(|beside| beside.attached_at.is_some()),
        }))
    }
}

#[async_trait]
impl OwnRecords for StoreRecords {
    fn new_agent_id(&self) -> ProviderId {
        let mut chance = rng();
        let (one, other) = (chance.next_u64(), chance.next_u64());
        // Of the same letters as every other id of ours.
        let id = AgentId::derived(&["openai", &format!("{one:016x}{other:016x}")]);
        #[expect(
            clippy::expect_used,
            reason = "ids of ours are letters, digits and underscores"
        )]
        let id = ProviderId::parse(id.as_str()).expect("an id");
        id
    }

    async fn agent(&self, id: &ProviderId) -> Result<Option<Agent>, ProviderError> {
        // As `switchboard_reconcile::agent_id_of` makes it.
        let id = AgentId::derived(&[KIND.as_str(), id.as_str()]);
        self.store.find_agent(&id).await.map_err(unavailable)
    }

    async fn agents(&self, cursor: Option<&str>, page_size: u32) -> Result<OwnAgents, ProviderError> {
        let cursor = cursor.and_then(|cursor| Cursor::decode(cursor).ok());
        let page = self.store.list_agents(KIND, cursor.as_ref(), page_size).await;
        let page = page.map_err(unavailable)?;
        Ok(OwnAgents {
            agents: page.items,
            next_cursor: page.next.map(|next| next.encode()),
        })
    }

    async fn call(&self, attempt: &CallId) -> Result<Option<OwnCall>, ProviderError> {
        self.own(self.store.find_call(attempt).await.map_err(unavailable)?)
            .await
    }

    async fn call_of(&self, conversation: &ProviderId) -> Result<Option<OwnCall>, ProviderError> {
        let call = self.store.find_call_by_conversation(conversation).await;
        self.own(call.map_err(unavailable)?).await
    }

    async fn open_calls(&self) -> Result<u64, ProviderError> {
        let open = self.store.open_inbound_calls().await.map_err(unavailable)?;
        let ours = open.iter().filter(|call| call.openai_call_id.is_some()).count();
        Ok(ours as u64)
    }

    async fn public_url(&self) -> Result<Option<Url>, ProviderError> {
        if self.public_url.is_some() {
            return Ok(self.public_url.clone());
        }
        let noted = self.store.public_url().await.map_err(unavailable)?;
        Ok(noted.and_then(|url| Url::parse(&url).ok()))
    }

    async fn longest_call_secs(&self) -> Result<u32, ProviderError> {
        let settings = self.store.reception_settings().await.map_err(unavailable)?;
        Ok(settings.longest_call_secs)
    }
}

fn unavailable(error: StoreError) -> ProviderError {
    tracing::error!(error = %Causes(&error), "our own records could not be read for OpenAI");
    ProviderError::Unavailable {
        reason: "our own records do not answer".to_owned(),
        request_id: None,
        source: None,
    }
}
