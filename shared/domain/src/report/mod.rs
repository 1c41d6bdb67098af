//! What came of a campaign: calls and results by outcome, hour, attempt, agent, line and variable.

mod builder;
mod compare;
mod interval;
mod people;
mod result;
mod row;
mod values;

pub use builder::{ReportBuilder, ReportVariables};
pub use compare::{AgentComparison, AgentDifference, AgentResult, Better};
pub use interval::{Interval, Proportion};
pub use result::{CampaignReport, DisclosureReport, ReportBy, ReportTable, WholeReport};
pub use row::ReportRow;

#[cfg(test)]
mod tests;
