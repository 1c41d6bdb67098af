//! One invocation that stays with one call.

use std::collections::HashSet;
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use jiff::SignedDuration;
use switchboard_domain::{InboundCall, Measurement, ProviderId, ReceptionEvent, TurnBook};
use switchboard_providers::openai::{ClientEvent, Event};
use switchboard_service::Causes;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};

use super::is_ours;
use super::session::{Session, Step};
use crate::event::Hold;
use crate::receptionist::Receptionist;
use crate::socket::{Heard, Socket};
use crate::tools::{About, Ran};

/// The wait before a successor is asked for again.
const ASK_AGAIN: Duration = Duration::from_secs(15);
/// A socket that does not last so long was let in and thrown out.
const LET_IN_AND_OUT: Duration = Duration::from_millis(250);

/// Why a holder leaves its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// The call is over, or no agent has it any more.
    Over,
    /// A successor has it.
    HandedOver,
    /// Nobody could attach to it.
    NeverAttached,
    /// Lambda's time is up.
    OutOfTime,
}

/// What happened while it waited.
enum Happened {
    Heard(Option<Heard>),
    Ran(Ran),
    Look,
    Beat,
    HandOver,
    LastMoment,
}

/// One invocation that stays with one call.
pub(super) struct Holder<'a> {
    pub(super) receptionist: &'a Receptionist,
    pub(super) hold: &'a Hold,
    /// What tells this invocation from another one of the same event.
    pub(super) name: &'a str,
    pub(super) openai_call: ProviderId,
    pub(super) about: About,
    pub(super) session: Session,
    pub(super) tools: FuturesUnordered<BoxFuture<'a, Ran>>,
    pub(super) hand_over_at: Instant,
    pub(super) last: Instant,
    /// Since when an end is coming that we bring about.
    pub(super) ending_since: Option<Instant>,
    /// Whether that end was brought about.
    pub(super) has_acted: bool,
    /// When a response was asked for that has not begun.
    pub(super) asked_since: Option<Instant>,
    /// When something came on the socket last.
    pub(super) heard_at: Instant,
    /// When the socket was attached.
    pub(super) attached_at: Instant,
    /// Until when a predecessor may still write what it knows.
    pub(super) joins_until: Option<Instant>,
    /// Places of the turns that this one wrote whole.
    pub(super) turns_written: HashSet<usize>,
}

impl<'a> Holder<'a> {
    pub(super) fn new(
        receptionist: &'a Receptionist,
        hold: &'a Hold,
        name: &'a str,
        openai_call: ProviderId,
        about: About,
        hand_over_at: Instant,
        last: Instant,
    ) -> Self {
        Self {
            receptionist,
            hold,
            name,
            openai_call,
            about,
            session: Session::new(TurnBook::default()),
            tools: FuturesUnordered::new(),
            hand_over_at,
            last,
            ending_since: None,
            has_acted: false,
            asked_since: None,
            heard_at: Instant::now(),
            attached_at: Instant::now(),
            joins_until: None,
            turns_written: HashSet::new(),
        }
    }

    /// Stays to the end.
    pub(super) async fn run(mut self) {
        let left = match self.begin().await {
            Ok(mut socket) => {
                let left = self.stay(&mut socket).await;
                self.leave(left, socket).await;
                if left == Left::HandedOver {
                    self.observe(ReceptionEvent::HandedOver);
                }
                let turns = self.turns_written.len() as u64;
                self.observe(ReceptionEvent::Left { turns });
                left
            }
            Err(left) => {
                if left == Left::NeverAttached {
                    self.give_up().await;
                }
                left
            }
        };
        tracing::info!(call.id = %self.hold.call_id, generation = self.hold.generation, ?left, "left a call");
    }

    pub(super) fn observe(&self, event: ReceptionEvent) {
        self.receptionist.store.observe(&Measurement::Reception(event));
    }

