//! A call as it goes: from its first ring through every document to its end.

use std::time::Duration;

use reqwest::Url;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::call::{Call, Direction, OpenDial, Partner, Status};
use super::callbacks::{self, Telling};
use super::outgoing::Outgoing;
use super::twiml::{self, Action, Callback, TwimlFault, Verb};
use super::webhook::{Parameters, ask};
use super::{recordings, stream};
use crate::clock::now_ms;
use crate::journal::Entry;
use crate::openai::{self, By};
use crate::server::Shared;
use crate::state::State;
use crate::talk::{TwilioFaults, speaking_secs};

/// Most documents of one call.
const MOST_DOCUMENTS: usize = 50;

/// What is asked of a call from outside while it goes.
#[derive(Debug)]
pub(crate) enum Command {
    /// It goes on with this document.
    Redirect(Source),
    /// It ends.
    End(Status),
    /// Whoever is on the phone hangs up.
    PersonLeaves,
}

/// Where a document comes from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// An address is asked, with more parameters than every request has.
    Url {
        action: Action,
        extra: Parameters,
        fallback: Option<String>,
    },
    /// It was given.
    Inline(String),
}

impl Source {
    pub(super) fn url(url: &str, method: &str) -> Self {
        Self::Url {
            action: Action {
                url: url.to_owned(),
                method: method.to_owned(),
            },
            extra: Vec::new(),
            fallback: None,
        }
    }
}

/// How the documents of a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    /// There was nothing more to do, or `Hangup`.
    Hangup,
    /// Whoever is on the phone hung up.
    PersonLeft,
    /// `Reject`.
    Rejected { busy: bool },
    /// A document was wrong: an error was played.
    Broken,
    /// It was ended by API.
    Ended(Status),
    /// Nobody was reached.
    NotReached(Status),
}

/// What comes after a verb.
pub(super) enum Next {
    Continue,
    Go(Source),
    Done(Done),
}

/// How a call begins.
pub(super) enum First {
    Inbound(Source),
    Outbound(Outgoing),
}

/// A call on its way.
pub(super) struct Flow {
    pub shared: Shared,
    pub sid: String,
}

/// Sleeps so many seconds of the simulator's clock.
pub(super) async fn pause(shared: &Shared, secs: f64) {
    let ms = shared.lock().scaled_ms(secs.max(0.0));
    tokio::time::sleep(Duration::from_millis(u64::try_from(ms).unwrap_or(0))).await;
}

/// What goes wrong with the requests about a call.
pub(super) fn faults_of(state: &State, sid: &str) -> TwilioFaults {
    let call = state.twilio.find(sid);
    let parent = call.and_then(|call| call.parent.as_deref());
    let parent = parent.and_then(|sid| state.twilio.find(sid));
    let own = [call, parent].into_iter().flatten();
    let own = own.filter_map(|call| call.scenario.twilio.clone()).next();
    own.unwrap_or_else(|| state.twilio.options.faults.clone())
}

/// Begins a call. It is known, and in the journal, when this returns.
pub(super) fn start(shared: &Shared, mut call: Call, callback: Option<Callback>, first: First) {
    let (control, commands) = unbounded_channel();
    let leaves_after = call.scenario.hangs_up_after_secs;
    call.control = Some(control.clone());
    register(shared, call.clone(), callback);
    let flow = Flow {
        shared: shared.clone(),
        sid: call.sid,
    };
    if let Some(secs) = leaves_after {
        let shared = shared.clone();
        tokio::spawn(async move {
            pause(&shared, secs).await;
            // The call may be over.
            let _ = control.send(Command::PersonLeaves);
        });
    }
    tokio::spawn(flow.run(commands, first));
}

/// Writes a new call down.
pub(super) fn register(shared: &Shared, mut call: Call, callback: Option<Callback>) {
    let mut state = shared.lock();
    let faults = match (&call.scenario.twilio, call.parent.as_deref()) {
        (Some(own), _) => own.clone(),
        (None, Some(parent)) => faults_of(&state, parent),
        (None, None) => state.twilio.options.faults.clone(),
    };
    call.telling = callback.map(|callback| Telling::begin(shared, &callback, faults));
    state.keep_twilio_call(call);
}

