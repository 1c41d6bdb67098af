//! Agents in another order than that of their making, which no index has.

use serde::{Deserialize, Serialize};
use switchboard_domain::{Agent, AgentId, ProviderKind};
use switchboard_service::Problem;
use switchboard_store::{Cursor, StoreError};
use utoipa::ToSchema;

use crate::api::Api;

/// Most agents that are put in order. Of more, the newest are.
const MOST: usize = 2_000;
/// Agents read at a time: their prompts can be long, and only their order is kept.
const READ: u32 = 100;
/// Most reads for one page; a filter that fits nothing must not read for ever.
const MOST_READS: u32 = 40;

/// The order of a list of agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
pub(super) enum AgentSort {
    /// By name.
    #[serde(rename = "name")]
    Name,
    /// By name, the last first.
    #[serde(rename = "-name")]
    NameDown,
    /// The oldest first.
    #[serde(rename = "created")]
    Created,
    /// The newest first.
    #[serde(rename = "-created")]
    CreatedDown,
    /// Those first that were not changed for longest.
    #[serde(rename = "updated")]
    Updated,
    /// Those first that were changed last.
    #[serde(rename = "-updated")]
    UpdatedDown,
}

impl AgentSort {
    fn is_down(self) -> bool {
        matches!(self, Self::NameDown | Self::CreatedDown | Self::UpdatedDown)
    }

    fn key(self, agent: &Agent) -> String {
        match self {
            Self::Name | Self::NameDown => agent.name.to_lowercase(),
            Self::Created | Self::CreatedDown => format!("{:020}", agent.created_at.as_microsecond()),
            Self::Updated | Self::UpdatedDown => format!("{:020}", agent.updated_at.as_microsecond()),
        }
    }
}

/// Where an agent stands in the order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Place(String, AgentId);

/// One page of the agents in order.
pub(super) struct Sorted {
    pub(super) items: Vec<Agent>,
    pub(super) next_cursor: Option<String>,
    /// How many of the newest were put in order, where there are more.
    pub(super) only_newest: Option<usize>,
}

pub(super) async fn sorted(
    api: &Api,
    providers: &[ProviderKind],
    fits: impl Fn(&Agent) -> bool,
    sort: AgentSort,
    cursor: Option<&str>,
    limit: u32,
) -> Result<Sorted, Problem> {
    let after = cursor.map(read_cursor).transpose()?;
    let (mut places, more) = places(api, providers, &fits, sort).await?;
    let only_newest = more.then_some(places.len());
    places.sort_unstable();
    if sort.is_down() {
        places.reverse();
    }
    let begins = after.map_or(0, |after| {
        places.partition_point(|place| {
            if sort.is_down() {
                *place >= after
            } else {
                *place <= after
            }
        })
    });
    let rest = places.get(begins..).unwrap_or_default();
    let page = rest.get(..rest.len().min(limit as usize)).unwrap_or_default();
    let next = page.last().filter(|_| page.len() < rest.len());
    let ids: Vec<AgentId> = page.iter().map(|place| place.1.clone()).collect();
    let items = api.store.agents_by_id(&ids).await?;
    Ok(Sorted {
        next_cursor: next.map(write_cursor),
        items: items.into_iter().filter(fits).collect(),
        only_newest,
    })
}

/// Where the agents that fit stand, and whether there are more than were looked at.
async fn places(
    api: &Api,
    providers: &[ProviderKind],
    fits: impl Fn(&Agent) -> bool,
    sort: AgentSort,
) -> Result<(Vec<Place>, bool), StoreError> {
    let (mut places, mut cursor) = (Vec::new(), None::<Cursor>);
    for _ in 0..MOST_READS {
        let page = api
            .store
            .find_agents(providers, &fits, cursor.as_ref(), READ)
            .await?;
        let read = page.items.iter();
        places.extend(read.map(|agent| Place(sort.key(agent), agent.agent_id.clone())));
        cursor = page.next;
        if cursor.is_none() {
            return Ok((places, false));
        }
        if places.len() >= MOST {
            break;
        }
    }
    Ok((places, true))
}

fn write_cursor(place: &Place) -> String {
    // Two texts always serialize.
    hex::encode(serde_json::to_vec(place).unwrap_or_default())
}

fn read_cursor(text: &str) -> Result<Place, Problem> {
    let bytes = hex::decode(text).ok();
    let place = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    place.ok_or_else(|| {
        Problem::invalid_field(
            "cursor",
            "belongs to another list: pass `next_cursor` of the page before with the same filter, or leave it out",
        )
    })
}
