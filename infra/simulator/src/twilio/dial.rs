//! `Dial`: somebody else is rung, and bridged.

use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use reqwest::Url;
use tokio::sync::watch;

use super::call::{Beginning, Call, Direction, OpenDial, Partner, Status};
use super::desk::Person;
use super::flow::{
    Done, Flow, Next, Source, absolute, absolute_callback, answer, end_call, moves, pause, register,
};
use super::recordings;
use super::twiml::{Dial, Noun, Record, SipAddress, Target};
use super::webhook::Parameters;
use crate::clock::now_ms;
use crate::openai::{self, By, Leg, Ring};
use crate::scenario::between;
use crate::{Behaviour, Platform};

/// Seconds for which a person talks when nobody says.
const TALK_SECS: f64 = 20.0;
/// Seconds of a message when nobody says.
const MESSAGE_SECS: f64 = 8.0;

/// What came of ringing one of them.
enum Rung {
    /// Somebody is there.
    Answered(Answered),
    /// Nobody is, and why.
    Not(Status, u16),
    /// Whoever called hung up meanwhile.
    CallerLeft,
}

struct Answered {
    leg: String,
    other: Other,
}

enum Other {
    OpenAi {
        call_id: String,
        leg: watch::Receiver<Leg>,
    },
    Person {
        talk_secs: f64,
    },
}

impl Flow {
    pub(super) async fn dial(&self, dial: &Dial, base: Option<&Url>) -> Next {
        if !dial.answer_on_bridge {
            self.answer();
        }
        let prepared = dial
            .action
            .as_ref()
            .map(|action| absolute(base, action))
            .transpose();
        let callback = absolute_callback(base, dial.recording_callback.as_ref());
        let (action, callback) = match (prepared, callback) {
            (Ok(action), Ok(callback)) => (action, callback),
            (Err(fault), _) | (_, Err(fault)) => return self.broken(fault),
        };
        let mut legs = Vec::new();
        for noun in &dial.nouns {
            match self.lay_leg(dial, noun, base) {
                Ok(leg) => legs.push((leg, noun)),
                Err(fault) => return self.broken(fault),
            }
        }
        let first = legs.first().map(|(leg, _)| leg.clone()).unwrap_or_default();
        let sids: Vec<String> = legs.iter().map(|(leg, _)| leg.clone()).collect();
        self.change(|call| {
            call.legs = sids.clone();
            call.dial = Some(OpenDial {
                action: action.clone(),
                leg: first.clone(),
                recording: None,
            });
        });
        let rung = self.ring_all(dial, &legs).await;
        let answered = match rung {
            Ok(answered) => answered,
            Err(true) => return Next::Done(Done::PersonLeft),
            Err(false) => {
                self.change(|call| {
                    call.legs.clear();
                    call.partners.clear();
                    call.dial = None;
                });
                return self.after_dial(action, &first, None);
            }
        };
        let recording = dial.record.as_ref().map(|how| {
            let order = recordings::Order {
                call_sid: &self.sid,
                source: "DialVerb",
                is_dual: how.ends_with("-dual"),
                callback,
            };
            recordings::begin(&self.shared, order)
        });
        let leg = answered.leg.clone();
        self.change(|call| {
            call.legs = vec![leg.clone()];
            call.dial = Some(OpenDial {
                action: action.clone(),
                leg: leg.clone(),
                recording: recording.clone(),
            });
        });
        answer(&self.shared, &leg);
        self.answer();
        let by = self.talk(answered.other, dial.limit_secs).await;
        if by == By::Caller {
            return Next::Done(Done::PersonLeft);
        }
        end_call(&self.shared, &leg, Status::Completed, by.as_str());
        if let Some(recording) = &recording {
            recordings::complete(&self.shared, recording);
        }
        self.change(|call| {
            call.legs.clear();
            call.partners.clear();
            call.dial = None;
        });
        self.after_dial(action, &leg, recording.as_deref())
    }

