//! Addresses that events are sent to. There are few: they share a partition and are read together.

use switchboard_domain::{EventTarget, EventTargetId};

use crate::item::{Item, from_item, n, to_item};
use crate::{Store, StoreError, keys};

/// How often a change is tried again when somebody else was faster.
const MAX_RACES: u32 = 10;

fn target_item(target: &EventTarget, version: u64) -> Result<Item, StoreError> {
    let mut item = to_item(target)?;
    keys::event_target(&target.target_id).put_into(&mut item);
    item.insert("version".into(), n(version));
    Ok(item)
}

impl Store {
    /// Every target, by id, as it is at this moment.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn event_targets(&self) -> Result<Vec<EventTarget>, StoreError> {
        let items = self
            .partition(&self.config.system_table, keys::EVENT_TARGETS, "")
            .await?;
        items.into_iter().map(from_item).collect()
    }

    /// The target with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_event_target(&self, id: &EventTargetId) -> Result<Option<EventTarget>, StoreError> {
        self.find(&self.config.system_table, &keys::event_target(id))
            .await
    }

    /// Writes a new target. Answers whether it is new.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn create_event_target(&self, target: &EventTarget) -> Result<bool, StoreError> {
        let item = target_item(target, target.version)?;
        self.create(&self.config.system_table, item).await
    }

    /// Changes a target without losing anybody else's change; `change` answers whether it still wants to.
    /// None when there is no such target.
    ///
    /// # Errors
    /// When the table does not answer, or others change it all the time.
    pub async fn update_event_target(
        &self,
        id: &EventTargetId,
        mut change: impl FnMut(&mut EventTarget) -> bool,
    ) -> Result<Option<EventTarget>, StoreError> {
        for _ in 0..MAX_RACES {
            let Some(mut target) = self.find_event_target(id).await? else {
                return Ok(None);
            };
            let read = target.version;
            if !change(&mut target) {
                return Ok(Some(target));
            }
            let item = target_item(&target, read + 1)?;
            match self.put_if_version(&self.config.system_table, item, read).await {
                Ok(()) => {
                    target.version = read + 1;
                    return Ok(Some(target));
                }
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Stale)
    }

    /// Forgets a target. What was on its way to it is not sent any more.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn delete_event_target(&self, id: &EventTargetId) -> Result<(), StoreError> {
        self.delete(&self.config.system_table, &keys::event_target(id))
            .await
    }
}
