//! One call, or leg, as the carrier knows it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::TWILIO_ACCOUNT_SID;
use super::callbacks::Telling;
use super::flow::Command;
use super::twiml::Action;
use crate::Platform;
use crate::ledger::time_of;
use crate::talk::{CallScenario, Script};

/// Where a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Status {
    Queued,
    Initiated,
    Ringing,
    InProgress,
    Completed,
    Busy,
    Failed,
    NoAnswer,
    Canceled,
}

impl Status {
    /// The word on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Initiated => "initiated",
            Self::Ringing => "ringing",
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
            Self::Busy => "busy",
            Self::Failed => "failed",
            Self::NoAnswer => "no-answer",
            Self::Canceled => "canceled",
        }
    }

    /// The word in a REST answer, which does not know `initiated`.
    pub(crate) fn at_rest(self) -> &'static str {
        match self {
            Self::Initiated => "queued",
            other => other.as_str(),
        }
    }

    pub(crate) fn is_over(self) -> bool {
        !matches!(
            self,
            Self::Queued | Self::Initiated | Self::Ringing | Self::InProgress
        )
    }
}

/// Who began a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Direction {
    Inbound,
    OutboundApi,
    OutboundDial,
}

impl Direction {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::OutboundApi => "outbound-api",
            Self::OutboundDial => "outbound-dial",
        }
    }
}

/// Something that happened in a call, in order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Happened {
    pub at_ms: i64,
    pub what: String,
}

/// What a call was bridged with, so that it can be ended with it.
#[derive(Debug, Clone)]
pub(crate) enum Partner {
    /// A session of OpenAI.
    OpenAi { call_id: String },
    /// A conversation of another platform.
    Conversation { platform: Platform, id: String },
}

/// A `Dial` that is under way.
#[derive(Debug, Clone)]
pub(crate) struct OpenDial {
    pub action: Option<Action>,
    pub leg: String,
    pub recording: Option<String>,
}

/// One call, or leg. Moments are of the real clock, lengths of the simulated one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Call {
    pub sid: String,
    pub from: String,
    pub to: String,
    pub direction: Direction,
    pub parent: Option<String>,
    pub status: Status,
    /// The number of the call among all that this simulator ever had.
    pub number: u64,
    pub created_ms: i64,
    pub answered_ms: Option<i64>,
    pub ended_ms: Option<i64>,
    pub duration_secs: Option<u32>,
    pub caller_name: Option<String>,
    pub answered_by: Option<String>,
    pub sip_code: Option<u16>,
    pub queue_ms: i64,
    /// What a dialler called it: `call` of the address that it gave.
    pub user_id: Option<String>,
    pub scenario: CallScenario,
    pub script: Script,
    pub openai_calls: Vec<String>,
    pub recordings: Vec<String>,
    /// Who ended it.
    pub ended_by: Option<String>,
    pub happened: Vec<Happened>,
    /// What Switchboard did wrong, or not at all: number and words.
    pub faults: Vec<(u32, String)>,
    #[serde(skip)]
    pub control: Option<UnboundedSender<Command>>,
    #[serde(skip)]
    pub telling: Option<Telling>,
    #[serde(skip)]
    pub partners: Vec<Partner>,
    #[serde(skip)]
    pub legs: Vec<String>,
    #[serde(skip)]
    pub dial: Option<OpenDial>,
}

/// What is known of a call when it begins.
pub(super) struct Beginning {
    pub from: String,
    pub to: String,
    pub direction: Direction,
    pub parent: Option<String>,
    pub status: Status,
    pub number: u64,
    pub scenario: CallScenario,
    pub script: Script,
}

impl Call {
    pub(super) fn begin(beginning: Beginning, now_ms: i64) -> Self {
        Self {
            sid: format!("CA{:032x}", rand::random::<u128>()),
            from: beginning.from,
            to: beginning.to,
            direction: beginning.direction,
            parent: beginning.parent,
            status: beginning.status,
            number: beginning.number,
            created_ms: now_ms,
            answered_ms: None,
            ended_ms: None,
            duration_secs: None,
            caller_name: None,
            answered_by: None,
            sip_code: None,
            queue_ms: 0,
            user_id: None,
            scenario: beginning.scenario,
            script: beginning.script,
            openai_calls: Vec::new(),
            recordings: Vec::new(),
            ended_by: None,
            happened: Vec::new(),
            faults: Vec::new(),
            control: None,
            telling: None,
            partners: Vec::new(),
            legs: Vec::new(),
            dial: None,
        }
    }

