//! How a provider bears our dials: the pace it can take, and when to leave it alone.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ProviderKind;

/// Failures in a row after which no dial is tried any more.
const FAILURES_TO_OPEN: u32 = 5;
/// How long a provider that just went down is left alone; doubles with each failed look.
const FIRST_REST: SignedDuration = SignedDuration::from_secs(5);
/// The longest it is left alone between two looks.
const LONGEST_REST: SignedDuration = SignedDuration::from_secs(60);
/// Milliseconds between dials after the first request to slow down; doubles with each.
const FIRST_SPACING_MS: i64 = 250;
/// The slowest pace, in milliseconds between dials.
const SLOWEST_SPACING_MS: i64 = 30_000;
/// Milliseconds between dials to a provider that has just come back.
const SPACING_AFTER_REST_MS: i64 = 1_000;
/// A pace faster than this is no limit any more.
const NO_SPACING_MS: i64 = 50;
/// The longest wait that a provider can ask for.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(10);

/// Whether a provider can be dialled through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProviderHealth {
    /// It takes every dial.
    Up,
    /// It asked us to slow down, or failed lately: dials go at a slower pace.
    Degraded,
    /// It failed again and again: nobody is dialled until a look shows that it is back.
    Down,
}

/// What happened at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderEvent {
    /// It gave a proper answer, yes or no.
    Answered,
    /// It asks us to slow down.
    SlowDown {
        /// How long it asks us to wait.
        retry_after: Option<SignedDuration>,
        /// What it said, for people.
        error: String,
    },
    /// It could not be reached, or broke down over a request.
    Failed {
        /// What happened, for people.
        error: String,
    },
}

/// What we know of how a provider bears our dials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProviderState {
    /// The platform.
    pub provider: ProviderKind,
    /// Whether it can be dialled through.
    pub health: ProviderHealth,
    /// Since when.
    pub since: Timestamp,
    /// Milliseconds between two dials; 0: no limit.
    pub spacing_ms: i64,
    /// No dial before this moment.
    pub next_dial_at: Option<Timestamp>,
    /// When it was last slowed down.
    pub slowed_at: Option<Timestamp>,
    /// Failures since the last proper answer.
    pub failures: u32,
    /// When a provider that is down is looked at again.
    pub look_again_at: Option<Timestamp>,
    /// What last went wrong, for people.
    pub last_error: Option<String>,
    /// When that was.
    pub last_error_at: Option<Timestamp>,
    /// Counts changes; every write is conditional on it.
    #[serde(default)]
    pub version: u64,
}

/// Whether a dial may begin now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// It may.
    Now,
    /// It may, and the next one has to wait: to be written before the dial begins.
    Take(ProviderState),
    /// Not before this moment.
    NotBefore(Timestamp),
    /// The provider is down; not before this moment, and then only if it is back.
    Down(Timestamp),
}

impl ProviderState {
    /// A provider of which nothing bad is known.
    pub fn fresh(provider: ProviderKind, now: Timestamp) -> Self {
        Self {
            provider,
            health: ProviderHealth::Up,
            since: now,
            spacing_ms: 0,
            next_dial_at: None,
            slowed_at: None,
            failures: 0,
            look_again_at: None,
            last_error: None,
            last_error_at: None,
            version: 0,
        }
    }

    /// Whether a dial may begin at `now`.
    pub fn turn(&self, now: Timestamp) -> Turn {
        if self.health == ProviderHealth::Down {
            return Turn::Down(
                self.look_again_at
                    .unwrap_or(now)
                    .max(later(now, SignedDuration::from_secs(1))),
            );
        }
        if let Some(next) = self.next_dial_at.filter(|next| *next > now) {
            return Turn::NotBefore(next);
        }
        if self.spacing_ms == 0 {
            return Turn::Now;
        }
        let mut taken = self.clone();
        taken.next_dial_at = Some(later(now, SignedDuration::from_millis(self.spacing_ms)));
        Turn::Take(taken)
    }

    /// A provider that is down is to be looked at.
    pub fn wants_a_look(&self, now: Timestamp) -> bool {
        self.health == ProviderHealth::Down && self.look_again_at.is_none_or(|at| at <= now)
    }

    /// The state after `event`; none when nothing changes, which is the rule.
    pub fn after(&self, event: &ProviderEvent, now: Timestamp) -> Option<Self> {
        let mut next = self.clone();
        match event {
            ProviderEvent::Answered => next.answered(),
            ProviderEvent::SlowDown { retry_after, error } => {
                next.slow_down(*retry_after, now);
                next.remember(error, now);
            }
            ProviderEvent::Failed { error } => {
                next.failed(now);
                next.remember(error, now);
            }
        }
        if next.health != self.health {
            next.since = now;
        }
        (next != *self).then_some(next)
    }

    fn remember(&mut self, error: &str, now: Timestamp) {
        self.last_error = Some(error.to_owned());
        self.last_error_at = Some(now);
    }