    /// Listens, until there is a reason to leave.
    async fn stay(&mut self, socket: &mut Box<dyn Socket>) -> Left {
        let pace = self.receptionist.pace;
        let third = pace.lease.unsigned_abs() / 3;
        let (mut look, mut beat) = (interval(pace.look), interval(third));
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.reset();
        beat.reset();
        loop {
            let happened = tokio::select! {
                heard = socket.next() => Happened::Heard(heard),
                Some(ran) = self.tools.next(), if !self.tools.is_empty() => Happened::Ran(ran),
                _ = look.tick() => Happened::Look,
                _ = beat.tick() => Happened::Beat,
                () = sleep_until(self.hand_over_at) => Happened::HandOver,
                () = sleep_until(self.last) => Happened::LastMoment,
            };
            let done = match happened {
                Happened::Heard(Some(heard)) => {
                    self.heard(socket, heard).await;
                    self.write().await;
                    None
                }
                Happened::Heard(None) => self.lost(socket).await,
                Happened::Ran(ran) => {
                    let steps = self.session.ran(ran);
                    self.take(socket, steps).await;
                    None
                }
                Happened::Look => self.look(socket).await,
                Happened::Beat => self.beat(socket).await,
                Happened::HandOver => {
                    self.hand_over().await;
                    None
                }
                Happened::LastMoment => Some(Left::OutOfTime),
            };
            if let Some(left) = done {
                return left;
            }
            self.watch_ending().await;
        }
    }

    /// The socket is gone: the call is over, or it is attached to again.
    async fn lost(&mut self, socket: &mut Box<dyn Socket>) -> Option<Left> {
        if self.has_acted || self.session.expired {
            return Some(Left::Over);
        }
        if self.attached_at.elapsed() < LET_IN_AND_OUT {
            // Let in and thrown out: not again and again without a pause.
            sleep(self.receptionist.pace.retry).await;
        }
        match self.attach_again().await {
            Ok(again) => {
                self.observe(ReceptionEvent::Reconnected);
                *socket = again;
                self.heard_at = Instant::now();
                self.attached_at = Instant::now();
                let steps = self.session.attached_again();
                self.take(socket, steps).await;
                None
            }
            Err(left) => Some(left),
        }
    }

    pub(super) async fn heard(&mut self, socket: &mut Box<dyn Socket>, heard: Heard) {
        self.heard_at = Instant::now();
        let Heard::Text(text) = heard else { return };
        // What cannot be read is passed over: events are added at any time.
        let Ok(event) = Event::parse(&text) else {
            tracing::debug!(call.id = %self.hold.call_id, "an event could not be read");
            return;
        };
        let at_secs = self.receptionist.seconds_into(&self.about.inbound);
        let mut steps = self.session.hear(event, at_secs);
        steps.extend(self.session.ask_for_unknown(false));
        self.take(socket, steps).await;
    }

