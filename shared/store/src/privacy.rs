//! Everything that is kept about one person, by number: found, and erased.

use jiff::Timestamp;
use switchboard_domain::{Call, CallbackId, PhoneNumber, Recipient};

use crate::calls::UpdateOutcome;
use crate::item::from_item;
use crate::recipients::recipient_item;
use crate::{FileStore, Store, StoreError, keys};

/// How often a recipient is read again when somebody else moves it meanwhile.
const MAX_RACES: u32 = 10;

impl Store {
    /// The recipients of a number, in all campaigns, whatever became of them. The index follows a moment behind.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_recipients(&self, number: &PhoneNumber) -> Result<Vec<Recipient>, StoreError> {
        let keys = self.recipients_of_number(number).await?;
        let mut found = self
            .items_of(&self.config.campaigns_table, &keys, None, false)
            .await?;
        let recipients = keys.iter().filter_map(|key| found.remove(key));
        recipients.map(from_item).collect()
    }

    /// Erases whom a recipient is about. Answers false when it is not over yet: it is ended first.
    ///
    /// # Errors
    /// When the table does not answer, or others move the recipient all the time.
    pub async fn erase_recipient(&self, recipient: &Recipient, now: Timestamp) -> Result<bool, StoreError> {
        let (campaign, id) = (&recipient.campaign_id, &recipient.recipient_id);
        for _ in 0..MAX_RACES {
            let Some(mut recipient) = self.find_recipient(campaign, id).await? else {
                return Ok(true);
            };
            if !recipient.status.is_final() {
                return Ok(false);
            }
            if recipient.phone_number.is_erased() {
                return Ok(true);
            }
            recipient.erase_person(now);
            let read = recipient.version;
            let item = recipient_item(&recipient, read + 1)?;
            match self
                .put_if_version(&self.config.campaigns_table, item, read)
                .await
            {
                Ok(()) => return Ok(true),
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Stale)
    }

    /// Erases what a call tells of its person: words, recording, what its platform sent, and the number. Answers false
    /// when it is not over yet.
    ///
    /// # Errors
    /// When tables or bucket do not answer; doing it again goes on where it stopped.
    pub async fn erase_call(&self, call: &Call, now: Timestamp) -> Result<bool, StoreError> {
        if !call.status.is_final() {
            return Ok(false);
        }
        for record in self.webhooks_of_call(call).await? {
            self.files().delete(&record.body_key).await?;
        }
        self.files()
            .delete(&FileStore::recording_key(&call.call_id))
            .await?;
        self.settle_recording(&call.call_id).await?;
        self.forget_noted_recording(&call.call_id).await?;
        let beside = keys::call(&call.call_id).pk;
        self.delete_partition(&self.config.calls_table, &beside, keys::TRANSCRIPT)
            .await?;
        self.forget_beside(&call.call_id).await?;
        // The number last: until it is gone, the call is found again by it.
        match self
            .update_call(&call.call_id, |call| {
                call.status.is_final() && call.erase_person(now)
            })
            .await?
        {
            UpdateOutcome::Changed(call) | UpdateOutcome::Unchanged(call) => Ok(call.erased_at.is_some()),
            UpdateOutcome::NotFound => Ok(true),
        }
    }

    /// Deletes a callback, whether it is there or not.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn delete_callback(&self, id: &CallbackId) -> Result<(), StoreError> {
        self.delete(&self.config.system_table, &keys::callback(id)).await
    }

    /// Forgets when a number was dialled lately.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn forget_dialled(&self, number: &PhoneNumber) -> Result<(), StoreError> {
        self.delete(&self.config.system_table, &keys::dialled(number))
            .await
    }
}
