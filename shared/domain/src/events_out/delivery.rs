//! One event on its way to one target.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::next_attempt;
use crate::{EventId, EventTargetId, EventType};

/// Attempts that are kept in the log; the newest stay.
const MAX_LOG: usize = 20;

/// Where a delivery is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// To be tried, for the first time or again.
    Pending,
    /// The receiver has it.
    Delivered,
    /// Given up; it can be sent again on request.
    Dead,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryAttempt {
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The HTTP status of the answer; none: there was no answer.
    pub status: Option<u16>,
    /// What went wrong, in one sentence.
    pub error: Option<String>,
    /// How the answer's body begins, at most 4 KB; kept of the last attempt only.
    #[serde(default)]
    pub response: Option<String>,
}

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryVerdict {
    /// The receiver has it.
    Delivered,
    /// The receiver wants nothing more, ever: 410.
    Gone,
    /// It is to be tried again.
    Failed,
}

impl DeliveryVerdict {
    /// What an HTTP status means. Redirects are not followed, so they are failures.
    pub fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Self::Delivered,
            410 => Self::Gone,
            _ => Self::Failed,
        }
    }
}

/// One event on its way to one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// The target.
    pub target_id: EventTargetId,
    /// The event; also the `webhook-id` of every attempt.
    pub event_id: EventId,
    /// What kind of thing happened.
    pub event_type: EventType,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Where it is on its way.
    pub status: DeliveryStatus,
    /// Attempts since it was made, or last sent again on request.
    pub attempts: u32,
    /// When it is tried next; none when it is delivered or dead.
    pub next_attempt_at: Option<Timestamp>,
    /// When it was delivered or given up.
    pub settled_at: Option<Timestamp>,
    /// Why it was given up.
    pub reason: Option<String>,
    /// The attempts, oldest first; the newest 20 are kept.
    pub log: Vec<DeliveryAttempt>,
    /// How often somebody asked for it to be sent again.
    pub replays: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// Counts changes; every write is conditional on it.
    pub version: u64,
}

impl Delivery {
    /// A new one, due at once.
    pub fn new(
        target_id: EventTargetId,
        event_id: EventId,
        event_type: EventType,
        occurred_at: Timestamp,
        now: Timestamp,
    ) -> Self {
        Self {
            target_id,
            event_id,
            event_type,
            occurred_at,
            status: DeliveryStatus::Pending,
            attempts: 0,
            next_attempt_at: Some(now),
            settled_at: None,
            reason: None,
            log: Vec::new(),
            replays: 0,
            created_at: now,
            version: 1,
        }
    }