    fn answered(&mut self) {
        self.failures = 0;
        self.look_again_at = None;
        if self.health == ProviderHealth::Down {
            // Whoever comes back is not met by everybody at once.
            self.spacing_ms = SPACING_AFTER_REST_MS;
            self.health = ProviderHealth::Degraded;
            return;
        }
        self.spacing_ms /= 2;
        if self.spacing_ms < NO_SPACING_MS {
            self.spacing_ms = 0;
            self.next_dial_at = None;
            self.slowed_at = None;
            self.health = ProviderHealth::Up;
        }
    }

    fn slow_down(&mut self, retry_after: Option<SignedDuration>, now: Timestamp) {
        // Dials that were under way together are refused together: that is one request to slow down.
        let spacing = SignedDuration::from_millis(self.spacing_ms.max(FIRST_SPACING_MS));
        let is_news = self.slowed_at.is_none_or(|at| now.duration_since(at) >= spacing);
        if is_news {
            self.spacing_ms = (self.spacing_ms * 2).clamp(FIRST_SPACING_MS, SLOWEST_SPACING_MS);
            self.slowed_at = Some(now);
        }
        let wait = retry_after
            .unwrap_or(SignedDuration::from_millis(self.spacing_ms))
            .clamp(SignedDuration::ZERO, LONGEST_WAIT);
        self.next_dial_at = self.next_dial_at.max(Some(later(now, wait)));
        if self.health == ProviderHealth::Up {
            self.health = ProviderHealth::Degraded;
        }
    }

    fn failed(&mut self, now: Timestamp) {
        // Failures of dials that began before it went down say nothing new.
        if self.health == ProviderHealth::Down && !self.wants_a_look(now) {
            return;
        }
        self.failures = self.failures.saturating_add(1);
        if self.failures < FAILURES_TO_OPEN {
            return;
        }
        let doublings = (self.failures - FAILURES_TO_OPEN).min(10);
        let rest = (FIRST_REST * (1 << doublings)).min(LONGEST_REST);
        self.look_again_at = Some(later(now, rest));
        self.health = ProviderHealth::Down;
    }
}

