//! The platforms that agents can live on.

use axum::Json;
use serde::Serialize;
use serde_json::Value;
use switchboard_domain::ProviderKind;
use switchboard_providers::{AgentOption, OptionKind, platform};
use utoipa::ToSchema;

use crate::answer::{Answer, Refusals};
use crate::paging::List;
use crate::roles::Viewer;
use crate::route_set::{RouteSet, routes};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new().routes(routes!(list_platforms))
}

/// A platform that agents can live on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Platform)]
struct PlatformAnswer {
    /// Its name in requests.
    kind: ProviderKind,
    /// Its name for people.
    name: &'static str,
    /// Whether there is an API key of it. Without one, nothing of it works.
    set_up: bool,
    /// Whether a call in progress can be ended from here.
    ends_calls: bool,
    /// Whether it lists its phone lines; where not, they are entered here.
    lists_phone_lines: bool,
    /// What its agents can be told beyond what every platform knows.
    agent_options: Vec<AgentOptionAnswer>,
}

/// Something that the agents of one platform can be told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgentOption)]
struct AgentOptionAnswer {
    /// Its name in an agent's `options`.
    name: &'static str,
    /// What a form calls it.
    label: &'static str,
    /// What it does, in a sentence.
    help: &'static str,
    /// What it is where nothing is set.
    usual: Value,
    /// What it can be.
    #[serde(flatten)]
    kind: OptionKindAnswer,
}

/// What an option can be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgentOptionKind)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum OptionKindAnswer {
    /// On or off.
    Switch,
    /// A number.
    Number {
        /// The smallest.
        least: f64,
        /// The largest.
        most: f64,
        /// Between one value and the next.
        step: f64,
    },
    /// A short text.
    Text {
        /// Most characters.
        longest: usize,
    },
    /// One of several.
    Choice {
        /// The values.
        values: &'static [&'static str],
    },
}

impl From<&AgentOption> for AgentOptionAnswer {
    fn from(option: &AgentOption) -> Self {
        Self {
            name: option.name,
            label: option.label,
            help: option.help,
            usual: option.usual(),
            kind: match option.kind {
                OptionKind::Switch { .. } => OptionKindAnswer::Switch,
                OptionKind::Number {
                    least, most, step, ..
                } => OptionKindAnswer::Number { least, most, step },
                OptionKind::Text { longest, .. } => OptionKindAnswer::Text { longest },
                OptionKind::Choice { values } => OptionKindAnswer::Choice { values },
            },
        }
    }
}

/// Every platform, whether it is set up, and what can be done on it.
#[utoipa::path(get, path = "/platforms", tag = "agents",
    responses((status = OK, body = List<PlatformAnswer>), Refusals))]
async fn list_platforms(Viewer(api): Viewer) -> Answer<List<PlatformAnswer>> {
    let mut items = Vec::new();
    for kind in ProviderKind::ALL {
        let platform = platform(kind);
        items.push(PlatformAnswer {
            kind,
            name: kind.name(),
            set_up: api.providers.is_used(kind).await,
            ends_calls: platform.ends_calls(),
            lists_phone_lines: platform.lists_phone_lines(),
            agent_options: platform.agent_options().iter().map(Into::into).collect(),
        });
    }
    Ok(Json(List::whole(items)))
}
