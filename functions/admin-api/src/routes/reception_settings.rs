//! How inbound calls are taken and concluded.

use axum::Json;
use switchboard_domain::ReceptionSettings;

use crate::answer::{Answer, Refusals};
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::roles::{Admin, Viewer};
use crate::route_set::{RouteSet, routes};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new().routes(routes!(get_reception_settings, put_reception_settings))
}

/// How inbound calls are taken and concluded.
#[utoipa::path(get, path = "/settings/reception", tag = "inbound",
    responses((status = OK, body = ReceptionSettings), Refusals))]
async fn get_reception_settings(Viewer(api): Viewer) -> Answer<ReceptionSettings> {
    Ok(Json(api.store.reception_settings().await?))
}

/// Sets how inbound calls are taken and concluded. The next call goes by it. What is left out is as usual.
#[utoipa::path(put, path = "/settings/reception", tag = "inbound", request_body = ReceptionSettings,
    responses((status = OK, body = ReceptionSettings), Refusals))]
async fn put_reception_settings(
    Admin(api): Admin,
    JsonBody(settings): JsonBody<ReceptionSettings>,
) -> Answer<ReceptionSettings> {
    let mut checks = Checks::default();
    for (field, wrong) in settings.faults() {
        checks.wrong(field, wrong);
    }
    checks.done()?;
    api.store.put_reception_settings(&settings).await?;
    api.audit("reception_settings.updated", "reception").await;
    Ok(Json(settings))
}
