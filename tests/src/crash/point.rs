//! Points at which a process can die, and crashes at them.

use std::collections::BTreeSet;
use std::time::Instant;

use jiff::Timestamp;
use switchboard_local::border::Moment;

use super::step::Step;

/// A wait looks again and again, and each look is like the one before: this many stand for all.
const LOOKS: u32 = 3;

/// Whether every point is looked at, as `make crash-points` does.
///
/// Whoever dies before a request, or after one that only read, leaves what one leaves who dies after the last write
/// before it. So tests make do with the points after writes.
pub fn looks_at_every_point() -> bool {
    std::env::var_os("CRASH_POINTS").is_some_and(|which| which == "all")
}

/// A point at which a process can die.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// Which of the function's flows; empty where there is one.
    pub flow: String,
    /// The request.
    pub step: Step,
    /// On which side of its effect.
    pub moment: Moment,
}

/// A process that died.
#[derive(Debug, Clone)]
pub struct Crash {
    /// Where.
    pub point: Point,
    /// What it worked on.
    pub victim: String,
    /// When.
    pub at: Timestamp,
    /// The same, to measure from.
    pub since: Instant,
}

/// One invocation, as far as it came.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// Which of the function's flows.
    pub flow: String,
    /// Its requests, in order.
    pub steps: Vec<Step>,
    /// Those that were answered; the others were waiting when it ended, and nobody can die after them.
    pub answered: BTreeSet<Step>,
}

impl Run {
    /// Every point at which this run could have died; of a wait, the first looks.
    pub fn points(&self) -> Vec<Point> {
        let every = looks_at_every_point();
        // The first one stands for a process that dies before it does anything.
        let told_apart = |(index, step): &(usize, &Step)| {
            !step.only_reads() || *index == 0 || (every && step.nth <= LOOKS)
        };
        let moments = match every {
            true => [Moment::Before, Moment::After].as_slice(),
            false => &[Moment::After],
        };
        let at_each_moment = |(_, step): (usize, &Step)| {
            let at = |moment: &Moment| Point {
                flow: self.flow.clone(),
                step: step.clone(),
                moment: *moment,
            };
            let came = |moment: &&Moment| **moment == Moment::Before || self.answered.contains(step);
            moments.iter().filter(came).map(at).collect::<Vec<_>>()
        };
        self.steps
            .iter()
            .enumerate()
            .filter(told_apart)
            .flat_map(at_each_moment)
            .collect()
    }

    /// The next request, by its name.
    pub(super) fn next(&mut self, name: String) -> Step {
        let before = self.steps.iter().filter(|step| step.name == name).count();
        let step = Step {
            name,
            nth: u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1),
        };
        self.steps.push(step.clone());
        step
    }
}
