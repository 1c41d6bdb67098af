//! The turns of a conversation in spoken order, from events that come late, twice, and to two readers at once.
//!
//! OpenAI tells of every item which one is right before it, and tells its text later, in any order. A [`TurnBook`]
//! takes these events, gives every item a place as soon as its predecessor has one, and answers what is to be
//! written. Whoever takes over builds its own book from what is kept, and goes on: an item has one place, whoever
//! wrote it, as the table refuses a second one.
//!
//! How to use it, for whoever holds the sideband:
//!
//! 1. attach, then [`TurnBook::from_kept`] of what is kept; only then the events that came since;
//! 2. after every event, write [`TurnBook::to_write`] in this order, one after the other, and tell each by
//!    [`TurnBook::written`]. When the table says that the place or the item is somebody else's already, read what is
//!    kept, [`TurnBook::join`] it, and begin with [`TurnBook::to_write`] again;
//! 3. ask for [`TurnBook::unknown`] and, after a new connection, for [`TurnBook::open`] items
//!    (`conversation.item.retrieve`), and tell the answers by [`TurnBook::found`] and [`TurnBook::text`];
//!    or [`TurnBook::placeless`], as an answer does not say what is before the item;
//! 4. every second or so [`TurnBook::settle`] what has waited too long for its predecessor, and everything before
//!    somebody else takes over: what waits is in no table, and nobody else may ever hear of it;
//! 5. at the end wait a little for [`TurnBook::is_whole`], then [`TurnBook::close`] and write the rest.

use std::collections::{BTreeMap, HashMap};

use super::turn::TurnPart;
use crate::{KeptTurn, Speaker, TranscriptTurn, TurnState};

/// Room between two places, for items that turn out to have been between them.
const STEP: usize = 64;
/// The first place: there is room before it.
const FIRST: usize = 1_024;
/// Places have six digits in the table.
const LAST: usize = 999_999;
/// Items that a book takes; a call has hundreds. What comes after them is not taken.
const MOST_ITEMS: usize = 8_000;
/// Longest id of an item that is taken, in bytes.
const MOST_ID_BYTES: usize = 128;
/// Longest text of a part that is taken, in bytes.
const MOST_TEXT_BYTES: usize = 50_000;
/// Parts of one turn that are taken.
const MOST_PARTS: u32 = 32;

/// What an item of the conversation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemKind {
    /// Somebody spoke.
    Said(Speaker),
    /// The agent asked for the tool of this name.
    Tool(String),
    /// Something that nobody sees, such as a tool's answer. It has a place, as others come after it.
    Hidden,
}

/// One item of the conversation.
#[derive(Debug, Clone)]
struct Entry {
    /// What is known of it. Its index counts once it has a place.
    turn: KeptTurn,
    /// Whether it is known to exist by itself, and not only as another one's predecessor.
    known: bool,
    /// Whether the conversation begins with it.
    is_first: bool,
    /// Whether it has a place.
    placed: bool,
    /// Whether it has waited long enough for its predecessor, and comes after all others.
    settled: bool,
    /// Whether nobody will tell what is before it: its place is asked for by no event, and answered by no question.
    placeless: bool,
    /// Whether the table has it, at this place.
    kept: bool,
    /// Whether the table does not know all that is known.
    changed: bool,
    /// When it was told of, in seconds into the call.
    since: u64,
}

impl Entry {
    /// Whether it is to be asked for.
    fn is_unknown(&self) -> bool {
        !self.known && self.turn.state == TurnState::Open
    }
}

/// The turns of a conversation in spoken order.
#[derive(Debug, Clone, Default)]
pub struct TurnBook {
    entries: HashMap<String, Entry>,
    /// Ids by place.
    places: BTreeMap<usize, String>,
    /// Ids without a place, in the order in which they were told of first.
    waiting: Vec<String>,
}

impl TurnBook {
    /// A book that goes on from what is kept of the call.
    pub fn from_kept(turns: Vec<KeptTurn>) -> Self {
        let mut book = Self::default();
        book.join(turns);
        book
    }

    /// An item is in the conversation, right after `previous`; none: the conversation begins with it.
    /// `at_secs` are seconds into the call.
    pub fn added(&mut self, item_id: &str, previous: Option<&str>, kind: ItemKind, at_secs: u64) {
        if !self.know(item_id, &kind, at_secs) {
            return;
        }
        let Some(previous) = previous.filter(|previous| *previous != item_id) else {
            self.begins_with(item_id);
            self.place_all();
            return;
        };
        if self.mention(previous, at_secs)
            && let Some(entry) = self.entries.get_mut(item_id)
            && entry.turn.previous_item_id.is_none()
        {
            entry.turn.previous_item_id = Some(previous.to_owned());
            entry.is_first = false;
            entry.changed = true;
        }
        self.place_all();
    }