    fn after_dial(&self, action: Option<super::twiml::Action>, leg: &str, recording: Option<&str>) -> Next {
        match action {
            Some(action) => Next::Go(Source::Url {
                action,
                extra: self.dial_parameters(leg, recording),
                fallback: None,
            }),
            None => Next::Continue,
        }
    }

    /// What a `Dial` came to, for its action.
    pub(super) fn dial_parameters(&self, leg: &str, recording: Option<&str>) -> Parameters {
        let mut all = Vec::new();
        let mut add = |name: &str, value: String| all.push((name.to_owned(), value));
        let state = self.shared.lock();
        let Some(leg) = state.twilio.find(leg) else {
            return all;
        };
        add("DialCallStatus", leg.status.as_str().to_owned());
        add("DialCallSid", leg.sid.clone());
        add("DialBridged", leg.answered_ms.is_some().to_string());
        if leg.answered_ms.is_some() {
            add("DialCallDuration", leg.duration_secs.unwrap_or(0).to_string());
        }
        if leg.to.starts_with("sip") {
            add("DialSipCallId", format!("{}@simulated.invalid", leg.sid));
            let code = match leg.status {
                Status::Completed => 200,
                Status::Canceled | Status::NoAnswer => 487,
                _ => leg.sip_code.unwrap_or(503),
            };
            add("DialSipResponseCode", code.to_string());
        }
        if let Some(recording) = recording {
            add("RecordingUrl", recordings::address(&self.shared, recording));
            add("RecordingSid", recording.to_owned());
            let known = state.twilio.recordings.get(recording);
            let secs = known.map_or(0, |recording| recording.duration_secs);
            add("RecordingDuration", secs.to_string());
        }
        all
    }

    /// Writes down that somebody is about to be rung.
    fn lay_leg(
        &self,
        dial: &Dial,
        noun: &Noun,
        base: Option<&Url>,
    ) -> Result<String, super::twiml::TwimlFault> {
        let callback = absolute_callback(base, noun.callback.as_ref())?;
        let parent = self.with_call(Clone::clone);
        let Some(parent) = parent else {
            return Ok(String::new());
        };
        // Whoever is bridged is on the phone with the other end of the first leg.
        let caller = match parent.direction {
            Direction::Inbound => &parent.from,
            _ => &parent.to,
        };
        let beginning = Beginning {
            from: dial.caller_id.clone().unwrap_or_else(|| caller.clone()),
            to: match &noun.target {
                Target::Number(number) => number.clone(),
                Target::Sip(address) => address.uri.clone(),
            },
            direction: Direction::OutboundDial,
            parent: Some(self.sid.clone()),
            status: Status::Initiated,
            number: parent.number,
            scenario: parent.scenario.clone(),
            script: parent.script.clone(),
        };
        let leg = Call::begin(beginning, now_ms());
        let sid = leg.sid.clone();
        register(&self.shared, leg, callback);
        moves(&self.shared, &sid, Status::Initiated, "initiated");
        Ok(sid)
    }

    /// Rings all of them, at once or one after the other. Whoever is not the one that answers is ended.
    ///
    /// # Errors
    /// When nobody is there: whether it is because the caller left.
    async fn ring_all(&self, dial: &Dial, legs: &[(String, &Noun)]) -> Result<Answered, bool> {
        if dial.sequential {
            for (leg, noun) in legs {
                match self.ring(dial, leg, noun).await {
                    Rung::Answered(answered) => return Ok(answered),
                    Rung::CallerLeft => return Err(true),
                    Rung::Not(status, code) => self.not_reached(leg, status, code),
                }
            }
            return Err(false);
        }
        let ringing = legs.iter().map(|(leg, noun)| async move {
            let rung = self.ring(dial, leg, noun).await;
            (leg.clone(), rung)
        });
        let mut ringing: FuturesUnordered<_> = ringing.collect();
        let mut found = Err(false);
        while let Some((leg, rung)) = ringing.next().await {
            match rung {
                Rung::Answered(answered) => {
                    found = Ok(answered);
                    break;
                }
                Rung::CallerLeft => return Err(true),
                Rung::Not(status, code) => self.not_reached(&leg, status, code),
            }
        }
        drop(ringing);
        if let Ok(answered) = &found {
            let others = legs.iter().filter(|(leg, _)| *leg != answered.leg);
            for (leg, _) in others {
                end_call(&self.shared, leg, Status::Canceled, "carrier");
            }
        }
        found
    }

