//! The do-not-call list.

use switchboard_domain::{DoNotCallEntry, PhoneNumber, SearchText};

use crate::item::{s, to_item};
use crate::{Cursor, Page, Store, StoreError, keys};

impl Store {
    /// Puts a number on the list. Once this answers, no dial to it begins. Answers whether it is
    /// new; an entry that is there already stays as it is.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn add_do_not_call(&self, entry: &DoNotCallEntry) -> Result<bool, StoreError> {
        let mut item = to_item(entry)?;
        keys::do_not_call(&entry.phone_number).put_into(&mut item);
        item.insert("kind".into(), s("do_not_call"));
        item.insert(
            "sort".into(),
            keys::time_and(entry.added_at, entry.phone_number.as_str()),
        );
        self.create(&self.config.contacts_table, item).await
    }

    /// The entry of a number.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_do_not_call(&self, number: &PhoneNumber) -> Result<Option<DoNotCallEntry>, StoreError> {
        self.find(&self.config.contacts_table, &keys::do_not_call(number))
            .await
    }

    /// Takes a number off the list.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn remove_do_not_call(&self, number: &PhoneNumber) -> Result<(), StoreError> {
        self.delete(&self.config.contacts_table, &keys::do_not_call(number))
            .await
    }

    /// The list, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_do_not_call(
        &self,
        search: Option<&SearchText>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<DoNotCallEntry>, StoreError> {
        let table = &self.config.contacts_table;
        let Some(text) = search else {
            return self.list_kind(table, "do_not_call", cursor, limit).await;
        };
        let fits = |entry: &DoNotCallEntry| text.fits_number(&entry.phone_number);
        self.search_kind(table, "do_not_call", fits, cursor, limit).await
    }
}
