//! Putting a caller through, and hanging up.

use switchboard_domain::{Call, InboundCall, PhoneNumber, RouteTarget};
use switchboard_providers::twilio::twiml::{Dial, DialTo, Twiml, Verb};
use switchboard_providers::{EndedCall, ProviderError};
use switchboard_service::Causes;
use switchboard_store::{InboundUpdate, StoreError};
use tokio::time::{Instant, sleep};

use super::ending::{Act, Ending};
use super::holder::Holder;
use super::session::Step;

/// How often the carrier is asked to put a caller through.
const MOST_ATTEMPTS: u32 = 3;

impl Holder<'_> {
    /// Brings an end about once the agent has said its last words, or took too long for them.
    pub(super) async fn watch_ending(&mut self) {
        if self.has_acted || !self.session.ending.is_coming() {
            return;
        }
        let pace = self.receptionist.pace;
        let since = *self.ending_since.get_or_insert_with(Instant::now);
        let is_late = since.elapsed() > pace.last_words;
        // The socket closes with the end: what the caller said is waited for a little.
        let is_whole =
            self.session.book.open().is_empty() || since.elapsed() > pace.last_words / 2 + pace.late_texts;
        let act = match self.session.ending.is_due() {
            Some(act) if is_whole || is_late => act,
            _ if is_late => match self.session.ending.act() {
                Some(act) => act,
                None => return,
            },
            _ => return,
        };
        let act = act.clone();
        self.write().await;
        self.has_acted = match act {
            Act::Transfer { to, ring_secs } => self.put_through(&to, ring_secs).await,
            Act::HangUp => self.hang_up().await,
        };
        if !self.has_acted {
            // It did not work: the agent goes on, and says so when it is asked again.
            self.session.ending = Ending::None;
            self.ending_since = None;
        }
    }

    /// The call has lasted as long as it may.
    pub(super) fn end_for_length(&mut self) -> Vec<Step> {
        tracing::info!(call.id = %self.hold.call_id, "a call has lasted as long as it may");
        self.session.ending = Ending::hang_up();
        let words = "This call has lasted as long as it may. Say so, and goodbye, in one short sentence.";
        self.session.say(Some(words.to_owned()))
    }

    /// Sends the caller's leg to a person. Answers whether it went there.
    async fn put_through(&mut self, to: &PhoneNumber, ring_secs: u32) -> bool {
        let target = RouteTarget::Person {
            phone_number: to.clone(),
            ring_secs,
        };
        let before = self.about.inbound.at_target;
        let at = match self.move_to(&target).await {
            Ok(Some(at)) => at,
            Ok(None) => return false,
            Err(error) => {
                tracing::error!(call.id = %self.hold.call_id, error = %Causes(&error), "a transfer could not be noted");
                return false;
            }
        };
        let twiml = self.twiml_to(to, ring_secs, at);
        let sent = self.redirect(&twiml).await;
        match sent {
            Ok(EndedCall::Ended) => {
                tracing::info!(call.id = %self.hold.call_id, "a caller is put through");
                true
            }
            Ok(_) => {
                tracing::info!(call.id = %self.hold.call_id, "a caller hung up before the transfer");
                true
            }
            Err(error) => {
                tracing::error!(call.id = %self.hold.call_id, error = %Causes(&error), "a caller could not be put through");
                self.move_back(before).await;
                false
            }
        }
    }

    /// Makes a target the present one; answers which place that is, none when the call is over.
    async fn move_to(&mut self, target: &RouteTarget) -> Result<Option<usize>, StoreError> {
        let store = &self.receptionist.store;
        let now = self.receptionist.clock.now();
        let moved = store
            .update_inbound(&self.hold.call_id, |inbound: &mut InboundCall| {
                let is_next = inbound.targets.get(inbound.at_target + 1) == Some(target);
                if !inbound.is_open() || inbound.target() == Some(target) {
                    return false;
                }
                if !is_next {
                    let at = (inbound.at_target + 1).min(inbound.targets.len());
                    inbound.targets.insert(at, target.clone());
                }
                inbound.at_target += 1;
                true
            })
            .await?;
        let inbound = match moved {
            InboundUpdate::Changed(inbound) => inbound,
            InboundUpdate::Unchanged(_) | InboundUpdate::NotFound => return Ok(None),
        };
        store
            .update_call(&self.hold.call_id, |call: &mut Call| {
                let Some(reception) = call.reception.as_mut() else {
                    return false;
                };
                let changed = reception.target != *target;
                reception.target = target.clone();
                call.updated_at = now;
                changed
            })
            .await?;
        let at = inbound.at_target;
        self.about.inbound = *inbound;
        Ok(Some(at))
    }

    async fn move_back(&mut self, at_target: usize) {
        let moved = self
            .receptionist
            .store
            .update_inbound(&self.hold.call_id, |inbound| {
                let back = inbound.is_open() && inbound.at_target == at_target + 1;
                if back {
                    inbound.at_target = at_target;
                }
                back
            })
            .await;
        match moved {
            Ok(InboundUpdate::Changed(inbound) | InboundUpdate::Unchanged(inbound)) => {
                self.about.inbound = *inbound
            }
            Ok(InboundUpdate::NotFound) => {}
            Err(error) => {
                tracing::warn!(call.id = %self.hold.call_id, error = %Causes(&error), "a transfer that failed could not be taken back");
            }
        }
    }

    fn twiml_to(&self, to: &PhoneNumber, ring_secs: u32, at: usize) -> Twiml {
        let inbound = &self.about.inbound;
        let (base, call_id) = (inbound.public_url.trim_end_matches('/'), &inbound.call_id);
        let recorded = self
            .about
            .settings
            .record
            .then(|| format!("{base}/webhooks/twilio/recording?call={call_id}"));
        Twiml::new().then(Verb::Dial(Dial {
            to: DialTo::Number(to.as_str().to_owned()),
            action: format!("{base}/webhooks/twilio/dial?call={call_id}&at={at}"),
            timeout_secs: ring_secs,
            time_limit_secs: None,
            recording_callback: recorded,
            caller_id: inbound.called.as_ref().map(|number| number.as_str().to_owned()),
        }))
    }

    async fn redirect(&mut self, twiml: &Twiml) -> Result<EndedCall, ProviderError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self
                .receptionist
                .twilio
                .redirect(&self.about.inbound.call_sid, twiml)
                .await
            {
                Err(error) if error.is_passing() && attempt < MOST_ATTEMPTS => {
                    sleep(self.receptionist.pace.retry * attempt).await;
                }
                sent => return sent,
            }
        }
    }

    /// Ends OpenAI's leg; the carrier ends the caller's then. Answers whether that was told.
    async fn hang_up(&mut self) -> bool {
        match self.receptionist.openai.hangup(&self.openai_call).await {
            Ok(_) => true,
            Err(error) => {
                tracing::warn!(call.id = %self.hold.call_id, error = %Causes(&error), "OpenAI could not be told to hang up");
                // The carrier can, too.
                self.receptionist
                    .twilio
                    .end_call(&self.about.inbound.call_sid)
                    .await
                    .is_ok()
            }
        }
    }
}
