//! When a delivery that failed is tried again.

use jiff::{SignedDuration, Timestamp};

/// Between an attempt and the next, in seconds. Like the example of the Standard Webhooks
/// specification, with a longer tail: somebody who comes back after a day still gets everything.
const WAITS_SECS: [i64; 8] = [
    5,
    5 * 60,
    30 * 60,
    2 * 3_600,
    5 * 3_600,
    8 * 3_600,
    10 * 3_600,
    14 * 3_600,
];
/// Share of a wait that chance may add, so that what failed together does not come back together.
const JITTER: f64 = 0.2;

/// Attempts at one delivery before it is given up: the first, and one after each wait.
pub const EVENT_ATTEMPTS: u32 = WAITS_SECS.len() as u32 + 1;
/// The longest `Retry-After` that is honoured.
pub const MAX_RETRY_AFTER: SignedDuration = SignedDuration::from_hours(6);

/// When to try again after `made` attempts; none when that was the last one.
///
/// `retry_after` is what the receiver asked for, `chance` is 0 to 1, and waits are divided by
/// `clock_factor`, which is 1 but for rehearsals. What the receiver asks for is never shortened, up to
/// [`MAX_RETRY_AFTER`].
pub fn next_attempt(
    made: u32,
    retry_after: Option<SignedDuration>,
    chance: f64,
    clock_factor: f64,
    now: Timestamp,
) -> Option<Timestamp> {
    let index = usize::try_from(made).ok()?.checked_sub(1)?;
    let secs = *WAITS_SECS.get(index)? as f64;
    let chance = if chance.is_finite() {
        chance.clamp(0.0, 1.0)
    } else {
        0.0
    };
    let factor = if clock_factor.is_finite() {
        clock_factor.max(1.0)
    } else {
        1.0
    };
    let planned = SignedDuration::from_secs_f64(secs * (1.0 + JITTER * chance) / factor);
    let asked = retry_after.unwrap_or(SignedDuration::ZERO).min(MAX_RETRY_AFTER);
    now.checked_add(planned.max(asked)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    proptest! {
        /// Whatever chance and receiver do.
        #[test]
        fn there_are_at_least_eight_attempts_over_at_least_27_hours(
            chances in prop::collection::vec(0.0f64..=1.0, 20),
            asked in prop::collection::vec(prop::option::of(-1_000i64..1_000_000), 20),
        ) {
            let first = at("2026-11-20T12:00:00Z");
            let (mut now, mut made) = (first, 1u32);
            loop {
                let (index, secs) = (made as usize, asked[made as usize]);
                let retry_after = secs.map(SignedDuration::from_secs);
                let Some(next) = next_attempt(made, retry_after, chances[index], 1.0, now) else { break };
                let wait = next.duration_since(now);
                prop_assert!(wait >= SignedDuration::from_secs(5));
                prop_assert!(wait >= retry_after.unwrap_or_default().min(MAX_RETRY_AFTER));
                prop_assert!(wait <= SignedDuration::from_hours(17));
                now = next;
                made += 1;
            }
            prop_assert_eq!(made, EVENT_ATTEMPTS);
            prop_assert!(made >= 8);
            prop_assert!(now.duration_since(first) >= SignedDuration::from_hours(27));
        }
    }

    #[test]
    fn odd_numbers_are_taken_for_none() {
        let now = at("2026-11-20T12:00:00Z");
        assert_eq!(next_attempt(0, None, 0.5, 1.0, now), None);
        assert_eq!(next_attempt(u32::MAX, None, 0.5, 1.0, now), None);
        let plain = next_attempt(1, None, 0.0, 1.0, now);
        assert_eq!(next_attempt(1, None, f64::NAN, f64::NAN, now), plain);
        assert_eq!(next_attempt(1, None, -3.0, 0.0, now), plain);
        assert_eq!(next_attempt(2, None, 0.5, 1.0, Timestamp::MAX), None);
    }

    #[test]
    fn chance_adds_up_to_a_fifth_and_a_rehearsal_is_faster() {
        let now = at("2026-11-20T12:00:00Z");
        let wait = |made, chance, factor| {
            next_attempt(made, None, chance, factor, now).map(|next| next.duration_since(now).as_secs())
        };
        let plain: Vec<_> = (1..=9).map(|made| wait(made, 0.0, 1.0)).collect();
        let secs = [5, 300, 1_800, 7_200, 18_000, 28_800, 36_000, 50_400].map(Some);
        assert_eq!(plain[..8], secs);
        assert_eq!(plain[8], None);
        assert_eq!(
            (wait(2, 1.0, 1.0), wait(2, 0.5, 1.0), wait(2, 0.0, 10.0)),
            (Some(360), Some(330), Some(30))
        );
        let asked = |hours| next_attempt(1, Some(SignedDuration::from_hours(hours)), 0.0, 1.0, now).unwrap();
        assert_eq!(
            (asked(2).duration_since(now), asked(9).duration_since(now)),
            (SignedDuration::from_hours(2), MAX_RETRY_AFTER)
        );
    }
}
