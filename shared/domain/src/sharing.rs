//! How campaigns share what there is room for.

use std::collections::BTreeMap;

use crate::CampaignId;

/// A call, in the unit that a [`Balance`] counts in.
const CALL: i64 = 1_000;

/// What one campaign has and wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Twice the weight, twice the calls; at least 1.
    pub weight: u32,
    /// Calls that it has in progress or on the dial queue.
    pub has: u64,
    /// Most that it can take besides.
    pub most: u64,
    /// What it had beyond its share until now, in thousandths of a call: [`Balance::ahead`].
    pub ahead: i64,
}

impl Claim {
    /// Thousandths of a call that it would have at the middle of the next one, with `given` more.
    fn reaches(&self, given: u64) -> i128 {
        i128::from(self.has + given) * i128::from(CALL) + i128::from(CALL / 2 + self.ahead)
    }

    fn weight(&self) -> i128 {
        i128::from(self.weight.max(1))
    }
}

/// What campaigns had in progress beyond their shares. Calls are whole and shares are not: of 22 calls at one time
/// a sixth is 4 again and again, unless somebody remembers that it was 4 the last time.
#[derive(Debug, Clone, Default)]
pub struct Balance {
    ahead: BTreeMap<CampaignId, i64>,
}

impl Balance {
    /// What this campaign had beyond its share, in thousandths of a call: 1,000 at the most, or at the least.
    pub fn ahead(&self, campaign: &CampaignId) -> i64 {
        self.ahead.get(campaign).copied().unwrap_or(0)
    }

    /// Counts what the campaigns that want calls have in progress (each with its weight), when `given` more are given
    /// out. Measured in calls, not in time, it is as fast as the calls are short. Of others nothing is remembered:
    /// nobody is owed what it could not take.
    pub fn count(&mut self, given: u64, in_progress: &[(&CampaignId, u32, u64)]) {
        self.ahead
            .retain(|known, _| in_progress.iter().any(|(id, ..)| *id == known));
        let all: u64 = in_progress.iter().map(|(.., calls)| calls).sum();
        let weights: u64 = in_progress.iter().map(|(_, w, _)| u64::from((*w).max(1))).sum();
        if given == 0 || all == 0 || in_progress.len() < 2 {
            return;
        }
        let (all, weights) = (i128::from(all), i128::from(weights));
        // More than there are in progress is no more than once around.
        let given = i128::from(given).min(all);
        for (campaign, weight, calls) in in_progress {
            let surplus = i128::from(*calls) * weights - all * i128::from((*weight).max(1));
            let counted = surplus * i128::from(CALL / 2) * given / (weights * all);
            let ahead = i64::try_from(counted).unwrap_or(0) + self.ahead(campaign);
            self.ahead.insert((*campaign).clone(), ahead.clamp(-CALL, CALL));
        }
    }
}

