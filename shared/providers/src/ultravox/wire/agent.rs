//! Agents.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use switchboard_domain::{InvalidId, ProviderId};

use super::template::Template;
use super::variables::required_variables;
use crate::lenient::lenient;
use crate::ultravox::options;
use crate::{AgentChanges, AgentSpec, AgentSummary, ProviderAgent};

/// The body of create and update: what is not set is left out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::ultravox) struct AgentBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_template: Option<Value>,
}

impl<'a> AgentBody<'a> {
    pub(in crate::ultravox) fn create(spec: &'a AgentSpec) -> Self {
        let mut template = Template::of_ours();
        template.set_prompt(&spec.prompt);
        template.set_first_message(&spec.first_message);
        template.set_language(&spec.language);
        if let Some(voice) = &spec.voice_id {
            template.set_voice(voice.as_str());
        }
        for (name, value) in &spec.options {
            template.set_option(name, value);
        }
        Self {
            name: Some(&spec.name),
            call_template: Some(template.into_value()),
        }
    }

    /// What changes of the agent, or none if nothing does.
    ///
    /// A template that stays is not sent: secrets in it are not shown to us, and sending it back without
    /// them might take them away.
    pub(in crate::ultravox) fn update(agent: &Agent, changes: &'a AgentChanges) -> Option<Self> {
        let before = &agent.call_template.0;
        let mut template = before.clone();
        if let Some(prompt) = &changes.prompt {
            template.set_prompt(prompt);
        }
        // One that is the same already stays in its own words and its own place.
        if let Some(text) = changes
            .first_message
            .as_deref()
            .filter(|text| *text != before.first_message())
        {
            template.set_first_message(text);
        }
        if let Some(language) = changes
            .language
            .as_deref()
            .filter(|code| *code != agent.language())
        {
            template.set_language(language);
        }
        if let Some(voice) = &changes.voice_id {
            template.set_voice(voice.as_str());
        }
        for (name, value) in &changes.options {
            if before.option(name).as_ref() != Some(value) {
                template.set_option(name, value);
            }
        }
        let body = Self {
            name: changes.name.as_deref().filter(|name| *name != agent.name),
            call_template: (template != *before).then(|| template.into_value()),
        };
        (body.name.is_some() || body.call_template.is_some()).then_some(body)
    }
}

/// A whole agent, of which we read what we keep.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::ultravox) struct Agent {
    agent_id: String,
    #[serde(default, deserialize_with = "lenient")]
    name: String,
    #[serde(default)]
    call_template: SentTemplate,
}

#[derive(Debug, Default)]
struct SentTemplate(Template);

impl<'de> Deserialize<'de> for SentTemplate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Template::from_value(Value::deserialize(deserializer)?)))
    }
}

impl Agent {
    pub(in crate::ultravox) fn id(&self) -> Result<ProviderId, InvalidId> {
        ProviderId::parse(&self.agent_id)
    }

    fn language(&self) -> &str {
        match self.call_template.0.language() {
            "" => "en",
            language => language,
        }
    }
}

impl TryFrom<Agent> for AgentSummary {
    type Error = InvalidId;

    fn try_from(agent: Agent) -> Result<Self, InvalidId> {
        Ok(Self {
            provider_agent_id: agent.id()?,
            name: agent.name,
        })
    }
}

impl TryFrom<Agent> for ProviderAgent {
    type Error = InvalidId;

    fn try_from(agent: Agent) -> Result<Self, InvalidId> {
        let provider_agent_id = agent.id()?;
        let language = agent.language().to_owned();
        let template = agent.call_template.0;
        let options = options::ALL
            .iter()
            .filter_map(|option| Some((option.name.to_owned(), template.option(option.name)?)));
        Ok(Self {
            provider_agent_id,
            name: agent.name,
            required_variables: required_variables(&template.texts(), template.context_schema()),
            prompt: template.prompt().to_owned(),
            first_message: template.first_message().to_owned(),
            language,
            voice_id: ProviderId::parse(template.voice()).ok(),
            // Calls above the limit are refused there, or cost what others do.
            bursting: false,
            // Every call may say who speaks first, and with which words.
            takes_first_message: true,
            options: options.collect(),
        })
    }
}
