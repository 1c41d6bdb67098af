//! Making, changing and deleting agents, at the provider and in our records.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use switchboard_domain::{Agent, AgentAction, AgentId, ProviderId, ProviderKind};
use switchboard_providers::{AgentChanges, AgentSpec, ProviderAgent, platform};
use switchboard_reconcile::AgentChange;
use switchboard_service::Problem;
use utoipa::ToSchema;

use super::dependents::dependents;
use super::fields::{Texts, check_options, check_voice};
use super::record::{VoicesSeen, keep};
use super::tools::forget_tools;
use crate::answer::{Answer, Made, PlatformRefusals, Refusals};
use crate::body::JsonBody;
use crate::checks::Checks;
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
    /// The platform's own options by their names, as `GET /api/platforms` has them; what is left out is the
    /// platform's choice.
    #[serde(default)]
    options: BTreeMap<String, Value>,
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
    /// The platform's own options that change, by their names; those left out stay.
    #[serde(default)]
    options: BTreeMap<String, Value>,
}

impl UpdateAgent {
    /// The agent's fields that this changes. Whether it bursts is always said.
    fn fields(&self) -> BTreeSet<String> {
        let plain = [
            ("name", self.name.is_some()),
            ("prompt", self.prompt.is_some()),
            ("first_message", self.first_message.is_some()),
            ("language", self.language.is_some()),
            ("voice_id", self.voice_id.is_some()),
            ("bursting", true),
        ];
        let plain = plain.into_iter().filter(|(_, said)| *said);
        let options = self.options.keys().map(|name| format!("options.{name}"));
        plain.map(|(name, _)| name.to_owned()).chain(options).collect()
    }
}

/// Makes an agent at the provider and keeps a record of it.
#[utoipa::path(post, path = "/agents", tag = "agents", request_body = CreateAgent,
    responses((status = CREATED, body = Agent), Refusals, PlatformRefusals))]
pub(super) async fn create_agent(Admin(api): Admin, JsonBody(new): JsonBody<CreateAgent>) -> Made<Agent> {
    let mut checks = Checks::default();
    let texts = Texts {
        name: Some(&new.name),
        prompt: Some(&new.prompt),
        first_message: Some(&new.first_message),
        language: Some(&new.language),
    };
    texts.check(&mut checks);
    check_options(&mut checks, new.provider, &new.options);
    let provider = match api.platform_of_field("provider", new.provider).await {
        Ok(provider) => provider,
        Err(problem) => {
            checks.also(problem);
            return Err(checks.problem());
        }
    };
    let (voice, language) = (new.voice_id.as_ref(), Some(new.language.as_str()));
    check_voice(&api, &mut checks, provider.as_ref(), voice, language, None).await?;
    checks.done()?;
    let spec = AgentSpec {
        name: new.name,
        prompt: new.prompt,
        first_message: new.first_message,
        language: new.language,
        voice_id: new.voice_id,
        bursting: new.bursting,
        options: new.options,
    };
    let id = provider
        .create_agent(&spec)
        .await
        .map_err(Problem::of_provider(new.provider))?;
    let made = match provider.get_agent(&id).await {
        Ok(Some(agent)) => agent,
        // It is made, and what we sent is what it is; the next sync brings the rest.
        Ok(None) | Err(_) => as_sent(new.provider, id, spec),
    };
    let change = AgentChange {
        ours: Some(BTreeSet::new()),
        bursting_asked: Some(new.bursting),
    };
    let kept = keep(&api, provider.as_ref(), made, &change, &VoicesSeen::default()).await?;
    api.store.await_listed(&kept.agent).await?;
    api.audit("agent.created", &kept.agent.agent_id).await;
    api.measure_agent(new.provider, AgentAction::Created).await;
    Ok((StatusCode::CREATED, Json(kept.agent)))
}

fn as_sent(provider: ProviderKind, id: ProviderId, spec: AgentSpec) -> ProviderAgent {
    ProviderAgent {
        provider_agent_id: id,
        required_variables: platform(provider).required_variables(&[&spec.first_message, &spec.prompt]),
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

/// Changes an agent at the provider and in our record. Whoever edits an agent has its `drift` before their eyes: it
/// is gone after that.
#[utoipa::path(patch, path = "/agents/{agent_id}", tag = "agents", request_body = UpdateAgent,
    params(("agent_id" = AgentId, Path)), responses((status = OK, body = Agent), Refusals, PlatformRefusals))]
pub(super) async fn update_agent(
    Admin(api): Admin,
    Id(id): Id<AgentId>,
    JsonBody(changes): JsonBody<UpdateAgent>,
) -> Answer<Agent> {
    let agent = found(api.store.find_agent(&id).await?, "agent")?;
    let mut checks = Checks::default();
    let texts = Texts {
        name: changes.name.as_deref(),
        prompt: changes.prompt.as_deref(),
        first_message: changes.first_message.as_deref(),
        language: changes.language.as_deref(),
    };
    texts.check(&mut checks);
    check_options(&mut checks, agent.provider, &changes.options);
    let provider = api.platform(agent.provider).await?;
    let (voice, language) = (changes.voice_id.as_ref(), changes.language.as_deref());
    check_voice(
        &api,
        &mut checks,
        provider.as_ref(),
        voice,
        language,
        Some(&agent),
    )
    .await?;
    checks.done()?;
    let bursting = changes.bursting;
    let change = AgentChange {
        ours: Some(changes.fields()),
        bursting_asked: bursting,
    };
    let changes = AgentChanges {
        name: changes.name,
        prompt: changes.prompt,
        first_message: changes.first_message,
        language: changes.language,
        voice_id: changes.voice_id,
        bursting: bursting.unwrap_or(agent.bursting_asked),
        options: changes.options,
    };
    let changed = provider
        .update_agent(&agent.provider_agent_id, &changes)
        .await
        .map_err(Problem::of_provider(agent.provider))?;
    let kept = keep(&api, provider.as_ref(), changed, &change, &VoicesSeen::default()).await?;
    api.audit("agent.updated", &id).await;
    api.measure_agent(agent.provider, AgentAction::Updated).await;
    Ok(Json(kept.agent))
}

/// Deletes an agent at the provider, then our record. Refused while a campaign or a call needs it. Its calls,
/// transcripts and recordings stay here, and its conversations stay at the provider.
#[utoipa::path(delete, path = "/agents/{agent_id}", tag = "agents", params(("agent_id" = AgentId, Path)),
    responses((status = NO_CONTENT), Refusals, PlatformRefusals))]
pub(super) async fn delete_agent(Admin(api): Admin, Id(id): Id<AgentId>) -> Result<StatusCode, Problem> {
    let agent = found(api.store.find_agent(&id).await?, "agent")?;
    if let Some(reason) = dependents(&api, &agent).await?.reason {
        return Err(Problem::conflict(reason));
    }
    let provider = api.platform(agent.provider).await?;
    provider
        .delete_agent(&agent.provider_agent_id)
        .await
        .map_err(Problem::of_provider(agent.provider))?;
    forget_tools(&api, &id).await?;
    api.store.delete_agent(&id).await?;
    api.audit("agent.deleted", &id).await;
    api.measure_agent(agent.provider, AgentAction::Deleted).await;
    Ok(StatusCode::NO_CONTENT)
}
