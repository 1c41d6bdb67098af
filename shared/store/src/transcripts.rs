//! Transcripts of calls that are over: pages of many turns, as few as hold them. While a call lasts, each turn is written by
//! itself (`live_turns`).

use switchboard_domain::{Call, CallId, TranscriptTurn};

use crate::calls::call_item;
use crate::item::{Item, from_item, n, s};
use crate::live_turns::shown_turn;
use crate::recordings_due::due_item;
use crate::transaction::{NotCommitted, Transaction, When};
use crate::{Store, StoreError, keys};

/// Longest message of a turn that is kept, in bytes: an item holds 400 KB, and JSON may need six for one.
const MAX_MESSAGE_BYTES: usize = 60_000;
/// Bytes of a page, unless one turn alone has more.
const PAGE_BYTES: usize = 200_000;

/// One page, as it is kept.
#[derive(serde::Deserialize)]
struct KeptPage {
    /// JSON: a list of [`TranscriptTurn`].
    turns: String,
    /// How many pages the transcript has.
    pages: usize,
}

/// Turns as JSON, a list a page. Text, and not attributes: a transcript of an hour has a thousand turns, and each would
/// be a write unit and a map of its own.
fn pages(turns: &[TranscriptTurn]) -> Result<Vec<String>, StoreError> {
    let (mut pages, mut page) = (Vec::new(), Vec::new());
    for turn in turns {
        let begun = page.len();
        page.push(if begun == 0 { b'[' } else { b',' });
        match turn.message.len() <= MAX_MESSAGE_BYTES {
            true => serde_json::to_writer(&mut page, turn),
            false => serde_json::to_writer(&mut page, &cut(turn)),
        }?;
        if begun > 0 && page.len() > PAGE_BYTES {
            let mut next = page.split_off(begun);
            next[0] = b'[';
            pages.push(std::mem::replace(&mut page, next));
        }
    }
    if !page.is_empty() {
        pages.push(page);
    }
    pages.into_iter().map(closed).collect()
}

fn closed(mut page: Vec<u8>) -> Result<String, StoreError> {
    page.push(b']');
    String::from_utf8(page).map_err(|error| StoreError::Unreadable(Box::new(error)))
}

fn cut(turn: &TranscriptTurn) -> TranscriptTurn {
    let mut turn = turn.clone();
    let end = turn.message.floor_char_boundary(MAX_MESSAGE_BYTES);
    turn.message.truncate(end);
    turn
}

impl Store {
    /// Writes the transcript of a call that is over; it takes the place of whatever was there.
    ///
    /// # Errors
    /// When the table does not answer; writing it again is safe.
    pub async fn put_transcript(&self, id: &CallId, turns: &[TranscriptTurn]) -> Result<(), StoreError> {
        let pages = pages(turns)?;
        let count = pages.len();
        let item = |(nth, turns): (usize, String)| {
            let mut item = Item::from([("turns".into(), s(turns)), ("pages".into(), n(count))]);
            keys::transcript_page(id, nth).put_into(&mut item);
            item
        };
        let items = pages.into_iter().enumerate().map(item).collect();
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
            .partition(&self.config.calls_table, &keys::call(id).pk, keys::TRANSCRIPT)
            .await?;
        let (pages, live): (Vec<Item>, Vec<Item>) =
            items.into_iter().partition(|item| item.contains_key("pages"));
        if pages.is_empty() {
            return live
                .into_iter()
                .filter_map(|item| shown_turn(item).transpose())
                .collect();
        }
        // The first page is of the transcript that was written last; what is beyond its count is of a longer one before.
        let (mut turns, mut count) = (Vec::<TranscriptTurn>::new(), None);
        for (nth, item) in pages.into_iter().enumerate() {
            let page: KeptPage = from_item(item)?;
            if nth < *count.get_or_insert(page.pages) {
                turns.extend(serde_json::from_str::<Vec<_>>(&page.turns)?);
            }
        }
        Ok(turns.into_iter().enumerate().collect())
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
