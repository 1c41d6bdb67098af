//! Settings of campaigns under a name, to begin new ones with.

use axum::Json;
use http::StatusCode;
use serde::Deserialize;
use switchboard_domain::{CampaignId, CampaignTemplate, CampaignTemplateId};
use switchboard_service::Problem;
use utoipa::ToSchema;

use super::rules;
use crate::answer::{Answer, Made, Missing, Refusals};
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::paging::List;
use crate::path::{Id, found};
use crate::roles::{Operator, Viewer};

/// Most templates.
const MAX_TEMPLATES: usize = 200;

/// Every template.
#[utoipa::path(get, path = "/campaign-templates", tag = "campaigns",
    responses((status = OK, body = List<CampaignTemplate>), Refusals))]
pub(super) async fn list_campaign_templates(Viewer(api): Viewer) -> Answer<List<CampaignTemplate>> {
    Ok(Json(List::whole(api.store.campaign_templates().await?)))
}

/// What to save.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCampaignTemplate {
    /// Name shown to people.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The campaign whose settings are saved: everything but its name, its people and its moments.
    campaign_id: CampaignId,
}

/// Saves the settings of a campaign under a name. Name it as `template_id` of a new campaign.
#[utoipa::path(post, path = "/campaign-templates", tag = "campaigns", request_body = NewCampaignTemplate,
    responses((status = CREATED, body = CampaignTemplate), Refusals, Missing))]
pub(super) async fn create_campaign_template(
    Operator(api): Operator,
    JsonBody(new): JsonBody<NewCampaignTemplate>,
) -> Made<CampaignTemplate> {
    let mut checks = Checks::default();
    rules::name(&mut checks, &new.name);
    let campaign = api.store.find_campaign(&new.campaign_id).await?;
    if campaign.is_none() {
        checks.wrong(
            "campaign_id",
            "there is no such campaign: choose one of GET /api/campaigns",
        );
    }
    checks.done()?;
    let campaign = found(campaign, "campaign")?;
    if api.store.campaign_templates().await?.len() >= MAX_TEMPLATES {
        return Err(Problem::conflict(format!(
            "There are {MAX_TEMPLATES} templates already. Delete one that nobody needs first."
        )));
    }
    let template = CampaignTemplate {
        template_id: api.new_id(CampaignTemplateId::derived, CampaignTemplateId::generate),
        name: new.name,
        settings: campaign.settings(),
        created_at: api.now(),
    };
    // There already: the same request again, after its answer was lost.
    api.store.create_campaign_template(&template).await?;
    api.audit("campaign_template.created", &template.template_id)
        .await;
    Ok((StatusCode::CREATED, Json(template)))
}

/// One of them.
#[utoipa::path(get, path = "/campaign-templates/{template_id}", tag = "campaigns",
    params(("template_id" = CampaignTemplateId, Path)),
    responses((status = OK, body = CampaignTemplate), Refusals))]
pub(super) async fn get_campaign_template(
    Viewer(api): Viewer,
    Id(id): Id<CampaignTemplateId>,
) -> Answer<CampaignTemplate> {
    let template = api.store.find_campaign_template(&id).await?;
    Ok(Json(found(template, "campaign template")?))
}

/// Forgets a template. Campaigns that were made from it stay as they are.
#[utoipa::path(delete, path = "/campaign-templates/{template_id}", tag = "campaigns",
    params(("template_id" = CampaignTemplateId, Path)), responses((status = NO_CONTENT), Refusals))]
pub(super) async fn delete_campaign_template(
    Operator(api): Operator,
    Id(id): Id<CampaignTemplateId>,
) -> Result<StatusCode, Problem> {
    found(api.store.find_campaign_template(&id).await?, "campaign template")?;
    api.store.delete_campaign_template(&id).await?;
    api.audit("campaign_template.deleted", &id).await;
    Ok(StatusCode::NO_CONTENT)
}
