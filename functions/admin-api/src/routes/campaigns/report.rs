//! What came of a campaign.

use std::collections::HashMap;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use switchboard_domain::{
    AgentId, Campaign, CampaignId, CampaignReport, ProviderId, ReportBuilder, ReportBy, ReportTable,
    ReportVariables, WholeReport,
};
use switchboard_service::Problem;
use switchboard_store::{CallFilter, FileStore, StoreError};
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, Conflicts, Refusals};
use crate::api::Api;
use crate::paging::Params;
use crate::path::{Id, found};
use crate::roles::Viewer;

/// Calls that one request reads; the report of more is prepared by an export.
const MOST_CALLS: u64 = 5_000;
/// Calls read at a time.
const PAGE: u32 = 500;
/// How long one request reads calls.
const TURN: SignedDuration = SignedDuration::from_secs(15);
/// Bytes of a prepared report; it has at most 50 rows for each of 100 variables.
const MOST_BYTES: u64 = 8 << 20;
/// Characters of the name of a variable.
const LONGEST_NAME: usize = 100;

/// By which variable.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportParams {
    /// Tells the calls apart by the values of this dynamic variable too.
    variable: Option<String>,
}

/// Which table.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TableParams {
    /// By what.
    #[param(inline)]
    by: ReportBy,
    /// By which variable; needed with `by=variable`.
    variable: Option<String>,
}

/// What came of a campaign.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Report {
    /// The campaign.
    campaign_id: CampaignId,
    /// Every call is in it. Otherwise there are more than one request can read: it is of the newest, and an
    /// export of the kind `campaign_report` prepares the whole one.
    complete: bool,
    /// It was prepared by an export: calls that ended after `read_at` are not in it.
    prepared: bool,
    /// When the calls were read.
    read_at: Timestamp,
    /// The report.
    #[serde(flatten)]
    report: CampaignReport,
}

/// What came of a campaign: calls and results by outcome, hour, attempt, agent, line and one dynamic variable;
/// which agent does better; whether it was said that an AI calls.
#[utoipa::path(get, path = "/campaigns/{campaign_id}/report", tag = "campaigns",
    params(("campaign_id" = CampaignId, Path), ReportParams), responses((status = OK, body = Report), Refusals))]
pub(super) async fn get_report(
    Viewer(api): Viewer,
    Id(id): Id<CampaignId>,
    Params(params): Params<ReportParams>,
) -> Answer<Report> {
    let variable = checked(params.variable)?;
    let campaign = found(api.store.find_campaign(&id).await?, "campaign")?;
    Ok(Json(report(&api, &campaign, variable).await?))
}

/// One table of a campaign's report as CSV.
#[utoipa::path(get, path = "/campaigns/{campaign_id}/report.csv", tag = "campaigns",
    params(("campaign_id" = CampaignId, Path), TableParams),
    responses((status = OK, body = String, content_type = "text/csv"), Refusals, Conflicts))]
pub(super) async fn get_report_table(
    Viewer(api): Viewer,
    Id(id): Id<CampaignId>,
    Params(params): Params<TableParams>,
) -> Result<Response, Problem> {
    let variable = checked(params.variable)?;
    match (params.by, &variable) {
        (ReportBy::Variable, None) => {
            return Err(Problem::invalid_field(
                "variable",
                "name the variable to tell calls apart by",
            ));
        }
        (ReportBy::Variable, Some(_)) | (_, None) => {}
        _ => {
            return Err(Problem::invalid_field(
                "variable",
                "leave it out, or ask for by=variable",
            ));
        }
    }
    let campaign = found(api.store.find_campaign(&id).await?, "campaign")?;
    let report = report(&api, &campaign, variable.clone()).await?;
    if !report.complete {
        return Err(Problem::conflict(
            "The campaign has more calls than one request can read. Prepare the whole report first: POST \
             /api/exports with its campaign_id and the kind campaign_report.",
        ));
    }
    let table = report.report.table(params.by, variable.as_deref());
    let name = format!("attachment; filename=\"{id}-by-{}.csv\"", params.by.as_str());
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, csv_of(table)?).into_response())
}

fn checked(variable: Option<String>) -> Result<Option<String>, Problem> {
    match &variable {
        Some(name) if name.is_empty() || name.chars().count() > LONGEST_NAME => Err(Problem::invalid_field(
            "variable",
            format!("the name of a variable has 1 to {LONGEST_NAME} characters"),
        )),
        _ => Ok(variable),
    }
}

