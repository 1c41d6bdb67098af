//! Agents of several platforms in one list.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use switchboard_domain::{Agent, AgentId, ProviderKind};

use crate::agents::agent_kind;
use crate::error::unavailable;
use crate::item::{Item, from_item, s};
use crate::reading::MOST_LOOKED_AT;
use crate::{Cursor, Page, Store, StoreError, keys};

/// Agents of one platform that are read at a time.
const READ: usize = 100;
/// How long a new agent is waited for in the index, and how often it is looked for.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// The agents of one platform, newest first, read as they are needed.
struct Rows {
    kind: String,
    read: VecDeque<(String, Agent)>,
    /// Where the next read begins: after this place in the list.
    after: Option<String>,
    at_end: bool,
}

impl Store {
    /// Agents of these platforms that fit, newest first, each as it is now: what was written a moment ago is there,
    /// and what was deleted is not. Looks at a bounded number: a page can be short and still have a next one.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_agents(
        &self,
        providers: &[ProviderKind],
        fits: impl Fn(&Agent) -> bool,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Agent>, StoreError> {
        // A place in the list is the same for all platforms: one cursor is enough.
        let after = cursor.and_then(Cursor::place);
        let wanted: BTreeSet<ProviderKind> = providers.iter().copied().collect();
        let mut all: Vec<Rows> = wanted.into_iter().map(|kind| Rows::new(kind, after)).collect();
        let (mut found, mut looked_at) = (Vec::<Agent>::new(), 0);
        let last = loop {
            for rows in &mut all {
                self.read_ahead(rows).await?;
            }
            let newest = all
                .iter_mut()
                .max_by(|one, other| one.next_place().cmp(&other.next_place()));
            let Some((place, agent)) = newest.and_then(|rows| rows.read.pop_front()) else {
                break None;
            };
            looked_at += 1;
            if fits(&agent) {
                found.push(agent);
            }
            if found.len() >= limit.max(1) as usize || looked_at >= MOST_LOOKED_AT {
                break Some(place);
            }
        };
        let at_end = all.iter().all(|rows| rows.at_end && rows.read.is_empty());
        let ids: Vec<AgentId> = found.into_iter().map(|agent| agent.agent_id).collect();
        let now = self.agents_by_id(&ids).await?;
        Ok(Page {
            items: now.into_iter().filter(fits).collect(),
            next: last.filter(|_| !at_end).map(Cursor::at_place),
        })
    }

    /// The agents with these ids, in this order, as they are now; those that are not there are left out.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn agents_by_id(&self, ids: &[AgentId]) -> Result<Vec<Agent>, StoreError> {
        let keys: Vec<keys::Key> = ids.iter().map(keys::agent).collect();
        let mut now = self
            .items_of(&self.config.agents_table, &keys, None, true)
            .await?;
        let agents = keys.iter().filter_map(|key| now.remove(key)).map(from_item);
        agents.collect()
    }

    /// Waits until a new agent is in the list, which follows the table a moment behind: a second at most.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn await_listed(&self, agent: &Agent) -> Result<(), StoreError> {
        for _ in 0..LOOKS {
            let answer = self
                .db
                .query()
                .table_name(&self.config.agents_table)
                .index_name("by-time")
                .key_condition_expression("#kind = :kind AND #sort = :sort")
                .expression_attribute_names("#kind", "kind")
                .expression_attribute_names("#sort", "sort")
                .expression_attribute_values(":kind", s(agent_kind(agent.provider)))
                .expression_attribute_values(
                    ":sort",
                    keys::time_and(agent.created_at, agent.agent_id.as_str()),
                )
                .limit(1)
                .send()
                .await
                .map_err(unavailable("DynamoDB", "Query"))?;
            if answer.items.is_some_and(|items| !items.is_empty()) {
                return Ok(());
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        tracing::warn!(agent.id = %agent.agent_id, "a new agent is not in the list yet");
        Ok(())
    }

    async fn read_ahead(&self, rows: &mut Rows) -> Result<(), StoreError> {
        if rows.at_end || !rows.read.is_empty() {
            return Ok(());
        }
        let mut query = self
            .kind_query(&self.config.agents_table, &rows.kind)
            .limit(i32::try_from(READ).unwrap_or(i32::MAX));
        if let Some(after) = &rows.after {
            query = query
                .key_condition_expression("#kind = :kind AND #sort < :after")
                .expression_attribute_names("#sort", "sort")
                .expression_attribute_values(":after", s(after));
        }
        let answer = query.send().await.map_err(unavailable("DynamoDB", "Query"))?;
        let items = answer.items.unwrap_or_default();
        rows.at_end = answer.last_evaluated_key.is_none() || items.is_empty();
        for item in items {
            let place = place_of(&item);
            rows.after = Some(place.clone());
            rows.read.push_back((place, from_item(item)?));
        }
        Ok(())
    }
}

impl Rows {
    fn new(provider: ProviderKind, after: Option<&str>) -> Self {
        Self {
            kind: agent_kind(provider),
            read: VecDeque::new(),
            after: after.map(str::to_owned),
            at_end: false,
        }
    }

    fn next_place(&self) -> Option<&str> {
        self.read.front().map(|(place, _)| place.as_str())
    }
}

fn place_of(item: &Item) -> String {
    let place = item.get("sort").and_then(|sort| sort.as_s().ok());
    place.cloned().unwrap_or_default()
}
