//! The registers that do-not-call numbers are imported from.

use jiff::Timestamp;
use switchboard_domain::{DoNotCallImport, DoNotCallRegister, RegisterId, Upload};

use crate::error::if_it_held;
use crate::item::{from_item, s, to_item};
use crate::{Store, StoreError, keys};

impl Store {
    /// Every register that numbers were imported from, by name.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn do_not_call_registers(&self) -> Result<Vec<DoNotCallRegister>, StoreError> {
        let items = self
            .partition(&self.config.contacts_table, keys::REGISTERS, "")
            .await?;
        let registers: Result<Vec<DoNotCallRegister>, _> = items.into_iter().map(from_item).collect();
        let mut registers = registers?;
        registers.sort_by(|one, other| one.source.cmp(&other.source));
        Ok(registers)
    }

    /// Notes that a register's file was imported; one of an older file than is known changes nothing.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn note_register(
        &self,
        import: &DoNotCallImport,
        upload: &Upload,
        numbers: u64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let register = DoNotCallRegister {
            register_id: import.register_id(),
            source: import.source.clone(),
            source_date: import.source_date,
            imported_at: now,
            upload_id: upload.upload_id.clone(),
            numbers,
        };
        let mut item = to_item(&register)?;
        keys::register(&register.register_id).put_into(&mut item);
        let noted = self
            .db
            .put_item()
            .table_name(&self.config.contacts_table)
            .set_item(Some(item))
            // Dates are written so that their text has their order.
            .condition_expression("attribute_not_exists(pk) OR source_date <= :date")
            .expression_attribute_values(":date", s(import.source_date.to_string()))
            .send()
            .await;
        if_it_held(noted, "PutItem").map(drop)
    }

    /// Forgets a register and its date; the numbers that were imported from it stay on the list. One that is
    /// not there is fine.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn forget_register(&self, id: &RegisterId) -> Result<(), StoreError> {
        self.delete(&self.config.contacts_table, &keys::register(id))
            .await
    }
}
