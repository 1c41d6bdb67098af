//! Attaching to a call, for the first time and again.

use switchboard_domain::{InboundStage, Measurement, ReceptionEvent, TurnBook};
use switchboard_service::Causes;
use tokio::time::{Instant, sleep};

use super::holder::{Holder, Left};
use super::session::Session;
use crate::socket::{ConnectError, Socket};

/// The longest wait between two attempts.
const LONGEST_WAIT: std::time::Duration = std::time::Duration::from_secs(1);

impl Holder<'_> {
    /// Attaches, takes the sideband, and reads what is kept of the call; then lets the agent greet, unless it has.
    pub(super) async fn begin(&mut self) -> Result<Box<dyn Socket>, Left> {
        let pace = self.receptionist.pace;
        let now = self.receptionist.clock.now();
        let inbound = &self.about.inbound;
        let is_held =
            inbound.generation < self.hold.generation && inbound.held_until.is_some_and(|until| until > now);
        let beside = match is_held {
            // The predecessor is there: nothing is missed while both are.
            true => self.attach_within(pace.beside).await,
            false => Err(Left::NeverAttached),
        };
        let mut socket = match beside {
            Ok(socket) => {
                self.take_sideband().await?;
                socket
            }
            // It does not go in parallel, or nobody is there.
            Err(Left::NeverAttached) => {
                self.take_sideband().await?;
                self.attach_within(pace.attach).await?
            }
            Err(left) => return Err(left),
        };
        self.note_attached().await;
        let kept = self.kept_turns().await;
        self.session = Session::new(TurnBook::from_kept(kept));
        self.heard_at = Instant::now();
        self.attached_at = Instant::now();
        if self.hold.generation > 1 {
            self.joins_until = Some(Instant::now() + pace.attach);
        }
        let mut steps = match self.hold.generation {
            1 => Vec::new(),
            _ => self.session.attached_again(),
        };
        steps.extend(self.greet().await);
        self.take(&mut socket, steps).await;
        Ok(socket)
    }

    /// Attaches after the socket was lost. At once, before anything is asked: what is said meanwhile, nobody hears.
    pub(super) async fn attach_again(&mut self) -> Result<Box<dyn Socket>, Left> {
        match self.attach_within(self.receptionist.pace.attach).await {
            // OpenAI has no such call any more, or cannot be reached at all: whoever looks after open calls sees to it.
            Err(Left::NeverAttached) => Err(Left::Over),
            attached => attached,
        }
    }

    async fn attach_within(&mut self, patience: std::time::Duration) -> Result<Box<dyn Socket>, Left> {
        let begun = Instant::now();
        let mut wait = self.receptionist.pace.retry;
        loop {
            let error = match self.receptionist.sideband.attach(&self.openai_call).await {
                Ok(socket) => return Ok(socket),
                Err(error) => error,
            };
            if error != ConnectError::NoSuchCall {
                tracing::warn!(call.id = %self.hold.call_id, %error, "could not attach to a call");
            }
            if let Some(left) = self.is_over().await {
                return Err(left);
            }
            if begun.elapsed() + wait > patience || Instant::now() + wait > self.last {
                return Err(Left::NeverAttached);
            }
            sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    async fn take_sideband(&mut self) -> Result<(), Left> {
        // A table that does not answer keeps nobody from listening: the next sign of life tries again.
        match self.keep_lease().await {
            Some(false) => Err(Left::HandedOver),
            _ => Ok(()),
        }
    }

    /// Notes that somebody is on the sideband.
    async fn note_attached(&mut self) {
        let now = self.receptionist.clock.now();
        let mut first = None;
        let noted = self
            .receptionist
            .store
            .update_inbound(&self.hold.call_id, |inbound| {
                let is_first = inbound.is_open() && inbound.attached_at.is_none();
                first = is_first.then_some(inbound.accepted_at);
                let news = inbound.is_open()
                    && (inbound.attached_at.is_none() || inbound.stage < InboundStage::Answered);
                if news {
                    inbound.attached_at.get_or_insert(now);
                    inbound.stage = inbound.stage.max(InboundStage::Answered);
                }
                news
            })
            .await;
        if let Err(error) = noted {
            tracing::warn!(call.id = %self.hold.call_id, error = %Causes(&error), "it could not be noted that somebody is on the sideband");
        } else if let Some(accepted) = first {
            let attached = Measurement::attached(accepted, now);
            self.receptionist.store.observe(&attached);
        }
    }

    /// Nobody can attach: the agent would never say a word. OpenAI's leg is ended, so that the carrier asks who is
    /// next.
    pub(super) async fn give_up(&mut self) {
        self.observe(ReceptionEvent::NotAttached);
        tracing::error!(call.id = %self.hold.call_id, "nobody could attach to a call that was accepted; it goes on to the next target");
        let noted = self
            .receptionist
            .store
            .update_inbound(&self.hold.call_id, |inbound| {
                inbound.is_open() && !std::mem::replace(&mut inbound.gave_up, true)
            })
            .await;
        if let Err(error) = noted {
            tracing::warn!(call.id = %self.hold.call_id, error = %Causes(&error), "it could not be noted that an agent was given up");
        }
        if let Err(error) = self.receptionist.openai.hangup(&self.openai_call).await {
            tracing::warn!(call.id = %self.hold.call_id, error = %Causes(&error), "OpenAI could not be told to hang up");
        }
    }
}