    /// An item exists, and nobody says where: the answer to a question for it.
    pub fn found(&mut self, item_id: &str, kind: ItemKind, at_secs: u64) {
        if self.know(item_id, &kind, at_secs) {
            self.place_all();
        }
    }

    /// An item was asked for and is over: nothing that comes will tell what is before it, so it does not wait for that.
    /// What was told of before it and still waits keeps it waiting.
    pub fn placeless(&mut self, item_id: &str) {
        if let Some(entry) = self.entries.get_mut(item_id) {
            entry.placeless = entry.turn.previous_item_id.is_none();
        }
        while let Some(id) = self.first_stranded(u64::MAX)
            && self.entries[&id].placeless
        {
            self.put_last(&id);
            self.place_all();
        }
    }

    /// The whole text of one part of an item. An empty one says that nothing was said.
    pub fn text(&mut self, item_id: &str, speaker: Speaker, content_index: u32, text: &str, at_secs: u64) {
        let before = self.entries.get(item_id).is_some_and(|entry| entry.known);
        if content_index >= MOST_PARTS || !before && !self.know(item_id, &ItemKind::Said(speaker), at_secs) {
            return;
        }
        let end = text.floor_char_boundary(MOST_TEXT_BYTES);
        self.change(item_id, |turn| {
            turn.take_text(TurnPart {
                content_index,
                text: text[..end].to_owned(),
            });
        });
        self.place_all();
    }

    /// The text of an item will not come. One whose text is there stays as it is.
    pub fn lost(&mut self, item_id: &str) {
        self.change(item_id, |turn| turn.state = turn.state.max(TurnState::Lost));
    }

    /// Nothing was said in an item: it was given up before a word was heard.
    pub fn silent(&mut self, item_id: &str) {
        self.change(item_id, |turn| turn.state = TurnState::Done);
    }

    /// The other side cut an item short.
    pub fn interrupted(&mut self, item_id: &str) {
        self.change(item_id, |turn| turn.turn.interrupted = true);
    }

    /// Items that others come after, of which nothing else is known: to be asked for. One that cannot be had is told
    /// by [`TurnBook::lost`], and is not in this list any more.
    pub fn unknown(&self) -> Vec<String> {
        let unknown = self.waiting.iter().filter(|id| self.entries[*id].is_unknown());
        unknown.cloned().collect()
    }

    /// Items whose text is still to come, in order.
    pub fn open(&self) -> Vec<String> {
        let waiting = self.waiting.iter().filter(|id| self.entries[*id].known);
        let all = self.places.values().chain(waiting);
        all.filter(|id| self.entries[*id].turn.state == TurnState::Open)
            .cloned()
            .collect()
    }

    /// Whether something known has no place yet.
    pub fn has_waiting(&self) -> bool {
        self.waiting.iter().any(|id| self.entries[id].known)
    }

    /// Whether nothing is open, and everything has its place.
    pub fn is_whole(&self) -> bool {
        let waits = |id: &String| self.entries[id].known || self.entries[id].is_unknown();
        !self.waiting.iter().any(waits) && self.open().is_empty()
    }

    /// Gives a place to what was told of before `before_secs` and still waits for its predecessor: after all
    /// others, in the order in which it was told of. A predecessor that is found later still comes before it.
    pub fn settle(&mut self, before_secs: u64) {
        while let Some(id) = self.first_stranded(before_secs) {
            self.put_last(&id);
            self.place_all();
        }
    }

    /// The end: everything known gets its place, and text that has not come is lost.
    pub fn close(&mut self) {
        self.settle(u64::MAX);
        for id in self.open() {
            self.lost(&id);
        }
    }

    /// What is to be written, in order.
    pub fn to_write(&self) -> Vec<KeptTurn> {
        let placed = self.places.values().map(|id| &self.entries[id]);
        placed
            .filter(|entry| entry.changed || !entry.kept)
            .map(|entry| entry.turn.clone())
            .collect()
    }

