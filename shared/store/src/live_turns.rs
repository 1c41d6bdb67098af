//! Turns of a conversation while it lasts, each by itself: whoever reads the transcript sees it grow.

use switchboard_domain::{CallId, KeptTurn, TranscriptTurn};

use crate::item::{Item, from_item, n, number, to_item};
use crate::keys::Key;
use crate::transaction::{NotCommitted, Transaction, When};
use crate::{Store, StoreError, keys};

/// How often a turn is tried again when somebody else was faster.
const MAX_RACES: u32 = 10;

/// What became of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum TurnPut {
    /// It is written at its place, with what others know of it.
    Written,
    /// Its place is another turn's, or it has another place: read what is kept ([`Store::kept_turns`]), and find a
    /// place again.
    Elsewhere,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Turn,
    Place,
}

fn turn_item(turn: &KeptTurn, key: &Key, version: u64) -> Result<Item, StoreError> {
    let mut item = to_item(turn)?;
    key.put_into(&mut item);
    item.insert("version".into(), n(version));
    Ok(item)
}

/// The turn of an item of a transcript and its place, if people see it.
pub(crate) fn shown_turn(item: Item) -> Result<Option<(usize, TranscriptTurn)>, StoreError> {
    let kept: KeptTurn = from_item(item)?;
    Ok(kept.is_shown().then_some((kept.index, kept.turn)))
}

impl Store {
    /// Writes a turn at its place. One that is there already learns what is new in it and forgets nothing; a turn
    /// has one place, and a place one turn, whoever writes.
    ///
    /// # Errors
    /// When the table does not answer; writing it again is safe.
    pub async fn put_turn(&self, id: &CallId, turn: &KeptTurn) -> Result<TurnPut, StoreError> {
        let table = &self.config.calls_table;
        let key = keys::turn(id, turn.index);
        for _ in 0..MAX_RACES {
            let Some(item) = self.find_item(table, &key).await? else {
                match self.place_turn(id, turn, &key).await? {
                    Some(put) => return Ok(put),
                    None => continue,
                }
            };
            let read = u64::try_from(number(&item, "version")).unwrap_or_default();
            let there: KeptTurn = from_item(item)?;
            if there.item_id != turn.item_id {
                return Ok(TurnPut::Elsewhere);
            }
            let merged = there.merged(turn);
            if merged == there {
                return Ok(TurnPut::Written);
            }
            let item = turn_item(&merged, &key, read + 1)?;
            match self.put_if_version(table, item, read).await {
                Ok(()) => return Ok(TurnPut::Written),
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Stale)
    }

    /// Gives a turn a place that nobody has. None: somebody else was there first, and it is to be looked at again.
    async fn place_turn(
        &self,
        id: &CallId,
        turn: &KeptTurn,
        key: &Key,
    ) -> Result<Option<TurnPut>, StoreError> {
        let table = &self.config.calls_table;
        let mut tx = Transaction::new();
        tx.put(Part::Turn, table, turn_item(turn, key, 1)?, When::absent());
        let mut place = keys::turn_place(id, &turn.item_id).item();
        place.insert("place".into(), n(turn.index));
        tx.put(Part::Place, table, place, When::absent());
        match tx.commit(&self.db).await {
            Ok(()) => Ok(Some(TurnPut::Written)),
            // Its place is free, and it has another one.
            Err(NotCommitted::Refused(refused)) if refused.iter().all(|(part, _)| *part == Part::Place) => {
                Ok(Some(TurnPut::Elsewhere))
            }
            Err(NotCommitted::Refused(_)) => Ok(None),
            Err(NotCommitted::Failed(error)) => Err(error),
        }
    }

    /// Writes turns in their order, and stops at the first that does not have its place. Answers how many are
    /// written; less than all: read what is kept, and find places again.
    ///
    /// # Errors
    /// When the table does not answer; writing them again is safe.
    pub async fn put_turns(&self, id: &CallId, turns: &[KeptTurn]) -> Result<usize, StoreError> {
        for (written, turn) in turns.iter().enumerate() {
            if self.put_turn(id, turn).await? == TurnPut::Elsewhere {
                return Ok(written);
            }
        }
        Ok(turns.len())
    }

    /// The turns that were written while the call lasted, in order, those that nobody sees as well.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn kept_turns(&self, id: &CallId) -> Result<Vec<KeptTurn>, StoreError> {
        let items = self
            .partition(&self.config.calls_table, &keys::call(id).pk, keys::TURN)
            .await?;
        items.into_iter().map(from_item).collect()
    }
}
