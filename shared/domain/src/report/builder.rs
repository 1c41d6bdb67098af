//! A report that is being made.

use std::collections::{BTreeMap, BTreeSet};

use switchboard_calling_hours::Zone;

use super::compare::AgentComparison;
use super::people::People;
use super::result::{CampaignReport, DisclosureReport, ReportBy, ReportTable};
use super::row::{ReportRow, Tally};
use super::values::{MOST_VALUES, Values};
use crate::{Call, CallStatus, Disclosed, DynamicVariables};

/// Names of variables that are listed.
const MOST_VARIABLES: usize = 100;
/// Attempts that are told apart; those above are counted with the last.
const MOST_ATTEMPTS: u32 = 20;
/// Calls without disclosure that are named.
const MOST_NAMED: usize = 100;

/// By which variables a report tells calls apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportVariables {
    /// By none.
    None,
    /// By this one.
    One(String),
    /// By each.
    All,
}

/// Looks at a campaign's calls, one by one in any order, and tells at the end what came of them. Its memory
/// is bounded for any number of calls, but for some bytes per person.
#[derive(Debug)]
pub struct ReportBuilder {
    variables: ReportVariables,
    totals: Tally,
    open: u64,
    never_placed: u64,
    outcomes: BTreeMap<CallStatus, Tally>,
    hours: BTreeMap<u8, Tally>,
    attempts: BTreeMap<u32, Tally>,
    agents: BTreeMap<String, Tally>,
    lines: BTreeMap<String, Tally>,
    names: BTreeSet<String>,
    values: BTreeMap<String, Values>,
    values_known: usize,
    people: People,
    disclosure: Option<DisclosureReport>,
}

impl ReportBuilder {
    /// A report of no calls yet.
    pub fn new(variables: ReportVariables) -> Self {
        Self {
            variables,
            totals: Tally::default(),
            open: 0,
            never_placed: 0,
            outcomes: BTreeMap::new(),
            hours: BTreeMap::new(),
            attempts: BTreeMap::new(),
            agents: BTreeMap::new(),
            lines: BTreeMap::new(),
            names: BTreeSet::new(),
            values: BTreeMap::new(),
            values_known: 0,
            people: People::default(),
            disclosure: None,
        }
    }

    /// Looks at one call.
    pub fn call(&mut self, call: &Call) {
        self.add_disclosure(call);
        let Some(tally) = Tally::of(call) else {
            match call.status.is_final() {
                true => self.never_placed += 1,
                false => self.open += 1,
            }
            return;
        };
        self.totals.add(tally);
        self.outcomes.entry(call.status).or_default().add(tally);
        if let Some(hour) = hour_of(call) {
            self.hours.entry(hour).or_default().add(tally);
        }
        let attempt = call.attempt.min(MOST_ATTEMPTS);
        self.attempts.entry(attempt).or_default().add(tally);
        if let Some(agent) = &call.agent_id {
            add_to(&mut self.agents, agent.as_str(), tally);
        }
        if let Some(line) = &call.phone_line_id {
            add_to(&mut self.lines, line.as_str(), tally);
        }
        self.add_variables(&call.variables, tally);
        self.people.add(call);
    }

    fn add_disclosure(&mut self, call: &Call) {
        let Some(disclosed) = call.disclosure else { return };
        let report = self.disclosure.get_or_insert_default();
        match disclosed {
            Disclosed::Said => report.said += 1,
            Disclosed::Missing => {
                report.missing += 1;
                if report.calls.len() < MOST_NAMED {
                    report.calls.push(call.call_id.clone());
                }
            }
        }
    }

    fn add_variables(&mut self, variables: &DynamicVariables, tally: Tally) {
        for (name, value) in variables {
            if !self.names.contains(name) {
                if self.names.len() >= MOST_VARIABLES {
                    continue;
                }
                self.names.insert(name.clone());
            }
            let wanted = match &self.variables {
                ReportVariables::None => false,
                ReportVariables::One(wanted) => wanted == name,
                ReportVariables::All => true,
            };
            if wanted {
                let room = self.values_known < MOST_VALUES;
                let values = self.values.entry(name.clone()).or_default();
                self.values_known += usize::from(values.add(value, tally, room));
            }
        }
    }