impl Flow {
    async fn run(self, mut commands: UnboundedReceiver<Command>, first: First) {
        let mut running = Box::pin(self.begin(first));
        let done = loop {
            tokio::select! {
                biased;
                command = commands.recv() => match command {
                    Some(Command::Redirect(source)) => {
                        drop(running);
                        self.let_go(By::Carrier, false).await;
                        self.note("redirected by API");
                        running = Box::pin(self.begin(First::Inbound(source)));
                    }
                    Some(Command::End(status)) => break Done::Ended(status),
                    Some(Command::PersonLeaves) | None => break Done::PersonLeft,
                },
                done = &mut running => break done,
            }
        };
        drop(running);
        self.finish(done).await;
    }

    async fn begin(&self, first: First) -> Done {
        match first {
            First::Inbound(source) => self.follow(source).await,
            First::Outbound(outgoing) => match self.ring_out(&outgoing).await {
                Ok(source) => self.follow(source).await,
                Err(done) => done,
            },
        }
    }

    /// Follows documents until the call is over.
    async fn follow(&self, mut source: Source) -> Done {
        for _ in 0..MOST_DOCUMENTS {
            let (verbs, base) = match self.fetch(&source).await {
                Ok(document) => document,
                Err(fault) => {
                    self.fault(fault);
                    // The carrier answers the call to say that something is wrong.
                    self.answer();
                    return Done::Broken;
                }
            };
            let mut after = None;
            for verb in &verbs {
                match self.perform(verb, base.as_ref()).await {
                    Next::Continue => {}
                    Next::Go(source) => {
                        after = Some(source);
                        break;
                    }
                    Next::Done(done) => return done,
                }
            }
            match after {
                Some(next) => source = next,
                None => return Done::Hangup,
            }
        }
        self.fault(TwimlFault::new(11_205, "There were too many documents"));
        Done::Broken
    }

    async fn fetch(&self, source: &Source) -> Result<(Vec<Verb>, Option<Url>), TwimlFault> {
        let (action, extra, fallback) = match source {
            Source::Inline(document) => return Ok((twiml::read(document)?, None)),
            Source::Url {
                action,
                extra,
                fallback,
            } => (action, extra, fallback),
        };
        let fault = match self.document_at(action, extra).await {
            Ok(document) => return Ok(document),
            Err(fault) => fault,
        };
        let Some(fallback) = fallback else {
            return Err(fault);
        };
        let mut extra = extra.clone();
        extra.push(("ErrorCode".to_owned(), fault.code.to_string()));
        extra.push(("ErrorUrl".to_owned(), action.url.clone()));
        self.fault(fault);
        let action = Action {
            url: fallback.clone(),
            method: "POST".to_owned(),
        };
        self.document_at(&action, &extra).await
    }

    async fn document_at(
        &self,
        action: &Action,
        extra: &[(String, String)],
    ) -> Result<(Vec<Verb>, Option<Url>), TwimlFault> {
        let mut parameters = self.with_call(|call| call.parameters()).unwrap_or_default();
        parameters.retain(|(name, _)| !extra.iter().any(|(other, _)| other == name));
        parameters.extend_from_slice(extra);
        let signature = faults_of(&self.shared.lock(), &self.sid).signature;
        let asked_ms = now_ms();
        let heard = ask(&self.shared, &action.method, &action.url, &parameters, signature).await?;
        let path = Url::parse(&action.url).map_or_else(|_| action.url.clone(), |url| url.path().to_owned());
        let took = now_ms() - asked_ms;
        self.note(&format!(
            "{} {path}: {} after {took} ms",
            action.method, heard.status
        ));
        if !(200..300).contains(&heard.status) {
            let message = format!("{path} answered {}", heard.status);
            return Err(TwimlFault::new(11_200, &message));
        }
        let kind = heard.content_type.split(';').next().unwrap_or_default().trim();
        if !matches!(kind, "text/xml" | "application/xml") {
            return Err(TwimlFault::new(12_300, &format!("The content type is {kind}")));
        }
        let verbs = twiml::read(&heard.body)?;
        Ok((verbs, Url::parse(&action.url).ok()))
    }

