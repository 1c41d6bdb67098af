//! Recipients, laid out from the contact lists.

use std::time::Duration;

use switchboard_domain::{Campaign, Recipient};
use switchboard_store::StoreError;

use crate::tick::Scheduler;

/// Contacts laid out at a time.
const CHUNK: u64 = 500;
/// How long one step lays out before the other campaigns get their turn.
const TURN: Duration = Duration::from_secs(3);

impl Scheduler {
    /// Lays out as many recipients as fit in one turn. Progress is written after each chunk;
    /// a chunk that was laid out but not written down is laid out again, which changes nothing.
    pub(crate) async fn lay_out(&self, campaign: &Campaign) -> Result<(), StoreError> {
        if campaign.layout.done {
            return Ok(());
        }
        let mut layout = campaign.layout.clone();
        let begun = self.clock.now();
        while !layout.done {
            let now = self.clock.now();
            if Duration::try_from(now.duration_since(begun)).is_ok_and(|spent| spent > TURN) {
                break;
            }
            let Some(list_id) = campaign.list_ids.get(layout.list as usize) else {
                layout.done = true;
                self.store.record_layout(&campaign.campaign_id, &layout).await?;
                break;
            };
            let size = self
                .store
                .find_contact_list(list_id)
                .await?
                .map_or(0, |list| list.size);
            if layout.seq >= size {
                (layout.list, layout.seq) = (layout.list + 1, 0);
                continue;
            }
            let contacts = self.store.contacts_from(list_id, layout.seq, CHUNK).await?;
            let due_at = campaign.start_at.map_or(now, |start| start.max(now));
            let recipient = |contact: switchboard_domain::Contact| {
                let id = campaign.campaign_id.clone();
                let (number, variables) = (contact.phone_number, contact.variables);
                let mut recipient =
                    Recipient::new(id, number, variables, None, due_at, now).with_details(&contact.details);
                recipient.wait_until(due_at, &campaign.rules.calling_hours);
                recipient
            };
            let recipients = contacts.into_iter().map(recipient).collect();
            self.store
                .add_recipients(&campaign.campaign_id, recipients)
                .await?;
            layout.seq += CHUNK;
            self.store.record_layout(&campaign.campaign_id, &layout).await?;
        }
        Ok(())
    }
}
