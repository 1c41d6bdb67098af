//! The guard that ends processes.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::Timestamp;
use switchboard_local::border::{Crossing, Fate, Guard, Moment};

use super::plan::Plan;
use super::point::{Crash, Point, Run};
use super::step::{Step, name_of};

/// What an invocation is about, told from its event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Which of the function's flows; empty where there is one.
    pub flow: String,
    /// What it works on.
    pub victim: String,
}

/// Reads an event; none: nobody is to die of it.
pub type ReadEvent = fn(&[u8]) -> Option<Subject>;

/// Watches the processes of one function, and ends them as planned.
pub struct Crashes {
    function: &'static str,
    read: ReadEvent,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    plan: Plan,
    flow: Option<String>,
    runs: HashMap<String, Run>,
    under_way: HashMap<(String, u64), Step>,
    crashes: Vec<Crash>,
    victims: HashSet<String>,
    spared: HashSet<String>,
}

impl Crashes {
    /// A guard that only looks, until there is a plan.
    pub fn of(function: &'static str, read: ReadEvent) -> Self {
        Self {
            function,
            read,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on there is this plan. What was seen is forgotten, and requests are counted anew.
    pub fn plan(&self, plan: Plan) {
        let mut state = self.state();
        state.plan = plan;
        state.runs.clear();
        state.under_way.clear();
    }

    /// These do not die, whatever the plan.
    pub fn spare(&self, victims: impl IntoIterator<Item = String>) {
        self.state().spared.extend(victims);
    }

    /// From now on it is this flow, whatever the event says.
    pub fn call_it(&self, flow: &str) {
        self.state().flow = Some(flow.to_owned());
    }

    /// Every invocation since the plan.
    pub fn runs(&self) -> Vec<Run> {
        self.state().runs.values().cloned().collect()
    }

    /// The points of the plan to which nobody has come yet.
    pub fn left(&self) -> Vec<Point> {
        match &self.state().plan {
            Plan::First(points) => points.iter().cloned().collect(),
            _ => Vec::new(),
        }
    }

    /// Everybody who died, and where.
    pub fn crashes(&self) -> Vec<Crash> {
        self.state().crashes.clone()
    }
}

impl Guard for Crashes {
    fn watches(&self, function: &str) -> bool {
        function == self.function
    }

    #[expect(clippy::disallowed_methods, reason = "the ledger has the real time")]
    fn passes(&self, crossing: &Crossing<'_>, moment: Moment) -> Fate {
        let Some(Subject { flow, victim }) = (self.read)(crossing.event) else {
            return Fate::Lives;
        };
        let state = &mut *self.state();
        let flow = state.flow.clone().unwrap_or(flow);
        let id = (crossing.request_id.to_owned(), crossing.serial);
        let step = match moment {
            Moment::Before => {
                let run = state.runs.entry(id.0.clone()).or_default();
                run.flow.clone_from(&flow);
                let step = run.next(name_of(crossing));
                state.under_way.insert(id, step.clone());
                step
            }
            Moment::After => {
                // It began before the plan.
                let Some(step) = state.under_way.remove(&id) else {
                    return Fate::Lives;
                };
                let run = state.runs.entry(id.0).or_default();
                run.answered.insert(step.clone());
                step
            }
        };
        let point = Point { flow, step, moment };
        let patient = format!("{} {victim}", point.flow);
        if state.spared.contains(&victim) || !state.plan.strikes(&point, &patient, &state.victims) {
            return Fate::Lives;
        }
        state.victims.insert(patient);
        state.crashes.push(Crash {
            point,
            victim,
            at: Timestamp::now(),
            since: Instant::now(),
        });
        Fate::Dies
    }
}

/// Several guards, each for its own function.
pub struct Guards(pub Vec<Arc<Crashes>>);

impl Guard for Guards {
    fn watches(&self, function: &str) -> bool {
        self.0.iter().any(|guard| guard.watches(function))
    }

    fn passes(&self, crossing: &Crossing<'_>, moment: Moment) -> Fate {
        match self.0.iter().find(|guard| guard.watches(crossing.function)) {
            Some(guard) => guard.passes(crossing, moment),
            None => Fate::Lives,
        }
    }
}
