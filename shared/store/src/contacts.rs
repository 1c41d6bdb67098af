//! Contact lists and their contacts.

use switchboard_domain::{
    Contact, ContactDetails, ContactList, DynamicVariables, ListId, PhoneNumber, SearchText,
};

use crate::error::{if_it_held, unavailable};
use crate::item::{Item, from_item, n, s, to_item};
use crate::{Cursor, Page, Store, StoreError, keys};

/// Most contacts in one page.
const MAX_PAGE: u64 = 1_000;

/// Where a number of a list stands.
#[derive(serde::Deserialize)]
struct Place {
    seq: u64,
    phone_number: PhoneNumber,
}

/// A contact to be written at its place.
#[derive(Debug, Clone, PartialEq)]
pub struct NewContact {
    /// Place in the list, from 0, without gaps.
    pub seq: u64,
    /// Line of the file.
    pub line: u64,
    /// The number.
    pub phone_number: PhoneNumber,
    /// What the row says about the person.
    pub details: ContactDetails,
    /// The other columns.
    pub variables: DynamicVariables,
}

impl Store {
    /// Writes contacts of a list at their places, over whatever an interrupted import left there.
    ///
    /// # Errors
    /// When the table does not answer; writing them again is safe.
    pub async fn put_contacts(&self, list: &ListId, contacts: Vec<NewContact>) -> Result<(), StoreError> {
        let item = |contact: NewContact| -> Result<Item, StoreError> {
            let key = keys::contact(list, contact.seq);
            let number = contact.phone_number.as_str().to_owned();
            let mut item = to_item(&Contact {
                list_id: list.clone(),
                seq: contact.seq,
                line: contact.line,
                phone_number: contact.phone_number,
                details: contact.details,
                variables: contact.variables,
            })?;
            key.put_into(&mut item);
            item.insert("contact_number".into(), s(number));
            Ok(item)
        };
        let items = contacts.into_iter().map(item).collect::<Result<_, _>>()?;
        self.put_all(&self.config.contacts_table, items).await
    }

