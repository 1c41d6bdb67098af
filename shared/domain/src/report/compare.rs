//! Which agent does better.

use serde::{Deserialize, Serialize};

use super::interval::{Interval, Proportion};
use super::people::People;
use crate::AgentId;

/// What came of the people whom one agent called. A person counts once, however often they were called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentResult {
    /// The agent.
    pub agent_id: AgentId,
    /// Its name, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Calls that were placed and are over.
    pub calls: u64,
    /// People whom it called.
    pub people: u64,
    /// People with whom a call was a success.
    pub successes: u64,
    /// Those of the people, 0 to 1; none without people.
    pub success_rate: Option<f64>,
    /// Where the true rate lies, with 95 % confidence (Wilson).
    pub interval: Option<Interval>,
}

impl AgentResult {
    fn proportion(&self) -> Option<Proportion> {
        Proportion::new(self.successes, self.people)
    }

    fn called<'a>(&'a self, fallback: &'a str) -> &'a str {
        self.name.as_deref().unwrap_or(fallback)
    }
}

/// Which of two agents does better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// The first one.
    First,
    /// The second one.
    Second,
    /// It may still be either.
    Undecided,
}

/// How two agents differ in their success rate per person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentDifference {
    /// The first agent.
    pub first: AgentId,
    /// The second agent.
    pub second: AgentId,
    /// The second one's rate less the first one's, in percentage points.
    pub points: f64,
    /// Where the true difference lies in percentage points, with 95 % confidence (Newcombe).
    pub interval: Interval,
    /// Which one does better.
    pub better: Better,
    /// The same as a sentence.
    pub sentence: String,
}

/// The agents of a campaign beside each other.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentComparison {
    /// Each agent, the one with the most calls first.
    pub agents: Vec<AgentResult>,
    /// Each pair of agents that have both called somebody.
    pub differences: Vec<AgentDifference>,
}

impl AgentComparison {
    pub(super) fn of(people: People) -> Self {
        let agents = people
            .by_agent()
            .into_iter()
            .map(|(agent_id, calls, people, successes)| {
                let proportion = Proportion::new(successes, people);
                AgentResult {
                    agent_id,
                    name: None,
                    calls,
                    people,
                    successes,
                    success_rate: proportion.map(Proportion::share),
                    interval: proportion.map(Proportion::interval),
                }
            });
        let mut comparison = Self {
            agents: agents.collect(),
            differences: Vec::new(),
        };
        comparison.compare();
        comparison
    }

    /// Gives the agents their names, also in the sentences.
    pub(super) fn name(&mut self, name: impl Fn(&AgentId) -> Option<String>) {
        for agent in &mut self.agents {
            agent.name = name(&agent.agent_id);
        }
        self.compare();
    }

    fn compare(&mut self) {
        let agents = self.agents.iter().enumerate();
        let pairs =
            agents.flat_map(|(n, first)| self.agents.iter().skip(n + 1).map(move |second| (first, second)));
        self.differences = pairs
            .filter_map(|(first, second)| difference(first, second))
            .collect();
    }
}

fn difference(first: &AgentResult, second: &AgentResult) -> Option<AgentDifference> {
    let (of_first, of_second) = (first.proportion()?, second.proportion()?);
    let found = of_second.difference(of_first);
    let interval = Interval {
        low: found.low * 100.0,
        high: found.high * 100.0,
    };
    let points = (of_second.share() - of_first.share()) * 100.0;
    let better = match (interval.low > 0.0, interval.high < 0.0) {
        (true, _) => Better::Second,
        (_, true) => Better::First,
        _ => Better::Undecided,
    };
    let (one, other) = (first.called("The first agent"), second.called("the second agent"));
    let sentence = match better {
        Better::Second => {
            let name = second.called("The second agent");
            is_better(name, points, interval.low, interval.high)
        }
        Better::First => is_better(one, -points, -interval.high, -interval.low),
        Better::Undecided => format!("No difference can be told yet between {one} and {other}."),
    };
    Some(AgentDifference {
        first: first.agent_id.clone(),
        second: second.agent_id.clone(),
        points,
        interval,
        better,
        sentence,
    })
}

fn is_better(name: &str, points: f64, low: f64, high: f64) -> String {
    format!("{name} is better: +{points:.1} points, between {low:.1} and {high:.1}.")
}
