//! A report that is done.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::compare::AgentComparison;
use super::row::ReportRow;
use crate::{AgentId, CallId, csv_safe};

/// What the calls of a table are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportBy {
    /// How they ended.
    Outcome,
    /// The hour at which the phone rang, by the clock of the person: of several time zones that they may be in,
    /// the first.
    Hour,
    /// Which attempt it was, from 1.
    Attempt,
    /// The agent.
    Agent,
    /// The phone line.
    Line,
    /// The value of a dynamic variable.
    Variable,
}

impl ReportBy {
    /// The name in JSON and in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Outcome => "outcome",
            Self::Hour => "hour",
            Self::Attempt => "attempt",
            Self::Agent => "agent",
            Self::Line => "line",
            Self::Variable => "variable",
        }
    }
}

/// The calls of a campaign told apart by one thing. The rows, `rest` and `without` add up to the totals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportTable {
    /// By what.
    pub by: ReportBy,
    /// By which variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// The rows; of a variable the 50 values with the most calls.
    pub rows: Vec<ReportRow>,
    /// All other values together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<ReportRow>,
    /// Calls of which it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without: Option<ReportRow>,
}

/// The columns of a table as a file.
const COLUMNS: [&str; 11] = [
    "by",
    "value",
    "name",
    "calls",
    "answered",
    "successes",
    "answer_rate",
    "success_rate",
    "average_talk_secs",
    "cost_usd",
    "variable",
];

impl ReportTable {
    /// Names of the columns of [`ReportTable::cells`].
    pub fn columns() -> [&'static str; 11] {
        COLUMNS
    }

    /// The table's rows as cells of a CSV file that are safe to open. What has no value is empty, as is the
    /// value of calls of which it is not known; the rest of the values is `(other)`.
    pub fn cells(&self) -> impl Iterator<Item = [String; 11]> + '_ {
        let rest = self.rest.iter().map(|row| ("(other)", row));
        let without = self.without.iter().map(|row| ("", row));
        let rows = self.rows.iter().map(|row| (row.key.as_str(), row));
        rows.chain(rest).chain(without).map(|(value, row)| {
            let share = |value: Option<f64>| value.map(|value| format!("{value:.4}")).unwrap_or_default();
            [
                self.by.as_str().to_owned(),
                csv_safe(value).into_owned(),
                csv_safe(row.label.as_deref().unwrap_or_default()).into_owned(),
                row.calls.to_string(),
                row.answered.to_string(),
                row.successes.to_string(),
                share(row.answer_rate),
                share(row.success_rate),
                row.average_talk_secs
                    .map(|secs| format!("{secs:.1}"))
                    .unwrap_or_default(),
                format!("{:.4}", row.cost_usd),
                csv_safe(self.variable.as_deref().unwrap_or_default()).into_owned(),
            ]
        })
    }
}

/// Whether the agents said in their first words what they had to say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DisclosureReport {
    /// Calls in which it was said.
    pub said: u64,
    /// Calls in which it was not.
    pub missing: u64,
    /// Some of those calls.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub calls: Vec<CallId>,
}

/// What came of a campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignReport {
    /// Every call that was placed and is over.
    pub totals: ReportRow,
    /// Calls that are not over yet; they are in no table.
    pub open: u64,
    /// Calls that were given up before a phone rang; they are in no table.
    pub never_placed: u64,
    /// The calls told apart by one thing after the other.
    pub tables: Vec<ReportTable>,
    /// Names of the dynamic variables by which they can be told apart.
    pub variables: Vec<String>,
    /// The agents beside each other.
    pub agents: AgentComparison,
    /// Whether it was said that an AI calls; none when the campaign never asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<DisclosureReport>,
}

/// A report over every call of a campaign, as it is kept until the next one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WholeReport {
    /// When the first call was read: calls that ended later may be missing.
    pub read_at: Timestamp,
    /// The report, with a table for each variable.
    pub report: CampaignReport,
}

impl CampaignReport {
    /// Gives agents and lines their names.
    pub fn name(
        &mut self,
        agent: impl Fn(&AgentId) -> Option<String>,
        line: impl Fn(&str) -> Option<String>,
    ) {
        for table in &mut self.tables {
            for row in &mut table.rows {
                row.label = match table.by {
                    ReportBy::Agent => AgentId::parse(&row.key).ok().and_then(|id| agent(&id)),
                    ReportBy::Line => line(&row.key),
                    _ => None,
                };
            }
        }
        self.agents.name(agent);
    }

    /// The table by this; for variables also by which one.
    pub fn table(&self, by: ReportBy, variable: Option<&str>) -> Option<&ReportTable> {
        self.tables
            .iter()
            .find(|table| table.by == by && table.variable.as_deref() == variable)
    }

    /// Leaves of the tables by variable only the one of `variable`.
    pub fn keep_variable(&mut self, variable: Option<&str>) {
        self.tables
            .retain(|table| table.by != ReportBy::Variable || table.variable.as_deref() == variable);
    }
}
