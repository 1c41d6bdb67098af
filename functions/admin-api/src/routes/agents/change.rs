//! Making, changing and deleting agents, at the provider and in our records.

use std::collections::BTreeMap;

use axum::Json;
use http::StatusCode;
use serde::Deserialize;
use switchboard_domain::{Agent, AgentId, ProviderId, ProviderKind};
use switchboard_providers::{AgentChanges, AgentSpec, ProviderAgent, required_variables};
use switchboard_service::Problem;
use utoipa::ToSchema;

use super::dependents::dependents;
use super::record::keep;
use crate::answer::{Answer, Made, Refusals};
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::limits::{MAX_NAME, MAX_PROMPT};
use crate::path::{Id, found};
use crate::roles::Admin;

/// An agent to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateAgent {
    /// The platform it is to live on.
    provider: ProviderKind,
    /// Name shown to people.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What it is told to do; `{{name}}` stands for a dynamic variable.
    prompt: String,
    /// What it says first; empty: it waits for the person.
    #[serde(default)]
    first_message: String,
    /// Language code such as `en` or `es`.
    #[schema(example = "en")]
    language: String,
    /// The provider's id of its voice; none: the provider's own choice.
    voice_id: Option<ProviderId>,
    /// Whether calls above the concurrency of your plan are placed all the same. Each of those costs double;
    /// off unless you ask for it.
    #[serde(default)]
    bursting: bool,
}

/// What to change about an agent; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateAgent {
    /// Name shown to people.
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// What it is told to do.
    prompt: Option<String>,
    /// What it says first; empty: it waits for the person.
    first_message: Option<String>,
    /// Language code such as `en` or `es`.
    language: Option<String>,
    /// The provider's id of its voice.
    voice_id: Option<ProviderId>,
    /// Whether calls above the concurrency of your plan are placed all the same. Each of those costs double.
    /// Left out: as it was asked for here before, and off where nobody did.
    bursting: Option<bool>,
}

fn check(
    name: Option<&str>,
    prompt: Option<&str>,
    first_message: Option<&str>,
    language: Option<&str>,
) -> Result<(), Problem> {
    let mut checks = Checks::default();
    for (field, text, chars) in [
        ("name", name, 1..=MAX_NAME),
        ("prompt", prompt, 1..=MAX_PROMPT),
        ("first_message", first_message, 0..=10_000),
        ("language", language, 2..=20),
    ] {
        if let Some(text) = text {
            checks.text(field, text, chars);
        }
    }
    checks.done()
}

/// Makes an agent at the provider and keeps a record of it.
#[utoipa::path(post, path = "/agents", tag = "agents", request_body = CreateAgent,
    responses((status = CREATED, body = Agent), Refusals))]
pub(super) async fn create_agent(Admin(api): Admin, JsonBody(new): JsonBody<CreateAgent>) -> Made<Agent> {
    check(
        Some(&new.name),
        Some(&new.prompt),
        Some(&new.first_message),
        Some(&new.language),
    )?;
    let provider = api.providers.get(new.provider);
    let spec = AgentSpec {
        name: new.name,
        prompt: new.prompt,
        first_message: new.first_message,
        language: new.language,
        voice_id: new.voice_id,
        bursting: new.bursting,
        options: BTreeMap::new(),
    };
    let id = provider.create_agent(&spec).await?;
    let made = match provider.get_agent(&id).await {
        Ok(Some(agent)) => agent,
        // It is made, and what we sent is what it is; the next sync brings the rest.
        Ok(None) | Err(_) => as_sent(id, spec),
    };
    let (agent, _) = keep(&api, new.provider, made, Some(new.bursting)).await?;
    api.audit("agent.created", &agent.agent_id).await;
    Ok((StatusCode::CREATED, Json(agent)))
}

fn as_sent(id: ProviderId, spec: AgentSpec) -> ProviderAgent {
    ProviderAgent {
        provider_agent_id: id,
        required_variables: required_variables(&spec.first_message, &spec.prompt, []),
        name: spec.name,
        prompt: spec.prompt,
        first_message: spec.first_message,
        language: spec.language,
        voice_id: spec.voice_id,
        bursting: spec.bursting,
        takes_first_message: true,
        options: spec.options,
    }
}

/// Changes an agent at the provider and in our record.
#[utoipa::path(patch, path = "/agents/{agent_id}", tag = "agents", request_body = UpdateAgent,
    params(("agent_id" = AgentId, Path)), responses((status = OK, body = Agent), Refusals))]
pub(super) async fn update_agent(
    Admin(api): Admin,
    Id(id): Id<AgentId>,
    JsonBody(changes): JsonBody<UpdateAgent>,
) -> Answer<Agent> {
    check(
        changes.name.as_deref(),
        changes.prompt.as_deref(),
        changes.first_message.as_deref(),
        changes.language.as_deref(),
    )?;
    let agent = found(api.store.find_agent(&id).await?, "agent")?;
    let bursting = changes.bursting;
    let changes = AgentChanges {
        name: changes.name,
        prompt: changes.prompt,
        first_message: changes.first_message,
        language: changes.language,
        voice_id: changes.voice_id,
        bursting: bursting.unwrap_or(agent.bursting_asked),
        options: BTreeMap::new(),
    };
    let provider = api.providers.get(agent.provider);
    let changed = provider.update_agent(&agent.provider_agent_id, &changes).await?;
    let (agent, _) = keep(&api, agent.provider, changed, bursting).await?;
    api.audit("agent.updated", &id).await;
    Ok(Json(agent))
}

/// Deletes an agent at the provider, then our record. Refused while a campaign or a call needs it.
#[utoipa::path(delete, path = "/agents/{agent_id}", tag = "agents", params(("agent_id" = AgentId, Path)),
    responses((status = NO_CONTENT), Refusals))]
pub(super) async fn delete_agent(Admin(api): Admin, Id(id): Id<AgentId>) -> Result<StatusCode, Problem> {
    let agent = found(api.store.find_agent(&id).await?, "agent")?;
    if let Some(reason) = dependents(&api, &id).await?.reason {
        return Err(Problem::conflict(reason));
    }
    api.providers
        .get(agent.provider)
        .delete_agent(&agent.provider_agent_id)
        .await?;
    api.store.delete_agent(&id).await?;
    api.audit("agent.deleted", &id).await;
    Ok(StatusCode::NO_CONTENT)
}
