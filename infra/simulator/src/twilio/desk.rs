//! What the carrier's account knows: numbers, calls, recordings.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::call::{Call, Status};
use super::recordings::Recording;
use crate::SimulatorConfig;
use crate::talk::TwilioFaults;

/// What is set for one number: ours, where it leads; anybody's, what the person does.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Number {
    /// Where a call to it is asked about.
    pub voice_url: Option<String>,
    /// Where that is asked when the first address fails.
    pub fallback_url: Option<String>,
    /// Where the end of a call to it is told.
    pub status_callback: Option<String>,
    /// What whoever has it does when a call is put through to them.
    pub person: Option<Person>,
    /// Seconds for which they talk.
    pub talk_secs: Option<f64>,
}

/// What a person does to whom a call is put through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Person {
    Answers,
    Busy,
    NoAnswer,
    Fails,
}

/// Switches of the account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Seconds for which an answer of ours is waited for, of the real clock.
    pub answer_secs: f64,
    /// Calls created by API that begin in a second of the simulator's clock; the others are queued.
    pub calls_per_second: f64,
    /// A machine's verdict comes after so many seconds.
    pub detection_secs: f64,
    /// What goes wrong with requests to us, where a call's scenario says nothing of it.
    pub faults: TwilioFaults,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            answer_secs: 15.0,
            calls_per_second: 1.0,
            detection_secs: 3.0,
            faults: TwilioFaults::default(),
        }
    }
}

/// What the carrier's account knows.
pub(crate) struct Desk {
    /// Switchboard's address as it is known in public.
    pub public_url: Option<String>,
    /// Where that is reached from here; none: at the same address.
    pub reach_url: Option<String>,
    pub numbers: BTreeMap<String, Number>,
    pub options: Options,
    pub recordings: BTreeMap<String, Recording>,
    calls: HashMap<String, Call>,
    /// By creation, oldest first.
    order: Vec<String>,
    /// When the next call that is created by API may begin.
    next_start_ms: i64,
    next_number: u64,
}

impl Desk {
    pub(crate) fn new(config: &SimulatorConfig) -> Self {
        Self {
            public_url: config.public_url.clone(),
            reach_url: config.reach_url.clone(),
            numbers: BTreeMap::new(),
            options: Options::default(),
            recordings: BTreeMap::new(),
            calls: HashMap::new(),
            order: Vec::new(),
            next_start_ms: 0,
            next_number: 1,
        }
    }

    /// Where an address that is known in public is reached from here.
    pub(crate) fn reached(&self, url: &str) -> String {
        let (Some(public), Some(reach)) = (&self.public_url, &self.reach_url) else {
            return url.to_owned();
        };
        let public = public.trim_end_matches('/');
        match url.strip_prefix(public) {
            Some(rest) if rest.is_empty() || rest.starts_with(['/', '?']) => {
                format!("{}{rest}", reach.trim_end_matches('/'))
            }
            _ => url.to_owned(),
        }
    }

    /// An address of Switchboard's, when it is known where that is.
    pub(crate) fn usual_url(&self, path: &str) -> Option<String> {
        let public = self.public_url.as_deref()?;
        Some(format!("{}{path}", public.trim_end_matches('/')))
    }

    /// A number that no call had.
    pub(super) fn number_a_call(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number - 1
    }

    /// Milliseconds that a call created now waits in the queue.
    pub(super) fn queue_ms(&mut self, now_ms: i64, clock_factor: f64) -> i64 {
        let starts = self.next_start_ms.max(now_ms);
        // At least once in a thousand seconds, at most each millisecond.
        let gap = 1_000.0 / self.options.calls_per_second.clamp(0.001, 1_000.0) / clock_factor;
        self.next_start_ms = starts + gap.ceil() as i64;
        starts - now_ms
    }

    pub(crate) fn put(&mut self, call: Call) {
        self.next_number = self.next_number.max(call.number + 1);
        if self.calls.insert(call.sid.clone(), call.clone()).is_none() {
            self.order.push(call.sid);
        }
    }

    pub(crate) fn find(&self, sid: &str) -> Option<&Call> {
        self.calls.get(sid)
    }

    pub(crate) fn find_mut(&mut self, sid: &str) -> Option<&mut Call> {
        self.calls.get_mut(sid)
    }

    /// Every call, oldest first.
    pub(crate) fn calls(&self) -> impl DoubleEndedIterator<Item = &Call> {
        self.order.iter().filter_map(|sid| self.calls.get(sid))
    }

    /// Whatever was under way when the simulator ended broke down then.
    pub(crate) fn end_what_is_open(&mut self) {
        for call in self.calls.values_mut().filter(|call| !call.status.is_over()) {
            call.status = Status::Failed;
            call.ended_ms = Some(call.answered_ms.unwrap_or(call.created_ms));
            call.duration_secs = Some(0);
            call.ended_by = Some("restart".to_owned());
        }
    }

    pub(crate) fn clear(&mut self) {
        self.calls.clear();
        self.order.clear();
        self.recordings.clear();
    }

    /// Everything that Switchboard did wrong, with the call in which it did.
    pub(super) fn faults(&self) -> Vec<Value> {
        let of = |call: &Call| {
            let sid = call.sid.clone();
            let faults = call.faults.clone().into_iter();
            faults.map(move |(code, message)| {
                serde_json::json!({ "call_sid": sid, "code": code, "message": message })
            })
        };
        self.calls().flat_map(of).collect()
    }
}
