//! Campaigns.

use switchboard_domain::{
    Campaign, CampaignAction, CampaignId, CampaignStatus, IllegalCampaignAction, LayoutProgress,
    OutgoingEvent,
};

use crate::error::{if_it_held, unavailable};
use crate::item::{Item, from_item, n, s, to_item};
use crate::transaction::{Transaction, When};
use crate::{Cursor, Page, Store, StoreError, keys};

/// How often a change is tried again when somebody else was faster.
const MAX_RACES: u32 = 10;

fn campaign_item(campaign: &Campaign, version: u64) -> Result<Item, StoreError> {
    let mut item = to_item(campaign)?;
    keys::campaign(&campaign.campaign_id).put_into(&mut item);
    let order = keys::time_and(campaign.created_at, campaign.campaign_id.as_str());
    item.insert("kind".into(), s("campaign"));
    item.insert("sort".into(), order.clone());
    item.insert("state_key".into(), s(state_key(campaign.status)));
    item.insert("state_sort".into(), order);
    item.insert("version".into(), n(version));
    Ok(item)
}

fn state_key(status: CampaignStatus) -> String {
    format!("campaigns#{}", status.as_str())
}

impl Store {
    /// Writes a new campaign.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when one with this id exists.
    pub async fn create_campaign(&self, campaign: &Campaign) -> Result<(), StoreError> {
        let item = campaign_item(campaign, campaign.version)?;
        match self.create(&self.config.campaigns_table, item).await? {
            true => Ok(()),
            false => Err(StoreError::Stale),
        }
    }

