//! What only Ultravox knows of a call, kept beside what every call has.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Behaviour, Conversation};

/// The events of a call, in their order.
pub(crate) const EVENTS: [&str; 4] = ["call.started", "call.joined", "call.ended", "call.billed"];

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Nobody joined.
    Unjoined,
    /// The person hung up.
    Hangup,
    /// The agent hung up, or somebody by API.
    AgentHangup,
    /// It had lasted as long as it may.
    Timeout,
    /// The connection broke.
    ConnectionError,
    /// The platform broke.
    SystemError,
}

/// What only Ultravox knows of a call.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UltravoxCall {
    /// Metadata as sent.
    pub metadata: Map<String, Value>,
    /// The settings used, as a call shows them.
    pub settings: Map<String, Value>,
    /// Webhooks of this call alone: `{joined?, ended?, billed?}`.
    pub callbacks: Value,
    /// Where a client joins; none for calls by SIP.
    pub join_url: Option<String>,
    /// How it ends, or ended.
    pub end_reason: EndReason,
    /// When the billing is final.
    pub billed_ms: i64,
    /// It is recorded.
    pub is_recorded: bool,
    /// The agent has the tool with which it leaves a message on a machine.
    pub has_voicemail_tool: bool,
    /// The agent has the tool with which it hangs up.
    pub has_hang_up_tool: bool,
    /// The agent has the tool with which it notes that somebody does not want to be called again.
    pub has_do_not_call_tool: bool,
    /// Somebody called us: it waits until a client joins.
    pub is_inbound: bool,
}

impl Conversation {
    /// When somebody joined, once they have.
    pub(crate) fn joined_ms(&self, now_ms: i64) -> Option<i64> {
        (self.is_answered() && now_ms >= self.answered_ms).then_some(self.answered_ms)
    }

    /// Seconds of the script that have passed of the talk; all of them when it is over.
    pub(crate) fn talked_secs(&self, now_ms: i64) -> f64 {
        let whole = f64::from(self.talk_secs);
        let Some(joined) = self.joined_ms(now_ms) else {
            return 0.0;
        };
        if now_ms >= self.ended_ms {
            return self.cut_at_secs.map_or(whole, |cut| f64::from(cut).min(whole));
        }
        let (passed, length) = (now_ms - joined, self.ended_ms - joined);
        whole * passed as f64 / length.max(1) as f64
    }

    /// Length of the talk as it is told, whole seconds; 0 when nobody joined or it is not over.
    pub(crate) fn length_secs(&self, now_ms: i64) -> u32 {
        if now_ms < self.ended_ms || self.joined_ms(now_ms).is_none() {
            return 0;
        }
        self.length_of_talk()
    }

    /// When an event is due; none: not as things are.
    pub(crate) fn due_ms(&self, event: &str) -> Option<i64> {
        match event {
            "call.started" => Some(self.dialled_ms),
            "call.joined" => self.is_answered().then_some(self.answered_ms),
            "call.ended" => Some(self.ended_ms),
            _ => self.ultravox.as_ref().map(|call| call.billed_ms),
        }
    }

    /// It waits for a client to join.
    pub(crate) fn is_waiting(&self, now_ms: i64) -> bool {
        self.is_inbound() && self.behaviour == Behaviour::NoAnswer && now_ms < self.ended_ms
    }
}
