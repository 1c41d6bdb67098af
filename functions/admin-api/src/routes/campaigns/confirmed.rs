//! Campaigns that start only by calling rules that somebody confirmed.

use std::collections::BTreeSet;

use switchboard_domain::{Campaign, CampaignId, RuleConfirmation};
use switchboard_service::{Problem, ProblemCode};

use super::whom::who;
use crate::api::Api;
use crate::path::found;

/// Refuses the start of a campaign for whose people a rule holds that nobody confirmed, where the settings
/// ask for that.
pub(super) async fn rules_are_confirmed(api: &Api, id: &CampaignId) -> Result<(), Problem> {
    if !api.store.dial_settings().await?.require_confirmed_rules {
        return Ok(());
    }
    let campaign = found(api.store.find_campaign(id).await?, "campaign")?;
    let open = unconfirmed(api, &campaign).await?;
    if open.is_empty() {
        return Ok(());
    }
    let names = Vec::from_iter(open).join(", ");
    let detail = format!(
        "Nobody has confirmed these calling rules: {names}. Look at them, confirm them, then start the campaign. It is \
         kept as it is."
    );
    Err(Problem::new(ProblemCode::RulesUnconfirmed, detail))
}

async fn unconfirmed(api: &Api, campaign: &Campaign) -> Result<BTreeSet<&'static str>, Problem> {
    let confirmed = RuleConfirmation::in_force(&api.store.rule_confirmations().await?);
    let people = who(api, campaign).await?.people;
    let rules = people
        .iter()
        .flat_map(|(person, _)| campaign.rules_of(&person.phone_number));
    Ok(rules
        .filter(|rule| !confirmed.contains(rule.id))
        .map(|rule| rule.name)
        .collect())
}
