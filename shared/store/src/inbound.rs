//! Inbound calls while they last, beside the call itself; and which of them may still be open.

use aws_sdk_dynamodb::types::ReturnValue;
use jiff::Timestamp;
use switchboard_domain::{Call, CallId, InboundCall, InboundStage};

use crate::calls::call_item;
use crate::error::if_it_held;
use crate::item::{Item, from_item, n, s, to_item};
use crate::transaction::{NotCommitted, Transaction, When};
use crate::{Store, StoreError, keys};

/// How often a change is tried again when somebody else was faster.
const MAX_RACES: u32 = 10;
/// How long what is known of an inbound call is kept after it began, in seconds. The call itself stays.
const KEPT_SECS: i64 = 90 * 86_400;

/// What became of the beginning of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Begun {
    /// It is written.
    New,
    /// It had begun before: the same request came again. Both as they are now.
    Before(Box<Call>, Box<InboundCall>),
}

/// What became of a change to an inbound call.
#[derive(Debug, Clone, PartialEq)]
pub enum InboundUpdate {
    /// It is written; the record as it is now.
    Changed(Box<InboundCall>),
    /// The change was not wanted any more, seeing the record as it is.
    Unchanged(Box<InboundCall>),
    /// There is no such record.
    NotFound,
}

fn inbound_item(inbound: &InboundCall, version: u64) -> Result<Item, StoreError> {
    let mut item = to_item(inbound)?;
    keys::inbound(&inbound.call_id).put_into(&mut item);
    item.insert("version".into(), n(version));
    // Compared by the table, which knows no words.
    item.insert("open".into(), n(u8::from(inbound.is_open())));
    let expires = inbound.began_at.as_second().saturating_add(KEPT_SECS);
    item.insert("expires_at".into(), n(expires));
    Ok(item)
}

impl Store {
    /// Writes a call that came in, once: a repeat of the request finds what the first one wrote.
    ///
    /// # Errors
    /// When the tables do not answer; doing it again is safe.
    pub async fn begin_inbound(&self, call: &Call, inbound: &InboundCall) -> Result<Begun, StoreError> {
        let mut tx = Transaction::new();
        let item = call_item(call, call.version)?;
        tx.put((), &self.config.calls_table, item, When::absent());
        self.put_new_inbound(&mut tx, inbound)?;
        match tx.commit(&self.db).await {
            Ok(()) => Ok(Begun::New),
            Err(NotCommitted::Refused(_)) => {
                let (call, inbound) = (
                    self.find_call(&inbound.call_id).await?,
                    self.find_inbound(&inbound.call_id).await?,
                );
                match (call, inbound) {
                    (Some(call), Some(inbound)) => Ok(Begun::Before(Box::new(call), Box::new(inbound))),
                    _ => Err(StoreError::Stale),
                }
            }
            Err(NotCommitted::Failed(error)) => Err(error),
        }
    }

    /// Writes what is known of a call of ours that an OpenAI agent is to speak in. Answers whether it is new.
    ///
    /// # Errors
    /// When the table does not answer; doing it again is safe.
    pub async fn create_inbound(&self, inbound: &InboundCall) -> Result<bool, StoreError> {
        let mut tx = Transaction::new();
        self.put_new_inbound(&mut tx, inbound)?;
        match tx.commit(&self.db).await {
            Ok(()) => Ok(true),
            Err(NotCommitted::Refused(_)) => Ok(false),
            Err(NotCommitted::Failed(error)) => Err(error),
        }
    }

    fn put_new_inbound(&self, tx: &mut Transaction<()>, inbound: &InboundCall) -> Result<(), StoreError> {
        let table = &self.config.system_table;
        let item = inbound_item(inbound, inbound.version)?;
        tx.put((), table, item, When::absent());
        if inbound.is_open() {
            tx.put(
                (),
                table,
                keys::inbound_open(&inbound.call_id).item(),
                When::always(),
            );
        }
        Ok(())
    }

