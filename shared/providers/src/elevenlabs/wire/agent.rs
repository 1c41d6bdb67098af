//! Agents.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use switchboard_domain::{InvalidId, ProviderId};

use crate::lenient::lenient;
use crate::{AgentChanges, AgentSpec, AgentSummary, ProviderAgent, required_variables};

/// The body of create and update: what is not set is left out.
#[derive(Debug, Serialize)]
pub(in crate::elevenlabs) struct AgentBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    conversation_config: ConfigBody<'a>,
    platform_settings: PlatformBody,
}

#[derive(Debug, Serialize)]
struct PlatformBody {
    call_limits: CallLimitsBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    overrides: Option<Overrides>,
}

/// Bursting is on where nothing is said, and doubles the price: it is always said.
#[derive(Debug, Serialize)]
struct CallLimitsBody {
    bursting_enabled: bool,
}

#[derive(Debug, Serialize)]
struct ConfigBody<'a> {
    agent: AgentPart<'a>,
    #[serde(skip_serializing_if = "TtsPart::is_empty")]
    tts: TtsPart<'a>,
}

#[derive(Debug, Serialize)]
struct AgentPart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    first_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<PromptPart<'a>>,
}

#[derive(Debug, Serialize)]
struct PromptPart<'a> {
    prompt: &'a str,
}

#[derive(Debug, Serialize)]
struct TtsPart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    voice_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_id: Option<&'static str>,
}

impl TtsPart<'_> {
    fn is_empty(&self) -> bool {
        self.voice_id.is_none() && self.model_id.is_none()
    }
}

/// The v2 models speak English only and are refused for any other language; the v2.5 models are
/// the other way round.
fn model_for(language: &str) -> &'static str {
    if language == "en" || language.starts_with("en-") {
        "eleven_flash_v2"
    } else {
        "eleven_flash_v2_5"
    }
}

impl<'a> AgentBody<'a> {
    pub(in crate::elevenlabs) fn create(spec: &'a AgentSpec) -> Self {
        let mut body = Self::new(
            Some(&spec.name),
            Some(&spec.prompt),
            Some(&spec.first_message),
            Some(&spec.language),
            spec.voice_id.as_ref(),
            spec.bursting,
        );
        // An agent of ours may be given other first words for a call.
        body.platform_settings.overrides = Some(Overrides::of_first_message());
        body
    }

    pub(in crate::elevenlabs) fn update(changes: &'a AgentChanges) -> Self {
        Self::new(
            changes.name.as_deref(),
            changes.prompt.as_deref(),
            changes.first_message.as_deref(),
            changes.language.as_deref(),
            changes.voice_id.as_ref(),
            changes.bursting,
        )
    }

    fn new(
        name: Option<&'a str>,
        prompt: Option<&'a str>,
        first_message: Option<&'a str>,
        language: Option<&'a str>,
        voice_id: Option<&'a ProviderId>,
        bursting_enabled: bool,
    ) -> Self {
        let prompt = prompt.map(|prompt| PromptPart { prompt });
        let tts = TtsPart {
            voice_id: voice_id.map(ProviderId::as_str),
            model_id: language.map(model_for),
        };
        Self {
            name,
            conversation_config: ConfigBody {
                agent: AgentPart {
                    first_message,
                    language,
                    prompt,
                },
                tts,
            },
            platform_settings: PlatformBody {
                call_limits: CallLimitsBody { bursting_enabled },
                overrides: None,
            },
        }
    }
}

#[derive(Debug, Deserialize)]
pub(in crate::elevenlabs) struct CreatedAgent {
    pub agent_id: String,
}

/// One page of the list.
#[derive(Debug, Deserialize)]
pub(in crate::elevenlabs) struct AgentList {
    pub agents: Vec<AgentRow>,
    #[serde(default, deserialize_with = "lenient")]
    pub next_cursor: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub has_more: bool,
}