/// Shares `room` among claims, in their order: each further call goes to whoever has least for its weight,
/// counted to the middle of that call (the method of Sainte-Laguë, which favours neither large nor small).
/// What one cannot take the others get, so nothing is left over while anybody wants more, and nobody who
/// wants something is passed over for long.
pub fn share(room: u64, claims: &[Claim]) -> Vec<u64> {
    let mut given = vec![0; claims.len()];
    for _ in 0..room {
        let next = claims
            .iter()
            .zip(&given)
            .enumerate()
            .filter(|(_, (claim, given))| **given < claim.most)
            // Compared as the cross product of what each would have then, and the weights.
            .min_by(|(_, (a, a_given)), (_, (b, b_given))| {
                let left = a.reaches(**a_given) * b.weight();
                left.cmp(&(b.reaches(**b_given) * a.weight()))
            });
        match next {
            Some((index, _)) => given[index] += 1,
            None => break,
        }
    }
    given
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claim(weight: u32, has: u64, most: u64) -> Claim {
        Claim {
            weight,
            has,
            most,
            ahead: 0,
        }
    }

    #[test]
    fn twice_the_weight_is_twice_the_calls() {
        let claims = [claim(10, 0, 99), claim(20, 0, 99), claim(30, 0, 99)];
        assert_eq!(share(12, &claims), [2, 4, 6]);
        // Who has more than its share already waits until the others have theirs.
        assert_eq!(share(6, &[claim(10, 6, 99), claim(10, 0, 99)]), [0, 6]);
    }

    #[test]
    fn what_one_cannot_take_the_others_get() {
        assert_eq!(share(10, &[claim(10, 0, 2), claim(10, 0, 99)]), [2, 8]);
        assert_eq!(share(10, &[claim(10, 0, 2), claim(10, 0, 3)]), [2, 3]);
        assert_eq!(share(10, &[]), [0; 0]);
    }

    proptest! {
        #[test]
        fn the_room_is_used_and_never_more(
            room in 0u64..400,
            claims in prop::collection::vec((1u32..=100, 0u64..100, 0u64..200), 0..12),
        ) {
            let claims: Vec<Claim> = claims.into_iter().map(|(weight, has, most)| claim(weight, has, most)).collect();
            let given = share(room, &claims);
            let wanted: u64 = claims.iter().map(|claim| claim.most).sum();
            prop_assert_eq!(given.iter().sum::<u64>(), room.min(wanted));
            prop_assert!(given.iter().zip(&claims).all(|(given, claim)| *given <= claim.most));
        }

        /// Calls of random length end, and their places are given out anew: in the long run everybody has
        /// their share of the slots, whatever the weights are.
        #[test]
        fn in_the_long_run_everybody_has_their_share(
            weights in prop::collection::vec(1u32..=20, 2..5),
            seed in any::<u64>(),
        ) {
            use rand::{RngExt, SeedableRng};
            let mut rng = rand::rngs::StdRng::seed_from_u64(seed);
            let slots = 60_u64;
            let mut ends: Vec<Vec<u32>> = vec![Vec::new(); weights.len()];
            let mut held = vec![0_u64; weights.len()];
            for second in 0..4_000_u32 {
                for calls in &mut ends {
                    calls.retain(|end| *end > second);
                }
                let busy: u64 = ends.iter().map(|calls| calls.len() as u64).sum();
                let claims: Vec<Claim> =
                    weights.iter().zip(&ends).map(|(w, calls)| claim(*w, calls.len() as u64, 1_000)).collect();
                for (calls, given) in ends.iter_mut().zip(share(slots - busy, &claims)) {
                    calls.extend((0..given).map(|_| second + rng.random_range(10..=50)));
                }
                for (held, calls) in held.iter_mut().zip(&ends) {
                    *held += calls.len() as u64;
                }
            }
            let (all, sum): (u64, u32) = (held.iter().sum(), weights.iter().sum());
            for (held, weight) in held.iter().zip(&weights) {
                let (got, due) = (*held as f64 / all as f64, f64::from(*weight) / f64::from(sum));
                prop_assert!((got - due).abs() < 0.05, "{got} of {due}");
            }
        }
    }

    /// What three campaigns of weight 1, 2 and 3 have of 15 slots, with 7 more on the queue, over 3,000 seconds of
    /// calls that last `lasts` on the average.
    fn shares_of_fifteen(lasts: u32, remembered: bool) -> [f64; 3] {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand::rngs::StdRng::seed_from_u64(7);
        let ids = [1, 2, 3].map(|weight| (CampaignId::derived(&[&weight.to_string()]), weight));
        let mut balance = Balance::default();
        let (mut ends, mut queue) = ([const { Vec::<u32>::new() }; 3], Vec::new());
        let mut held = [0_usize; 3];
        for second in 0..4 * lasts + 3_000 {
            for calls in &mut ends {
                calls.retain(|end| *end > second);
            }
            let live = ends.each_ref().map(|calls| calls.len() as u64);
            let claims: Vec<Claim> = (0..3)
                .map(|n| Claim {
                    weight: ids[n].1,
                    has: live[n] + queue.iter().filter(|of| **of == n).count() as u64,
                    most: 1_000,
                    ahead: if remembered { balance.ahead(&ids[n].0) } else { 0 },
                })
                .collect();
            let given = share(22 - live.iter().sum::<u64>() - queue.len() as u64, &claims);
            let in_progress: Vec<_> = (0..3).map(|n| (&ids[n].0, ids[n].1, live[n])).collect();
            balance.count(given.iter().sum(), &in_progress);
            for (campaign, given) in given.into_iter().enumerate() {
                queue.extend((0..given).map(|_| campaign));
            }
            while !queue.is_empty() && ends.iter().map(Vec::len).sum::<usize>() < 15 {
                let next = queue.swap_remove(rng.random_range(0..queue.len()));
                ends[next].push(second + rng.random_range(lasts / 2..=lasts * 3 / 2));
            }
            if second >= 4 * lasts {
                held = std::array::from_fn(|n| held[n] + ends[n].len());
            }
        }
        held.map(|held| held as f64 / 45_000.0)
    }

    #[test]
    fn what_calls_that_are_whole_leave_over_is_made_up_for() {
        for lasts in [7, 30, 90] {
            let shares = shares_of_fifteen(lasts, true);
            for (share, weight) in shares.iter().zip([1.0, 2.0, 3.0]) {
                assert!(
                    (share * 6.0 / weight - 1.0).abs() < 0.03,
                    "{shares:?} at {lasts} s"
                );
            }
        }
        // Without it, the smallest has a tenth too much.
        assert!(shares_of_fifteen(7, false)[0] > 0.175);
    }

    #[test]
    fn nobody_is_owed_more_than_a_call_nor_what_it_could_not_take() {
        let (one, two) = (CampaignId::derived(&["1"]), CampaignId::derived(&["2"]));
        let mut balance = Balance::default();
        balance.count(1, &[(&one, 1, 6), (&two, 1, 2)]);
        // Two too many of eight, and one of eight is given out: half of a quarter.
        assert_eq!((balance.ahead(&one), balance.ahead(&two)), (125, -125));
        for _ in 0..99 {
            balance.count(100, &[(&one, 1, 6), (&two, 1, 2)]);
        }
        assert_eq!((balance.ahead(&one), balance.ahead(&two)), (1_000, -1_000));
        balance.count(0, &[(&one, 1, 2), (&two, 1, 6)]);
        balance.count(1, &[(&one, 1, 0), (&two, 1, 0)]);
        assert_eq!((balance.ahead(&one), balance.ahead(&two)), (1_000, -1_000));
        balance.count(1, &[(&one, 1, 6)]);
        assert_eq!((balance.ahead(&one), balance.ahead(&two)), (1_000, 0));
        balance.count(1, &[]);
        assert_eq!(balance.ahead(&one), 0);
        // Of equals, the one that had more waits.
        let of = |ahead| Claim {
            weight: 1,
            has: 3,
            most: 9,
            ahead,
        };
        assert_eq!(share(1, &[of(1), of(0)]), [0, 1]);
    }

    #[test]
    fn a_campaign_without_weight_counts_as_one_and_of_equals_the_first_goes_first() {
        assert_eq!(share(2, &[claim(0, 0, 9), claim(1, 0, 9)]), [1, 1]);
        assert_eq!(share(1, &[claim(5, 0, 9), claim(5, 0, 9)]), [1, 0]);
        // Counted to the middle of the next call: 1 of 10 and 3 of 30 are alike, and so are 3 of 10 and 9 of 30.
        assert_eq!(share(4, &[claim(10, 0, 9), claim(30, 0, 9)]), [1, 3]);
        assert_eq!(share(1, &[claim(10, 1, 9), claim(30, 3, 9)]), [0, 1]);
    }
}