    fn not_reached(&self, leg: &str, status: Status, code: u16) {
        if let Some(leg) = self.shared.lock().twilio.find_mut(leg) {
            leg.sip_code = Some(code);
        }
        end_call(&self.shared, leg, status, "callee");
    }

    async fn ring(&self, dial: &Dial, leg: &str, noun: &Noun) -> Rung {
        match &noun.target {
            Target::Sip(address) if openai::is_host(&address.host) => {
                self.ring_openai(dial, leg, address).await
            }
            Target::Sip(address) => self.ring_person(dial, leg, &address.user).await,
            Target::Number(number) => self.ring_person(dial, leg, number).await,
        }
    }

    async fn ring_openai(&self, dial: &Dial, leg: &str, address: &SipAddress) -> Rung {
        let Some(call) = self.with_call(Clone::clone) else {
            return Rung::CallerLeft;
        };
        let ring = Ring {
            call: &call,
            leg,
            address,
        };
        let (call_id, mut session) = match openai::ring(&self.shared, &ring) {
            Ok(rings) => rings,
            Err(code) => return Rung::Not(Status::Failed, code),
        };
        let partner = Partner::OpenAi {
            call_id: call_id.clone(),
        };
        self.change(|call| {
            call.openai_calls.push(call_id.clone());
            call.partners.push(partner);
        });
        moves(&self.shared, leg, Status::Ringing, "ringing");
        let patience = self.shared.lock().patience(dial.timeout_secs);
        let decided = session.wait_for(|leg| *leg != Leg::Ringing);
        let decided = tokio::time::timeout(patience, decided).await;
        let decided = decided.map(|leg| leg.map_or(Leg::Ended(By::Platform), |leg| *leg));
        match decided {
            Ok(Leg::Answered) => Rung::Answered(Answered {
                leg: leg.to_owned(),
                other: Other::OpenAi {
                    call_id,
                    leg: session,
                },
            }),
            Ok(Leg::Ended(By::Caller)) => Rung::CallerLeft,
            Ok(Leg::Ended(By::Rejected(code @ (486 | 600 | 603)))) => Rung::Not(Status::Busy, code),
            Ok(Leg::Ended(By::Rejected(code))) => Rung::Not(Status::Failed, code),
            Ok(_) => Rung::Not(Status::Failed, 503),
            Err(_) => {
                openai::hang_up(&self.shared, &call_id, By::Carrier);
                Rung::Not(Status::NoAnswer, 487)
            }
        }
    }

    async fn ring_person(&self, dial: &Dial, leg: &str, number: &str) -> Rung {
        moves(&self.shared, leg, Status::Ringing, "ringing");
        let (person, talk_secs, ring_secs) = {
            let state = self.shared.lock();
            let set = state.twilio.numbers.get(number).cloned().unwrap_or_default();
            let usual = match state.scenario.behaviour(number, 1) {
                Behaviour::Busy => Person::Busy,
                Behaviour::NoAnswer => Person::NoAnswer,
                Behaviour::Fails | Behaviour::Refused => Person::Fails,
                _ => Person::Answers,
            };
            let ring = between(state.scenario.ring_secs, state.seed, &[number, "transfer"]);
            (
                set.person.unwrap_or(usual),
                set.talk_secs.unwrap_or(TALK_SECS),
                f64::from(ring),
            )
        };
        let person = if person == Person::Answers && ring_secs >= dial.timeout_secs {
            Person::NoAnswer
        } else {
            person
        };
        match person {
            Person::Answers => {
                pause(&self.shared, ring_secs).await;
                Rung::Answered(Answered {
                    leg: leg.to_owned(),
                    other: Other::Person { talk_secs },
                })
            }
            Person::Busy => {
                pause(&self.shared, 1.0).await;
                Rung::Not(Status::Busy, 486)
            }
            Person::NoAnswer => {
                pause(&self.shared, dial.timeout_secs).await;
                Rung::Not(Status::NoAnswer, 487)
            }
            Person::Fails => {
                pause(&self.shared, 2.0).await;
                Rung::Not(Status::Failed, 503)
            }
        }
    }