fn later(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(secs).unwrap()
    }

    fn failed() -> ProviderEvent {
        ProviderEvent::Failed { error: "500".into() }
    }

    fn slow_down() -> ProviderEvent {
        ProviderEvent::SlowDown {
            retry_after: None,
            error: "429".into(),
        }
    }

    fn fresh() -> ProviderState {
        ProviderState::fresh(ProviderKind::Elevenlabs, at(0))
    }

    #[test]
    fn an_answer_from_a_healthy_provider_changes_nothing() {
        assert_eq!(fresh().after(&ProviderEvent::Answered, at(9)), None);
        assert_eq!(fresh().turn(at(9)), Turn::Now);
    }

    #[test]
    fn refused_dials_that_were_under_way_together_slow_the_pace_once() {
        let mut state = fresh();
        for _ in 0..15 {
            state = state.after(&slow_down(), at(10)).unwrap_or(state);
        }
        assert_eq!(state.spacing_ms, FIRST_SPACING_MS);
        assert!(matches!(state.turn(at(10)), Turn::NotBefore(_)));
        let again = state.after(&slow_down(), at(11)).unwrap();
        assert_eq!(again.spacing_ms, 2 * FIRST_SPACING_MS);
    }

    #[test]
    fn answers_bring_the_pace_back() {
        let mut state = fresh().after(&slow_down(), at(10)).unwrap();
        assert_eq!(state.health, ProviderHealth::Degraded);
        let mut answers = 0;
        while state.health != ProviderHealth::Up {
            state = state.after(&ProviderEvent::Answered, at(20)).unwrap();
            answers += 1;
        }
        assert!(answers <= 4, "{answers}");
        assert_eq!(state.turn(at(20)), Turn::Now);
    }

    #[test]
    fn a_wait_that_the_provider_asks_for_is_kept() {
        let event = ProviderEvent::SlowDown {
            retry_after: Some(SignedDuration::from_secs(30)),
            error: "429".into(),
        };
        let state = fresh().after(&event, at(10)).unwrap();
        assert_eq!(state.turn(at(39)), Turn::NotBefore(at(40)));
        assert!(matches!(state.turn(at(40)), Turn::Take(_)));
    }

    #[test]
    fn a_provider_that_fails_again_and_again_is_left_alone_and_looked_at() {
        let mut state = fresh();
        for _ in 0..FAILURES_TO_OPEN {
            state = state.after(&failed(), at(10)).unwrap();
        }
        assert_eq!(state.health, ProviderHealth::Down);
        assert!(!state.wants_a_look(at(14)) && state.wants_a_look(at(15)));
        // What was under way when it went down does not prolong the rest.
        assert_eq!(
            state.after(&failed(), at(12)).unwrap().look_again_at,
            state.look_again_at
        );
        let longer = state.after(&failed(), at(15)).unwrap();
        assert_eq!(longer.look_again_at, Some(at(25)));
        let back = longer.after(&ProviderEvent::Answered, at(26)).unwrap();
        assert_eq!(back.health, ProviderHealth::Degraded);
        assert!(matches!(back.turn(at(26)), Turn::Take(_)));
    }

    proptest! {
        /// Whatever happens, there is a moment from which on a dial or a look may be tried.
        #[test]
        fn no_state_is_without_an_exit(events in prop::collection::vec((0u8..3, 0i64..30), 0..80)) {
            let mut state = fresh();
            let mut now = 0;
            for (kind, passed) in events {
                now += passed;
                let event = match kind {
                    0 => ProviderEvent::Answered,
                    1 => slow_down(),
                    _ => failed(),
                };
                state = state.after(&event, at(now)).unwrap_or(state);
                prop_assert!(state.spacing_ms <= SLOWEST_SPACING_MS);
            }
            let rested = at(now + 600);
            prop_assert!(state.wants_a_look(rested) || matches!(state.turn(rested), Turn::Now | Turn::Take(_)));
            for _ in 0..40 {
                state = state.after(&ProviderEvent::Answered, rested).unwrap_or(state);
            }
            prop_assert_eq!(state.health, ProviderHealth::Up);
        }
    }

    #[test]
    fn a_pace_is_halved_by_every_answer_and_doubled_by_every_refusal_up_to_its_bounds() {
        let mut state = fresh();
        let mut spacings = Vec::new();
        for n in 0..9 {
            state = state.after(&slow_down(), at(100 * (n + 1))).unwrap();
            spacings.push(state.spacing_ms);
        }
        assert_eq!(
            spacings,
            [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]
        );
        assert_eq!(
            (state.last_error.as_deref(), state.last_error_at),
            (Some("429"), Some(at(900)))
        );
        assert_eq!(state.since, at(100), "it is as slow as before");
        spacings.clear();
        while state.health != ProviderHealth::Up {
            state = state.after(&ProviderEvent::Answered, at(1_000)).unwrap();
            spacings.push(state.spacing_ms);
        }
        assert_eq!(spacings, [15_000, 7_500, 3_750, 1_875, 937, 468, 234, 117, 58, 0]);
        assert_eq!(
            (state.next_dial_at, state.slowed_at, state.since),
            (None, None, at(1_000))
        );
    }

    #[test]
    fn a_refusal_is_news_once_the_pace_before_it_had_its_time() {
        let ms = |ms| Timestamp::from_millisecond(ms).unwrap();
        let slow = fresh().after(&slow_down(), ms(1_000)).unwrap();
        let spacing = |at| slow.after(&slow_down(), ms(at)).unwrap().spacing_ms;
        assert_eq!((spacing(1_249), spacing(1_250)), (250, 500));
    }

    #[test]
    fn whoever_dials_takes_the_turn_and_the_next_waits_for_the_pace() {
        let slow = fresh().after(&slow_down(), at(10)).unwrap();
        let Turn::Take(taken) = slow.turn(at(11)) else {
            panic!("it is nobody's turn");
        };
        let next = Timestamp::from_millisecond(11_250).unwrap();
        assert_eq!(taken.turn(at(11)), Turn::NotBefore(next));
        assert!(matches!(taken.turn(next), Turn::Take(_)));
    }

    #[test]
    fn whoever_fails_rests_longer_each_time_up_to_a_minute() {
        let mut state = fresh();
        let mut rests = Vec::new();
        for n in 1..=11 {
            let now = at(1_000 * n);
            state = state.after(&failed(), now).unwrap();
            rests.push(
                state
                    .look_again_at
                    .map(|again| again.duration_since(now).as_secs()),
            );
        }
        let secs = [5, 10, 20, 40, 60, 60, 60].map(Some);
        assert_eq!((&rests[..4], &rests[4..]), (&[None; 4][..], &secs[..]));
        assert_eq!((state.health, state.since), (ProviderHealth::Down, at(5_000)));
        assert_eq!(state.turn(at(11_000)), Turn::Down(at(11_060)));
        assert_eq!(state.turn(at(11_059)), Turn::Down(at(11_060)));
        assert_eq!(
            state.turn(at(20_000)),
            Turn::Down(at(20_001)),
            "a look is due, and no dial"
        );
        let back = state.after(&ProviderEvent::Answered, at(20_000)).unwrap();
        assert_eq!(
            (back.failures, back.look_again_at, back.spacing_ms),
            (0, None, 1_000)
        );
        assert!(!back.wants_a_look(at(99_999)));
    }

    #[test]
    fn nobody_is_asked_to_wait_longer_than_ten_minutes_or_into_the_past() {
        let wait = |secs| {
            let event = ProviderEvent::SlowDown {
                retry_after: Some(SignedDuration::from_secs(secs)),
                error: "429".into(),
            };
            fresh().after(&event, at(10)).unwrap().next_dial_at
        };
        assert_eq!(
            [-5, 600, 601].map(wait),
            [Some(at(10)), Some(at(610)), Some(at(610))]
        );
    }
}
