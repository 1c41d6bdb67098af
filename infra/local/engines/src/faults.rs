use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Stands for every operation in [`Faults::next`] and [`Faults::fraction`].
pub const ANY_OPERATION: &str = "*";

/// Faults to be injected into one engine. Clones share the same faults.
///
/// Operations are spelt as AWS spells them (`TransactWriteItems`, `SendMessage`). The first rule that
/// matches and fires decides; a used-up rule is dropped.
#[derive(Debug)]
pub struct Faults<F> {
    state: Arc<Mutex<State<F>>>,
}

#[derive(Debug)]
struct State<F> {
    rules: Vec<Rule<F>>,
    injected: u64,
}

#[derive(Debug)]
struct Rule<F> {
    operation: String,
    fault: F,
    when: When,
}

#[derive(Debug)]
enum When {
    Next(u32),
    Fraction(f64, Box<StdRng>),
}

impl<F> Clone for Faults<F> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
        }
    }
}

impl<F> Default for Faults<F> {
    fn default() -> Self {
        let state = State {
            rules: Vec::new(),
            injected: 0,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }
}

impl<F: Copy> Faults<F> {
    /// The next `times` requests of `operation` fail in this way.
    pub fn next(&self, operation: &str, fault: F, times: u32) {
        self.add(operation, fault, When::Next(times));
    }

    /// From now on this fraction (0 to 1) of the requests of `operation` fails in this way, drawn from `seed`.
    pub fn fraction(&self, operation: &str, fault: F, fraction: f64, seed: u64) {
        let chance = Box::new(StdRng::seed_from_u64(seed));
        self.add(operation, fault, When::Fraction(fraction.clamp(0.0, 1.0), chance));
    }

    /// Forgets every rule; the count of injected faults stays.
    pub fn clear(&self) {
        self.locked(|state| state.rules.clear());
    }

    /// How many faults have been injected since the engine started.
    #[must_use]
    pub fn injected(&self) -> u64 {
        self.locked(|state| state.injected)
    }

    /// Decides about one request.
    pub(crate) fn draw(&self, operation: &str) -> Option<F> {
        self.draw_if(operation, |_| true)
    }

    /// Like [`Faults::draw`], among those faults only that `applies` picks.
    pub(crate) fn draw_if(&self, operation: &str, applies: impl Fn(F) -> bool) -> Option<F> {
        self.locked(|state| {
            let hit = state
                .rules
                .iter_mut()
                .find_map(|rule| rule.fires(operation, &applies))?;
            state.injected += 1;
            state.rules.retain(|rule| !matches!(rule.when, When::Next(0)));
            Some(hit)
        })
    }

    fn add(&self, operation: &str, fault: F, when: When) {
        let rule = Rule {
            operation: operation.to_owned(),
            fault,
            when,
        };
        self.locked(|state| state.rules.push(rule));
    }

    fn locked<T>(&self, act: impl FnOnce(&mut State<F>) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<F: Copy> Rule<F> {
    fn fires(&mut self, operation: &str, applies: impl Fn(F) -> bool) -> Option<F> {
        if (self.operation != ANY_OPERATION && self.operation != operation) || !applies(self.fault) {
            return None;
        }
        let fires = match &mut self.when {
            When::Next(left) => {
                let fires = *left > 0;
                *left = left.saturating_sub(1);
                fires
            }
            When::Fraction(fraction, chance) => chance.random_bool(*fraction),
        };
        fires.then_some(self.fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_fails_that_many_requests_of_that_operation_only() {
        let faults = Faults::default();
        faults.next("PutItem", 'x', 2);
        assert_eq!(faults.draw("GetItem"), None);
        assert_eq!(faults.draw("PutItem"), Some('x'));
        assert_eq!(faults.draw("PutItem"), Some('x'));
        assert_eq!(faults.draw("PutItem"), None);
        assert_eq!(faults.injected(), 2);
    }

    #[test]
    fn a_fraction_hits_about_that_many_requests_of_any_operation() {
        let faults = Faults::default();
        faults.fraction(ANY_OPERATION, 'x', 0.25, 7);
        let hits = (0..4_000).filter(|_| faults.draw("Query").is_some()).count();
        assert!((800..1_200).contains(&hits), "{hits}");
        faults.clear();
        assert_eq!(faults.draw("Query"), None);
    }
}
