//! People who are to be called back.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use switchboard_domain::{Call, Callback, CallbackId, CallbackStatus};

use crate::error::unavailable;
use crate::item::{Item, from_item, n, s, to_item};
use crate::transaction::{NotCommitted, Transaction, When};
use crate::{Cursor, Page, Store, StoreError, keys};

/// How often a change is tried again when somebody else was faster.
const MAX_RACES: u32 = 10;

/// Every status, in the order in which all of them are listed.
const STATUSES: [CallbackStatus; 3] = [
    CallbackStatus::Due,
    CallbackStatus::Assigned,
    CallbackStatus::Done,
];

/// What became of booking a callback.
#[derive(Debug, Clone, PartialEq)]
pub enum Booked {
    /// It is written.
    New(Box<Callback>),
    /// It was booked before, in the same call or by the same request; as it is now.
    Before(Box<Callback>),
}

fn callback_item(callback: &Callback, version: u64) -> Result<Item, StoreError> {
    let mut item = to_item(callback)?;
    keys::callback(&callback.callback_id).put_into(&mut item);
    item.insert("kind".into(), s(kind(callback.status)));
    item.insert(
        "sort".into(),
        keys::time_and(callback.due_at, callback.callback_id.as_str()),
    );
    item.insert("version".into(), n(version));
    Ok(item)
}

fn kind(status: CallbackStatus) -> String {
    format!("callback#{}", status.as_str())
}

impl Store {
    /// Books a callback, once: an id that is there already stays as it is. Whoever books again in the same call
    /// changes the one that is there, with [`Store::update_callback`].
    ///
    /// # Errors
    /// When the table does not answer; doing it again is safe.
    pub async fn put_callback(&self, callback: &Callback) -> Result<Booked, StoreError> {
        let mut tx = Transaction::new();
        let item = callback_item(callback, callback.version)?;
        tx.put((), &self.config.system_table, item, When::absent());
        let event = self.wanted_events().await?.callback(callback, callback.version);
        self.put_events(&mut tx, (), &event)?;
        match tx.commit(&self.db).await {
            Ok(()) => {
                self.announce(&event).await;
                Ok(Booked::New(Box::new(callback.clone())))
            }
            Err(NotCommitted::Refused(_)) => {
                let there = self.find_callback(&callback.callback_id).await?;
                Ok(Booked::Before(Box::new(there.ok_or(StoreError::Stale)?)))
            }
            Err(NotCommitted::Failed(error)) => Err(error),
        }
    }

    /// The callback with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_callback(&self, id: &CallbackId) -> Result<Option<Callback>, StoreError> {
        self.find(&self.config.system_table, &keys::callback(id)).await
    }

    /// Changes a callback without losing anybody else's change; `change` answers whether it still wants to.
    /// None when there is no such callback. One that is due at another time than before is told to the
    /// customer's systems again.
    ///
    /// # Errors
    /// When the table does not answer, or others change it all the time.
    pub async fn update_callback(
        &self,
        id: &CallbackId,
        mut change: impl FnMut(&mut Callback) -> bool,
    ) -> Result<Option<Callback>, StoreError> {
        for _ in 0..MAX_RACES {
            let Some(mut callback) = self.find_callback(id).await? else {
                return Ok(None);
            };
            let (read, was_due) = (callback.version, callback.due_at);
            if !change(&mut callback) {
                return Ok(Some(callback));
            }
            callback.version = read + 1;
            let mut tx = Transaction::new();
            let item = callback_item(&callback, callback.version)?;
            tx.put((), &self.config.system_table, item, When::version(read));
            let event = match callback.due_at == was_due || callback.status == CallbackStatus::Done {
                true => None,
                false => self.wanted_events().await?.callback(&callback, callback.version),
            };
            self.put_events(&mut tx, (), &event)?;
            match tx.commit(&self.db).await {
                Ok(()) => {
                    self.announce(&event).await;
                    return Ok(Some(callback));
                }
                Err(NotCommitted::Refused(_)) => {}
                Err(NotCommitted::Failed(error)) => return Err(error),
            }
        }
        Err(StoreError::Stale)
    }

    /// The callback that a call was placed for, as it is once the call is over; none when nothing changes.
    pub(crate) async fn callback_after(&self, call: &Call) -> Result<Option<Callback>, StoreError> {
        let Some(id) = &call.callback_id else {
            return Ok(None);
        };
        let found = self.find_callback(id).await?;
        Ok(found.and_then(|mut callback| callback.call_ended(call).then_some(callback)))
    }

    /// Writes a callback with the end of its call. It is due when it was before, so nobody else is told.
    pub(crate) fn move_callback<T: Copy>(
        &self,
        tx: &mut Transaction<T>,
        part: T,
        callback: Option<&Callback>,
    ) -> Result<(), StoreError> {
        if let Some(callback) = callback {
            let item = callback_item(callback, callback.version + 1)?;
            let read = When::version(callback.version);
            tx.put(part, &self.config.system_table, item, read);
        }
        Ok(())
    }

    /// Callbacks in one status, or all: those that nobody has begun, then those that somebody is at, both by the
    /// time at which they are due; then those that are done, latest first.
    ///
    /// # Errors
    /// [`StoreError::InvalidCursor`] for a cursor of another list; otherwise when the table does not answer.
    pub async fn list_callbacks(
        &self,
        status: Option<CallbackStatus>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Callback>, StoreError> {
        let wanted = limit.max(1) as usize;
        let mut items: Vec<Callback> = Vec::new();
        let mut part = cursor.map_or(0, |cursor| cursor.part);
        let mut start = cursor.and_then(Cursor::start_key);
        if part >= STATUSES.len() as u64 {
            return Err(StoreError::InvalidCursor);
        }
        for (at, listed) in (0_u64..).zip(STATUSES).skip(part as usize) {
            part = at;
            if status.is_some_and(|status| status != listed) {
                continue;
            }
            let answer = self
                .callback_query(listed)
                .set_exclusive_start_key(start.take())
                .limit(i32::try_from(wanted - items.len()).unwrap_or(i32::MAX))
                .send()
                .await
                .map_err(unavailable("DynamoDB", "Query"))?;
            for item in answer.items.unwrap_or_default() {
                items.push(from_item(item)?);
            }
            if let Some(last) = answer.last_evaluated_key {
                let next = Some(Cursor::after(part, &last));
                return Ok(Page { items, next });
            }
            let more = status.is_none() && part + 1 < STATUSES.len() as u64;
            if items.len() >= wanted && more {
                let next = Some(Cursor::at_part(part + 1));
                return Ok(Page { items, next });
            }
        }
        Ok(Page { items, next: None })
    }

    fn callback_query(&self, status: CallbackStatus) -> QueryFluentBuilder {
        let newest_first = status == CallbackStatus::Done;
        self.kind_query(&self.config.system_table, &kind(status))
            .scan_index_forward(!newest_first)
    }
}