    async fn perform(&self, verb: &Verb, base: Option<&Url>) -> Next {
        match verb {
            Verb::Say(text) => {
                self.answer();
                self.note(&format!("Say: {text}"));
                pause(&self.shared, speaking_secs(text)).await;
                Next::Continue
            }
            Verb::Pause(secs) => {
                pause(&self.shared, *secs).await;
                Next::Continue
            }
            Verb::Play(secs) => {
                self.answer();
                pause(&self.shared, *secs).await;
                Next::Continue
            }
            Verb::Redirect(action) => match absolute(base, action) {
                Ok(action) => Next::Go(Source::Url {
                    action,
                    extra: Vec::new(),
                    fallback: None,
                }),
                Err(fault) => self.broken(fault),
            },
            Verb::Reject { busy } => Next::Done(Done::Rejected { busy: *busy }),
            Verb::Hangup => Next::Done(Done::Hangup),
            Verb::Record(record) => self.record(record, base).await,
            Verb::Dial(dial) => self.dial(dial, base).await,
            Verb::Connect(connect) => stream::connect(self, connect).await,
        }
    }

    /// Asks for a document that nobody will hear: whoever was on the phone is gone.
    pub(super) async fn ask_in_vain(&self, action: &Action, mut extra: Parameters) {
        let status = Status::Completed.as_str().to_owned();
        extra.push(("CallStatus".to_owned(), status));
        if let Err(fault) = self.document_at(action, &extra).await {
            self.fault(fault);
        }
    }

    /// A fault in a document that is followed already.
    pub(super) fn broken(&self, fault: TwimlFault) -> Next {
        self.fault(fault);
        self.answer();
        Next::Done(Done::Broken)
    }

    /// Somebody, or the document, is connected: from now on the call is paid for.
    pub(super) fn answer(&self) {
        answer(&self.shared, &self.sid);
    }

    pub(super) fn note(&self, what: &str) {
        self.change(|call| call.note(now_ms(), what.to_owned()));
    }

    pub(super) fn fault(&self, fault: TwimlFault) {
        tracing::warn!(code = fault.code, "the simulated carrier: {}", fault.message);
        self.change(|call| {
            call.note(now_ms(), format!("fault {}: {}", fault.code, fault.message));
            call.faults.push((fault.code, fault.message));
        });
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Call)) {
        if let Some(call) = self.shared.lock().twilio.find_mut(&self.sid) {
            change(call);
        }
    }

    pub(super) fn with_call<T>(&self, read: impl FnOnce(&Call) -> T) -> Option<T> {
        self.shared.lock().twilio.find(&self.sid).map(read)
    }

    /// Ends whatever the call is bridged with. The action of a `Dial` is asked only where the person hung up: its answer
    /// is of no interest then.
    async fn let_go(&self, by: By, asks: bool) {
        let mut taken = (Vec::new(), Vec::new(), None);
        self.change(|call| {
            taken = (
                std::mem::take(&mut call.partners),
                std::mem::take(&mut call.legs),
                call.dial.take(),
            );
        });
        let (partners, legs, dial) = taken;
        for partner in partners {
            match partner {
                Partner::OpenAi { call_id } => openai::hang_up(&self.shared, &call_id, by),
                Partner::Conversation { platform, id } => stream::cut(&self.shared, platform, &id),
            }
        }
        for leg in legs {
            let is_answered = self
                .shared
                .lock()
                .twilio
                .find(&leg)
                .is_some_and(|leg| leg.answered_ms.is_some());
            let status = match is_answered {
                true => Status::Completed,
                false => Status::Canceled,
            };
            end_call(&self.shared, &leg, status, by.as_str());
        }
        let Some(OpenDial {
            action,
            leg,
            recording,
        }) = dial
        else {
            return;
        };
        if let Some(recording) = &recording {
            recordings::complete(&self.shared, recording);
        }
        let (Some(action), true) = (action, asks) else {
            return;
        };
        let extra = self.dial_parameters(&leg, recording.as_deref());
        self.ask_in_vain(&action, extra).await;
    }

    async fn finish(self, done: Done) {
        let is_answered = self.with_call(|call| call.answered_ms.is_some());
        let is_answered = is_answered.unwrap_or(false);
        let by = match done {
            Done::PersonLeft => By::Caller,
            _ => By::Carrier,
        };
        let was = self.with_call(|call| (call.status, call.direction));
        self.let_go(by, done == Done::PersonLeft).await;
        let is_inbound = was.is_some_and(|(_, direction)| direction == Direction::Inbound);
        let (status, who) = match done {
            Done::NotReached(status) => (status, "carrier"),
            Done::Ended(Status::Canceled) => (Status::Canceled, "api"),
            Done::Ended(_) if is_answered => (Status::Completed, "api"),
            Done::Ended(_) => (Status::Canceled, "api"),
            Done::Rejected { busy: true } => (Status::Busy, "document"),
            Done::Rejected { busy: false } => (Status::NoAnswer, "document"),
            Done::PersonLeft if is_answered => (Status::Completed, "person"),
            Done::PersonLeft if is_inbound => (Status::NoAnswer, "person"),
            Done::PersonLeft => (Status::Canceled, "person"),
            Done::Hangup if is_answered => (Status::Completed, "document"),
            Done::Hangup => (Status::NoAnswer, "document"),
            Done::Broken => (Status::Completed, "fault"),
        };
        end_call(&self.shared, &self.sid, status, who);
    }
}