    /// Does what follows from an event. A socket that breaks meanwhile is noticed by whoever listens.
    pub(super) async fn take(&mut self, socket: &mut Box<dyn Socket>, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Send(event) => self.send(socket, &event).await,
                Step::Run(asked) => {
                    let (receptionist, about) = (self.receptionist, self.about.clone());
                    let run = async move { receptionist.run_tool(&about, &asked).await };
                    self.tools.push(Box::pin(run));
                }
            }
        }
    }

    async fn send(&mut self, socket: &mut Box<dyn Socket>, event: &ClientEvent) {
        if matches!(event, ClientEvent::CreateResponse { .. }) {
            self.asked_since = Some(Instant::now());
        }
        if socket.send(event.to_json()).await.is_err() {
            tracing::debug!(call.id = %self.hold.call_id, "an event could not be sent");
        }
    }

    /// Looks at the table: whether the call is over, and who has it. Does what waits for its time.
    async fn look(&mut self, socket: &mut Box<dyn Socket>) -> Option<Left> {
        if let Some(left) = self.is_over().await {
            return Some(left);
        }
        if self.joins_until.is_some_and(|until| Instant::now() < until) {
            let kept = self.kept_turns().await;
            self.session.book.join(kept);
        }
        let pace = self.receptionist.pace;
        let patience = self.receptionist.pace.look.as_secs_f64() * pace.clock_factor;
        let now = self.receptionist.seconds_into(&self.about.inbound);
        // A predecessor that nobody tells of in two looks will not come.
        self.session
            .book
            .settle(now.saturating_sub((patience * 2.0) as u64 + 1));
        let mut steps = self.session.ask_for_unknown(true);
        let since = *self.asked_since.get_or_insert_with(Instant::now);
        if !self.session.awaits_response() {
            self.asked_since = None;
        } else if since.elapsed() > pace.response {
            self.asked_since = None;
            steps.extend(self.session.ask_again());
        }
        if self.is_too_long() && !self.session.ending.is_coming() {
            steps.extend(self.end_for_length());
        }
        self.take(socket, steps).await;
        self.write().await;
        None
    }

    /// Why to leave, as the table has it. A table that does not answer is no reason.
    pub(super) async fn is_over(&mut self) -> Option<Left> {
        match self.receptionist.store.find_inbound(&self.hold.call_id).await {
            Ok(Some(inbound)) => {
                let left = left_for(&inbound, self.hold.generation);
                self.about.inbound = inbound;
                left
            }
            Ok(None) => Some(Left::Over),
            Err(error) => {
                tracing::warn!(call.id = %self.hold.call_id, error = %Causes(&error), "the table could not be asked whether a call is over");
                None
            }
        }
    }

    /// A sign of life: to the table, and from the other side.
    async fn beat(&mut self, socket: &mut Box<dyn Socket>) -> Option<Left> {
        if self.keep_lease().await == Some(false) {
            // Somebody else has it, or it is over.
            return Some(self.is_over().await.unwrap_or(Left::HandedOver));
        }
        if self.heard_at.elapsed() > self.receptionist.pace.silence || socket.ping().await.is_err() {
            return self.lost(socket).await;
        }
        None
    }

    /// Keeps the sideband for another while; none when the table does not answer.
    pub(super) async fn keep_lease(&mut self) -> Option<bool> {
        let until = self.receptionist.clock.now();
        let until = until
            .saturating_add(self.receptionist.pace.lease)
            .unwrap_or(until);
        let (call_id, generation) = (&self.hold.call_id, self.hold.generation);
        match self
            .receptionist
            .store
            .hold_sideband(call_id, generation, self.name, until)
            .await
        {
            Ok(ours) => Some(ours),
            Err(error) => {
                tracing::warn!(call.id = %call_id, error = %Causes(&error), "a sign of life could not be given");
                None
            }
        }
    }

    /// Starts a successor. Until it has the call, this one stays.
    async fn hand_over(&mut self) {
        self.hand_over_at = Instant::now() + ASK_AGAIN;
        self.write_what_waits().await;
        let next = crate::event::Request::Hold(Hold {
            call_id: self.hold.call_id.clone(),
            generation: self.hold.generation + 1,
        });
        match self
            .receptionist
            .store
            .functions()
            .start_receptionist(&next)
            .await
        {
            Ok(()) => tracing::info!(call.id = %self.hold.call_id, "a successor is started"),
            Err(error) => {
                tracing::error!(call.id = %self.hold.call_id, error = %Causes(&error), "no successor could be started");
            }
        }
    }

    fn is_too_long(&self) -> bool {
        let longest = i64::from(self.about.settings.longest_call_secs);
        let began = self
            .about
            .inbound
            .accepted_at
            .unwrap_or(self.about.inbound.began_at);
        let lasted = self.receptionist.clock.now().duration_since(began);
        lasted > SignedDuration::from_secs(longest)
    }
}

/// Why a holder of this generation leaves a call that is so.
pub(super) fn left_for(inbound: &InboundCall, generation: u64) -> Option<Left> {
    if inbound.generation > generation && inbound.is_open() && inbound.ended_at.is_none() {
        return Some(Left::HandedOver);
    }
    (!is_ours(inbound, generation)).then_some(Left::Over)
}
