//! Recipients in requests.

use jiff::Timestamp;
use serde::Deserialize;
use switchboard_contacts::Region;
use switchboard_domain::{CampaignId, ContactDetails, DynamicVariables, Recipient, RecipientOverrides, Zone};
use utoipa::ToSchema;

use super::overrides::NewOverrides;
use super::rules;
use crate::checks::Checks;
use crate::limits::MAX_NAME;
use crate::numbers;

/// Somebody to be called.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRecipient {
    /// The number, in any spelling.
    #[schema(example = "+14155550100")]
    pub(crate) phone_number: String,
    /// What the call may say of the person.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    pub(crate) variables: DynamicVariables,
    /// Your own id for this person: sent again, it is not added again.
    #[schema(max_length = 200)]
    pub(crate) external_id: Option<String>,
    /// The person's time zone, priority and language.
    #[serde(default)]
    pub(crate) details: ContactDetails,
    /// Not called before this moment.
    pub(crate) not_before: Option<Timestamp>,
    /// What is different for this person.
    #[serde(default)]
    pub(crate) overrides: NewOverrides,
}

/// The recipients, where nothing is wrong with them. `overrides` is what is different for each, by its place.
pub(crate) fn read_people(
    checks: &mut Checks,
    people: Vec<NewRecipient>,
    region: Option<Region>,
    campaign: &CampaignId,
    due_at: Timestamp,
    now: Timestamp,
    overrides: &[RecipientOverrides],
) -> Vec<Recipient> {
    let mut recipients = Vec::with_capacity(people.len());
    for (index, person) in people.into_iter().enumerate() {
        let at = |field: &str| format!("recipients[{index}].{field}");
        if let Some(id) = &person.external_id {
            checks.text(&at("external_id"), id, 1..=MAX_NAME);
        }
        checks.variables(&at("variables"), &person.variables);
        if let Some(zone) = &person.details.timezone {
            checks.take(at("details.timezone"), Zone::parse(zone));
        }
        if let Some(priority) = &person.details.priority {
            checks.range(&at("details.priority"), priority, 0..=100);
        }
        if let Some(language) = &person.details.language {
            checks.text(&at("details.language"), language, 2..=35);
        }
        if let Some(not_before) = person.not_before {
            rules::ahead(checks, &at("not_before"), not_before, now);
        }
        let due_at = person.not_before.map_or(due_at, |at| at.max(due_at));
        let number = checks.take(at("phone_number"), numbers::parse(&person.phone_number, region));
        recipients.extend(number.map(|number| {
            let recipient = Recipient::new(
                campaign.clone(),
                number,
                person.variables,
                person.external_id,
                due_at,
                now,
            );
            Recipient {
                overrides: overrides.get(index).cloned().unwrap_or_default(),
                ..recipient.with_details(&person.details)
            }
        }));
    }
    recipients
}
