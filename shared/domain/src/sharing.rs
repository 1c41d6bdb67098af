//! How campaigns share what there is room for.

/// What one campaign has and wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Twice the weight, twice the calls; at least 1.
    pub weight: u32,
    /// Calls that it has in progress or on the dial queue.
    pub has: u64,
    /// Most that it can take besides.
    pub most: u64,
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
            // Compared as the cross product of twice what each would have then, and the weights.
            .min_by(|(_, (a, has_a)), (_, (b, has_b))| {
                let of = |claim: &Claim, given: u64| 2 * u128::from(claim.has + given) + 1;
                let left = of(a, **has_a) * u128::from(b.weight.max(1));
                left.cmp(&(of(b, **has_b) * u128::from(a.weight.max(1))))
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
        Claim { weight, has, most }
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
}