    /// Parameters of every request about it.
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        let mut all = vec![
            ("AccountSid".to_owned(), TWILIO_ACCOUNT_SID.to_owned()),
            ("ApiVersion".to_owned(), "2010-04-01".to_owned()),
            ("CallSid".to_owned(), self.sid.clone()),
            ("CallStatus".to_owned(), self.status.as_str().to_owned()),
            ("Direction".to_owned(), self.direction.as_str().to_owned()),
        ];
        for (number, names) in [(&self.from, ["From", "Caller"]), (&self.to, ["To", "Called"])] {
            let country = if number.starts_with("+1") { "US" } else { "" };
            for name in names {
                all.push((name.to_owned(), number.clone()));
                for (part, value) in [("City", ""), ("State", ""), ("Zip", ""), ("Country", country)] {
                    all.push((format!("{name}{part}"), value.to_owned()));
                }
            }
        }
        if let Some(name) = &self.caller_name {
            all.push(("CallerName".to_owned(), name.clone()));
        }
        if let Some(parent) = &self.parent {
            all.push(("ParentCallSid".to_owned(), parent.clone()));
        }
        if self.direction == Direction::Inbound {
            let verdict = "TN-Validation-Passed-A".to_owned();
            all.push(("StirVerstat".to_owned(), verdict));
        }
        all
    }

    /// The call as the API shows it.
    pub(super) fn resource(&self) -> Value {
        let calls = format!("/2010-04-01/Accounts/{TWILIO_ACCOUNT_SID}/Calls");
        let sid = &self.sid;
        json!({
            "sid": sid, "account_sid": TWILIO_ACCOUNT_SID, "to": self.to, "to_formatted": self.to,
            "from": self.from, "from_formatted": self.from, "status": self.status.at_rest(),
            "direction": self.direction.as_str(), "parent_call_sid": self.parent,
            "date_created": rfc_2822(self.created_ms),
            "date_updated": rfc_2822(self.ended_ms.or(self.answered_ms).unwrap_or(self.created_ms)),
            "start_time": self.started_ms().map(rfc_2822), "end_time": self.ended_ms.map(rfc_2822),
            "duration": self.duration_secs.map(|secs| secs.to_string()),
            "price": null, "price_unit": "USD", "answered_by": self.answered_by, "caller_name": self.caller_name,
            "forwarded_from": null, "group_sid": null, "trunk_sid": "", "phone_number_sid": null,
            "queue_time": self.queue_ms.to_string(), "api_version": "2010-04-01",
            "uri": format!("{calls}/{sid}.json"),
            "subresource_uris": { "recordings": format!("{calls}/{sid}/Recordings.json") },
        })
    }

    /// The vendor's start of a call: when it was created, once it is no longer queued.
    pub(super) fn started_ms(&self) -> Option<i64> {
        match self.status {
            Status::Queued => None,
            _ => Some(self.answered_ms.unwrap_or(self.created_ms)),
        }
    }

    /// The call as our own routes show it.
    pub(super) fn shown(&self) -> Value {
        let happened = self.happened.iter();
        let happened: Vec<Value> = happened
            .map(|step| json!({ "at": time_of(step.at_ms), "what": step.what }))
            .collect();
        let faults = self.faults.iter();
        let faults: Vec<Value> = faults
            .map(|(code, message)| json!({ "code": code, "message": message }))
            .collect();
        json!({
            "call_sid": self.sid, "from": self.from, "to": self.to, "direction": self.direction.as_str(),
            "parent_call_sid": self.parent, "status": self.status.as_str(), "live": !self.status.is_over(),
            "number": self.number, "created_at": time_of(self.created_ms),
            "answered_at": self.answered_ms.map(time_of), "ended_at": self.ended_ms.map(time_of),
            "duration_secs": self.duration_secs, "ended_by": self.ended_by, "answered_by": self.answered_by,
            "user_id": self.user_id, "scenario": self.scenario, "script": self.script,
            "openai_calls": self.openai_calls, "recordings": self.recordings, "happened": happened,
            "faults": faults,
        })
    }

    pub(super) fn note(&mut self, at_ms: i64, what: String) {
        self.happened.push(Happened { at_ms, what });
    }
}

/// A moment as the vendor writes it.
pub(super) fn rfc_2822(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .ok()
        .map(|at| at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string())
        .unwrap_or_default()
}
