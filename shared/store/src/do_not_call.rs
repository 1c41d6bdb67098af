//! The do-not-call list.

use switchboard_domain::{DoNotCallEntry, PhoneNumber, SearchText};

use crate::item::{Item, from_item, s, to_item};
use crate::transaction::{NotCommitted, Transaction, When};
use crate::{Cursor, Page, Store, StoreError, keys};

fn entry_item(entry: &DoNotCallEntry) -> Result<Item, StoreError> {
    let mut item = to_item(entry)?;
    keys::do_not_call(&entry.phone_number).put_into(&mut item);
    item.insert("kind".into(), s("do_not_call"));
    item.insert(
        "sort".into(),
        keys::time_and(entry.added_at, entry.phone_number.as_str()),
    );
    Ok(item)
}

impl Store {
    /// Puts a number on the list. Once this answers, no dial to it begins. Answers whether it is
    /// new; an entry that is there already stays as it is.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn add_do_not_call(&self, entry: &DoNotCallEntry) -> Result<bool, StoreError> {
        let item = entry_item(entry)?;
        let Some(event) = self.wanted_events().await?.opt_out(entry) else {
            return self.create(&self.config.contacts_table, item).await;
        };
        let mut tx = Transaction::new();
        tx.put((), &self.config.contacts_table, item, When::absent());
        self.put_events(&mut tx, (), [&event])?;
        match tx.commit(&self.db).await {
            Ok(()) => {
                self.announce([&event]).await;
                Ok(true)
            }
            Err(NotCommitted::Refused(_)) => Ok(false),
            Err(NotCommitted::Failed(error)) => Err(error),
        }
    }

    /// The entry of a number.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_do_not_call(&self, number: &PhoneNumber) -> Result<Option<DoNotCallEntry>, StoreError> {
        self.find(&self.config.contacts_table, &keys::do_not_call(number))
            .await
    }

    /// Whether a number may be on the list: false, it was not a moment ago; true, it is. For half the price of
    /// [`Store::find_do_not_call`], where the moment of dialling looks again.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn may_be_listed(&self, number: &PhoneNumber) -> Result<bool, StoreError> {
        let key = keys::do_not_call(number);
        let seen: Option<DoNotCallEntry> = self.glance(&self.config.contacts_table, &key).await?;
        // Whoever was taken off the list a moment ago must not be left out for it.
        Ok(seen.is_some() && self.find_do_not_call(number).await?.is_some())
    }

    /// Which of these numbers are on the list, in their order.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn which_do_not_call<'a>(
        &self,
        numbers: impl IntoIterator<Item = &'a PhoneNumber>,
    ) -> Result<Vec<bool>, StoreError> {
        let keys: Vec<_> = numbers.into_iter().map(keys::do_not_call).collect();
        self.which_exist(&self.config.contacts_table, &keys).await
    }

    /// The entries of these numbers, in their order; none for a number that is not on the list.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_all_do_not_call(
        &self,
        numbers: &[PhoneNumber],
    ) -> Result<Vec<Option<DoNotCallEntry>>, StoreError> {
        let keys: Vec<_> = numbers.iter().map(keys::do_not_call).collect();
        let mut found = self
            .items_of(&self.config.contacts_table, &keys, None, false)
            .await?;
        let entry = |key| found.remove(key).map(from_item).transpose();
        keys.iter().map(entry).collect()
    }

    /// Puts a number of an imported file on the list, unless it is there. Answers whether it is new. Nobody
    /// is told of it as an event: a file can have millions, and whoever imports it knows them.
    ///
    /// # Errors
    /// When the table does not answer; adding it again is safe.
    pub async fn import_do_not_call(&self, entry: &DoNotCallEntry) -> Result<bool, StoreError> {
        self.create(&self.config.contacts_table, entry_item(entry)?).await
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