fn csv_of(table: Option<&ReportTable>) -> Result<Vec<u8>, Problem> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let broken = |error: csv::Error| Problem::internal(&error);
    csv.write_record(ReportTable::columns()).map_err(broken)?;
    for row in table.into_iter().flat_map(ReportTable::cells) {
        csv.write_record(row).map_err(broken)?;
    }
    csv.into_inner().map_err(|error| Problem::internal(error.error()))
}

async fn report(api: &Api, campaign: &Campaign, variable: Option<String>) -> Result<Report, Problem> {
    let id = &campaign.campaign_id;
    // Whoever is final was called at least once, but for those that were skipped.
    let many = api.store.campaign_counts(id).await?.finished() > MOST_CALLS;
    let prepared = match many {
        true => prepared(api, id).await?,
        false => None,
    };
    let mut report = match prepared {
        Some(whole) => of_prepared(id, whole),
        None => {
            let now = api.now();
            let (read, complete) = read_calls(api, id, variable.clone()).await?;
            match complete {
                true => of_now(id, read, true, now),
                false => match self::prepared(api, id).await? {
                    Some(whole) => of_prepared(id, whole),
                    None => of_now(id, read, false, now),
                },
            }
        }
    };
    report.report.keep_variable(variable.as_deref());
    name(api, &mut report.report).await?;
    Ok(report)
}

fn of_now(id: &CampaignId, report: CampaignReport, complete: bool, read_at: Timestamp) -> Report {
    Report {
        campaign_id: id.clone(),
        complete,
        prepared: false,
        read_at,
        report,
    }
}

fn of_prepared(id: &CampaignId, whole: WholeReport) -> Report {
    Report {
        campaign_id: id.clone(),
        complete: true,
        prepared: true,
        read_at: whole.read_at,
        report: whole.report,
    }
}

/// The newest calls of a campaign, and whether they were all.
async fn read_calls(
    api: &Api,
    id: &CampaignId,
    variable: Option<String>,
) -> Result<(CampaignReport, bool), StoreError> {
    let mut builder = ReportBuilder::new(variable.map_or(ReportVariables::None, ReportVariables::One));
    let filter = CallFilter {
        campaign_id: Some(id.clone()),
        ..CallFilter::default()
    };
    let begun = api.now();
    let (mut cursor, mut read) = (None, 0);
    loop {
        let page = api.store.list_calls(&filter, cursor.as_ref(), PAGE).await?;
        page.items.iter().for_each(|call| builder.call(call));
        read += page.items.len() as u64;
        cursor = page.next;
        if cursor.is_none() {
            return Ok((builder.finish(), true));
        }
        if read >= MOST_CALLS || api.now().duration_since(begun) > TURN {
            return Ok((builder.finish(), false));
        }
    }
}

/// The report that the last export prepared.
async fn prepared(api: &Api, id: &CampaignId) -> Result<Option<WholeReport>, Problem> {
    let key = FileStore::report_key(id);
    let Some(bytes) = api.store.files().find_bytes(&key, MOST_BYTES).await? else {
        return Ok(None);
    };
    match serde_json::from_slice(&bytes) {
        Ok(whole) => Ok(Some(whole)),
        Err(error) => {
            // An older version wrote it: another one can be prepared.
            tracing::warn!(campaign.id = %id, %error, "a prepared report cannot be read");
            Ok(None)
        }
    }
}

/// Names the agents and lines of a report.
async fn name(api: &Api, report: &mut CampaignReport) -> Result<(), StoreError> {
    let keys = |by| {
        let table = report.table(by, None);
        table.map(|table| table.rows.iter().map(|row| row.key.clone()).collect::<Vec<_>>())
    };
    let mut agents = HashMap::new();
    for id in keys(ReportBy::Agent).unwrap_or_default() {
        let Ok(id) = AgentId::parse(&id) else { continue };
        if let Some(agent) = api.store.find_agent(&id).await? {
            agents.insert(id, agent.name);
        }
    }
    let mut lines = HashMap::new();
    for id in keys(ReportBy::Line).unwrap_or_default() {
        let Ok(line) = ProviderId::parse(&id) else {
            continue;
        };
        if let Some(line) = api.store.find_phone_line(&line).await? {
            lines.insert(id, line.called().to_owned());
        }
    }
    report.name(|id| agents.get(id).cloned(), |id| lines.get(id).cloned());
    Ok(())
}
