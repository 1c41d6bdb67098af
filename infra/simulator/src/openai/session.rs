//! One call that came in by SIP.

use std::collections::BTreeMap;

use rand::RngExt;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;

use super::new_id;
use crate::ledger::time_of;
use crate::talk::{CallScenario, Script, Speaker};

/// Who ended a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// Whoever called.
    Caller,
    /// The agent, by API.
    Agent,
    /// OpenAI itself.
    Platform,
    /// The carrier: by its API, a limit or another document.
    Carrier,
    /// A person to whom the call was put through.
    Person,
    /// It was not taken, with this code of SIP.
    Rejected(u16),
}

impl By {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Agent => "agent",
            Self::Platform => "platform",
            Self::Carrier => "carrier",
            Self::Person => "person",
            Self::Rejected(_) => "rejected",
        }
    }
}

/// The SIP leg between the carrier and OpenAI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leg {
    Ringing,
    Answered,
    Ended(By),
}

/// How far a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    /// Nobody decided yet.
    Incoming,
    /// It was accepted.
    Accepted,
    /// It was accepted, and nothing will come.
    Dead,
    /// It is over.
    Ended,
}

/// What a socket is sent.
#[derive(Debug, Clone)]
pub(super) enum Frame {
    Event(String),
    /// The connection is gone, without a word.
    Break,
    /// It is closed as it should be.
    Close,
}

/// What a socket said.
#[derive(Debug)]
pub(super) struct Inbox {
    pub socket: u64,
    pub event: Value,
}

/// One turn as it was really said.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Said {
    pub item_id: String,
    pub speaker: Speaker,
    pub text: String,
    pub interrupted: bool,
    /// Its whole text was told to whoever was attached.
    pub told: bool,
    /// So many sockets heard that.
    pub heard_by: usize,
    pub at: String,
}

/// One use of a tool.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ToolCall {
    pub call_id: String,
    pub name: String,
    pub arguments: String,
    pub outputs: Vec<String>,
}

/// One call that came in by SIP.
pub(crate) struct Session {
    pub(super) call_id: String,
    pub(super) leg_sid: String,
    pub(super) parent_sid: String,
    pub(super) sip_headers: Vec<(String, String)>,
    pub(super) scenario: CallScenario,
    pub(super) script: Script,
    pub(super) stage: Stage,
    /// As it was accepted, and changed since.
    pub(super) config: Option<Value>,
    pub(super) created_ms: i64,
    pub(super) accepted_ms: Option<i64>,
    /// From when on its socket is found.
    pub(super) found_from_ms: i64,
    pub(super) ended_ms: Option<i64>,
    pub(super) ended_by: Option<By>,
    pub(super) said: Vec<Said>,
    pub(super) items: Vec<Value>,
    pub(super) tools: Vec<ToolCall>,
    pub(super) sockets: Vec<(u64, UnboundedSender<Frame>)>,
    /// Sockets that were ever attached, and that broke.
    pub(super) attached: u64,
    pub(super) broken: u64,
    pub(super) events: u64,
    /// The call is about to end: sockets break no more, for nobody could attach again in time.
    pub(super) is_ending: bool,
    /// What sockets asked for, by type.
    pub(super) asked: BTreeMap<String, u64>,
    pub(super) refers: Vec<String>,
    /// Answers of the webhook.
    pub(super) webhooks: Vec<u16>,
    /// What Switchboard did wrong, or not at all.
    pub(super) faults: Vec<String>,
    pub(super) leg: watch::Sender<Leg>,
    pub(super) inbox: UnboundedSender<Inbox>,
    /// Taken by whoever plays the session.
    pub(super) waiting: Option<UnboundedReceiver<Inbox>>,
}

impl Session {
    /// Tells whoever is attached; some may break by that.
    pub(super) fn emit(&mut self, mut event: Value) -> usize {
        let is_dtmf = event["type"] == "input_audio_buffer.dtmf_event_received";
        if let (Some(fields), false) = (event.as_object_mut(), is_dtmf) {
            fields.insert("event_id".to_owned(), json!(new_id("event")));
        }
        let text = event.to_string();
        self.sockets
            .retain(|(_, socket)| socket.send(Frame::Event(text.clone())).is_ok());
        let heard_by = self.sockets.len();
        self.events += 1;
        if heard_by > 0 && !self.is_ending && self.breaks_now() {
            for (_, socket) in self.sockets.drain(..) {
                self.broken += 1;
                // It may have gone by itself.
                let _ = socket.send(Frame::Break);
            }
        }
        heard_by
    }

    fn breaks_now(&self) -> bool {
        let how = self.scenario.drop_sockets;
        if how >= 1.0 {
            // A count of events.
            self.events.is_multiple_of(how as u64)
        } else {
            how > 0.0 && rand::rng().random::<f64>() < how
        }
    }

    /// Tells one socket.
    pub(super) fn reply(&mut self, socket: u64, mut event: Value) {
        event["event_id"] = json!(new_id("event"));
        let found = self.sockets.iter().find(|(id, _)| *id == socket);
        if let Some((_, socket)) = found {
            // It may have gone meanwhile.
            let _ = socket.send(Frame::Event(event.to_string()));
        }
    }

    /// It is over, unless it was before.
    pub(super) fn end(&mut self, by: By, now_ms: i64) -> bool {
        if self.stage == Stage::Ended {
            return false;
        }
        self.stage = Stage::Ended;
        self.ended_ms = Some(now_ms);
        self.ended_by = Some(by);
        self.leg.send_replace(Leg::Ended(by));
        for (_, socket) in self.sockets.drain(..) {
            // It may have gone by itself.
            let _ = socket.send(Frame::Close);
        }
        true
    }

    pub(super) fn is_over(&self) -> bool {
        self.stage == Stage::Ended
    }

    /// The session as a socket is told of it first.
    pub(super) fn resource(&self) -> Value {
        let mut session = self
            .config
            .clone()
            .unwrap_or_else(|| json!({ "type": "realtime" }));
        session["id"] = json!(format!("sess_{}", self.call_id.trim_start_matches("rtc_")));
        session["object"] = json!("realtime.session");
        session
    }

    /// The session as our own routes show it.
    pub(crate) fn shown(&self) -> Value {
        let headers: BTreeMap<&str, &str> = self
            .sip_headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        json!({
            "call_id": self.call_id, "call_sid": self.parent_sid, "leg_sid": self.leg_sid, "stage": self.stage,
            "live": !self.is_over(), "sip_headers": headers, "script": self.script, "said": self.said,
            "tools": self.tools, "config": self.config, "created_at": time_of(self.created_ms),
            "accepted_at": self.accepted_ms.map(time_of), "ended_at": self.ended_ms.map(time_of),
            "ended_by": self.ended_by.map(By::as_str), "sockets": self.sockets.len(),
            "sockets_attached": self.attached, "sockets_broken": self.broken, "events": self.events,
            "asked": self.asked, "refers": self.refers, "webhooks": self.webhooks, "faults": self.faults,
        })
    }
}
