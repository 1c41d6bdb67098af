//! The people that each agent called.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::row::is_success;
use crate::{AgentId, Call};

/// The people that each agent called, and whether a call with them was a success.
#[derive(Debug, Default)]
pub(super) struct People {
    agents: Vec<(AgentId, u64)>,
    /// By place in `agents` and a short stand-in for the person's id: there may be a million of them.
    reached: HashMap<(usize, u64), bool>,
}

impl People {
    /// Takes a call that is over; one without an agent is no agent's, one without a person nobody's.
    pub(super) fn add(&mut self, call: &Call) {
        let Some(agent) = &call.agent_id else { return };
        let known = self.agents.iter().position(|(id, _)| id == agent);
        let place = known.unwrap_or_else(|| {
            self.agents.push((agent.clone(), 0));
            self.agents.len() - 1
        });
        self.agents[place].1 += 1;
        let Some(person) = &call.recipient_id else { return };
        let mut hasher = DefaultHasher::new();
        person.as_str().hash(&mut hasher);
        *self.reached.entry((place, hasher.finish())).or_default() |= is_success(call);
    }

    /// Each agent with its calls, its people, and those of them with a success; the one with the most calls
    /// first.
    pub(super) fn by_agent(self) -> Vec<(AgentId, u64, u64, u64)> {
        let mut people = vec![(0, 0); self.agents.len()];
        for ((place, _), success) in self.reached {
            people[place].0 += 1;
            people[place].1 += u64::from(success);
        }
        let counted = self.agents.into_iter().zip(people);
        let mut all: Vec<_> = counted
            .map(|((id, calls), (people, successes))| (id, calls, people, successes))
            .collect();
        all.sort_by(|(id, calls, ..), (other, others, ..)| others.cmp(calls).then(id.cmp(other)));
        all
    }
}