    /// What came of every call seen.
    pub fn finish(self) -> CampaignReport {
        let totals = self.totals;
        let table = |by, rows: Vec<ReportRow>, counted: Tally| ReportTable {
            by,
            variable: None,
            rows,
            rest: None,
            without: ReportRow::some("unknown", less(totals, counted)),
        };
        let mut tables = vec![
            plain(
                ReportBy::Outcome,
                self.outcomes,
                |status| status.as_str().to_owned(),
                &table,
            ),
            plain(ReportBy::Hour, self.hours, |hour| format!("{hour:02}"), &table),
            plain(ReportBy::Attempt, self.attempts, attempt_word, &table),
            plain(ReportBy::Agent, self.agents, |id| id, &table),
            plain(ReportBy::Line, self.lines, |id| id, &table),
        ];
        for table in &mut tables {
            if matches!(table.by, ReportBy::Agent | ReportBy::Line) {
                table.rows.sort_by_key(|row| std::cmp::Reverse(row.calls));
            }
        }
        // Asked for by name, a variable that no call has is a table of calls without it.
        let mut values = self.values;
        if let ReportVariables::One(name) = self.variables {
            values.entry(name).or_default();
        }
        for (name, values) in values {
            let (rows, rest, counted) = values.rows();
            tables.push(ReportTable {
                variable: Some(name),
                rest,
                ..table(ReportBy::Variable, rows, counted)
            });
        }
        CampaignReport {
            totals: ReportRow::new("all", totals),
            open: self.open,
            never_placed: self.never_placed,
            tables,
            variables: self.names.into_iter().collect(),
            agents: AgentComparison::of(self.people),
            disclosure: self.disclosure,
        }
    }
}

fn add_to(tallies: &mut BTreeMap<String, Tally>, key: &str, tally: Tally) {
    match tallies.get_mut(key) {
        Some(known) => known.add(tally),
        None => drop(tallies.insert(key.to_owned(), tally)),
    }
}

fn plain<K>(
    by: ReportBy,
    tallies: BTreeMap<K, Tally>,
    key: impl Fn(K) -> String,
    table: &impl Fn(ReportBy, Vec<ReportRow>, Tally) -> ReportTable,
) -> ReportTable {
    let mut counted = Tally::default();
    let rows = tallies.into_iter().map(|(of, tally)| {
        counted.add(tally);
        ReportRow::new(key(of), tally)
    });
    let rows = rows.collect();
    table(by, rows, counted)
}

fn attempt_word(attempt: u32) -> String {
    match attempt {
        MOST_ATTEMPTS => format!("{attempt} or more"),
        _ => attempt.to_string(),
    }
}

/// What is left of the totals.
fn less(totals: Tally, counted: Tally) -> Tally {
    Tally {
        calls: totals.calls.saturating_sub(counted.calls),
        answered: totals.answered.saturating_sub(counted.answered),
        successes: totals.successes.saturating_sub(counted.successes),
        talk_secs: totals.talk_secs.saturating_sub(counted.talk_secs),
        cost_micros: totals.cost_micros.saturating_sub(counted.cost_micros),
    }
}

/// The hour on the clock of the person when the phone rang.
fn hour_of(call: &Call) -> Option<u8> {
    let zone = call.hours.as_ref()?.zones.first()?;
    let zone = Zone::parse(zone).ok()?;
    Some(zone.hour_at(call.placing_at?))
}

/// The statuses of calls that are in the tables.
#[cfg(test)]
pub(super) const COUNTED: [CallStatus; 5] = [
    CallStatus::Completed,
    CallStatus::NoAnswer,
    CallStatus::Busy,
    CallStatus::Voicemail,
    CallStatus::Failed,
];
