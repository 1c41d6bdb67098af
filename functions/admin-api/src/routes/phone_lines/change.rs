//! Lines of platforms that do not list theirs: they are entered here.

use axum::Json;
use http::StatusCode;
use serde::Deserialize;
use switchboard_domain::{Carrier, PhoneLine, ProviderId, ProviderKind};
use switchboard_providers::openai::lines::openai_line_id;
use switchboard_providers::platform;
use switchboard_providers::ultravox::lines::ultravox_line_id;
use switchboard_service::Problem;
use utoipa::ToSchema;

use crate::answer::{Answer, Made, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::limits::MAX_NAME;
use crate::numbers;
use crate::path::{Id, LineId, found};
use crate::roles::Admin;
use crate::routes::campaigns::campaigns_of;

/// A phone line to be entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPhoneLine {
    /// The platform that is to dial from it; one that does not list its lines.
    provider: ProviderKind,
    /// The number, with + and the country code.
    #[schema(example = "+14155550199")]
    phone_number: String,
    /// What people call it; empty: by its number.
    #[serde(default)]
    #[schema(max_length = 200)]
    label: String,
    /// Who carries its calls.
    carrier: Carrier,
    /// Host name of the SIP trunk, and its port if it has one; for a line of a SIP trunk only.
    #[schema(example = "sip.example.com")]
    sip_domain: Option<String>,
}

/// What to change about a phone line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UpdatePhoneLine {
    /// What people call it; empty: by its number.
    #[schema(max_length = 200)]
    label: String,
}

/// Enters a phone line of a platform that does not list them. Nothing is set up at the carrier: the number must be
/// one that the platform may call from.
#[utoipa::path(post, path = "/phone-lines", tag = "agents", request_body = NewPhoneLine,
    responses((status = CREATED, body = PhoneLine), Refusals))]
pub(super) async fn create_phone_line(
    Admin(api): Admin,
    JsonBody(new): JsonBody<NewPhoneLine>,
) -> Made<PhoneLine> {
    let mut checks = Checks::default();
    if platform(new.provider).lists_phone_lines() {
        let name = new.provider.name();
        checks.wrong(
            "provider",
            format!("{name} lists its phone lines itself: add the number there, and it appears here"),
        );
    } else if let Err(problem) = api.platform_of_field("provider", new.provider).await {
        checks.also(problem);
    }
    let number = checks.take("phone_number", numbers::parse(&new.phone_number, None));
    checks.text("label", &new.label, 0..=MAX_NAME);
    let domain = new
        .sip_domain
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    match (new.carrier, domain) {
        (Carrier::SipTrunk, _) if new.provider == ProviderKind::Openai => {
            checks.wrong(
                "carrier",
                "calls with OpenAI agents are placed by Twilio: choose twilio",
            );
        }
        (Carrier::SipTrunk, None) => {
            checks.wrong("sip_domain", "name the host of the trunk, e.g. sip.example.com")
        }
        (Carrier::Twilio, Some(_)) => {
            checks.wrong("sip_domain", "a line at Twilio has none: leave it out");
        }
        _ => {}
    }
    let id = number.as_ref().and_then(|number| match new.provider {
        ProviderKind::Openai => checks.take("phone_number", openai_line_id(number)),
        _ => checks.take("sip_domain", ultravox_line_id(number, domain)),
    });
    checks.done()?;
    let (Some(number), Some(id)) = (number, id) else {
        return Err(Problem::invalid("Name a number."));
    };
    if api.store.find_phone_line(&id).await?.is_some() {
        return Err(Problem::conflict(
            "This line is there already: choose it from the list, or change its label.",
        ));
    }
    let line = PhoneLine {
        phone_line_id: id,
        provider: new.provider,
        phone_number: number.as_str().to_owned(),
        label: new.label.trim().to_owned(),
        carrier: new.carrier,
        supports_outbound: true,
    };
    api.store.put_phone_line(&line).await?;
    api.audit("phone_line.added", &line.phone_line_id).await;
    Ok((StatusCode::CREATED, Json(line)))
}

/// Changes what people call a phone line that was entered here.
#[utoipa::path(patch, path = "/phone-lines/{phone_line_id}", tag = "agents", request_body = UpdatePhoneLine,
    params(("phone_line_id" = ProviderId, Path)), responses((status = OK, body = PhoneLine), Refusals))]
pub(super) async fn update_phone_line(
    Admin(api): Admin,
    Id(LineId(id)): Id<LineId>,
    JsonBody(changes): JsonBody<UpdatePhoneLine>,
) -> Answer<PhoneLine> {
    let mut line = entered(&api, &id).await?;
    let mut checks = Checks::default();
    checks.text("label", &changes.label, 0..=MAX_NAME);
    checks.done()?;
    line.label = changes.label.trim().to_owned();
    api.store.put_phone_line(&line).await?;
    api.audit("phone_line.updated", &id).await;
    Ok(Json(line))
}

/// Deletes a phone line that was entered here. Refused while a campaign that is not over calls from it. Nothing
/// changes at the carrier, and the calls that were made from it stay.
#[utoipa::path(delete, path = "/phone-lines/{phone_line_id}", tag = "agents",
    params(("phone_line_id" = ProviderId, Path)), responses((status = NO_CONTENT), Refusals))]
pub(super) async fn delete_phone_line(
    Admin(api): Admin,
    Id(LineId(id)): Id<LineId>,
) -> Result<StatusCode, Problem> {
    entered(&api, &id).await?;
    let campaigns = campaigns_of(&api.store, |campaign| {
        let more = &campaign.rules.more_phone_lines;
        campaign.phone_line_id == id || more.iter().any(|line| line.phone_line_id == id)
    })
    .await?;
    if !campaigns.is_empty() {
        return Err(Problem::conflict(format!(
            "Cancel or finish the campaigns that call from this line, or give them another line, then delete it: {}.",
            campaigns.join(", ")
        )));
    }
    api.store.delete_phone_line(&id).await?;
    api.audit("phone_line.deleted", &id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// The line, where it was entered here.
async fn entered(api: &Api, id: &ProviderId) -> Result<PhoneLine, Problem> {
    let line = found(api.store.find_phone_line(id).await?, "phone line")?;
    if platform(line.provider).lists_phone_lines() {
        return Err(Problem::conflict(format!(
            "{0} lists this line itself: change or delete it at {0}, and it follows here.",
            line.provider.name()
        )));
    }
    Ok(line)
}
