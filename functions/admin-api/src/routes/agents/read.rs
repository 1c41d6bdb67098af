//! Looking at agents.

use axum::Json;
use serde::{Deserialize, Serialize};
use switchboard_domain::{Agent, AgentId, AgentStatus, ProviderKind};
use switchboard_reconcile::AgentChange;
use switchboard_service::Problem;
use utoipa::{IntoParams, ToSchema};

use super::fields::primary;
use super::record::{VoicesSeen, keep, mark_gone};
use super::sorted::{AgentSort, Sorted, sorted};
use crate::answer::{Answer, PlatformRefusals, Refusals};
use crate::checks::Checks;
use crate::limits::{MAX_LANGUAGE, MAX_NAME};
use crate::paging::{PageParams, Paged, Params};
use crate::path::{Id, found};
use crate::roles::Viewer;

/// Which agents to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AgentFilter {
    /// Only those of this platform; left out: those of all platforms.
    #[param(required = false)]
    provider: Option<ProviderKind>,
    /// Words in the name.
    #[param(required = false, max_length = 200)]
    search: Option<String>,
    /// Only those that can be used, or that are gone.
    #[param(required = false)]
    status: Option<AgentStatus>,
    /// Only those that speak this language; `en` is also `en-US`.
    #[param(required = false, max_length = 20)]
    language: Option<String>,
    /// Their order; left out: the newest first.
    #[param(required = false, inline)]
    sort: Option<AgentSort>,
}

impl AgentFilter {
    fn check(&self) -> Result<(), Problem> {
        let mut checks = Checks::default();
        checks.text("search", self.search.as_deref().unwrap_or_default(), 0..=MAX_NAME);
        checks.text(
            "language",
            self.language.as_deref().unwrap_or_default(),
            0..=MAX_LANGUAGE,
        );
        checks.done()
    }

    fn fits(&self) -> impl Fn(&Agent) -> bool {
        let words = self.search.as_deref().unwrap_or_default().to_lowercase();
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        let language = self.language.as_deref().map(str::to_lowercase);
        let status = self.status;
        move |agent| {
            let name = agent.name.to_lowercase();
            let spoken = agent.language.to_lowercase();
            let speaks = |wanted: &String| spoken == *wanted || primary(&spoken) == wanted;
            words.iter().all(|word| name.contains(word))
                && status.is_none_or(|status| agent.status == status)
                && language.as_ref().is_none_or(speaks)
        }
    }
}

/// One page of agents.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgentList {
    /// The agents.
    items: Vec<Agent>,
    /// Where the next page begins; none: this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// Where there are too many to put them all in the order that was asked for: this many, the newest, are.
    #[serde(skip_serializing_if = "Option::is_none")]
    only_newest: Option<usize>,
}

/// Agents of all platforms, newest first, each as its record is now. A page of a search can be short, even empty, and
/// still have a next one. Another order than the newest first is made of the newest 2,000 that fit.
#[utoipa::path(get, path = "/agents", tag = "agents", params(AgentFilter, PageParams),
    responses((status = OK, body = AgentList), Refusals))]
pub(super) async fn list_agents(Viewer(api): Viewer, page: Paged<AgentFilter>) -> Answer<AgentList> {
    page.filter.check()?;
    let of = page.filter.provider.map(|kind| vec![kind]);
    let of = of.unwrap_or_else(|| ProviderKind::ALL.to_vec());
    let fits = page.filter.fits();
    if let Some(sort) = page.filter.sort.filter(|sort| *sort != AgentSort::CreatedDown) {
        let cursor = page.cursor_text.as_deref();
        let Sorted {
            items,
            next_cursor,
            only_newest,
        } = sorted(&api, &of, fits, sort, cursor, page.limit).await?;
        return Ok(Json(AgentList {
            items,
            next_cursor,
            only_newest,
        }));
    }
    let cursor = page.cursor()?;
    let found = api
        .store
        .find_agents(&of, fits, cursor.as_ref(), page.limit)
        .await?;
    Ok(Json(AgentList {
        items: found.items,
        next_cursor: found.next.map(|cursor| cursor.encode()),
        only_newest: None,
    }))
}

/// How to look at an agent.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Look {
    /// Ask the provider now, and bring our record up to date first: whether it is there, and how it is.
    #[serde(default)]
    #[param(required = false)]
    fresh: bool,
}

/// One agent, as our record has it; with `fresh=true` as its provider has it now.
#[utoipa::path(get, path = "/agents/{agent_id}", tag = "agents", params(("agent_id" = AgentId, Path), Look),
    responses((status = OK, body = Agent), Refusals, PlatformRefusals))]
pub(super) async fn get_agent(
    Viewer(api): Viewer,
    Id(id): Id<AgentId>,
    Params(look): Params<Look>,
) -> Answer<Agent> {
    let agent = found(api.store.find_agent(&id).await?, "agent")?;
    if !look.fresh {
        return Ok(Json(agent));
    }
    let provider = api.platform(agent.provider).await?;
    let now = match provider
        .get_agent(&agent.provider_agent_id)
        .await
        .map_err(Problem::of_provider(agent.provider))?
    {
        Some(seen) => {
            let voices = VoicesSeen::default();
            keep(&api, provider.as_ref(), seen, &AgentChange::default(), &voices)
                .await?
                .agent
        }
        None => mark_gone(&api, agent).await?,
    };
    Ok(Json(now))
}
