//! Which calling rules somebody here has looked at and confirmed. There are few: they are read together.

use switchboard_domain::RuleConfirmation;

use crate::item::{from_item, to_item};
use crate::{Store, StoreError, keys};

impl Store {
    /// Every confirmation, by rule. One of a rule that changed since is among them.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn rule_confirmations(&self) -> Result<Vec<RuleConfirmation>, StoreError> {
        let table = &self.config.system_table;
        let items = self.partition(table, keys::RULE_CONFIRMATIONS, "").await?;
        items.into_iter().map(from_item).collect()
    }

    /// Writes a confirmation, in place of an earlier one of the same rule.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_rule_confirmation(&self, confirmation: &RuleConfirmation) -> Result<(), StoreError> {
        let mut item = to_item(confirmation)?;
        keys::rule_confirmation(&confirmation.rule_id).put_into(&mut item);
        self.put(&self.config.system_table, item).await
    }
}
