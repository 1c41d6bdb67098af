//! A call created by API, until somebody answers it.

use super::TWILIO_ACCOUNT_SID;
use super::call::Status;
use super::callbacks::tell_once;
use super::flow::{Command, Done, Flow, Source, faults_of, moves, pause};
use super::recordings;
use super::twiml::Callback;
use crate::Behaviour;
use crate::script::Script;

/// Seconds until a phone rings.
const SETUP_SECS: f64 = 1.0;

/// How a machine is looked for.
#[derive(Debug, Clone)]
pub(super) struct Detection {
    /// The verdict comes when a machine's greeting is over.
    pub to_the_end: bool,
    /// Where it is told while the document runs already; none: the document waits for it.
    pub callback: Option<Callback>,
}

/// What was asked for.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    pub source: Source,
    pub queue_ms: i64,
    pub script: Script,
    pub timeout_secs: f64,
    /// Longest talk.
    pub limit_secs: f64,
    pub detection: Option<Detection>,
    /// It is recorded from the answer on: on two channels or one, and where that is told.
    pub recorded: Option<(bool, Option<Callback>)>,
}

impl Flow {
    /// Rings whoever is called.
    ///
    /// # Errors
    /// When nobody is reached.
    pub(super) async fn ring_out(&self, outgoing: &Outgoing) -> Result<Source, Done> {
        let queue = u64::try_from(outgoing.queue_ms).unwrap_or(0);
        tokio::time::sleep(std::time::Duration::from_millis(queue)).await;
        self.shared.lock().twilio_line_is_taken(&self.sid);
        moves(&self.shared, &self.sid, Status::Initiated, "initiated");
        pause(&self.shared, SETUP_SECS).await;
        let script = &outgoing.script;
        let not_reached = |status| Err(Done::NotReached(status));
        match script.behaviour {
            Behaviour::Busy => return not_reached(Status::Busy),
            Behaviour::Refused => return not_reached(Status::Failed),
            _ => {}
        }
        moves(&self.shared, &self.sid, Status::Ringing, "ringing");
        pause(&self.shared, script.ring_secs).await;
        match script.behaviour {
            Behaviour::NoAnswer => return not_reached(Status::NoAnswer),
            Behaviour::Fails => return not_reached(Status::Failed),
            _ if script.ring_secs >= outgoing.timeout_secs => return not_reached(Status::NoAnswer),
            _ => {}
        }
        self.answer();
        self.end_after(outgoing.limit_secs);
        if let Some((is_dual, callback)) = &outgoing.recorded {
            let order = recordings::Order {
                call_sid: &self.sid,
                source: "OutboundAPI",
                is_dual: *is_dual,
                callback: callback.clone(),
            };
            recordings::begin(&self.shared, order);
        }
        let Some(detection) = &outgoing.detection else {
            return Ok(outgoing.source.clone());
        };
        let is_machine = script.behaviour == Behaviour::Voicemail;
        let verdict = match (is_machine, detection.to_the_end) {
            (false, _) => "human",
            (true, false) => "machine_start",
            (true, true) => "machine_end_beep",
        };
        if let Some(callback) = &detection.callback {
            self.tell_verdict(verdict, callback.clone());
            return Ok(outgoing.source.clone());
        }
        let secs = self.detection_secs();
        pause(&self.shared, secs).await;
        self.change(|call| call.answered_by = Some(verdict.to_owned()));
        let mut source = outgoing.source.clone();
        if let Source::Url { extra, .. } = &mut source {
            extra.push(("AnsweredBy".to_owned(), verdict.to_owned()));
        }
        Ok(source)
    }

    /// Ends the call when it has lasted as long as it may.
    fn end_after(&self, secs: f64) {
        let control = self.with_call(|call| call.control.clone()).flatten();
        let (Some(control), shared) = (control, self.shared.clone()) else {
            return;
        };
        tokio::spawn(async move {
            pause(&shared, secs).await;
            // The call may be over.
            let _ = control.send(Command::End(Status::Completed));
        });
    }

    fn detection_secs(&self) -> f64 {
        self.shared.lock().twilio.options.detection_secs
    }

    /// The verdict comes while the call goes on, unless it is over before.
    fn tell_verdict(&self, verdict: &'static str, callback: Callback) {
        let (shared, sid, secs) = (self.shared.clone(), self.sid.clone(), self.detection_secs());
        tokio::spawn(async move {
            pause(&shared, secs).await;
            let faults = {
                let mut state = shared.lock();
                let Some(call) = state.twilio.find_mut(&sid) else {
                    return;
                };
                if call.status.is_over() {
                    return;
                }
                call.answered_by = Some(verdict.to_owned());
                faults_of(&state, &sid)
            };
            let pair = |name: &str, value: String| (name.to_owned(), value);
            let parameters = [
                pair("AccountSid", TWILIO_ACCOUNT_SID.to_owned()),
                pair("CallSid", sid),
                pair("AnsweredBy", verdict.to_owned()),
                // A verdict takes seconds.
                pair("MachineDetectionDuration", ((secs * 1_000.0) as u64).to_string()),
            ];
            tell_once(&shared, &callback, &parameters, &faults).await;
        });
    }
}
