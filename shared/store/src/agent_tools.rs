//! Tools of the customer's that an agent may use. An agent has few: they are read together.

use switchboard_domain::{AgentId, AgentTool};

use crate::item::{from_item, to_item};
use crate::{Store, StoreError, keys};

impl Store {
    /// The tools of an agent, by name.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn agent_tools(&self, agent: &AgentId) -> Result<Vec<AgentTool>, StoreError> {
        let items = self
            .partition(
                &self.config.agents_table,
                &keys::agent(agent).pk,
                keys::AGENT_TOOL,
            )
            .await?;
        items.into_iter().map(from_item).collect()
    }

    /// Writes a tool of an agent, over the one of this name.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_agent_tool(&self, agent: &AgentId, tool: &AgentTool) -> Result<(), StoreError> {
        let mut item = to_item(tool)?;
        keys::agent_tool(agent, &tool.name).put_into(&mut item);
        self.put(&self.config.agents_table, item).await
    }

    /// Forgets a tool of an agent. Answers whether there was one.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn delete_agent_tool(&self, agent: &AgentId, name: &str) -> Result<bool, StoreError> {
        let key = keys::agent_tool(agent, name);
        let table = &self.config.agents_table;
        let was_there = self.find_item(table, &key).await?.is_some();
        self.delete(table, &key).await?;
        Ok(was_there)
    }
}