    /// The campaign with this id, as it is at this moment.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_campaign(&self, id: &CampaignId) -> Result<Option<Campaign>, StoreError> {
        self.find(&self.config.campaigns_table, &keys::campaign(id)).await
    }

    /// The campaign as it was a moment ago, for half the price: for whoever looks again and again.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn glance_at_campaign(&self, id: &CampaignId) -> Result<Option<Campaign>, StoreError> {
        self.glance(&self.config.campaigns_table, &keys::campaign(id))
            .await
    }

    /// Changes a campaign without losing anybody else's change. `change` answers `Ok(false)` when
    /// nothing is to be written, or an error of the caller's, which ends the attempt.
    /// None when there is no such campaign.
    ///
    /// # Errors
    /// When the table does not answer, or others change the campaign all the time.
    pub async fn update_campaign<E>(
        &self,
        id: &CampaignId,
        change: impl FnMut(&mut Campaign) -> Result<bool, E>,
    ) -> Result<Option<Result<Campaign, E>>, StoreError> {
        self.change_campaign(id, false, change).await
    }

    /// Changes what people decide about a campaign, as [`Store::update_campaign`] does. The scheduler is told
    /// in the same write, for waiting recipients may get new times.
    ///
    /// # Errors
    /// When the table does not answer, or others change the campaign all the time.
    pub async fn edit_campaign<E>(
        &self,
        id: &CampaignId,
        change: impl FnMut(&mut Campaign) -> Result<bool, E>,
    ) -> Result<Option<Result<Campaign, E>>, StoreError> {
        self.change_campaign(id, true, change).await
    }

    /// Changes a campaign; with `sweeps`, the scheduler is told in the same write to move its recipients.
    async fn change_campaign<E>(
        &self,
        id: &CampaignId,
        sweeps: bool,
        mut change: impl FnMut(&mut Campaign) -> Result<bool, E>,
    ) -> Result<Option<Result<Campaign, E>>, StoreError> {
        for _ in 0..MAX_RACES {
            let Some(mut campaign) = self.find_campaign(id).await? else {
                return Ok(None);
            };
            let read = campaign.version;
            let before = campaign.clone();
            match change(&mut campaign) {
                Err(refusal) => return Ok(Some(Err(refusal))),
                Ok(false) => return Ok(Some(Ok(campaign))),
                Ok(true) => campaign.note_change(&before, campaign.updated_at),
            }
            let item = campaign_item(&campaign, read + 1)?;
            let ends = campaign.status.is_final() && !before.status.is_final();
            let event = match ends {
                true => self.campaign_event(&campaign, read + 1).await?,
                false => None,
            };
            let written = match sweeps || event.is_some() {
                true => self.put_with(id, item, read, sweeps, event.as_ref()).await,
                false => {
                    self.put_if_version(&self.config.campaigns_table, item, read)
                        .await
                }
            };
            match written {
                Ok(()) => {
                    self.announce(&event).await;
                    campaign.version = read + 1;
                    return Ok(Some(Ok(campaign)));
                }
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Stale)
    }

    async fn put_with(
        &self,
        id: &CampaignId,
        item: Item,
        read: u64,
        sweeps: bool,
        event: Option<&OutgoingEvent>,
    ) -> Result<(), StoreError> {
        let mut tx = Transaction::new();
        tx.put((), &self.config.campaigns_table, item, When::version(read));
        if sweeps {
            let mut sweep = keys::sweep(id).item();
            sweep.insert("campaign_id".into(), s(id.as_str()));
            sweep.insert("asked_version".into(), n(read + 1));
            tx.put((), &self.config.system_table, sweep, When::always());
        }
        self.put_events(&mut tx, (), event)?;
        Ok(tx.commit(&self.db).await?)
    }

    /// Moves a campaign to its next status; once this answers, no dial begins that the status forbids.
    /// The recipients of a cancelled one are moved by the scheduler, which is told in the same write;
    /// cancelling it again tells it again.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn act_on_campaign(
        &self,
        id: &CampaignId,
        action: CampaignAction,
        now: jiff::Timestamp,
    ) -> Result<Option<Result<Campaign, IllegalCampaignAction>>, StoreError> {
        let cancels = action == CampaignAction::Cancel;
        self.change_campaign(id, cancels, |campaign| {
            let next = campaign.status.after(action)?;
            if next == campaign.status && !cancels && action != CampaignAction::CallMore {
                return Ok(false);
            }
            campaign.status = next;
            campaign.updated_at = now;
            match next {
                CampaignStatus::Running => {
                    campaign.started_at = campaign.started_at.or(Some(now));
                    campaign.finished_at = None;
                    campaign.failure = None;
                }
                next if next.is_final() => campaign.finished_at = campaign.finished_at.or(Some(now)),
                _ => {}
            }
            Ok(true)
        })
        .await
    }

    /// Pauses a campaign that runs, for a reason that people are shown. Answers whether it did.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn pause_because(
        &self,
        id: &CampaignId,
        reason: &str,
        now: jiff::Timestamp,
    ) -> Result<bool, StoreError> {
        let paused = self
            .update_campaign(id, |campaign| {
                if campaign.status != CampaignStatus::Running {
                    return Err(());
                }
                campaign.status = campaign.status.after(CampaignAction::Pause).map_err(|_| ())?;
                campaign.failure = Some(reason.to_owned());
                campaign.updated_at = now;
                Ok(true)
            })
            .await?;
        Ok(matches!(paused, Some(Ok(_))))
    }

    /// Asks the scheduler to try the failed recipients of a campaign again.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn ask_retry_failed(
        &self,
        id: &CampaignId,
        now: jiff::Timestamp,
    ) -> Result<Option<Result<Campaign, IllegalCampaignAction>>, StoreError> {
        self.change_campaign(id, true, |campaign| {
            campaign.status = campaign.status.after(CampaignAction::CallMore)?;
            campaign.retry_failed_asked = true;
            campaign.finished_at = None;
            campaign.updated_at = now;
            Ok(true)
        })
        .await
    }

    /// How many calls of a campaign have ended so far: it moves in the write that ends one.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn ended_calls(&self, id: &CampaignId) -> Result<u64, StoreError> {
        let slots = self
            .find_item(&self.config.campaigns_table, &keys::campaign_slots(id))
            .await?;
        let ended = crate::item::number(&slots.unwrap_or_default(), "ended");
        Ok(u64::try_from(ended).unwrap_or_default())
    }

    /// Campaigns whose recipients are to be moved.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn sweeps(&self) -> Result<Vec<CampaignId>, StoreError> {
        let items = self.partition(&self.config.system_table, "SWEEPS", "").await?;
        let id = |item: &Item| CampaignId::parse(item.get("campaign_id")?.as_s().ok()?).ok();
        Ok(items.iter().filter_map(id).collect())
    }

    /// Notes that a campaign's recipients are all moved, as far as the campaign's version `seen` asked for
    /// it. What a later version asked for stays to be done.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn finish_sweep(&self, id: &CampaignId, seen: u64) -> Result<(), StoreError> {
        let finished = self
            .db
            .delete_item()
            .table_name(&self.config.system_table)
            .set_key(Some(keys::sweep(id).item()))
            .condition_expression("attribute_not_exists(pk) OR asked_version <= :seen")
            .expression_attribute_values(":seen", n(seen))
            .send()
            .await;
        if_it_held(finished, "DeleteItem").map(drop)
    }

    /// Writes down how far a campaign's recipients are laid out.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn record_layout(&self, id: &CampaignId, layout: &LayoutProgress) -> Result<(), StoreError> {
        let done = self
            .update_campaign(id, |campaign| {
                campaign.layout = layout.clone();
                Ok::<_, std::convert::Infallible>(true)
            })
            .await?;
        done.map_or(Err(StoreError::Stale), |_| Ok(()))
    }

    /// Campaigns, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_campaigns(
        &self,
        status: Option<CampaignStatus>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Campaign>, StoreError> {
        let Some(status) = status else {
            return self
                .list_kind(&self.config.campaigns_table, "campaign", cursor, limit)
                .await;
        };
        let answer = self
            .db
            .query()
            .table_name(&self.config.campaigns_table)
            .index_name("by-state")
            .key_condition_expression("state_key = :state")
            .expression_attribute_values(":state", s(state_key(status)))
            .scan_index_forward(false)
            .set_exclusive_start_key(cursor.and_then(Cursor::start_key))
            .limit(i32::try_from(limit.max(1)).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(unavailable("DynamoDB", "Query"))?;
        let items = answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(from_item)
            .collect::<Result<_, _>>()?;
        Ok(Page {
            items,
            next: answer.last_evaluated_key.map(|last| Cursor::after(0, &last)),
        })
    }

    /// The next number for the call-manager routes, kept with the campaign it stands for.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn next_batch_number(&self, campaign: &CampaignId) -> Result<u64, StoreError> {
        let table = &self.config.system_table;
        let answer = self
            .db
            .update_item()
            .table_name(table)
            .set_key(Some(keys::batch_counter().item()))
            .update_expression("ADD last_number :one")
            .expression_attribute_values(":one", n(1))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(unavailable("DynamoDB", "UpdateItem"))?;
        let last = crate::item::number(&answer.attributes.unwrap_or_default(), "last_number");
        let number = u64::try_from(last).unwrap_or_default();
        let mut item = keys::batch(number).item();
        item.insert("campaign_id".into(), s(campaign.as_str()));
        self.put(table, item).await?;
        Ok(number)
    }

    /// The campaign of a call-manager batch.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_campaign_by_batch(&self, number: u64) -> Result<Option<Campaign>, StoreError> {
        let item = self
            .find_item(&self.config.system_table, &keys::batch(number))
            .await?;
        let id = item.and_then(|i| CampaignId::parse(i.get("campaign_id")?.as_s().ok()?).ok());
        match id {
            Some(id) => self.find_campaign(&id).await,
            None => Ok(None),
        }
    }
}
