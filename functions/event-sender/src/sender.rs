//! What to look at, and how much of it at one time.

use std::sync::{Arc, Mutex};

use aws_lambda_events::event::sqs::SqsEvent;
use futures::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use serde::Serialize;
use switchboard_domain::{Clock, Delivery, DeliveryStatus, OutgoingEvent};
use switchboard_service::{Causes, Poster, TargetSecrets};
use switchboard_store::{EventMessage, Store, StoreError};

use crate::event::SenderEvent;

/// Events, or deliveries, that are read at one time, per shard of their index.
const READ: u32 = 25;

/// How fast to work.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Deliveries at one time.
    pub at_once: usize,
    /// Whoever attempts a delivery has it for so long; longer than an attempt can take.
    pub claim: SignedDuration,
    /// So long before the invocation ends no attempt is begun.
    pub margin: SignedDuration,
    /// The waits between attempts are divided by this; 1 but for rehearsals.
    pub clock_factor: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            at_once: 16,
            claim: SignedDuration::from_secs(30),
            margin: SignedDuration::from_secs(20),
            clock_factor: 1.0,
        }
    }
}

/// What one invocation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Summary {
    /// Events whose deliveries were made.
    pub events: u64,
    /// Deliveries that were attempted.
    pub attempted: u64,
    /// Of those, the ones that arrived.
    pub delivered: u64,
    /// And the ones that were given up.
    pub dead: u64,
}

/// Sends events to their targets.
#[derive(Clone)]
pub struct EventSender {
    pub(crate) store: Store,
    pub(crate) secrets: Arc<TargetSecrets>,
    pub(crate) poster: Poster,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<Mutex<StdRng>>,
    pub(crate) pace: Pace,
}

impl EventSender {
    /// A sender; one serves any number of invocations.
    pub fn new(
        store: Store,
        secrets: Arc<TargetSecrets>,
        poster: Poster,
        clock: Arc<dyn Clock>,
        rng: StdRng,
        pace: Pace,
    ) -> Self {
        Self {
            store,
            secrets,
            poster,
            clock,
            rng: Arc::new(Mutex::new(rng)),
            pace,
        }
    }

    /// Does what an invocation asks for, and stops in time before `deadline`.
    ///
    /// # Errors
    /// When the table does not answer. Nothing is lost: the next minute looks again.
    pub async fn handle(&self, event: SenderEvent, deadline: Timestamp) -> Result<Summary, StoreError> {
        let until = deadline
            .saturating_sub(self.pace.margin)
            .unwrap_or(Timestamp::MIN);
        match event {
            SenderEvent::Queue(event) => Ok(self.work_through(event, until).await),
            SenderEvent::Tick(_) => self.tick(until).await,
        }
    }

    /// Looks at what messages name. A message is always done with: what fails here is found by the
    /// schedule, and giving the message back would only slow the queue down.
    async fn work_through(&self, event: SqsEvent, until: Timestamp) -> Summary {
        let mut summary = Summary::default();
        let mut due = Vec::new();
        for record in event.records {
            let message: EventMessage = match serde_json::from_str(&record.body.unwrap_or_default()) {
                Ok(message) => message,
                Err(error) => {
                    tracing::error!(%error, "a message on the event queue could not be read; it is dropped");
                    continue;
                }
            };
            match self.named(&message, &mut summary).await {
                Ok(deliveries) => due.extend(deliveries),
                Err(error) => {
                    tracing::warn!(event.id = %message.event_id, error = %Causes(&error), "left to the schedule");
                }
            }
        }
        self.attempt_all(due, until, &mut summary).await;
        summary
    }

    /// The deliveries that a message is about.
    async fn named(
        &self,
        message: &EventMessage,
        summary: &mut Summary,
    ) -> Result<Vec<Delivery>, StoreError> {
        match &message.target_id {
            Some(target) => {
                let delivery = self.store.find_delivery(target, &message.event_id).await?;
                Ok(delivery.into_iter().collect())
            }
            None => match self.store.find_event(&message.event_id).await? {
                Some(event) => self.deliveries_of(&event, summary).await,
                None => Ok(Vec::new()),
            },
        }
    }

    async fn deliveries_of(
        &self,
        event: &OutgoingEvent,
        summary: &mut Summary,
    ) -> Result<Vec<Delivery>, StoreError> {
        let made = self.store.make_deliveries(event, self.clock.now()).await?;
        summary.events += 1;
        Ok(made)
    }

    /// Everything that is due, until nothing is or the time is up.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn tick(&self, until: Timestamp) -> Result<Summary, StoreError> {
        let mut summary = Summary::default();
        loop {
            let before = summary;
            let mut due = Vec::new();
            for event in self.store.due_events(READ).await? {
                if self.clock.now() >= until {
                    break;
                }
                due.extend(self.deliveries_of(&event, &mut summary).await?);
            }
            due.extend(self.store.due_deliveries(self.clock.now(), READ).await?);
            self.attempt_all(due, until, &mut summary).await;
            // The index follows a moment behind: what was done just now is still in it, and is passed over.
            if summary == before || self.clock.now() >= until {
                return Ok(summary);
            }
        }
    }

    /// Attempts deliveries, several at one time, each on its own: one that fails holds up no other.
    async fn attempt_all(&self, due: Vec<Delivery>, until: Timestamp, summary: &mut Summary) {
        let attempts = stream::iter(due).map(|delivery| async move {
            if self.clock.now() >= until {
                return Ok(None);
            }
            Box::pin(self.attempt(delivery)).await
        });
        let mut attempts = attempts.buffer_unordered(self.pace.at_once);
        while let Some(outcome) = attempts.next().await {
            match outcome {
                Ok(None) => {}
                Ok(Some(status)) => {
                    summary.attempted += 1;
                    summary.delivered += u64::from(status == DeliveryStatus::Delivered);
                    summary.dead += u64::from(status == DeliveryStatus::Dead);
                }
                Err(error) => {
                    tracing::warn!(error = %Causes(&error), "a delivery is left to the schedule");
                }
            }
        }
    }
}
