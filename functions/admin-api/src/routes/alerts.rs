//! When somebody is told that an account at a provider comes to its end.

use axum::Json;
use switchboard_domain::{AlertSettings, ProviderKind};

use crate::answer::{Answer, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::roles::Admin;
use crate::route_set::{RouteSet, routes};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new().routes(routes!(get_alert_settings, put_alert_settings))
}

/// When somebody is told, for every platform.
#[utoipa::path(get, path = "/settings/alerts", tag = "system",
    responses((status = OK, body = AlertSettings), Refusals))]
async fn get_alert_settings(Admin(api): Admin) -> Answer<AlertSettings> {
    Ok(Json(api.store.alert_settings().await?.whole()))
}

/// Sets when somebody is told. What the providers last said is judged by it at once.
#[utoipa::path(put, path = "/settings/alerts", tag = "system", request_body = AlertSettings,
    responses((status = OK, body = AlertSettings), Refusals))]
async fn put_alert_settings(
    Admin(api): Admin,
    JsonBody(settings): JsonBody<AlertSettings>,
) -> Answer<AlertSettings> {
    let mut checks = Checks::default();
    for kind in ProviderKind::ALL {
        let named = settings.providers.iter().filter(|one| one.provider == kind);
        if named.count() > 1 {
            checks.wrong("providers", format!("name {} once", kind.name()));
        }
    }
    for (index, one) in settings
        .providers
        .iter()
        .take(ProviderKind::ALL.len())
        .enumerate()
    {
        if let Some(credits) = &one.least_credits {
            let field = format!("providers[{index}].least_credits");
            checks.range(&field, credits, 1..=1_000_000_000_000);
        }
        if let Some(percent) = &one.least_credits_percent {
            checks.range(
                &format!("providers[{index}].least_credits_percent"),
                percent,
                1..=99,
            );
        }
        if let Some(percent) = &one.most_calls_percent {
            checks.range(
                &format!("providers[{index}].most_calls_percent"),
                percent,
                1..=100,
            );
        }
    }
    checks.done()?;
    let settings = settings.whole();
    api.store.put_alert_settings(&settings).await?;
    api.audit("alert_settings.updated", "alerts").await;
    judge_again(&api, &settings).await;
    Ok(Json(settings))
}

/// Judges by the new settings what is known; where that fails, the next look at the provider does it.
async fn judge_again(api: &Api, settings: &AlertSettings) {
    for kind in ProviderKind::ALL {
        let judged = async {
            let mut watch = api.store.provider_watch(kind).await?;
            if watch.quota.is_some() {
                watch.judge_again(settings, api.now());
                api.store.put_provider_watch(&watch).await?;
            }
            Ok::<_, switchboard_store::StoreError>(())
        };
        if let Err(error) = judged.await {
            tracing::warn!(%error, "new alert settings could not be applied at once");
        }
    }
}