    /// A turn is written, as it was answered by [`TurnBook::to_write`].
    pub fn written(&mut self, turn: &KeptTurn) {
        if let Some(entry) = self.entries.get_mut(&turn.item_id)
            && entry.placed
            && entry.turn.index == turn.index
        {
            entry.kept = true;
            entry.changed = entry.turn != *turn;
        }
    }

    /// Takes what is kept, by whomever. Its places hold; what was not written yet makes room.
    pub fn join(&mut self, kept: Vec<KeptTurn>) {
        let mine: Vec<String> = self.places.values().cloned().collect();
        self.places.clear();
        for entry in self.entries.values_mut() {
            entry.placed = false;
        }
        for turn in kept.into_iter().take(MOST_ITEMS) {
            let (id, index) = (turn.item_id.clone(), turn.index);
            let entry = match self.entries.remove(&id) {
                Some(entry) if entry.known => {
                    let merged = turn.merged(&entry.turn);
                    Entry {
                        changed: merged != turn,
                        turn: merged,
                        ..entry
                    }
                }
                _ => Entry {
                    since: turn.turn.at_secs,
                    is_first: false,
                    changed: false,
                    turn,
                    known: true,
                    placed: false,
                    settled: false,
                    placeless: false,
                    kept: true,
                },
            };
            let entry = Entry {
                kept: true,
                placed: true,
                ..entry
            };
            if let Some(previous) = entry.turn.previous_item_id.clone() {
                self.mention(&previous, entry.since);
            }
            self.entries.insert(id.clone(), entry);
            self.places.insert(index, id);
        }
        let as_first = |id: &String| {
            self.entries[id]
                .turn
                .previous_item_id
                .is_none()
                .then(|| id.clone())
        };
        if let Some(id) = self.places.values().next().and_then(as_first)
            && let Some(entry) = self.entries.get_mut(&id)
        {
            entry.is_first = true;
        }
        // What the table has had before it was read keeps its place.
        for id in &mine {
            if let Some(entry) = self.entries.get_mut(id)
                && entry.kept
                && !entry.placed
            {
                entry.placed = !self.places.contains_key(&entry.turn.index);
                entry.kept = entry.placed;
                if entry.placed {
                    self.places.insert(entry.turn.index, id.clone());
                }
            }
        }
        // What had a place of its own choice is told of again, in its order.
        let others = std::mem::take(&mut self.waiting);
        for id in mine.into_iter().chain(others) {
            let waits = self.entries.get(&id).is_some_and(|entry| !entry.placed);
            if waits && !self.waiting.contains(&id) {
                self.waiting.push(id);
            }
        }
        self.place_all();
        // What had given up waiting does not begin to wait again.
        for id in self.waiting.clone() {
            if self.entries[&id].settled && !self.entries[&id].placed {
                self.put_last(&id);
                self.place_all();
            }
        }
    }

    /// Everything that people see, in order.
    pub fn transcript(&self) -> Vec<TranscriptTurn> {
        let turns = self.places.values().map(|id| &self.entries[id].turn);
        turns
            .filter(|turn| turn.is_shown())
            .map(|turn| turn.turn.clone())
            .collect()
    }

    /// Makes an item known, with what it is. Answers whether it is one of the book.
    fn know(&mut self, item_id: &str, kind: &ItemKind, at_secs: u64) -> bool {
        if !self.mention(item_id, at_secs) {
            return false;
        }
        let Some(entry) = self.entries.get_mut(item_id) else {
            return false;
        };
        if entry.known {
            return true;
        }
        entry.known = true;
        entry.changed = true;
        entry.turn.turn.at_secs = at_secs;
        match kind {
            ItemKind::Said(speaker) => entry.turn.turn.speaker = *speaker,
            ItemKind::Tool(name) => {
                entry.turn.turn.tools = vec![name.clone()];
                entry.turn.state = TurnState::Done;
            }
            ItemKind::Hidden => entry.turn.state = TurnState::Done,
        }
        true
    }

    /// Notes that an item exists. Answers whether it is one of the book.
    fn mention(&mut self, item_id: &str, at_secs: u64) -> bool {
        if self.entries.contains_key(item_id) {
            return true;
        }
        if item_id.is_empty() || item_id.len() > MOST_ID_BYTES || self.entries.len() >= MOST_ITEMS {
            return false;
        }
        let entry = Entry {
            turn: KeptTurn::open(0, item_id, Speaker::Agent, at_secs),
            known: false,
            is_first: false,
            placed: false,
            settled: false,
            placeless: false,
            kept: false,
            changed: false,
            since: at_secs,
        };
        self.entries.insert(item_id.to_owned(), entry);
        self.waiting.push(item_id.to_owned());
        true
    }