    /// Until one of them hangs up; answers who.
    async fn talk(&self, other: Other, limit_secs: f64) -> By {
        match other {
            Other::OpenAi { call_id, mut leg } => {
                let limit_ms = self.shared.lock().scaled_ms(limit_secs);
                let limit = Duration::from_millis(u64::try_from(limit_ms).unwrap_or(u64::MAX));
                let over = leg.wait_for(|leg| matches!(leg, Leg::Ended(_)));
                match tokio::time::timeout(limit, over).await {
                    Ok(Ok(leg)) => match *leg {
                        Leg::Ended(by) => by,
                        Leg::Ringing | Leg::Answered => By::Platform,
                    },
                    Ok(Err(_)) => By::Platform,
                    Err(_) => {
                        openai::hang_up(&self.shared, &call_id, By::Carrier);
                        By::Carrier
                    }
                }
            }
            Other::Person { talk_secs } => {
                pause(&self.shared, talk_secs.min(limit_secs)).await;
                By::Person
            }
        }
    }

    /// `Record`: a message is left, or the caller hangs up.
    pub(super) async fn record(&self, record: &Record, base: Option<&Url>) -> Next {
        let action = record
            .action
            .as_ref()
            .map(|action| absolute(base, action))
            .transpose();
        let callback = absolute_callback(base, record.recording_callback.as_ref());
        let (action, callback) = match (action, callback) {
            (Ok(action), Ok(callback)) => (action, callback),
            (Err(fault), _) | (_, Err(fault)) => return self.broken(fault),
        };
        self.answer();
        let (secs, waits) = self
            .with_call(|call| {
                let secs = call.scenario.message_secs.unwrap_or(MESSAGE_SECS);
                (secs, call.scenario.waits_after_message)
            })
            .unwrap_or((0.0, false));
        if secs <= 0.0 {
            return Next::Done(Done::PersonLeft);
        }
        let order = recordings::Order {
            call_sid: &self.sid,
            source: "RecordVerb",
            is_dual: false,
            callback,
        };
        let recording = recordings::begin(&self.shared, order);
        self.note("leaves a message");
        pause(&self.shared, secs.min(record.longest_secs)).await;
        recordings::complete(&self.shared, &recording);
        let known = self.shared.lock().twilio.recordings.get(&recording).cloned();
        let mut extra = vec![
            (
                "RecordingUrl".to_owned(),
                recordings::address(&self.shared, &recording),
            ),
            ("RecordingSid".to_owned(), recording),
            (
                "RecordingDuration".to_owned(),
                known.map_or(0, |known| known.duration_secs).to_string(),
            ),
        ];
        let is_cut = secs > record.longest_secs;
        let digits = if waits || is_cut { "" } else { "hangup" };
        extra.push(("Digits".to_owned(), digits.to_owned()));
        let Some(action) = action else {
            // The vendor asks for the same document again, which would record once more.
            let fault = super::twiml::TwimlFault::new(12_200, "Record has no action");
            return self.broken(fault);
        };
        if waits || is_cut {
            return Next::Go(Source::Url {
                action,
                extra,
                fallback: None,
            });
        }
        self.ask_in_vain(&action, extra).await;
        Next::Done(Done::PersonLeft)
    }
}

/// The platform that a conversation of a stream belongs to, by the stream's path, and its id.
pub(super) fn stream_of(path: &str) -> Option<(Platform, String)> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        ["ultravox", "calls", id, "media"] => Some((Platform::Ultravox, (*id).to_owned())),
        ["v1", "convai", "twilio", "stream", id] => Some((Platform::ElevenLabs, (*id).to_owned())),
        _ => None,
    }
}
