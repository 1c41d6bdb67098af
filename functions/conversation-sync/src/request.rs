//! What a run is asked for.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use switchboard_domain::AgentId;
use switchboard_providers::ConversationState;

/// What a run is asked for. The schedule asks for nothing in particular.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct SyncRequest {
    /// Conversations begun at or after this moment; none: since the last mark.
    pub since: Option<Timestamp>,
    /// Conversations begun before this moment; none: until now.
    pub until: Option<Timestamp>,
    /// Only conversations that are so far.
    pub status: Option<ConversationStatus>,
    /// Only this agent's conversations.
    pub agent_id: Option<AgentId>,
}

/// Where a conversation is on its way, as people ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationStatus {
    /// Known, not answered yet.
    Initiated,
    /// Answered.
    InProgress,
    /// Over; the provider still works on its analysis.
    Processing,
    /// Over.
    Done,
    /// Did not work out.
    Failed,
}

impl ConversationStatus {
    /// Whether a conversation in this state is meant.
    pub fn is(self, state: &ConversationState) -> bool {
        match self {
            Self::Initiated => *state == ConversationState::Initiated,
            Self::InProgress => *state == ConversationState::InProgress,
            Self::Processing => *state == ConversationState::Processing,
            Self::Done => *state == ConversationState::Done,
            Self::Failed => *state == ConversationState::Failed,
        }
    }
}

impl SyncRequest {
    /// Only some of the conversations are asked for: what is looked at says nothing of the others.
    pub(crate) fn is_partial(&self) -> bool {
        self.agent_id.is_some() || self.status.is_some() || self.until.is_some()
    }
}

/// A request that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "send {{}} or {{\"since\": \"2026-11-20T00:00:00Z\", \"until\": …, \"status\": \"done\", \"agent_id\": \"agt_...\"}}, all optional: {0}"
)]
pub struct InvalidRequest(#[source] serde_json::Error);

impl SyncRequest {
    /// Reads the event of an invocation. Fields that we do not know, such as those of the schedule's
    /// event, are passed over.
    ///
    /// # Errors
    /// When it is not an object, or a field of it is not what it should be.
    pub fn read(event: Value) -> Result<Self, InvalidRequest> {
        match event {
            Value::Null => Ok(Self::default()),
            event => serde_json::from_value(event).map_err(InvalidRequest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_schedules_event_asks_for_nothing_in_particular() {
        let scheduled = include_str!("../../../events/conversation-sync/scheduled.json");
        for event in [serde_json::from_str(scheduled).unwrap(), json!({}), Value::Null] {
            assert_eq!(SyncRequest::read(event).unwrap(), SyncRequest::default());
        }
    }

    #[test]
    fn a_request_on_demand_is_read() {
        let on_demand = include_str!("../../../events/conversation-sync/on_demand.json");
        let request = SyncRequest::read(serde_json::from_str(on_demand).unwrap()).unwrap();
        assert_eq!(request.since, Some("2026-11-20T00:00:00Z".parse().unwrap()));
        assert!(request.agent_id.is_some());
    }

    #[test]
    fn a_wrong_request_is_refused_with_a_right_one() {
        for event in [
            json!([1]),
            json!("now"),
            json!({ "since": "yesterday" }),
            json!({ "agent_id": "../x" }),
        ] {
            let error = SyncRequest::read(event).unwrap_err().to_string();
            assert!(error.contains("2026-11-20T00:00:00Z"), "{error}");
        }
    }
}