    /// Whether it is to be tried at `now`.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.status == DeliveryStatus::Pending && self.next_attempt_at.is_some_and(|at| at <= now)
    }

    /// Writes an attempt down and decides what follows. `retry_after`, `chance` and `clock_factor` are
    /// those of [`next_attempt`].
    pub fn record(
        &mut self,
        attempt: DeliveryAttempt,
        verdict: DeliveryVerdict,
        retry_after: Option<SignedDuration>,
        chance: f64,
        clock_factor: f64,
        now: Timestamp,
    ) {
        self.attempts = self.attempts.saturating_add(1);
        for earlier in &mut self.log {
            earlier.response = None;
        }
        self.log.push(attempt);
        let too_many = self.log.len().saturating_sub(MAX_LOG);
        self.log.drain(..too_many);
        match verdict {
            DeliveryVerdict::Delivered => self.settle(DeliveryStatus::Delivered, None, now),
            DeliveryVerdict::Gone => self.give_up("The receiver answered 410: it wants no more events.", now),
            DeliveryVerdict::Failed => {
                match next_attempt(self.attempts, retry_after, chance, clock_factor, now) {
                    Some(at) => self.next_attempt_at = Some(at),
                    None => self.give_up("Every attempt failed; the log says how.", now),
                }
            }
        }
    }

    /// Gives it up, for a reason that people are shown.
    pub fn give_up(&mut self, reason: &str, now: Timestamp) {
        self.settle(DeliveryStatus::Dead, Some(reason.to_owned()), now);
    }

    /// Sends it again, with all its attempts, because somebody asked. The receiver knows it by its id.
    pub fn replay(&mut self, now: Timestamp) {
        self.status = DeliveryStatus::Pending;
        self.attempts = 0;
        self.next_attempt_at = Some(now);
        self.settled_at = None;
        self.reason = None;
        self.replays = self.replays.saturating_add(1);
    }

    fn settle(&mut self, status: DeliveryStatus, reason: Option<String>, now: Timestamp) {
        self.status = status;
        self.next_attempt_at = None;
        self.settled_at = Some(now);
        self.reason = reason;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EVENT_ATTEMPTS;

    fn now() -> Timestamp {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    fn delivery() -> Delivery {
        let (target, event) = (EventTargetId::derived(&["t"]), EventId::derived(&["e"]));
        Delivery::new(target, event, EventType::CallEnded, now(), now())
    }

    fn attempt(status: u16) -> DeliveryAttempt {
        DeliveryAttempt {
            at: now(),
            duration_ms: 12,
            status: Some(status),
            error: None,
            response: Some("no".to_owned()),
        }
    }

    fn fail(delivery: &mut Delivery) {
        delivery.record(attempt(500), DeliveryVerdict::Failed, None, 0.0, 1.0, now());
    }

    #[test]
    fn only_2xx_is_delivered_and_only_410_is_gone() {
        for status in 100..600 {
            let expected = match status {
                200..=299 => DeliveryVerdict::Delivered,
                410 => DeliveryVerdict::Gone,
                _ => DeliveryVerdict::Failed,
            };
            assert_eq!(DeliveryVerdict::of_status(status), expected);
        }
    }

    #[test]
    fn one_that_always_fails_is_dead_after_its_last_attempt_and_lives_again_on_request() {
        let mut delivery = delivery();
        for _ in 1..EVENT_ATTEMPTS {
            fail(&mut delivery);
            assert_eq!(delivery.status, DeliveryStatus::Pending);
        }
        fail(&mut delivery);
        assert_eq!(delivery.status, DeliveryStatus::Dead);
        assert!(!delivery.is_due(Timestamp::MAX) && delivery.reason.is_some());
        delivery.replay(now());
        assert!(delivery.is_due(now()));
        assert_eq!(
            (delivery.attempts, delivery.replays, delivery.log.len()),
            (0, 1, 9)
        );
    }

    #[test]
    fn the_log_keeps_the_newest_attempts_and_the_last_answer() {
        let mut delivery = delivery();
        for _ in 0..5 {
            for _ in 0..EVENT_ATTEMPTS {
                fail(&mut delivery);
            }
            delivery.replay(now());
        }
        assert_eq!(delivery.log.len(), MAX_LOG);
        let answers = delivery.log.iter().filter(|attempt| attempt.response.is_some());
        assert_eq!(answers.count(), 1);
        assert!(delivery.log.last().unwrap().response.is_some());
    }

    #[test]
    fn one_is_due_from_its_moment_until_it_is_settled() {
        let (before, after) = (
            now() - SignedDuration::from_secs(1),
            now() + SignedDuration::from_secs(1),
        );
        let mut delivery = delivery();
        assert_eq!(
            [before, now(), after].map(|at| delivery.is_due(at)),
            [false, true, true]
        );
        delivery.record(attempt(200), DeliveryVerdict::Delivered, None, 0.0, 1.0, after);
        assert_eq!(
            (delivery.status, delivery.settled_at),
            (DeliveryStatus::Delivered, Some(after))
        );
        assert!(!delivery.is_due(after) && delivery.reason.is_none());
    }

    #[test]
    fn a_receiver_that_wants_no_more_is_not_asked_again() {
        let mut delivery = delivery();
        delivery.record(attempt(410), DeliveryVerdict::Gone, None, 0.0, 1.0, now());
        assert_eq!(
            (delivery.status, delivery.next_attempt_at),
            (DeliveryStatus::Dead, None)
        );
        assert!(delivery.reason.unwrap().contains("410"));
    }

    #[test]
    fn one_is_given_up_for_a_reason() {
        let mut delivery = delivery();
        delivery.give_up("Its target is gone.", now());
        assert_eq!(
            (delivery.status, delivery.reason.as_deref()),
            (DeliveryStatus::Dead, Some("Its target is gone."))
        );
    }
}
