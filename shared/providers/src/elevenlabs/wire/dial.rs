//! `POST /v1/convai/{twilio,sip-trunk}/outbound-call`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use switchboard_domain::{CallId, DynamicVariables};

use crate::lenient::lenient;
use crate::{ATTEMPT_VARIABLE, PlaceCall};

/// The provider fills these in itself.
const RESERVED_PREFIX: &str = "system__";

#[derive(Serialize)]
pub(in crate::elevenlabs) struct DialBody<'a> {
    agent_id: &'a str,
    agent_phone_number_id: &'a str,
    to_number: &'a str,
    conversation_initiation_client_data: ClientData<'a>,
    telephony_call_config: TelephonyConfig,
}

#[derive(Serialize)]
pub(super) struct ClientData<'a> {
    /// The list of conversations can be filtered by it.
    user_id: &'a str,
    dynamic_variables: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_config_override: Option<ConfigOverride<'a>>,
}

/// Sent only where it is wanted: an agent that does not allow it fails the conversation.
#[derive(Serialize)]
struct ConfigOverride<'a> {
    agent: AgentOverride<'a>,
}

#[derive(Serialize)]
struct AgentOverride<'a> {
    first_message: &'a str,
}

#[derive(Serialize)]
struct TelephonyConfig {
    ringing_timeout_secs: u32,
}

impl<'a> ClientData<'a> {
    /// What the agent may say of the person, with our id of the call in it twice.
    pub(super) fn new(attempt: &'a CallId, variables: &'a DynamicVariables) -> Self {
        let given = variables
            .iter()
            .filter(|(name, _)| !name.starts_with(RESERVED_PREFIX));
        let mut dynamic_variables: BTreeMap<&str, &str> = given
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        dynamic_variables.insert(ATTEMPT_VARIABLE, attempt.as_str());
        Self {
            user_id: attempt.as_str(),
            dynamic_variables,
            conversation_config_override: None,
        }
    }
}

impl<'a> From<&'a PlaceCall> for DialBody<'a> {
    fn from(request: &'a PlaceCall) -> Self {
        let data = ClientData::new(&request.attempt, &request.variables);
        Self {
            agent_id: request.provider_agent_id.as_str(),
            agent_phone_number_id: request.phone_line_id.as_str(),
            to_number: request.to.as_str(),
            conversation_initiation_client_data: ClientData {
                conversation_config_override: request.first_message.as_deref().map(|first_message| {
                    ConfigOverride {
                        agent: AgentOverride { first_message },
                    }
                }),
                ..data
            },
            telephony_call_config: TelephonyConfig {
                ringing_timeout_secs: request.ringing_secs(),
            },
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::elevenlabs) struct DialAnswer {
    #[serde(deserialize_with = "lenient")]
    pub success: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub message: String,
    #[serde(deserialize_with = "lenient")]
    pub conversation_id: Option<String>,
    /// Twilio's id comes in camel case, the SIP trunk's in snake case.
    #[serde(rename = "callSid", alias = "sip_call_id", deserialize_with = "lenient")]
    pub carrier_call_id: Option<String>,
}
