//! One person of a campaign: changed, or taken out.

use std::collections::BTreeMap;

use axum::Json;
use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_domain::{CampaignId, Recipient, RecipientEvent, RecipientId, RecipientStatus};
use switchboard_service::Problem;
use switchboard_store::StoreError;
use utoipa::ToSchema;

use super::edit::given;
use super::overrides::{Known, NewOverrides};
use crate::answer::{Answer, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::limits::MAX_NAME;
use crate::path::{Ids, found};
use crate::roles::{Operator, Viewer};

/// Most people taken out by one request.
const MAX_REMOVED: usize = 500;
/// People taken out side by side.
const AT_ONCE: usize = 8;
/// How often it is tried again when somebody else was faster.
const MAX_RACES: u32 = 10;

/// One person of a campaign.
#[utoipa::path(get, path = "/campaigns/{campaign_id}/recipients/{recipient_id}", tag = "campaigns",
    params(("campaign_id" = CampaignId, Path), ("recipient_id" = RecipientId, Path)),
    responses((status = OK, body = Recipient), Refusals))]
pub(super) async fn get_recipient(
    Viewer(api): Viewer,
    Ids(campaign, id): Ids<CampaignId, RecipientId>,
) -> Answer<Recipient> {
    let recipient = api.store.find_recipient(&campaign, &id).await?;
    Ok(Json(found(recipient, "recipient")?))
}

/// What to change about a person who waits; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateRecipient {
    /// What the call may say of the person, as a JSON merge patch: what is named takes the place of what was,
    /// null takes it away.
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    variables: Option<BTreeMap<String, Option<String>>>,
    /// Who is called before whom: 0 to 100, the larger the earlier.
    #[schema(minimum = 0, maximum = 100)]
    priority: Option<u8>,
    /// Not called before this moment; null: as soon as the calling hours allow.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Timestamp>)]
    not_before: Option<Option<Timestamp>>,
    /// What is different for this person.
    #[serde(default)]
    overrides: NewOverrides,
}

/// Changes a person who waits. The next call goes by it. Refused while the person is being called, and once
/// it is done with them.
#[utoipa::path(patch, path = "/campaigns/{campaign_id}/recipients/{recipient_id}", tag = "campaigns",
    request_body = UpdateRecipient,
    params(("campaign_id" = CampaignId, Path), ("recipient_id" = RecipientId, Path)),
    responses((status = OK, body = Recipient), Refusals))]
pub(super) async fn update_recipient(
    Operator(api): Operator,
    Ids(campaign_id, id): Ids<CampaignId, RecipientId>,
    JsonBody(changes): JsonBody<UpdateRecipient>,
) -> Answer<Recipient> {
    let campaign = found(api.store.find_campaign(&campaign_id).await?, "campaign")?;
    let now = api.now();
    for _ in 0..MAX_RACES {
        let before = api.store.find_recipient(&campaign_id, &id).await?;
        let before = found(before, "recipient")?;
        if let Some(refusal) = refusal(&before) {
            return Err(refusal);
        }
        let mut after = before.clone();
        let mut checks = Checks::default();
        changes.apply(&mut checks, &mut after, now);
        let mut known = Known::of(&api, &campaign);
        known
            .apply(&mut checks, "overrides", &changes.overrides, &mut after.overrides)
            .await?;
        let lacked: Vec<&String> = campaign.missing_variables(&before).collect();
        for name in campaign.missing_variables(&after) {
            if !lacked.contains(&name) {
                checks.wrong(
                    format!("variables.{name}"),
                    "the agent needs a value: give one, or choose another agent",
                );
            }
        }
        checks.done()?;
        if let Some(at) = changes.not_before {
            let start = campaign.start_at.unwrap_or(now).max(now);
            after.wait_until(at.unwrap_or(start).max(start), &campaign.rules.calling_hours);
        }
        if let Some(written) = api.store.edit_recipient(&before, after, now).await? {
            api.audit("recipient.updated", &id).await;
            api.wake_scheduler().await;
            return Ok(Json(written));
        }
    }
    Err(StoreError::Stale.into())
}

impl UpdateRecipient {
    fn apply(&self, checks: &mut Checks, person: &mut Recipient, now: Timestamp) {
        for (name, value) in self.variables.iter().flatten() {
            match value {
                Some(value) => drop(person.variables.insert(name.clone(), value.clone())),
                None => drop(person.variables.remove(name)),
            }
        }
        checks.variables("variables", &person.variables);
        if let Some(priority) = self.priority {
            checks.range("priority", &priority, 0..=100);
            person.priority = priority;
        }
        if let Some(Some(at)) = self.not_before {
            super::rules::ahead(checks, "not_before", at, now);
        }
    }
}