/// An action's address in full.
pub(super) fn absolute(base: Option<&Url>, action: &Action) -> Result<Action, TwimlFault> {
    let url = absolute_url(base, &action.url)?;
    Ok(Action {
        url,
        method: action.method.clone(),
    })
}

/// An address in full, as it was written where it was whole.
pub(super) fn absolute_url(base: Option<&Url>, url: &str) -> Result<String, TwimlFault> {
    if url.starts_with("http://") || url.starts_with("https://") {
        return Ok(url.to_owned());
    }
    let joined = base.and_then(|base| base.join(url).ok());
    let wrong = || TwimlFault::new(11_100, &format!("{url} is no address"));
    joined.map(String::from).ok_or_else(wrong)
}

/// A callback with its address in full.
pub(super) fn absolute_callback(
    base: Option<&Url>,
    callback: Option<&Callback>,
) -> Result<Option<Callback>, TwimlFault> {
    let Some(callback) = callback else { return Ok(None) };
    Ok(Some(Callback {
        url: absolute_url(base, &callback.url)?,
        ..callback.clone()
    }))
}

/// A call is connected.
pub(super) fn answer(shared: &Shared, sid: &str) {
    let mut state = shared.lock();
    let Some(call) = state.twilio.find_mut(sid) else {
        return;
    };
    if call.status == Status::InProgress || call.status.is_over() {
        return;
    }
    call.status = Status::InProgress;
    call.answered_ms = Some(now_ms());
    call.note(now_ms(), "answered".to_owned());
    callbacks::tell(call, "answered");
}

/// A call has another status on its way; what is over stays over.
pub(super) fn moves(shared: &Shared, sid: &str, status: Status, event: &str) {
    let mut state = shared.lock();
    let Some(call) = state.twilio.find_mut(sid) else {
        return;
    };
    if call.status.is_over() {
        return;
    }
    call.status = status;
    callbacks::tell(call, event);
}

/// A call is over.
pub(super) fn end_call(shared: &Shared, sid: &str, status: Status, by: &str) {
    let recordings = {
        let mut state = shared.lock();
        let (now, factor) = (now_ms(), state.clock_factor);
        let Some(call) = state.twilio.find_mut(sid) else {
            return;
        };
        if call.ended_ms.is_some() {
            return;
        }
        call.status = status;
        call.ended_ms = Some(now);
        let talked = call.answered_ms.map(|answered| now - answered);
        // A second that was begun counts; a talk is shorter than what 32 bits count.
        let secs = talked.map(|ms| (ms as f64 * factor / 1_000.0).ceil().max(1.0) as u32);
        call.duration_secs = Some(secs.unwrap_or(0));
        call.ended_by = Some(by.to_owned());
        call.control = None;
        call.note(now, format!("over: {}, ended by {by}", status.as_str()));
        callbacks::tell(call, "completed");
        call.telling = None;
        let call = call.clone();
        let recordings = call.recordings.clone();
        state.write(&Entry::TwilioCall { call: Box::new(call) });
        state.twilio_line_is_free(sid);
        recordings
    };
    for recording in recordings {
        recordings::complete(shared, &recording);
    }
}
