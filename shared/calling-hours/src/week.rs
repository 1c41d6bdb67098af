//! The minutes of a week, each open or closed.

use jiff::civil::Weekday;

pub(crate) const MINUTES_A_DAY: usize = 1440;
pub(crate) const MINUTES_A_WEEK: usize = 7 * MINUTES_A_DAY;
const WORDS: usize = MINUTES_A_WEEK.div_ceil(64);

/// One bit a minute, Monday 00:00 first. Set is open.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Week([u64; WORDS]);

impl Week {
    pub(crate) fn closed() -> Self {
        Self([0; WORDS])
    }

    /// Opens the minutes from `from` up to `to`.
    pub(crate) fn open(&mut self, from: usize, to: usize) {
        for (word, mask) in masks(from, to) {
            self.0[word] |= mask;
        }
    }

    fn close(&mut self, from: usize, to: usize) {
        for (word, mask) in masks(from, to) {
            self.0[word] &= !mask;
        }
    }

    /// Closes everything outside of the spans, which are sorted.
    pub(crate) fn keep_only(&mut self, spans: &[(u16, u16)]) {
        let mut reached = 0;
        for (from, to) in spans {
            self.close(reached, usize::from(*from));
            reached = usize::from(*to);
        }
        self.close(reached, MINUTES_A_WEEK);
    }

    /// Whether the minute is open.
    pub(crate) fn is_open(&self, weekday: Weekday, minute: usize) -> bool {
        let at = start_of(weekday) + minute;
        self.0.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// The first minute of the day, from `minute` on, that is open (or closed).
    pub(crate) fn find(&self, weekday: Weekday, minute: usize, open: bool) -> Option<usize> {
        let start = start_of(weekday);
        masks(start + minute, start + MINUTES_A_DAY).find_map(|(word, mask)| {
            let bits = if open { self.0[word] } else { !self.0[word] } & mask;
            (bits != 0).then(|| word * 64 + bits.trailing_zeros() as usize - start)
        })
    }
}

fn start_of(weekday: Weekday) -> usize {
    usize::from(weekday.to_monday_zero_offset().unsigned_abs()) * MINUTES_A_DAY
}

/// The words that a span of minutes touches, each with the bits that lie inside.
fn masks(from: usize, to: usize) -> impl Iterator<Item = (usize, u64)> {
    let to = to.min(MINUTES_A_WEEK);
    (from / 64..to.div_ceil(64)).map(move |word| {
        let (low, high) = (
            from.max(word * 64) - word * 64,
            to.min(word * 64 + 64) - word * 64,
        );
        let below_high = if high == 64 { u64::MAX } else { (1 << high) - 1 };
        (
            word,
            if low >= 64 {
                0
            } else {
                below_high & (u64::MAX << low)
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_a_set_of_minutes(
            opened in prop::collection::vec((0..MINUTES_A_WEEK, 0..3000usize), 0..5),
            kept in (0..5000u16, 0..2000u16, 0..3000u16),
            day in 1..=7i8,
            minute in 0..MINUTES_A_DAY,
        ) {
            let (kept_from, kept_to) = (kept.0, kept.0 + kept.1);
            let kept = [(kept_from, kept_to), (kept_to + 1, kept_to + 1 + kept.2)];
            let mut week = Week::closed();
            for (from, length) in &opened {
                week.open(*from, (from + length).min(MINUTES_A_WEEK));
            }
            week.keep_only(&kept);
            let expected = |at: usize| {
                opened.iter().any(|(from, length)| (*from..from + length).contains(&at))
                    && kept.iter().any(|(from, to)| (usize::from(*from)..usize::from(*to)).contains(&at))
            };
            let weekday = Weekday::from_monday_one_offset(day).unwrap();
            let start = start_of(weekday);
            prop_assert_eq!(week.is_open(weekday, minute), expected(start + minute));
            for open in [true, false] {
                let first = (minute..MINUTES_A_DAY).find(|m| expected(start + m) == open);
                prop_assert_eq!(week.find(weekday, minute, open), first);
            }
        }
    }
}
