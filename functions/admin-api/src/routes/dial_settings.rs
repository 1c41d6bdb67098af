//! What holds for every dial, whichever campaign makes it.

use axum::Json;
use jiff::Timestamp;
use serde::Serialize;
use switchboard_domain::DialSettings;
use utoipa::ToSchema;

use crate::answer::{Answer, Refusals};
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::roles::{Admin, Viewer};
use crate::route_set::{RouteSet, routes};

/// Most agents or lines with a limit of their own.
const MAX_LIMITS: usize = 200;

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(get_dial_settings, put_dial_settings))
        .routes(routes!(get_spend))
}

/// What holds for every dial.
#[utoipa::path(get, path = "/dial-settings", tag = "queue", responses((status = OK, body = DialSettings), Refusals))]
async fn get_dial_settings(Viewer(api): Viewer) -> Answer<DialSettings> {
    Ok(Json(api.store.dial_settings().await?))
}

/// Sets what holds for every dial. The next dial goes by it.
#[utoipa::path(put, path = "/dial-settings", tag = "queue", request_body = DialSettings,
    responses((status = OK, body = DialSettings), Refusals))]
async fn put_dial_settings(
    Admin(api): Admin,
    JsonBody(settings): JsonBody<DialSettings>,
) -> Answer<DialSettings> {
    let mut checks = Checks::default();
    checks.range("inbound_share", &settings.inbound_share, 0..=1_000);
    checks.range("cents_per_minute", &settings.cents_per_minute, 0..=10_000);
    checks.range("longest_call_secs", &settings.longest_call_secs, 10..=7_200);
    if let Some(starts) = &settings.starts_per_second {
        checks.range("starts_per_second", starts, 1..=1_000);
    }
    if settings.agent_limits.len() > MAX_LIMITS {
        checks.wrong("agent_limits", format!("name at most {MAX_LIMITS}"));
    }
    if settings.phone_line_limits.len() > MAX_LIMITS {
        checks.wrong("phone_line_limits", format!("name at most {MAX_LIMITS}"));
    }
    checks.done()?;
    api.store.put_dial_settings(&settings).await?;
    api.audit("dial_settings.updated", "dial-settings").await;
    api.wake_scheduler().await;
    Ok(Json(settings))
}

/// What today's calls cost, as far as a cap counts it.
#[derive(Debug, Serialize, ToSchema)]
struct Spend {
    /// The day, in UTC, began at.
    day: Timestamp,
    /// Cost of the calls that are over, and what is reserved for those in progress, in US dollars.
    committed_usd: f64,
    /// Cost of the calls that are over, in US dollars.
    settled_usd: f64,
    /// Most that they may cost, in US dollars.
    cap_usd: Option<f64>,
}

/// What today's calls cost. Counted while a cap is set, of the day or of their campaign.
#[utoipa::path(get, path = "/spend", tag = "queue", responses((status = OK, body = Spend), Refusals))]
async fn get_spend(Viewer(api): Viewer) -> Answer<Spend> {
    let now = api.now();
    let (spent, settings) = tokio::join!(api.store.spent_today(now), api.store.dial_settings());
    let spent = spent?;
    Ok(Json(Spend {
        day: Timestamp::from_second(now.as_second() / 86_400 * 86_400).unwrap_or(now),
        committed_usd: usd(spent.committed),
        settled_usd: usd(spent.settled),
        cap_usd: settings?
            .daily_cap_cents
            .map(|cents| usd(cents.saturating_mul(switchboard_domain::MICROS_PER_CENT))),
    }))
}

/// Dollars, from millionths of one.
pub(crate) fn usd(micros: u64) -> f64 {
    // Sums of money here are far below what a double holds exactly.
    micros as f64 / 1_000_000.0
}
