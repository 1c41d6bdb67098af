//! How sure a share is.

use serde::{Deserialize, Serialize};

/// Two-sided 95 % of a normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// What a true value lies between, in 95 of 100 cases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proportion {
    hits: u64,
    of: u64,
}

impl Proportion {
    /// `hits` of `of`; none of nothing, and when there are more hits than there can be.
    pub fn new(hits: u64, of: u64) -> Option<Self> {
        (of > 0 && hits <= of).then_some(Self { hits, of })
    }

    /// The share, 0 to 1.
    pub fn share(self) -> f64 {
        // Counts are far below 2^53: nothing is lost in the conversions.
        self.hits as f64 / self.of as f64
    }

    /// Where the true share lies (Wilson 1927), 0 to 1. Holds for few cases and for shares of nearly 0 or 1,
    /// where the usual interval does not.
    pub fn interval(self) -> Interval {
        let (n, p) = (self.of as f64, self.share());
        let middle = p + Z * Z / (2.0 * n);
        let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + Z * Z / n;
        // At the ends rounding must not move what is exactly 0 or 1.
        Interval {
            low: match self.hits {
                0 => 0.0,
                _ => ((middle - half) / scale).max(0.0),
            },
            high: match self.hits == self.of {
                true => 1.0,
                false => ((middle + half) / scale).min(1.0),
            },
        }
    }

    /// Where the true difference to another share lies, this one less that one, -1 to 1 (Newcombe 1998,
    /// "Interval estimation for the difference between independent proportions", method 10).
    pub fn difference(self, other: Self) -> Interval {
        let (p, q) = (self.share(), other.share());
        let (of_p, of_q) = (self.interval(), other.interval());
        let below = (p - of_p.low).hypot(of_q.high - q);
        let above = (of_p.high - p).hypot(q - of_q.low);
        Interval {
            low: (p - q - below).max(-1.0),
            high: (p - q + above).min(1.0),
        }
    }

    /// How many standard errors this share lies below another, by a test that takes both for the same
    /// (two-proportion z-test, pooled); 0 when both are all or nothing.
    pub fn below(self, other: Self) -> f64 {
        let (n, m) = (self.of as f64, other.of as f64);
        let pooled = (self.hits + other.hits) as f64 / (n + m);
        let error = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
        match error > 0.0 {
            true => (other.share() - self.share()) / error,
            false => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn share(hits: u64, of: u64) -> Proportion {
        Proportion::new(hits, of).unwrap()
    }

    /// To the digits that are printed there.
    fn near(found: Interval, low: f64, high: f64) -> bool {
        (found.low - low).abs() < 0.000_051 && (found.high - high).abs() < 0.000_051
    }

    #[test]
    fn shares_have_the_intervals_that_were_published() {
        // R. G. Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I, method 3.
        for (hits, of, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let found = share(hits, of).interval();
            assert!(near(found, low, high), "{hits} of {of}: {found:?}");
        }
    }

    #[test]
    fn differences_have_the_intervals_that_were_published() {
        // R. G. Newcombe, Interval estimation for the difference between independent proportions, 1998,
        // table II, method 10.
        for ((hits, of), (others, of_others), low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((0, 10), (0, 10), -0.2775, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0),
            ((10, 10), (0, 10), 0.6075, 1.0),
        ] {
            let found = share(hits, of).difference(share(others, of_others));
            assert!(
                near(found, low, high),
                "{hits}/{of} - {others}/{of_others}: {found:?}"
            );
        }
    }

    #[test]
    fn a_share_that_fell_is_standard_errors_below() {
        // 0.2 against 0.5, pooled 0.35: 0.3 / sqrt(0.35 * 0.65 * 0.02) = 4.4475.
        let found = share(20, 100).below(share(50, 100));
        assert!((found - 4.447_495).abs() < 0.000_001, "{found}");
        assert_eq!(share(0, 10).below(share(0, 90)), 0.0);
    }

    #[test]
    fn of_nothing_there_is_no_share() {
        assert_eq!(Proportion::new(0, 0), None);
        assert_eq!(Proportion::new(3, 2), None);
    }

    proptest! {
        #[test]
        fn intervals_hold_the_share_and_stay_in_bounds(a in 0u64..500, b in 1u64..500, c in 0u64..500, d in 1u64..500) {
            let (first, second) = (share(a.min(b), b), share(c.min(d), d));
            let of_first = first.interval();
            prop_assert!(0.0 <= of_first.low && of_first.low <= first.share());
            prop_assert!(first.share() <= of_first.high && of_first.high <= 1.0);
            let (there, back) = (first.difference(second), second.difference(first));
            prop_assert!(there.low <= first.share() - second.share() && first.share() - second.share() <= there.high);
            prop_assert!((there.low + back.high).abs() < 1e-9 && (there.high + back.low).abs() < 1e-9);
        }
    }
}