    /// What is known of an inbound call beside the call, as it is at this moment.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_inbound(&self, id: &CallId) -> Result<Option<InboundCall>, StoreError> {
        self.find(&self.config.system_table, &keys::inbound(id)).await
    }

    /// Changes what is known of an inbound call, as often as needed for nobody else's change to be lost.
    /// `change` answers whether it still wants to, seeing it as it is. One that is over stays over.
    ///
    /// # Errors
    /// When the table does not answer, or others change it all the time.
    pub async fn update_inbound(
        &self,
        id: &CallId,
        mut change: impl FnMut(&mut InboundCall) -> bool,
    ) -> Result<InboundUpdate, StoreError> {
        for _ in 0..MAX_RACES {
            let Some(mut inbound) = self.find_inbound(id).await? else {
                return Ok(InboundUpdate::NotFound);
            };
            let (read, was_open) = (inbound.version, inbound.is_open());
            if !change(&mut inbound) {
                return Ok(InboundUpdate::Unchanged(Box::new(inbound)));
            }
            if !was_open {
                inbound.stage = InboundStage::Ended;
            }
            let item = inbound_item(&inbound, read + 1)?;
            let table = &self.config.system_table;
            let written = match was_open && !inbound.is_open() {
                true => {
                    let mut tx = Transaction::new();
                    tx.put((), table, item, When::version(read));
                    tx.delete((), table, &keys::inbound_open(id), When::always());
                    tx.commit(&self.db).await.map_err(StoreError::from)
                }
                false => self.put_if_version(table, item, read).await,
            };
            match written {
                Ok(()) => {
                    inbound.version = read + 1;
                    return Ok(InboundUpdate::Changed(Box::new(inbound)));
                }
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Stale)
    }

    /// Marks an inbound call as over, once; answers whether it was not.
    ///
    /// # Errors
    /// When the table does not answer; doing it again is safe.
    pub async fn end_inbound(
        &self,
        id: &CallId,
        carrier_status: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let ended = self
            .update_inbound(id, |inbound| {
                let was_open = inbound.is_open();
                inbound.stage = InboundStage::Ended;
                inbound.ended_at = inbound.ended_at.or(Some(now));
                if was_open && let Some(status) = carrier_status {
                    inbound.carrier_status = Some(status.to_owned());
                }
                was_open
            })
            .await?;
        Ok(matches!(ended, InboundUpdate::Changed(_)))
    }

    /// Forgets what is known of a call beside it, the places that its turns had, and what tools answered in it.
    ///
    /// # Errors
    /// When the tables do not answer; doing it again goes on where it stopped.
    pub(crate) async fn forget_beside(&self, id: &CallId) -> Result<(), StoreError> {
        let calls = &self.config.calls_table;
        for prefix in [keys::TURN_PLACE, keys::TOOL_RUN] {
            self.delete_partition(calls, &keys::call(id).pk, prefix).await?;
        }
        let system = &self.config.system_table;
        self.delete(system, &keys::inbound_open(id)).await?;
        self.delete(system, &keys::inbound(id)).await
    }

    /// Every inbound call that may still be open, and every call of ours that an OpenAI agent speaks in.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn open_inbound_calls(&self) -> Result<Vec<InboundCall>, StoreError> {
        let table = &self.config.system_table;
        let marks = self.partition(table, keys::INBOUND_OPEN, "").await?;
        let id = |item: Item| CallId::parse(item.get("sk")?.as_s().ok()?).ok();
        let keys: Vec<_> = marks
            .into_iter()
            .filter_map(id)
            .map(|id| keys::inbound(&id))
            .collect();
        let mut found = self.items_of(table, &keys, None, true).await?;
        keys.iter()
            .filter_map(|key| found.remove(key))
            .map(from_item)
            .collect()
    }

    /// Takes the sideband of a call for `holder`, or stays on it, until `until`. Answers false when the call is
    /// over, when a later generation has it, or when another one that was started for this generation does:
    /// then leave it alone.
    ///
    /// `holder` is any text of its own: invocations of the same event can be two.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn hold_sideband(
        &self,
        id: &CallId,
        generation: u64,
        holder: &str,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let held = self
            .db
            .update_item()
            .table_name(&self.config.system_table)
            .set_key(Some(keys::inbound(id).item()))
            .update_expression(
                "SET generation = :generation, holder = :holder, held_until = :until ADD #version :one",
            )
            .condition_expression(
                "attribute_exists(pk) AND #open = :one AND (generation < :generation \
                 OR (generation = :generation AND (attribute_not_exists(holder) OR holder = :holder)))",
            )
            .expression_attribute_names("#version", "version")
            .expression_attribute_names("#open", "open")
            .expression_attribute_values(":generation", n(generation))
            .expression_attribute_values(":holder", s(holder))
            .expression_attribute_values(":until", s(until.to_string()))
            .expression_attribute_values(":one", n(1))
            .return_values(ReturnValue::None)
            .send()
            .await;
        Ok(if_it_held(held, "UpdateItem")?.is_some())
    }
}
