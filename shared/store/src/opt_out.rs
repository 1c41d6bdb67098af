//! People who do not want to be called: onto the list, and out of every campaign that waits to call them.

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{
    AuditEntry, AuditId, Call, Campaign, Conclusion, DoNotCallEntry, OptOutWay, PhoneNumber, ProviderId,
    Recipient, RecipientEvent, RecipientStatus, SkipReason, Wishes,
};

use crate::error::unavailable;
use crate::item::{from_item, n, s};
use crate::keys::Key;
use crate::{Store, StoreError, keys};

/// How often a recipient is read again when somebody else moves it meanwhile.
const MAX_RACES: u32 = 10;
/// How long a wish waits for its call to be known.
const WISH_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What became of a person's wish not to be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptedOut {
    /// The number is on the list now; it may have been before.
    Now {
        /// Waiting recipients that will not be called for it.
        ended: u64,
    },
    /// This call's wish was taken before; what was decided since stays.
    Before,
    /// The call has no number.
    NoNumber,
}

impl Store {
    /// Puts a number on the list and ends the recipients that wait to be called on it, in every campaign.
    /// Answers whether the entry is new.
    ///
    /// # Errors
    /// When the tables do not answer; doing it again is safe.
    pub async fn opt_out(&self, entry: &DoNotCallEntry) -> Result<bool, StoreError> {
        // The entry first: once it is there, nobody is dialled, whatever happens to the rest.
        let new = self.add_do_not_call(entry).await?;
        self.end_waiting(&entry.phone_number, entry.added_at).await?;
        Ok(new)
    }

    /// Takes the wish of the person of a call, once for each call: a repeat must not undo that somebody took
    /// the number off the list since.
    ///
    /// # Errors
    /// When the tables do not answer; doing it again is safe.
    pub async fn opt_out_of_call(
        &self,
        call: &Call,
        way: OptOutWay,
        now: Timestamp,
    ) -> Result<OptedOut, StoreError> {
        let Some(entry) = DoNotCallEntry::of_call(call, way, now) else {
            return Ok(OptedOut::NoNumber);
        };
        let audit_id = AuditId::derived(&["opt_out", call.call_id.as_str()]);
        if self.has_audit_entry(&audit_id).await? {
            return Ok(OptedOut::Before);
        }
        self.add_do_not_call(&entry).await?;
        let ended = self.end_waiting(&entry.phone_number, now).await?;
        // Last: until it is there, whoever does this again after a crash does all of it.
        let trail = AuditEntry {
            audit_id,
            at: now,
            actor: way.as_str().to_owned(),
            actor_name: None,
            role: None,
            action: "do_not_call.opted_out".to_owned(),
            thing: call.call_id.to_string(),
        };
        self.add_audit_entry(&trail).await?;
        tracing::info!(call.id = %call.call_id, way = way.as_str(), ended, "a person opted out");
        Ok(OptedOut::Now { ended })
    }

    /// Ends every recipient that waits to be called on a number, in all campaigns; answers how many.
    ///
    /// The index follows a moment behind: whoever is added at the same time is found when it is due, and at
    /// the moment of dialling.
    ///
    /// # Errors
    /// When the tables do not answer; doing it again is safe.
    pub async fn end_waiting(&self, number: &PhoneNumber, now: Timestamp) -> Result<u64, StoreError> {
        let mut ended = 0;
        for key in self.recipients_of_number(number).await? {
            ended += u64::from(self.end_one(&key, now).await?);
        }
        Ok(ended)
    }

    /// Where the recipients of a number are, in all campaigns. The index follows a moment behind.
    pub(crate) async fn recipients_of_number(&self, number: &PhoneNumber) -> Result<Vec<Key>, StoreError> {
        let mut found = Vec::new();
        let mut pages = self
            .db
            .query()
            .table_name(&self.config.campaigns_table)
            .index_name("by-number")
            .key_condition_expression("person_number = :number")
            .expression_attribute_values(":number", s(number.as_str()))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(unavailable("DynamoDB", "Query"))?;
            found.extend(page.items.unwrap_or_default().iter().filter_map(Key::of));
        }
        Ok(found)
    }

    async fn end_one(&self, key: &Key, now: Timestamp) -> Result<bool, StoreError> {
        let table = &self.config.campaigns_table;
        for _ in 0..MAX_RACES {
            let Some(item) = self.find_item(table, key).await? else {
                return Ok(false);
            };
            let recipient: Recipient = from_item(item)?;
            // One that is being called comes back here when its call is over.
            if !matches!(
                recipient.status,
                RecipientStatus::Pending | RecipientStatus::Queued
            ) {
                return Ok(false);
            }
            let skipped = RecipientEvent::Skipped(SkipReason::DoNotCall);
            if self.move_idle_recipient(&recipient, skipped, now, now).await? {
                return Ok(true);
            }
        }
        Err(StoreError::Stale)
    }

    /// Ends the recipient of a call that would be called again, when its number came on the list meanwhile.
    pub(crate) async fn end_if_opted_out(&self, conclusion: &Conclusion, now: Timestamp) {
        let Some((_, recipient)) = &conclusion.recipient else {
            return;
        };
        if recipient.status != RecipientStatus::Pending {
            return;
        }
        let number = &recipient.phone_number;
        let ended = match self.find_do_not_call(number).await {
            Ok(Some(_)) => self.end_waiting(number, now).await.map(drop),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        // The call is over all the same, and the list is looked at again when the recipient is due.
        if let Err(error) = ended {
            tracing::warn!(%error, recipient.id = %recipient.recipient_id, "whoever opted out waits until it is due");
        }
    }

    /// Takes the wish of a call that is over: what was found out in it, or what its agent noted before the
    /// call was known.
    pub(crate) async fn keep_opt_out(
        &self,
        call: &Call,
        campaign: Option<&Campaign>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if call.phone_number.is_none() {
            return Ok(());
        }
        let own = Wishes::default();
        let wishes = campaign.map_or(&own, |campaign| &campaign.rules.wishes);
        let way = if wishes.opts_out(&call.results) {
            OptOutWay::found_in(call)
        } else if self.has_opt_out_wish(call).await? {
            OptOutWay::Tool
        } else {
            return Ok(());
        };
        self.opt_out_of_call(call, way, now).await.map(drop)
    }

    /// Keeps a wish that was said in a conversation whose call is not known yet, until it is.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn note_opt_out_wish(
        &self,
        conversation: &ProviderId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut item = keys::opt_out_wish(conversation).item();
        let expires = now.saturating_add(WISH_KEPT).unwrap_or(Timestamp::MAX);
        item.insert("expires_at".into(), n(expires.as_second()));
        self.put(&self.config.system_table, item).await
    }

    async fn has_opt_out_wish(&self, call: &Call) -> Result<bool, StoreError> {
        let Some(conversation) = &call.conversation_id else {
            return Ok(false);
        };
        let wish = keys::opt_out_wish(conversation);
        Ok(self.find_item(&self.config.system_table, &wish).await?.is_some())
    }
}
