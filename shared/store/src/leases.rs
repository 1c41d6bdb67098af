//! Leases: one holder at a time, for a while.

use jiff::{SignedDuration, Timestamp};

use crate::error::if_it_held;
use crate::item::{n, s};
use crate::{Store, StoreError, keys};

impl Store {
    /// Takes, or keeps, a lease for `holder`. Answers whether it has it.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn take_lease(
        &self,
        name: &str,
        holder: &str,
        length: SignedDuration,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let until = now.saturating_add(length).unwrap_or(Timestamp::MAX);
        let taken = self
            .db
            .update_item()
            .table_name(&self.config.system_table)
            .set_key(Some(keys::lease(name).item()))
            .update_expression("SET holder = :holder, until_ms = :until, expires_at = :expires")
            .condition_expression("attribute_not_exists(pk) OR holder = :holder OR until_ms <= :now")
            .expression_attribute_values(":holder", s(holder))
            .expression_attribute_values(":until", n(until.as_millisecond()))
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .expression_attribute_values(":expires", n(until.as_second().saturating_add(86_400)))
            .send()
            .await;
        Ok(if_it_held(taken, "UpdateItem")?.is_some())
    }

    /// Gives a lease back, if `holder` still has it.
    ///
    /// # Errors
    /// When the table does not answer; the lease then ends by itself.
    pub async fn give_back_lease(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        let given = self
            .db
            .delete_item()
            .table_name(&self.config.system_table)
            .set_key(Some(keys::lease(name).item()))
            .condition_expression("holder = :holder")
            .expression_attribute_values(":holder", s(holder))
            .send()
            .await;
        if_it_held(given, "DeleteItem").map(drop)
    }
}