    /// Numbers of a list with their places, part by part, without the rest of the contacts.
    ///
    /// # Errors
    /// When the table does not answer, or `take` fails.
    pub async fn each_number_of_list(
        &self,
        list: &ListId,
        mut take: impl FnMut(u64, PhoneNumber),
    ) -> Result<(), StoreError> {
        for part in 0..keys::SHARDS {
            let mut pages = self
                .db
                .query()
                .table_name(&self.config.contacts_table)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", s(keys::contacts(list, part)))
                .projection_expression("seq, phone_number")
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                for item in page
                    .map_err(unavailable("DynamoDB", "Query"))?
                    .items
                    .unwrap_or_default()
                {
                    let place: Place = from_item(item)?;
                    take(place.seq, place.phone_number);
                }
            }
        }
        Ok(())
    }

    /// Deletes contacts at these places, whether any are there or not.
    ///
    /// # Errors
    /// When the table does not answer; deleting them again is safe.
    pub async fn clear_places(&self, list: &ListId, places: &[u64]) -> Result<(), StoreError> {
        let keys: Vec<_> = places.iter().map(|seq| keys::contact(list, *seq)).collect();
        self.delete_all(&self.config.contacts_table, &keys).await
    }

    /// Writes a contact list.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_contact_list(&self, list: &ContactList) -> Result<(), StoreError> {
        let mut item = to_item(list)?;
        keys::list(&list.list_id).put_into(&mut item);
        item.insert("kind".into(), s("contact_list"));
        item.insert(
            "sort".into(),
            keys::time_and(list.created_at, list.list_id.as_str()),
        );
        self.put(&self.config.contacts_table, item).await
    }

    /// Lets a list grow to `size` places, of which `gaps` more are open, and adds to its variables. Done again,
    /// it changes nothing.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn extend_contact_list(
        &self,
        id: &ListId,
        size: u64,
        gaps: u64,
        variables: &[String],
    ) -> Result<(), StoreError> {
        let Some(list) = self.find_contact_list(id).await? else {
            return Ok(());
        };
        let mut all = list.variables;
        for name in variables {
            if !all.contains(name) {
                all.push(name.clone());
            }
        }
        let all = serde_dynamo::to_attribute_value(all).map_err(StoreError::from)?;
        let extended = self
            .db
            .update_item()
            .table_name(&self.config.contacts_table)
            .set_key(Some(keys::list(id).item()))
            .update_expression("SET #size = :size, #variables = :variables ADD deleted :gaps")
            .condition_expression("#size < :size")
            .expression_attribute_names("#size", "size")
            .expression_attribute_names("#variables", "variables")
            .expression_attribute_values(":size", n(size))
            .expression_attribute_values(":variables", all)
            .expression_attribute_values(":gaps", n(gaps))
            .send()
            .await;
        if_it_held(extended, "UpdateItem").map(drop)
    }

    /// The contact list with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_contact_list(&self, id: &ListId) -> Result<Option<ContactList>, StoreError> {
        self.find(&self.config.contacts_table, &keys::list(id)).await
    }

    /// Contact lists, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_contact_lists(
        &self,
        search: Option<&SearchText>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<ContactList>, StoreError> {
        let table = &self.config.contacts_table;
        let Some(text) = search else {
            return self.list_kind(table, "contact_list", cursor, limit).await;
        };
        let fits = |list: &ContactList| text.fits(&list.name);
        self.search_kind(table, "contact_list", fits, cursor, limit).await
    }

    /// Contacts at the places from `first` on, in order: `count` places, some of which may be empty.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn contacts_from(
        &self,
        list: &ListId,
        first: u64,
        count: u64,
    ) -> Result<Vec<Contact>, StoreError> {
        let end = first.saturating_add(count.min(MAX_PAGE));
        let mut contacts: Vec<Contact> = Vec::new();
        for shard in 0..keys::SHARDS.min(end - first) {
            let part = (first + shard) % keys::SHARDS;
            let mut start = None;
            loop {
                let answer = self
                    .db
                    .query()
                    .table_name(&self.config.contacts_table)
                    .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
                    .expression_attribute_values(":pk", s(keys::contacts(list, part)))
                    .expression_attribute_values(":from", s(keys::contact(list, first).sk))
                    .expression_attribute_values(":to", s(keys::contact(list, end - 1).sk))
                    .set_exclusive_start_key(start)
                    .send()
                    .await
                    .map_err(unavailable("DynamoDB", "Query"))?;
                for item in answer.items.unwrap_or_default() {
                    contacts.push(from_item(item)?);
                }
                start = answer.last_evaluated_key;
                if start.is_none() {
                    break;
                }
            }
        }
        contacts.sort_by_key(|contact| contact.seq);
        Ok(contacts)
    }

    /// Every contact with this number, over all lists.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_contacts(&self, number: &PhoneNumber) -> Result<Vec<Contact>, StoreError> {
        let answer = self
            .db
            .query()
            .table_name(&self.config.contacts_table)
            .index_name("by-number")
            .key_condition_expression("contact_number = :number")
            .expression_attribute_values(":number", s(number.as_str()))
            .limit(100)
            .send()
            .await
            .map_err(unavailable("DynamoDB", "Query"))?;
        answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(from_item)
            .collect()
    }

    /// Deletes contacts of a list by place; answers how many were there.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn delete_contacts(&self, list: &ListId, places: &[u64]) -> Result<u64, StoreError> {
        let table = &self.config.contacts_table;
        let mut deleted = 0;
        for place in places {
            let answer = self
                .db
                .delete_item()
                .table_name(table)
                .set_key(Some(keys::contact(list, *place).item()))
                .return_values(aws_sdk_dynamodb::types::ReturnValue::AllOld)
                .send()
                .await
                .map_err(unavailable("DynamoDB", "DeleteItem"))?;
            deleted += u64::from(answer.attributes.is_some());
        }
        if deleted > 0 {
            self.db
                .update_item()
                .table_name(table)
                .set_key(Some(keys::list(list).item()))
                .update_expression("ADD deleted :count")
                .expression_attribute_values(":count", n(deleted))
                .send()
                .await
                .map_err(unavailable("DynamoDB", "UpdateItem"))?;
        }
        Ok(deleted)
    }

    /// Deletes a contact list and all its contacts.
    ///
    /// # Errors
    /// When the table does not answer; deleting it again goes on where it stopped.
    pub async fn delete_contact_list(&self, list: &ContactList) -> Result<(), StoreError> {
        let table = &self.config.contacts_table;
        for first in (0..list.size).step_by(MAX_PAGE as usize) {
            let last = (first + MAX_PAGE).min(list.size);
            let keys: Vec<_> = (first..last)
                .map(|seq| keys::contact(&list.list_id, seq))
                .collect();
            self.delete_all(table, &keys).await?;
        }
        // The list last: an interrupted deletion can be repeated.
        self.delete(table, &keys::list(&list.list_id)).await
    }
}
