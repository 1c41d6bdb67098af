//! Transcripts: one item per turn, in order.

use std::borrow::Cow;

use switchboard_domain::{Call, CallId, TranscriptTurn};

use crate::calls::call_item;
use crate::item::{Item, to_item};
use crate::live_turns::shown_turn;
use crate::recordings_due::due_item;
use crate::transaction::{NotCommitted, Transaction, When};
use crate::{Store, StoreError, keys};

/// Longest message of a turn that is kept, in bytes: an item holds 400 KB.
const MAX_MESSAGE_BYTES: usize = 100_000;

/// A turn as it is kept; nearly all of them are as they came.
fn kept(turn: &TranscriptTurn) -> Cow<'_, TranscriptTurn> {
    if turn.message.len() <= MAX_MESSAGE_BYTES {
        return Cow::Borrowed(turn);
    }
    let mut turn = turn.clone();
    turn.message
        .truncate(turn.message.floor_char_boundary(MAX_MESSAGE_BYTES));
    Cow::Owned(turn)
}

impl Store {
    /// Writes the transcript of a call, over whatever was there.
    ///
    /// # Errors
    /// When the table does not answer; writing it again is safe.
    pub async fn put_transcript(&self, id: &CallId, turns: &[TranscriptTurn]) -> Result<(), StoreError> {
        let item = |(index, turn): (usize, &TranscriptTurn)| -> Result<Item, StoreError> {
            let mut item = to_item(&*kept(turn))?;
            keys::turn(id, index).put_into(&mut item);
            Ok(item)
        };
        let items = turns.iter().enumerate().map(item).collect::<Result<_, _>>()?;
        self.put_all(&self.config.calls_table, items).await
    }

    /// The transcript of a call, in order; of one that lasts, as far as it is kept.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn transcript(&self, id: &CallId) -> Result<Vec<TranscriptTurn>, StoreError> {
        let placed = self.placed_transcript(id).await?;
        Ok(placed.into_iter().map(|(_, turn)| turn).collect())
    }

    /// The same with each turn's place in spoken order, from 0, as live updates name it. Places at which nothing
    /// is shown are left out.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn placed_transcript(&self, id: &CallId) -> Result<Vec<(usize, TranscriptTurn)>, StoreError> {
        let items = self
            .partition(&self.config.calls_table, &keys::call(id).pk, keys::TURN)
            .await?;
        items
            .into_iter()
            .enumerate()
            .filter_map(|(nth, item)| shown_turn(nth, item).transpose())
            .collect()
    }

    /// Writes a call that began elsewhere and is over, and counts it; answers whether it is new.
    ///
    /// # Errors
    /// When the tables do not answer.
    pub async fn import_call(&self, call: &Call, recording_due: bool) -> Result<bool, StoreError> {
        // Before it is written: whoever imports it again after a crash does this again as well.
        self.keep_opt_out(call, None, call.updated_at).await?;
        let mut tx = Transaction::new();
        tx.put(
            (),
            &self.config.calls_table,
            call_item(call, call.version)?,
            When::absent(),
        );
        self.count_call(&mut tx, (), call);
        self.measure_end(&mut tx, (), call);
        if recording_due {
            tx.put((), &self.config.system_table, due_item(call)?, When::always());
        }
        let event = self.wanted_events().await?.call(call, call.version);
        self.put_events(&mut tx, (), &event)?;
        match tx.commit(&self.db).await {
            Ok(()) => {
                self.announce(&event).await;
                self.observe_end(call);
                Ok(true)
            }
            Err(NotCommitted::Refused(_)) => Ok(false),
            Err(NotCommitted::Failed(error)) => Err(error),
        }
    }
}
