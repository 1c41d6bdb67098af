//! Turns of a conversation while it lasts.

use serde::{Deserialize, Serialize};

use crate::{Speaker, TranscriptTurn};

/// How far a turn is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TurnState {
    /// Its place is known; its text comes later.
    Open,
    /// Its text will not come. One that comes all the same is taken.
    Lost,
    /// Its text is whole.
    Done,
}

/// One part of a turn that OpenAI tells in several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnPart {
    /// Its place in the turn, from 0.
    pub content_index: u32,
    /// Its words.
    pub text: String,
}

/// One turn at its place, as the table has it while the call lasts. The transcript of a call is made of those
/// that people see ([`KeptTurn::is_shown`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptTurn {
    /// Its place: turns in order of places are in spoken order. There is room between places.
    pub index: usize,
    /// OpenAI's id of it: the same turn is written once, however often it is told.
    pub item_id: String,
    /// Id of the turn right before it, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_item_id: Option<String>,
    /// How far it is.
    pub state: TurnState,
    /// Its parts by place, where there is more than the first one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<TurnPart>,
    /// The turn.
    #[serde(flatten)]
    pub turn: TranscriptTurn,
}

impl KeptTurn {
    /// A place for a turn of `speaker` whose text comes later.
    pub fn open(index: usize, item_id: &str, speaker: Speaker, at_secs: u64) -> Self {
        Self {
            index,
            item_id: item_id.to_owned(),
            previous_item_id: None,
            state: TurnState::Open,
            parts: Vec::new(),
            turn: TranscriptTurn {
                speaker,
                message: String::new(),
                at_secs,
                interrupted: false,
                tools: Vec::new(),
            },
        }
    }

    /// Whether people see it: it says something, a tool ran in it, or its text was lost.
    pub fn is_shown(&self) -> bool {
        !self.turn.message.is_empty() || !self.turn.tools.is_empty() || self.state == TurnState::Lost
    }

    /// What is known of the turn when two know something of it: nothing that either knows is lost, whoever
    /// writes first. The place is that of `self`, which is kept already.
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        let mut all = self.clone();
        all.previous_item_id = self
            .previous_item_id
            .clone()
            .or_else(|| other.previous_item_id.clone());
        all.state = self.state.max(other.state);
        let mut parts = self.text_parts();
        for part in other.text_parts() {
            put_part(&mut parts, part);
        }
        all.set_parts(parts);
        all.turn.at_secs = self.turn.at_secs.min(other.turn.at_secs);
        all.turn.interrupted |= other.turn.interrupted;
        for tool in &other.turn.tools {
            if !all.turn.tools.contains(tool) {
                all.turn.tools.push(tool.clone());
            }
        }
        all
    }

    /// Takes the text of one part, and is done with it.
    pub(super) fn take_text(&mut self, part: TurnPart) {
        let mut parts = self.text_parts();
        put_part(&mut parts, part);
        self.set_parts(parts);
        self.state = TurnState::Done;
    }

    /// Its text by parts.
    fn text_parts(&self) -> Vec<TurnPart> {
        match (self.parts.is_empty(), self.turn.message.is_empty()) {
            (true, true) => Vec::new(),
            (true, false) => vec![TurnPart {
                content_index: 0,
                text: self.turn.message.clone(),
            }],
            (false, _) => self.parts.clone(),
        }
    }

    fn set_parts(&mut self, parts: Vec<TurnPart>) {
        let said = parts.iter().map(|part| part.text.trim());
        let said: Vec<&str> = said.filter(|text| !text.is_empty()).collect();
        self.turn.message = said.join(" ");
        let only_first = parts.iter().all(|part| part.content_index == 0);
        self.parts = if only_first { Vec::new() } else { parts };
    }
}

/// Puts a part at its place. Of two texts for the same place the longer one stays: what was said does not become less.
fn put_part(parts: &mut Vec<TurnPart>, part: TurnPart) {
    match parts.binary_search_by_key(&part.content_index, |known| known.content_index) {
        Ok(at) => {
            let known = &parts[at].text;
            if (part.text.trim().len(), part.text.trim()) > (known.trim().len(), known.trim()) {
                parts[at] = part;
            }
        }
        Err(at) => parts.insert(at, part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(content_index: u32, text: &str) -> TurnPart {
        TurnPart {
            content_index,
            text: text.to_owned(),
        }
    }

    fn turn(parts: &[(u32, &str)]) -> KeptTurn {
        let mut turn = KeptTurn::open(0, "a", Speaker::User, 5);
        parts.iter().for_each(|(n, text)| turn.take_text(part(*n, text)));
        turn
    }

    #[test]
    fn of_two_readings_of_a_part_the_longer_stays_whoever_told_it_first() {
        for parts in [
            [(0, "Hello there"), (0, "Hello")],
            [(0, "Hello"), (0, "Hello there")],
        ] {
            let told = turn(&parts);
            assert_eq!((told.turn.message.as_str(), told.parts.len()), ("Hello there", 0));
            assert_eq!(told.state, TurnState::Done);
        }
        assert_eq!(
            turn(&[(0, "b"), (0, "a")]).turn.message,
            "b",
            "of two as long the later in the alphabet"
        );
        assert_eq!(turn(&[(0, " ab "), (0, "abc")]).turn.message, "abc");
    }

    #[test]
    fn parts_are_kept_where_there_is_more_than_the_first() {
        let told = turn(&[(1, "you?"), (2, " "), (0, " How are ")]);
        assert_eq!(told.turn.message, "How are you?");
        assert_eq!(told.parts, [part(0, " How are "), part(1, "you?"), part(2, " ")]);
        let late = turn(&[(1, "only the second")]);
        assert_eq!(late.parts.len(), 1, "the first may still come");
    }

    #[test]
    fn two_holders_of_a_turn_know_what_either_knows() {
        let mut one = turn(&[(0, "Hello")]);
        let mut other = turn(&[(1, "there")]);
        one.turn.tools = vec!["look_up".to_owned()];
        other.turn.tools = vec!["look_up".to_owned(), "book".to_owned()];
        other.turn.at_secs = 3;
        other.turn.interrupted = true;
        other.state = TurnState::Lost;
        other.previous_item_id = Some("before".to_owned());
        for merged in [one.merged(&other), other.merged(&one)] {
            assert_eq!(merged.turn.message, "Hello there");
            assert_eq!((merged.turn.at_secs, merged.turn.interrupted), (3, true));
            assert_eq!(
                (merged.state, merged.previous_item_id.as_deref()),
                (TurnState::Done, Some("before"))
            );
            assert_eq!(merged.turn.tools.len(), 2);
        }
        one.turn.interrupted = true;
        assert!(one.merged(&other).turn.interrupted, "both know of it");
    }

    #[test]
    fn words_tools_and_what_was_lost_are_shown() {
        let empty = KeptTurn::open(0, "a", Speaker::User, 0);
        assert!(!empty.is_shown());
        assert!(turn(&[(0, "Hello")]).is_shown());
        let mut tool = empty.clone();
        tool.turn.tools = vec!["book".to_owned()];
        let mut lost = empty;
        lost.state = TurnState::Lost;
        assert!(tool.is_shown() && lost.is_shown());
    }
}