    fn change(&mut self, item_id: &str, change: impl FnOnce(&mut KeptTurn)) {
        if let Some(entry) = self.entries.get_mut(item_id) {
            let before = entry.turn.clone();
            change(&mut entry.turn);
            entry.changed |= entry.turn != before;
        }
    }

    /// An item that nothing is before. When the book begins with another one already, it comes last.
    fn begins_with(&mut self, item_id: &str) {
        let has_place = |entry: &Entry| entry.placed || entry.turn.previous_item_id.is_some();
        if self.entries.get(item_id).is_none_or(has_place) {
            return;
        }
        if self.entries.values().any(|entry| entry.is_first) {
            self.put_last(item_id);
        } else if let Some(entry) = self.entries.get_mut(item_id) {
            entry.is_first = true;
        }
    }

    /// Gives a place to everything whose place follows from another one's.
    fn place_all(&mut self) {
        let mut moved = true;
        while moved {
            moved = false;
            for id in self.waiting.clone() {
                moved |= self.place(&id);
            }
        }
    }

    /// Gives an item its place, when that follows from another one's: right after its predecessor, at the
    /// beginning, or right before whatever comes after it.
    fn place(&mut self, item_id: &str) -> bool {
        let entry = &self.entries[item_id];
        if entry.placed || !entry.known {
            return false;
        }
        if entry.is_first {
            let first = self.places.keys().next().copied();
            return self.put_between(item_id, None, first);
        }
        let place_of = |id: &String| {
            self.entries
                .get(id)
                .filter(|other| other.placed)
                .map(|other| other.turn.index)
        };
        if let Some(after) = entry.turn.previous_item_id.as_ref().and_then(place_of) {
            let next = self.places.range(after + 1..).next().map(|(place, _)| *place);
            return self.put_between(item_id, Some(after), next);
        }
        let follows = |id: &&String| self.entries[*id].turn.previous_item_id.as_deref() == Some(item_id);
        let Some(next) = self
            .places
            .values()
            .find(follows)
            .map(|id| self.entries[id].turn.index)
        else {
            return false;
        };
        let before = self.places.range(..next).next_back().map(|(place, _)| *place);
        self.put_between(item_id, before, Some(next))
    }

    /// The first that waits for a predecessor without a place, since before `before_secs`: the one at the
    /// beginning of what hangs together.
    fn first_stranded(&self, before_secs: u64) -> Option<String> {
        let known = |id: &&String| self.entries[*id].known && self.entries[*id].since < before_secs;
        let mut first = self.waiting.iter().find(known)?;
        // A chain has no ring, unless somebody tells nonsense: it ends all the same.
        for _ in 0..self.waiting.len() {
            let previous = self.entries[first].turn.previous_item_id.as_ref();
            match previous.filter(|id| {
                self.entries
                    .get(*id)
                    .is_some_and(|entry| entry.known && !entry.placed)
            }) {
                Some(previous) => first = previous,
                None => break,
            }
        }
        Some(first.clone())
    }

    /// Gives an item a place after all others.
    fn put_last(&mut self, item_id: &str) {
        if let Some(entry) = self.entries.get_mut(item_id) {
            entry.settled = true;
        }
        let last = self.places.keys().next_back().copied();
        self.put_between(item_id, last, None);
    }

    /// Gives an item a place between two; where there is none left, after all others.
    fn put_between(&mut self, item_id: &str, after: Option<usize>, before: Option<usize>) -> bool {
        let place = match (after, before) {
            (None, None) => FIRST,
            (Some(after), None) => after + STEP,
            (after, Some(before)) => {
                let from = after.map_or(0, |after| after + 1);
                match before.checked_sub(from) {
                    Some(room) if room > 0 => (from + room / 2).max(before.saturating_sub(STEP)),
                    _ => self.places.keys().next_back().map_or(FIRST, |last| last + STEP),
                }
            }
        };
        let Some(entry) = self.entries.get_mut(item_id).filter(|_| place <= LAST) else {
            self.waiting.retain(|id| id != item_id);
            return false;
        };
        entry.turn.index = place;
        entry.placed = true;
        self.places.insert(place, item_id.to_owned());
        self.waiting.retain(|id| id != item_id);
        true
    }
}

#[cfg(test)]
mod tests;
