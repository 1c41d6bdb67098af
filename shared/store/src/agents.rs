//! Agents and phone lines.

use switchboard_domain::{Agent, AgentId, PhoneLine, ProviderId, ProviderKind};

use crate::error::unavailable;
use crate::item::{Item, from_item, n, s, to_item};
use crate::{Cursor, Page, Store, StoreError, keys};

/// Most agents, and most phone lines, read at once.
const MAX_READ: u32 = 1_000;

pub(crate) fn agent_kind(provider: ProviderKind) -> String {
    format!("agent#{}", provider.as_str())
}

fn agent_item(agent: &Agent, version: u64) -> Result<Item, StoreError> {
    let mut item = to_item(agent)?;
    keys::agent(&agent.agent_id).put_into(&mut item);
    item.insert("kind".into(), s(agent_kind(agent.provider)));
    item.insert(
        "sort".into(),
        keys::time_and(agent.created_at, agent.agent_id.as_str()),
    );
    item.insert("version".into(), n(version));
    Ok(item)
}

impl Store {
    /// Writes an agent that must not be there yet; answers whether it was not.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn create_agent(&self, agent: &Agent) -> Result<bool, StoreError> {
        self.create(&self.config.agents_table, agent_item(agent, agent.version)?)
            .await
    }

    /// Writes an agent over the version that was read; answers it with its new version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when somebody else was faster.
    pub async fn put_agent(&self, mut agent: Agent) -> Result<Agent, StoreError> {
        let read = agent.version;
        agent.version += 1;
        let item = agent_item(&agent, agent.version)?;
        self.put_if_version(&self.config.agents_table, item, read).await?;
        Ok(agent)
    }

    /// The agent with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_agent(&self, id: &AgentId) -> Result<Option<Agent>, StoreError> {
        self.find(&self.config.agents_table, &keys::agent(id)).await
    }

    /// The agent that a provider knows by this id. Reads an index that follows a moment behind.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_agent_at_provider(
        &self,
        provider: ProviderKind,
        id: &ProviderId,
    ) -> Result<Option<Agent>, StoreError> {
        let answer = self
            .db
            .query()
            .table_name(&self.config.agents_table)
            .index_name("by-provider-agent")
            .key_condition_expression("provider_agent_id = :id AND #kind = :kind")
            .expression_attribute_names("#kind", "kind")
            .expression_attribute_values(":id", s(id.as_str()))
            .expression_attribute_values(":kind", s(agent_kind(provider)))
            .limit(1)
            .send()
            .await
            .map_err(unavailable("DynamoDB", "Query"))?;
        answer.items.unwrap_or_default().pop().map(from_item).transpose()
    }

    /// Agents of a provider, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_agents(
        &self,
        provider: ProviderKind,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Agent>, StoreError> {
        self.list_kind(&self.config.agents_table, &agent_kind(provider), cursor, limit)
            .await
    }

    /// Deletes our record of an agent.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn delete_agent(&self, id: &AgentId) -> Result<(), StoreError> {
        self.delete(&self.config.agents_table, &keys::agent(id)).await
    }

    /// Writes a phone line as the provider shows it.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_phone_line(&self, line: &PhoneLine) -> Result<(), StoreError> {
        let mut item = to_item(line)?;
        keys::phone_line(&line.phone_line_id).put_into(&mut item);
        item.insert("kind".into(), s("phone_line"));
        item.insert("sort".into(), s(line.phone_line_id.as_str()));
        self.put(&self.config.agents_table, item).await
    }

    /// The phone line with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_phone_line(&self, id: &ProviderId) -> Result<Option<PhoneLine>, StoreError> {
        self.find(&self.config.agents_table, &keys::phone_line(id)).await
    }

    /// Every phone line.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_phone_lines(&self) -> Result<Vec<PhoneLine>, StoreError> {
        Ok(self
            .list_kind(&self.config.agents_table, "phone_line", None, MAX_READ)
            .await?
            .items)
    }

    /// Deletes our record of a phone line that the provider has no longer.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn delete_phone_line(&self, id: &ProviderId) -> Result<(), StoreError> {
        self.delete(&self.config.agents_table, &keys::phone_line(id))
            .await
    }
}
