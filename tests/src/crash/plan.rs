//! Who dies where.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use switchboard_local::border::Moment;

use super::point::{Point, looks_at_every_point};

/// Who dies where.
#[derive(Debug, Clone, Default)]
pub enum Plan {
    /// Nobody: only look.
    #[default]
    Look,
    /// Whoever first comes to one of these points, and nothing twice.
    First(BTreeSet<Point>),
    /// Everybody who comes to this point, and nothing twice.
    Everybody(Point),
    /// Whoever comes to a point at which nobody has died yet, so many times.
    Explore {
        /// Where somebody has died.
        explored: Arc<Explored>,
        /// Most crashes.
        most: usize,
        /// Of a write that a flow repeats, so many are told apart.
        writes: u32,
    },
}

impl Plan {
    /// Whether a process dies at this point, that works on `victim`. Those in `victims` died before.
    pub(super) fn strikes(&mut self, point: &Point, victim: &str, victims: &HashSet<String>) -> bool {
        match self {
            Self::Look => false,
            Self::First(points) => !victims.contains(victim) && points.remove(point),
            Self::Everybody(here) => !victims.contains(victim) && here == point,
            Self::Explore {
                explored,
                most,
                writes,
            } => {
                let strikes = *most > 0 && is_told_apart(point, *writes) && explored.claim(point);
                *most -= usize::from(strikes);
                strikes
            }
        }
    }
}

/// Points at which somebody has died, whichever system it was in.
#[derive(Debug, Default)]
pub struct Explored {
    points: Mutex<BTreeSet<Point>>,
}

impl Explored {
    fn points(&self) -> MutexGuard<'_, BTreeSet<Point>> {
        self.points.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody who comes to this point is to die: nobody has yet.
    fn claim(&self, point: &Point) -> bool {
        let mut points = self.points();
        is_new(&points, point) && points.insert(point.clone())
    }

    /// Of these points, those at which nobody has died. Of a write, the first `writes` are looked at.
    pub fn missing(&self, seen: &[Point], writes: u32) -> BTreeSet<Point> {
        let points = self.points();
        let missing = seen
            .iter()
            .filter(|point| is_told_apart(point, writes) && is_new(&points, point));
        missing.cloned().collect()
    }
}

fn is_new(points: &BTreeSet<Point>, point: &Point) -> bool {
    // What only reads is the same in every flow.
    let known = |known: &Point| known.step == point.step && known.moment == point.moment;
    match point.step.only_reads() {
        true => !points.iter().any(known),
        false => !points.contains(point),
    }
}

/// A tick looks at everything every second, and renews its lease: the first time stands for all.
fn is_told_apart(point: &Point, writes: u32) -> bool {
    let step = &point.step;
    if (step.only_reads() || point.moment == Moment::Before) && !looks_at_every_point() {
        return false;
    }
    let repeats = step.only_reads() || step.name.contains("lease");
    step.nth <= if repeats { 1 } else { writes }
}
