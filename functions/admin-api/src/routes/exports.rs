//! The call log, what came of a campaign, or the do-not-call list, as CSV.

use axum::Json;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use switchboard_domain::{AgentId, CallStatus, CampaignId, Export, ExportId, ExportKind, ExportStatus, Role};
use switchboard_service::Problem;
use switchboard_store::FileStore;
use utoipa::ToSchema;

use crate::answer::{Answer, Download, Made, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::paging::{Everything, List, PageParams, Paged};
use crate::path::{Id, found};
use crate::roles::{Operator, Viewer};
use crate::route_set::{RouteSet, routes};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(list_exports, create_export))
        .routes(routes!(get_export))
}

/// What to export; of calls, every condition must fit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateExport {
    /// What to export. A `campaign_report` needs its `campaign_id` and no other condition; once it is
    /// completed, GET /api/campaigns/{campaign_id}/report shows it. The do-not-call list is exported whole.
    #[serde(default)]
    kind: ExportKind,
    /// Only calls of this campaign.
    campaign_id: Option<CampaignId>,
    /// Only calls of this agent.
    agent_id: Option<AgentId>,
    /// Only calls in this status.
    call_status: Option<CallStatus>,
    /// Only calls made at or after this moment.
    since: Option<Timestamp>,
    /// Only calls made before this moment.
    until: Option<Timestamp>,
}

/// An export, with a link once it is ready.
#[derive(Debug, Serialize, ToSchema)]
struct ExportAnswer {
    /// The export.
    export: Export,
    /// The file, once it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    download: Option<Download>,
}

/// Starts an export. Ask for it until it is completed; then it has a link.
#[utoipa::path(post, path = "/exports", tag = "exports", request_body = CreateExport,
    responses((status = ACCEPTED, body = ExportAnswer), Refusals))]
async fn create_export(
    Operator(api): Operator,
    JsonBody(request): JsonBody<CreateExport>,
) -> Made<ExportAnswer> {
    check(&api, &request).await?;
    let id = api.new_id(ExportId::derived, ExportId::generate);
    // The same request again, after its answer was lost.
    if let Some(export) = api
        .store
        .find_export(&id)
        .await?
        .filter(|e| e.status != ExportStatus::Failed)
    {
        return Ok((
            StatusCode::ACCEPTED,
            Json(ExportAnswer {
                export,
                download: None,
            }),
        ));
    }
    let mut export = Export {
        export_id: id,
        kind: request.kind,
        status: ExportStatus::Queued,
        campaign_id: request.campaign_id,
        agent_id: request.agent_id,
        call_status: request.call_status,
        since: request.since,
        until: request.until,
        rows: 0,
        failure: None,
        created_at: api.now(),
        finished_at: None,
    };
    api.store.put_export(&export).await?;
    if let Err(error) = api
        .store
        .functions()
        .start_export(&json!({ "export_id": export.export_id }))
        .await
    {
        export.status = ExportStatus::Failed;
        export.failure = Some("It could not be started. Start a new one in a minute.".to_owned());
        export.finished_at = Some(api.now());
        api.store.put_export(&export).await?;
        return Err(error.into());
    }
    api.audit("export.created", &export.export_id).await;
    Ok((
        StatusCode::ACCEPTED,
        Json(ExportAnswer {
            export,
            download: None,
        }),
    ))
}

async fn check(api: &Api, request: &CreateExport) -> Result<(), Problem> {
    let mut checks = Checks::default();
    if request.kind == ExportKind::DoNotCall {
        for (field, given) in [
            ("campaign_id", request.campaign_id.is_some()),
            ("agent_id", request.agent_id.is_some()),
            ("call_status", request.call_status.is_some()),
            ("since", request.since.is_some()),
            ("until", request.until.is_some()),
        ] {
            if given {
                checks.wrong(field, "is a condition of calls: leave it out");
            }
        }
    }
    if let (Some(since), Some(until)) = (request.since, request.until)
        && since >= until
    {
        checks.wrong("until", "must be after `since`");
    }
    if request.kind == ExportKind::CampaignReport {
        if request.campaign_id.is_none() {
            checks.wrong("campaign_id", "a report is of one campaign: name it");
        }
        let narrowed = [
            ("agent_id", request.agent_id.is_some()),
            ("call_status", request.call_status.is_some()),
            ("since", request.since.is_some()),
            ("until", request.until.is_some()),
        ];
        for (field, _) in narrowed.into_iter().filter(|(_, given)| *given) {
            checks.wrong(field, "leave it out: a report is of every call of the campaign");
        }
    }
    if let Some(id) = &request.campaign_id
        && api.store.find_campaign(id).await?.is_none()
    {
        checks.wrong(
            "campaign_id",
            "there is no such campaign: choose one of GET /api/campaigns",
        );
    }
    checks.done()
}

/// Exports, newest first; each one's link is in `GET /api/exports/{export_id}`.
#[utoipa::path(get, path = "/exports", tag = "exports", params(PageParams),
    responses((status = OK, body = List<Export>), Refusals))]
async fn list_exports(Viewer(api): Viewer, page: Paged<Everything>) -> Answer<List<Export>> {
    Ok(Json(
        api.store
            .list_exports(page.cursor()?.as_ref(), page.limit)
            .await?
            .into(),
    ))
}

/// One export. The link of an export of the do-not-call list is only for operators.
#[utoipa::path(get, path = "/exports/{export_id}", tag = "exports", params(("export_id" = ExportId, Path)),
    responses((status = OK, body = ExportAnswer), Refusals))]
async fn get_export(Viewer(api): Viewer, Id(id): Id<ExportId>) -> Answer<ExportAnswer> {
    let export = found(api.store.find_export(&id).await?, "export")?;
    // The whole list with every number is not for those who only look.
    let may_download = export.kind != ExportKind::DoNotCall || api.caller.role >= Role::Operator;
    let download = match export.status {
        ExportStatus::Completed if may_download => {
            let what = match export.kind {
                ExportKind::Calls => "calls",
                ExportKind::CampaignReport => "report",
                ExportKind::DoNotCall => "do-not-call",
            };
            let name = format!("{what}-{}.csv", export.created_at.strftime("%Y-%m-%d"));
            Some(Download {
                url: api
                    .store
                    .files()
                    .presign_get(&FileStore::export_key(&id), Some(&name))
                    .await?,
            })
        }
        ExportStatus::Completed | ExportStatus::Queued | ExportStatus::Running | ExportStatus::Failed => None,
    };
    Ok(Json(ExportAnswer { export, download }))
}
