//! The account at the carrier, through which calls are ended whose platform cannot end them.

use axum::Json;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use switchboard_providers::twilio::TwilioAccount;
use switchboard_providers::{ProviderError, Secret};
use switchboard_service::Problem;
use utoipa::ToSchema;

use super::provider_settings::{ComesFrom, address, secrets_problem};
use crate::answer::{Answer, PlatformRefusals, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::roles::Admin;
use crate::route_set::{RouteSet, routes};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new().routes(routes!(get_carrier, put_carrier, delete_carrier))
}

/// The account at Twilio, without its token.
#[derive(Debug, Serialize, ToSchema)]
struct CarrierSetting {
    /// Where it comes from.
    source: ComesFrom,
    /// Its SID; none when none is set.
    account_sid: Option<String>,
    /// How many auth tokens webhooks may be signed with at present: for a day after a change the one before stays good.
    token_count: usize,
    /// Address to enter at Twilio under "A call comes in" of every number that is answered here: HTTP POST.
    #[schema(example = "https://api.example.com/webhooks/twilio/voice")]
    voice_url: String,
    /// Address to enter at Twilio under "Call status changes" of the same numbers: HTTP POST.
    #[schema(example = "https://api.example.com/webhooks/twilio/status")]
    status_url: String,
}

/// An account at Twilio.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCarrier {
    /// Its SID: `AC` and 32 hexadecimal digits.
    #[schema(min_length = 34, max_length = 34, pattern = "^AC[0-9a-fA-F]{32}$")]
    account_sid: String,
    /// Its auth token.
    #[schema(min_length = 1, max_length = 512)]
    auth_token: String,
}

/// The account at Twilio. Its token is not in the answer.
#[utoipa::path(get, path = "/settings/carrier", tag = "system",
    responses((status = OK, body = CarrierSetting), Refusals))]
async fn get_carrier(Admin(api): Admin, headers: HeaderMap) -> Answer<CarrierSetting> {
    shown(&api, &headers).await
}

/// Sets the account at Twilio. Twilio is asked with it first; one that it does not take is not kept.
#[utoipa::path(put, path = "/settings/carrier", tag = "system", request_body = NewCarrier,
    responses((status = OK, body = CarrierSetting), Refusals, PlatformRefusals))]
async fn put_carrier(
    Admin(api): Admin,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewCarrier>,
) -> Answer<CarrierSetting> {
    let (twilio, secrets) = api.carrier.as_ref().ok_or_else(no_carrier)?;
    let token = new.auth_token.trim();
    let is_plain = token.len() <= 512 && token.bytes().all(|byte| byte.is_ascii_graphic());
    let account = TwilioAccount::new(new.account_sid.trim(), Secret::new(token)).filter(|_| is_plain);
    let Some(account) = account else {
        return Err(Problem::invalid_field(
            "account_sid",
            "copy the SID (AC and 32 letters and digits) and the auth token from the first page of your Twilio console",
        ));
    };
    match twilio.check_account(&account).await {
        Ok(()) => {}
        Err(ProviderError::Unauthorized { .. }) => {
            return Err(Problem::invalid_field(
                "auth_token",
                "Twilio does not accept it for this account, and nothing was changed: copy both again from the first \
                 page of your Twilio console",
            ));
        }
        Err(error) => return Err(Problem::of_carrier(error)),
    }
    let changed = secrets.change(Some(&account)).await;
    changed.map_err(|error| secrets_problem(&error))?;
    api.audit("carrier.account_changed", account.sid()).await;
    shown(&api, &headers).await
}

/// Takes the account at Twilio away: its calls are ended there from then on.
#[utoipa::path(delete, path = "/settings/carrier", tag = "system",
    responses((status = OK, body = CarrierSetting), Refusals))]
async fn delete_carrier(Admin(api): Admin, headers: HeaderMap) -> Answer<CarrierSetting> {
    let (_, secrets) = api.carrier.as_ref().ok_or_else(no_carrier)?;
    let changed = secrets.change(None).await;
    changed.map_err(|error| secrets_problem(&error))?;
    api.audit("carrier.account_removed", "twilio").await;
    shown(&api, &headers).await
}

fn no_carrier() -> Problem {
    Problem::conflict(
        "There is nowhere to keep the account: set TWILIO_SECRET_ARN, or TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN.",
    )
}

async fn shown(api: &Api, headers: &HeaderMap) -> Answer<CarrierSetting> {
    let state = match api.carrier.as_ref() {
        Some((_, secrets)) => Some(secrets.state().await.map_err(|error| secrets_problem(&error))?),
        None => None,
    };
    Ok(Json(CarrierSetting {
        source: state
            .as_ref()
            .map_or(ComesFrom::NotSet, |state| state.source.into()),
        token_count: state.as_ref().map_or(0, |state| state.tokens),
        account_sid: state.and_then(|state| state.account_sid),
        voice_url: address("/webhooks/twilio/voice", headers),
        status_url: address("/webhooks/twilio/status", headers),
    }))
}
