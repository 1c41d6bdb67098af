//! Up to where conversations are complete: which window to walk, and how far the mark may move.

use jiff::{SignedDuration, Timestamp};

use crate::walk::Walk;

/// How far back the first run looks.
const FIRST_LOOK: SignedDuration = SignedDuration::from_hours(24);
/// Walked again each time: a young conversation may take a while to be listed.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// How far behind the mark may stay for conversations that are never over, or can never be read.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// Conversations begun in this stretch of time are walked. It is fixed before, because rows shift
/// while new calls begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) since: Timestamp,
    pub(crate) until: Timestamp,
    /// It begins no later than what is not known to be complete.
    joins_mark: bool,
}

impl Window {
    /// The window of a run at `now`; `asked` is where a person wants it to begin.
    pub(crate) fn new(mark: Option<Timestamp>, asked: Option<Timestamp>, now: Timestamp) -> Self {
        let usual = match mark {
            Some(mark) => before(mark.min(now), OVERLAP),
            None => before(now, FIRST_LOOK),
        };
        let since = asked.unwrap_or(usual);
        Self {
            since,
            until: now,
            joins_mark: since <= usual,
        }
    }
}

/// Where the mark moves after a walk; none when it stays.
pub(crate) fn next_mark(mark: Option<Timestamp>, window: Window, walk: &Walk) -> Option<Timestamp> {
    if !window.joins_mark {
        return None;
    }
    let read_until = match walk.all_read {
        true => window.until,
        false => walk.reached?,
    };
    let complete_until = walk.open_since.map_or(read_until, |open| open.min(read_until));
    if !walk.all_read {
        // Goes on from here, and never beyond what was read.
        return mark
            .is_none_or(|mark| complete_until > mark)
            .then_some(complete_until);
    }
    let next = complete_until
        .max(before(window.until, PATIENCE))
        .min(window.until);
    mark.is_none_or(|mark| next > mark).then_some(next)
}

fn before(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + secs).unwrap()
    }

    const HOUR: i64 = 3_600;

    #[test]
    fn the_first_run_looks_back_a_day_and_later_ones_to_the_mark_and_a_little() {
        assert_eq!(Window::new(None, None, at(0)).since, at(-24 * HOUR));
        assert_eq!(Window::new(Some(at(-HOUR)), None, at(0)).since, at(-HOUR - 600));
    }

    #[test]
    fn a_whole_walk_moves_the_mark_to_its_end() {
        let window = Window::new(Some(at(-HOUR)), None, at(0));
        let walk = Walk {
            all_read: true,
            reached: None,
            open_since: None,
        };
        assert_eq!(next_mark(Some(at(-HOUR)), window, &walk), Some(at(0)));
    }

    #[test]
    fn what_is_still_open_holds_the_mark_for_a_day() {
        let window = Window::new(Some(at(-HOUR)), None, at(0));
        let open = |since| Walk {
            all_read: true,
            reached: None,
            open_since: Some(at(since)),
        };
        assert_eq!(next_mark(Some(at(-HOUR)), window, &open(-60)), Some(at(-60)));
        assert_eq!(next_mark(Some(at(-HOUR)), window, &open(-HOUR - 300)), None);
        let old = Window::new(Some(at(-48 * HOUR)), None, at(0));
        assert_eq!(
            next_mark(Some(at(-48 * HOUR)), old, &open(-40 * HOUR)),
            Some(at(-24 * HOUR))
        );
    }

    #[test]
    fn a_walk_that_was_cut_short_goes_on_where_it_stopped() {
        let window = Window::new(Some(at(-9 * HOUR)), None, at(0));
        let cut = |reached, open: Option<i64>| Walk {
            all_read: false,
            reached: Some(at(reached)),
            open_since: open.map(at),
        };
        let mark = Some(at(-9 * HOUR));
        assert_eq!(
            next_mark(mark, window, &cut(-4 * HOUR, None)),
            Some(at(-4 * HOUR))
        );
        assert_eq!(
            next_mark(mark, window, &cut(-4 * HOUR, Some(-5 * HOUR))),
            Some(at(-5 * HOUR))
        );
        assert_eq!(next_mark(mark, window, &cut(-10 * HOUR, None)), None);
    }

    #[test]
    fn a_walk_that_began_after_the_mark_leaves_it() {
        let walk = Walk {
            all_read: true,
            reached: None,
            open_since: None,
        };
        let late = Window::new(Some(at(-HOUR)), Some(at(-60)), at(0));
        assert_eq!(next_mark(Some(at(-HOUR)), late, &walk), None);
        let early = Window::new(Some(at(-HOUR)), Some(at(-9 * HOUR)), at(0));
        assert_eq!(next_mark(Some(at(-HOUR)), early, &walk), Some(at(0)));
    }

    proptest! {
        #[test]
        fn the_mark_never_goes_back_and_never_passes_what_is_open_and_young(
            mark in proptest::option::of(-200_000i64..100), asked in proptest::option::of(-300_000i64..100),
            all_read: bool, open in proptest::option::of(-300_000i64..0),
            reached in proptest::option::of(-300_000i64..0),
        ) {
            let (mark, asked) = (mark.map(at), asked.map(at));
            let window = Window::new(mark, asked, at(0));
            let walk = Walk { all_read, reached: reached.map(at), open_since: open.map(at) };
            if let Some(next) = next_mark(mark, window, &walk) {
                prop_assert!(all_read || reached.is_some_and(|reached| next <= at(reached)));
                prop_assert!(mark.is_none_or(|mark| next > mark));
                prop_assert!(next <= at(0));
                prop_assert!(open.is_none_or(|open| open < -24 * HOUR || next <= at(open)));
            }
        }
    }
}
