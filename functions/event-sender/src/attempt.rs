//! One attempt at one delivery.

use std::time::Instant;

use jiff::SignedDuration;
use rand::RngExt;
use switchboard_domain::{
    Delivery, DeliveryAttempt, DeliveryStatus, DeliveryVerdict, EventTarget, OutgoingEvent,
};
use switchboard_service::{Bounds, Causes, sign};
use switchboard_store::{EventMessage, StoreError};

use crate::retry_after::retry_after;
use crate::sender::EventSender;

/// The longest wait that the queue can hold a message for; what is due later is found by the schedule.
const QUEUE_HOLDS: SignedDuration = SignedDuration::from_mins(15);

/// What one attempt came to.
struct Outcome {
    attempt: DeliveryAttempt,
    verdict: DeliveryVerdict,
    retry_after: Option<SignedDuration>,
}

impl EventSender {
    /// Attempts a delivery if it is due and nobody else has it. Answers where it is then; none when there
    /// was nothing to do.
    pub(crate) async fn attempt(&self, mut delivery: Delivery) -> Result<Option<DeliveryStatus>, StoreError> {
        let now = self.clock.now();
        if !delivery.is_due(now) {
            return Ok(None);
        }
        let Some(target) = self.store.find_event_target(&delivery.target_id).await? else {
            self.store.delete_delivery(&delivery).await?;
            return Ok(None);
        };
        let claimed_until = now.saturating_add(self.pace.claim).unwrap_or(now);
        if !self.store.claim_delivery(&mut delivery, claimed_until).await? {
            return Ok(None);
        }
        if !target.enabled {
            delivery.give_up("The target was off when it was to be sent.", now);
            return self.written(delivery).await;
        }
        let Some(event) = self.store.find_event(&delivery.event_id).await? else {
            delivery.give_up("What it says is not kept any more.", now);
            return self.written(delivery).await;
        };
        // Without its secret nothing can be signed: it stays claimed, and is tried again after that.
        let secrets = match self.secrets.of(&target, now).await {
            Ok(secrets) => secrets,
            Err(error) => {
                tracing::error!(target.id = %target.target_id, error = %Causes(&error), "the secret of an event target could not be read");
                return Ok(None);
            }
        };
        let secrets: Vec<&str> = secrets.iter().map(|secret| secret.open()).collect();
        let outcome = self.post(&target, &event, &secrets).await;
        let gone = outcome.verdict == DeliveryVerdict::Gone;
        let status = outcome.attempt.status.unwrap_or_default();
        let chance = self.chance();
        let now = self.clock.now();
        delivery.record(
            outcome.attempt,
            outcome.verdict,
            outcome.retry_after,
            chance,
            self.pace.clock_factor,
            now,
        );
        tracing::info!(
            event.id = %event.event_id, target.id = %target.target_id, http.status = status,
            attempt = delivery.attempts, outcome = ?delivery.status, "event sent"
        );
        if gone {
            self.turn_off(&target).await?;
        }
        self.written(delivery).await
    }

    async fn post(&self, target: &EventTarget, event: &OutgoingEvent, secrets: &[&str]) -> Outcome {
        let at = self.clock.now();
        let begun = Instant::now();
        let id = event.event_id.as_str();
        let answer = match sign(secrets, id, at.as_second(), &event.body) {
            Ok(signature) => {
                let timestamp = at.as_second().to_string();
                let headers = [
                    ("webhook-id", id),
                    ("webhook-timestamp", timestamp.as_str()),
                    ("webhook-signature", signature.as_str()),
                ];
                self.poster
                    .post(&target.url, &headers, &event.body, Bounds::OF_EVENTS)
                    .await
            }
            Err(error) => Err(format!("{error}; rotate the secret of this target")),
        };
        let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        match answer {
            Ok(answer) => {
                let verdict = DeliveryVerdict::of_status(answer.status);
                let error = match answer.status {
                    300..=399 => Some("it answered with a redirect, which is not followed".to_owned()),
                    status if verdict != DeliveryVerdict::Delivered => Some(format!("it answered {status}")),
                    _ => None,
                };
                let asked = answer.retry_after.as_deref();
                Outcome {
                    retry_after: asked.and_then(|text| retry_after(text, self.clock.now())),
                    verdict,
                    attempt: DeliveryAttempt {
                        at,
                        duration_ms,
                        status: Some(answer.status),
                        error,
                        response: Some(answer.body).filter(|body| !body.is_empty()),
                    },
                }
            }
            Err(error) => Outcome {
                retry_after: None,
                verdict: DeliveryVerdict::Failed,
                attempt: DeliveryAttempt {
                    at,
                    duration_ms,
                    status: None,
                    error: Some(error),
                    response: None,
                },
            },
        }
    }

    /// The receiver is gone for good: the target is off, and people see that and why.
    async fn turn_off(&self, target: &EventTarget) -> Result<(), StoreError> {
        let now = self.clock.now();
        let reason = "The receiver answered 410 Gone: it wants no more events.";
        let url = target.url.clone();
        self.store
            .update_event_target(&target.target_id, |target| {
                // Somebody may have given it another address meanwhile.
                target.url == url && target.turn_off(reason, now)
            })
            .await?;
        tracing::warn!(target.id = %target.target_id, "an event target answered 410 and is off");
        Ok(())
    }

    /// Writes what became of a delivery, and has the queue call again where that is soon.
    async fn written(&self, mut delivery: Delivery) -> Result<Option<DeliveryStatus>, StoreError> {
        match self.store.put_delivery(&mut delivery).await {
            Ok(()) => {}
            // It took so long that somebody else took it over, or a person asked for it again: theirs counts.
            Err(StoreError::Stale) => return Ok(None),
            Err(error) => return Err(error),
        }
        if let Some(due) = delivery.next_attempt_at {
            let wait = due.duration_since(self.clock.now());
            if wait <= QUEUE_HOLDS {
                let message = EventMessage {
                    event_id: delivery.event_id.clone(),
                    target_id: Some(delivery.target_id.clone()),
                };
                if let Err(error) = self.store.send_event_message(&message, wait).await {
                    tracing::warn!(event.id = %delivery.event_id, error = %Causes(&error), "the queue did not take a message; the schedule finds the delivery");
                }
            }
        }
        Ok(Some(delivery.status))
    }

    fn chance(&self) -> f64 {
        self.rng
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .random_range(0.0..1.0)
    }
}