#[derive(Debug, Deserialize)]
pub(in crate::elevenlabs) struct AgentRow {
    agent_id: String,
    #[serde(default, deserialize_with = "lenient")]
    name: String,
}

impl TryFrom<AgentRow> for AgentSummary {
    type Error = InvalidId;

    fn try_from(row: AgentRow) -> Result<Self, InvalidId> {
        Ok(Self {
            provider_agent_id: ProviderId::parse(&row.agent_id)?,
            name: row.name,
        })
    }
}

/// A whole agent, of which we read what we keep.
#[derive(Debug, Deserialize)]
pub(in crate::elevenlabs) struct Agent {
    agent_id: String,
    #[serde(default, deserialize_with = "lenient")]
    name: String,
    #[serde(default, deserialize_with = "lenient")]
    conversation_config: Config,
    #[serde(default, deserialize_with = "lenient")]
    platform_settings: Platform,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Config {
    #[serde(deserialize_with = "lenient")]
    agent: AgentConfig,
    #[serde(deserialize_with = "lenient")]
    tts: Tts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Platform {
    #[serde(deserialize_with = "lenient")]
    call_limits: CallLimits,
    #[serde(deserialize_with = "lenient")]
    overrides: Overrides,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CallLimits {
    #[serde(deserialize_with = "lenient")]
    bursting_enabled: Option<bool>,
}

/// What a call may bring instead of the agent's own; nothing where nothing is said.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Overrides {
    #[serde(deserialize_with = "lenient")]
    conversation_config_override: ConfigOverrides,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct ConfigOverrides {
    #[serde(deserialize_with = "lenient")]
    agent: AgentOverrides,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct AgentOverrides {
    #[serde(deserialize_with = "lenient")]
    first_message: bool,
}

impl Overrides {
    fn of_first_message() -> Self {
        Self {
            conversation_config_override: ConfigOverrides {
                agent: AgentOverrides { first_message: true },
            },
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AgentConfig {
    #[serde(deserialize_with = "lenient")]
    first_message: String,
    #[serde(deserialize_with = "lenient")]
    language: Option<String>,
    #[serde(deserialize_with = "lenient")]
    prompt: Prompt,
    #[serde(deserialize_with = "lenient")]
    dynamic_variables: DynamicVariables,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Prompt {
    #[serde(deserialize_with = "lenient")]
    prompt: String,
    /// Tools name variables in their schemas too.
    #[serde(deserialize_with = "lenient")]
    tools: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DynamicVariables {
    #[serde(deserialize_with = "lenient")]
    dynamic_variable_placeholders: BTreeMap<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tts {
    #[serde(deserialize_with = "lenient")]
    voice_id: Option<String>,
}

impl TryFrom<Agent> for ProviderAgent {
    type Error = InvalidId;

    fn try_from(body: Agent) -> Result<Self, InvalidId> {
        let Config { agent, tts } = body.conversation_config;
        let Platform {
            call_limits,
            overrides,
        } = body.platform_settings;
        let prompt_and_tools = format!("{}\n{}", agent.prompt.prompt, agent.prompt.tools);
        let placeholders = agent.dynamic_variables.dynamic_variable_placeholders;
        Ok(Self {
            provider_agent_id: ProviderId::parse(&body.agent_id)?,
            name: body.name,
            required_variables: required_variables(
                &agent.first_message,
                &prompt_and_tools,
                placeholders.keys().map(String::as_str),
            ),
            prompt: agent.prompt.prompt,
            first_message: agent.first_message,
            language: agent.language.unwrap_or_else(|| "en".to_owned()),
            voice_id: tts.voice_id.and_then(|id| ProviderId::parse(&id).ok()),
            // The vendor's own default.
            bursting: call_limits.bursting_enabled.unwrap_or(true),
            takes_first_message: overrides.conversation_config_override.agent.first_message,
            options: BTreeMap::new(),
        })
    }
}
