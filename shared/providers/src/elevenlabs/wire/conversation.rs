//! A whole conversation, as `GET` and the transcription webhook give it, and a row of the list.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use switchboard_domain::{CallId, CallResults, InvalidId, ProviderId, TranscriptTurn};

use super::analysis::Analysis;
use super::metadata::{Metadata, direction, length, moment};
use super::transcript::Turn;
use crate::bounds::cut;
use crate::lenient::{Obliging, lenient, lenient_object, lenient_objects, whole};
use crate::shown::shown;
use crate::{ATTEMPT_VARIABLE, Conversation, ConversationState, ConversationSummary, EndSigns, outcome_of};

const LONGEST_REASON_BYTES: usize = 2_000;
const LONGEST_CARRIER_ID: usize = 256;
const LONGEST_NUMBER: usize = 64;

#[derive(Debug, Deserialize)]
pub(in crate::elevenlabs) struct ConversationBody {
    conversation_id: String,
    agent_id: String,
    status: String,
    #[serde(default, deserialize_with = "lenient")]
    user_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    has_audio: bool,
    #[serde(default, deserialize_with = "lenient_objects")]
    transcript: Vec<Turn>,
    #[serde(default, deserialize_with = "lenient_object")]
    metadata: Metadata,
    #[serde(default, deserialize_with = "lenient_object")]
    analysis: Analysis,
    #[serde(default, deserialize_with = "lenient_object")]
    conversation_initiation_client_data: ClientData,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ClientData {
    #[serde(deserialize_with = "lenient")]
    user_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    dynamic_variables: BTreeMap<String, Value>,
}

impl Obliging for ClientData {}

impl ConversationBody {
    /// Our call id: sent along twice, so that either echo is enough.
    fn attempt(&self) -> Option<CallId> {
        let client = &self.conversation_initiation_client_data;
        let echoes = [
            self.user_id.as_deref(),
            client
                .dynamic_variables
                .get(ATTEMPT_VARIABLE)
                .and_then(Value::as_str),
            client.user_id.as_deref(),
        ];
        echoes.into_iter().flatten().find_map(|id| CallId::parse(id).ok())
    }
}

impl TryFrom<ConversationBody> for Conversation {
    type Error = InvalidId;

    fn try_from(body: ConversationBody) -> Result<Self, InvalidId> {
        let conversation_id = ProviderId::parse(&body.conversation_id)?;
        let provider_agent_id = ProviderId::parse(&body.agent_id)?;
        let attempt = body.attempt();
        let state = state(&body.status);
        let voicemail_detected = body.transcript.iter().any(Turn::detects_voicemail);
        let turns: Vec<TranscriptTurn> = body.transcript.into_iter().map(Into::into).collect();
        let metadata = body.metadata;
        let phone = metadata.phone_call;
        let error = metadata.error;
        let duration_secs = length(metadata.call_duration_secs);
        let outcome = outcome_of(&EndSigns {
            state: &state,
            call_result: phone.call_result().as_ref(),
            turns: &turns,
            voicemail_detected,
            duration_secs,
            error_code: error.code,
            error_reason: error.reason.as_deref(),
            termination_reason: metadata.termination_reason.as_deref(),
        });
        let termination_reason = metadata
            .termination_reason
            .filter(|reason| !reason.trim().is_empty());
        let failure = match state {
            ConversationState::Failed => error
                .reason
                .as_ref()
                .or(termination_reason.as_ref())
                .map(|r| shown(r)),
            _ => None,
        };
        let results = CallResults {
            termination_reason: termination_reason.map(|reason| cut(reason, LONGEST_REASON_BYTES)),
            cost_credits: metadata.cost,
            cost_usd: metadata.cost_fiat.filter(|cost| cost.is_finite()),
            turns: u32::try_from(turns.len()).unwrap_or(u32::MAX),
            ..body.analysis.into_results()
        };
        Ok(Self {
            conversation_id,
            provider_agent_id,
            attempt,
            direction: phone.direction(),
            started_at: moment(metadata.start_time_unix_secs),
            accepted: metadata.accepted_time_unix_secs.is_some() || !turns.is_empty(),
            duration_secs,
            carrier: phone.carrier(),
            external_number: phone.external_number(),
            carrier_call_id: phone
                .call_sid
                .filter(|id| (1..=LONGEST_CARRIER_ID).contains(&id.len())),
            phone_line_id: phone.phone_number_id.and_then(|id| ProviderId::parse(&id).ok()),
            agent_number: phone.agent_number.map(|number| cut(number, LONGEST_NUMBER)),
            outcome,
            failure,
            turns,
            results,
            has_audio: body.has_audio,
            state,
        })
    }
}

/// One page of the list.
#[derive(Debug, Deserialize)]
pub(in crate::elevenlabs) struct ConversationList {
    /// Kept raw, so that a row which cannot be read is counted.
    pub conversations: Vec<Value>,
    #[serde(default, deserialize_with = "lenient")]
    pub next_cursor: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub has_more: bool,
}

#[derive(Debug, Deserialize)]
struct Row {
    conversation_id: String,
    agent_id: String,
    status: String,
    #[serde(default, deserialize_with = "whole")]
    start_time_unix_secs: Option<i64>,
    #[serde(default, deserialize_with = "whole")]
    call_duration_secs: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    direction: String,
}

/// A row of the list, or none if it cannot be read.
pub(in crate::elevenlabs) fn summary(row: Value) -> Option<ConversationSummary> {
    let row: Row = serde_json::from_value(row).ok()?;
    Some(ConversationSummary {
        conversation_id: ProviderId::parse(&row.conversation_id).ok()?,
        provider_agent_id: ProviderId::parse(&row.agent_id).ok()?,
        state: state(&row.status),
        direction: direction(&row.direction),
        started_at: moment(row.start_time_unix_secs),
        duration_secs: length(row.call_duration_secs),
    })
}

/// `in-progress` has a hyphen here, unlike anywhere else.
fn state(word: &str) -> ConversationState {
    match word {
        "initiated" => ConversationState::Initiated,
        "in-progress" => ConversationState::InProgress,
        "processing" => ConversationState::Processing,
        "done" => ConversationState::Done,
        "failed" => ConversationState::Failed,
        other => ConversationState::Other(other.to_owned()),
    }
}
