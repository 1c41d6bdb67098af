//! Agents.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use switchboard_domain::{InvalidId, ProviderId};

use crate::elevenlabs::platform::{MAX_DURATION_SECS, TEMPERATURE, VOICE_SPEED, VOICE_STABILITY};
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
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation: Option<ConversationPart>,
}

#[derive(Debug, Serialize)]
struct ConversationPart {
    /// Whole seconds.
    max_duration_seconds: u64,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
}

#[derive(Debug, Serialize)]
struct TtsPart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    voice_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speed: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stability: Option<f64>,
}

impl TtsPart<'_> {
    fn is_empty(&self) -> bool {
        let tuned = self.speed.is_some() || self.stability.is_some();
        self.voice_id.is_none() && self.model_id.is_none() && !tuned
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
            &spec.options,
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
            &changes.options,
        )
    }

    fn new(
        name: Option<&'a str>,
        prompt: Option<&'a str>,
        first_message: Option<&'a str>,
        language: Option<&'a str>,
        voice_id: Option<&'a ProviderId>,
        bursting_enabled: bool,
        options: &BTreeMap<String, Value>,
    ) -> Self {
        let number = |name: &str| options.get(name).and_then(Value::as_f64);
        let temperature = number(TEMPERATURE);
        let prompt =
            (prompt.is_some() || temperature.is_some()).then_some(PromptPart { prompt, temperature });
        let tts = TtsPart {
            voice_id: voice_id.map(ProviderId::as_str),
            model_id: language.map(model_for),
            speed: number(VOICE_SPEED),
            stability: number(VOICE_STABILITY),
        };
        let conversation = number(MAX_DURATION_SECS).map(|secs| ConversationPart {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the option's bounds were checked, and a cast of a float never overflows"
            )]
            max_duration_seconds: secs.round() as u64,
        });
        Self {
            name,
            conversation_config: ConfigBody {
                agent: AgentPart {
                    first_message,
                    language,
                    prompt,
                },
                tts,
                conversation,
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
    #[serde(deserialize_with = "lenient")]
    conversation: ConversationConfig,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ConversationConfig {
    #[serde(deserialize_with = "lenient")]
    max_duration_seconds: Option<f64>,
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
    #[serde(deserialize_with = "lenient")]
    temperature: Option<f64>,
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
    #[serde(deserialize_with = "lenient")]
    speed: Option<f64>,
    #[serde(deserialize_with = "lenient")]
    stability: Option<f64>,
}

impl TryFrom<Agent> for ProviderAgent {
    type Error = InvalidId;

    fn try_from(body: Agent) -> Result<Self, InvalidId> {
        let Config {
            agent,
            tts,
            conversation,
        } = body.conversation_config;
        let Platform {
            call_limits,
            overrides,
        } = body.platform_settings;
        let prompt_and_tools = format!("{}\n{}", agent.prompt.prompt, agent.prompt.tools);
        let options = [
            (TEMPERATURE, agent.prompt.temperature),
            (MAX_DURATION_SECS, conversation.max_duration_seconds),
            (VOICE_SPEED, tts.speed),
            (VOICE_STABILITY, tts.stability),
        ];
        let option = |(name, value): (&str, Option<f64>)| Some((name.to_owned(), plain(value?)));
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
            options: options.into_iter().filter_map(option).collect(),
        })
    }
}

/// A number as people write it: 600, not 600.0; 0.3, not the 0.30000001 that it became at single precision.
fn plain(number: f64) -> Value {
    let rounded = (number * 1e4).round() / 1e4;
    if rounded.fract() == 0.0 && rounded.abs() < 1e9 {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
        return json!(rounded as i64);
    }
    json!(rounded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(options: Value) -> AgentSpec {
        AgentSpec {
            name: "Anna".to_owned(),
            prompt: "Talk.".to_owned(),
            first_message: String::new(),
            language: "en".to_owned(),
            voice_id: None,
            bursting: false,
            options: serde_json::from_value(options).unwrap(),
        }
    }

    #[test]
    fn options_go_where_the_vendor_has_them_and_come_back_by_their_names() {
        let options = json!({
            "temperature": 0.3, "max_duration_secs": 300.0, "voice_speed": 1.1, "voice_stability": 0.75,
        });
        let body = serde_json::to_value(AgentBody::create(&spec(options))).unwrap();
        let config = &body["conversation_config"];
        assert_eq!(
            config["agent"]["prompt"],
            json!({ "prompt": "Talk.", "temperature": 0.3 })
        );
        assert_eq!(config["conversation"], json!({ "max_duration_seconds": 300 }));
        assert_eq!(
            config["tts"],
            json!({ "model_id": "eleven_flash_v2", "speed": 1.1, "stability": 0.75 })
        );

        let mut answer = body.clone();
        answer["agent_id"] = json!("agent_1");
        answer["conversation_config"]["agent"]["prompt"]["temperature"] = json!(0.300_000_011_920_929);
        let agent: Agent = serde_json::from_value(answer).unwrap();
        let agent = ProviderAgent::try_from(agent).unwrap();
        assert_eq!(
            serde_json::to_value(&agent.options).unwrap(),
            json!({ "max_duration_secs": 300, "temperature": 0.3, "voice_speed": 1.1, "voice_stability": 0.75 })
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        let body = serde_json::to_value(AgentBody::create(&spec(json!({})))).unwrap();
        let config = &body["conversation_config"];
        assert_eq!(config["agent"]["prompt"], json!({ "prompt": "Talk." }));
        assert_eq!(config.get("conversation"), None);

        let changes = AgentChanges {
            options: BTreeMap::from([("temperature".to_owned(), json!(0))]),
            ..AgentChanges::default()
        };
        let body = serde_json::to_value(AgentBody::update(&changes)).unwrap();
        assert_eq!(
            body["conversation_config"],
            json!({ "agent": { "prompt": { "temperature": 0.0 } } }),
            "the prompt stays as it is"
        );
    }

    #[test]
    fn a_vendor_that_says_nothing_of_an_option_or_something_strange_sets_none() {
        let agent: Agent = serde_json::from_value(json!({
            "agent_id": "agent_1", "conversation_config": { "tts": { "speed": "fast" }, "conversation": null },
        }))
        .unwrap();
        assert_eq!(ProviderAgent::try_from(agent).unwrap().options, BTreeMap::new());
    }
}