/// Why a person cannot be changed or taken out; none for those who wait.
fn refusal(person: &Recipient) -> Option<Problem> {
    match person.status {
        RecipientStatus::Pending | RecipientStatus::Queued => None,
        RecipientStatus::Calling => Some(Problem::conflict(
            "The person is being called right now. Wait until the call is over, then look whether another one is to \
             follow.",
        )),
        done => Some(Problem::conflict(format!(
            "It is done with this person ({}): what happened stays.",
            done.as_str()
        ))),
    }
}

/// Takes a person out of a campaign. Once answered, no call to them begins in it. Refused while the person is
/// being called, and once it is done with them; taking somebody out again is no error.
#[utoipa::path(delete, path = "/campaigns/{campaign_id}/recipients/{recipient_id}", tag = "campaigns",
    params(("campaign_id" = CampaignId, Path), ("recipient_id" = RecipientId, Path)),
    responses((status = OK, body = Recipient), Refusals))]
pub(super) async fn remove_recipient(
    Operator(api): Operator,
    Ids(campaign, id): Ids<CampaignId, RecipientId>,
) -> Answer<Recipient> {
    let person = found(remove(&api, &campaign, &id).await?, "recipient")?;
    if person.status != RecipientStatus::Removed
        && let Some(refusal) = refusal(&person)
    {
        return Err(refusal);
    }
    api.audit("recipient.removed", &id).await;
    api.wake_scheduler().await;
    Ok(Json(person))
}

/// Takes a person out if they wait; answers them as they are then. None when there is no such person.
async fn remove(api: &Api, campaign: &CampaignId, id: &RecipientId) -> Result<Option<Recipient>, StoreError> {
    for _ in 0..MAX_RACES {
        let person = api.store.find_recipient(campaign, id).await?;
        let Some(waiting) = person.as_ref().filter(|person| refusal(person).is_none()) else {
            return Ok(person);
        };
        let now = api.now();
        // Whether it was moved or somebody was faster: look again.
        api.store
            .move_idle_recipient(waiting, RecipientEvent::Removed, now, now)
            .await?;
    }
    Err(StoreError::Stale)
}

/// Whom to take out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemoveRecipients {
    /// People by our ids.
    #[serde(default)]
    #[schema(max_items = 500)]
    recipient_ids: Vec<RecipientId>,
    /// People by your own ids; 500 in all.
    #[serde(default)]
    #[schema(max_items = 500)]
    external_ids: Vec<String>,
}

/// What became of them.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct RemovedRecipients {
    /// Taken out, now or before.
    removed: u64,
    /// Being called right now: not taken out.
    calling: Vec<RecipientId>,
    /// Done with already: what happened stays.
    finished: Vec<RecipientId>,
    /// Not in the campaign.
    unknown: Vec<RecipientId>,
}

/// Takes people out of a campaign, at most 500. Once answered, no call begins to those who are `removed`.
#[utoipa::path(post, path = "/campaigns/{campaign_id}/recipients/remove", tag = "campaigns",
    request_body = RemoveRecipients, params(("campaign_id" = CampaignId, Path)),
    responses((status = OK, body = RemovedRecipients), Refusals))]
pub(super) async fn remove_recipients(
    Operator(api): Operator,
    crate::path::Id(campaign): crate::path::Id<CampaignId>,
    JsonBody(request): JsonBody<RemoveRecipients>,
) -> Answer<RemovedRecipients> {
    let mut checks = Checks::default();
    let count = request.recipient_ids.len() + request.external_ids.len();
    if count == 0 || count > MAX_REMOVED {
        checks.wrong(
            "recipient_ids",
            format!("name 1 to {MAX_REMOVED} people at a time"),
        );
    }
    for (index, id) in request.external_ids.iter().take(MAX_REMOVED).enumerate() {
        checks.text(&format!("external_ids[{index}]"), id, 1..=MAX_NAME);
    }
    checks.done()?;
    found(api.store.find_campaign(&campaign).await?, "campaign")?;
    let external = request.external_ids.iter();
    let mut ids = request.recipient_ids;
    ids.extend(external.map(|id| Recipient::id_of_external(&campaign, id)));
    ids.sort();
    ids.dedup();
    let (api_of, of) = (&api, &campaign);
    let looked: Vec<(RecipientId, Option<Recipient>)> = stream::iter(ids)
        .map(|id| async move {
            let person = remove(api_of, of, &id).await?;
            Ok::<_, StoreError>((id, person))
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let mut done = RemovedRecipients::default();
    for (id, person) in looked {
        match person.map(|person| person.status) {
            None => done.unknown.push(id),
            Some(RecipientStatus::Removed) => done.removed += 1,
            Some(RecipientStatus::Calling) => done.calling.push(id),
            Some(_) => done.finished.push(id),
        }
    }
    api.audit("campaign.recipients_removed", &campaign).await;
    api.wake_scheduler().await;
    Ok(Json(done))
}
