//! What an agent has to say in its first words, and whether it did.

use serde::{Deserialize, Serialize};

use crate::search::fold;
use crate::{Call, CallFacts};

/// What an agent has to say in its first words: that an AI calls, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Disclosure {
    /// Everything that has to be said, each with the ways in which it may be said, such as
    /// `[["AI assistant", "virtual assistant"], ["Acme"]]`. Whole words; case and accents do not count.
    pub first_words: Vec<Vec<String>>,
}

/// Whether an agent said what it had to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Disclosed {
    /// Every item, in its first words.
    Said,
    /// Not all of it.
    Missing,
}

impl Disclosure {
    /// Whether these first words say it.
    pub fn judge(&self, words: &str) -> Disclosed {
        let words = plain(words);
        let says = |way: &String| contains(&words, &plain(way));
        match self.first_words.iter().all(|item| item.iter().any(says)) {
            true => Disclosed::Said,
            false => Disclosed::Missing,
        }
    }

    /// Whether there are words in a way of saying it; of signs alone nothing can be looked for.
    pub fn is_sayable(way: &str) -> bool {
        !plain(way).is_empty()
    }
}

impl Call {
    /// Writes down whether the agent said what the campaign asks for, seeing the facts that are about to be
    /// taken. Once the transcript is whole, the first judgement stays.
    pub fn judge_disclosure(&mut self, asked: Option<&Disclosure>, facts: &CallFacts) {
        let (Some(asked), Some(words)) = (asked, &facts.first_words) else {
            return;
        };
        if self.disclosure.is_none() || !self.results_complete {
            self.disclosure = Some(asked.judge(words));
        }
    }
}

/// Words without case, accents and signs, with one space between them.
fn plain(text: &str) -> String {
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether a text has these words as whole words, where its script puts spaces between them.
fn contains(text: &str, words: &str) -> bool {
    let ends = words.chars().next().zip(words.chars().next_back());
    let Some((first, last)) = ends else { return false };
    text.match_indices(words).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        !before.is_some_and(|c| is_one_word(c, first)) && !after.is_some_and(|c| is_one_word(last, c))
    })
}

/// Whether two letters in a row belong to one word. From Thai on, scripts write words without spaces
/// between them or join particles to them.
fn is_one_word(left: char, right: char) -> bool {
    const THAI: char = '\u{0e00}';
    left != ' ' && right != ' ' && left < THAI && right < THAI
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CallStatus;
    use crate::testing::call;
    use proptest::prelude::*;

    fn asked(items: &[&[&str]]) -> Disclosure {
        let item = |ways: &&[&str]| ways.iter().map(ToString::to_string).collect();
        Disclosure {
            first_words: items.iter().map(item).collect(),
        }
    }

    fn says(items: &[&[&str]], words: &str) -> bool {
        asked(items).judge(words) == Disclosed::Said
    }

    #[test]
    fn every_item_has_to_be_said_in_one_of_its_ways() {
        let both: &[&[&str]] = &[&["AI assistant", "virtual assistant"], &["Acme"]];
        assert!(says(both, "Hello, this is an AI assistant calling for Acme."));
        assert!(says(both, "ACME here: I'm a virtual\n assistant!"));
        assert!(!says(both, "Hello, this is an AI assistant."));
        assert!(!says(both, "Hello, this is Anna from Acme."));
        assert!(!says(both, ""));
    }

    #[test]
    fn case_accents_and_signs_do_not_count() {
        assert!(says(&[&["Núñez & Hijos"]], "le llamo de nunez hijos"));
        assert!(says(
            &[&["asistente de inteligencia artificial"]],
            "un ASISTENTE, de inteligencia—artificial"
        ));
        assert!(says(&[&["AI-assistant"]], "an AI assistant"));
    }

    #[test]
    fn words_are_whole_where_the_script_has_spaces() {
        assert!(!says(&[&["AI"]], "She said again that it rains"));
        assert!(says(&[&["AI"]], "I am an AI."));
        assert!(!says(&[&["Acme"]], "Acmeville"));
        assert!(says(&[&["AIアシスタント"]], "私はAIアシスタントです"));
        assert!(says(&[&["人工智能"]], "您好我是人工智能助手"));
        assert!(says(&[&["인공지능"]], "저는 인공지능입니다"));
    }

    #[test]
    fn ways_without_words_cannot_be_said() {
        assert!(!says(&[&["…"]], "anything"));
        assert!(!Disclosure::is_sayable(" -- "));
        assert!(Disclosure::is_sayable("AI"));
    }

    #[test]
    fn the_first_judgement_stays_once_the_transcript_is_whole() {
        let asked = asked(&[&["AI"]]);
        let facts = |words: &str| CallFacts {
            first_words: Some(words.to_owned()),
            ..CallFacts::default()
        };
        let mut call = call(CallStatus::Completed);
        call.judge_disclosure(None, &facts("An AI"));
        call.judge_disclosure(Some(&asked), &CallFacts::default());
        assert_eq!(call.disclosure, None);
        call.judge_disclosure(Some(&asked), &facts("Hel"));
        assert_eq!(call.disclosure, Some(Disclosed::Missing));
        call.judge_disclosure(Some(&asked), &facts("Hello, an AI here"));
        assert_eq!(call.disclosure, Some(Disclosed::Said));
        call.results_complete = true;
        call.judge_disclosure(Some(&asked), &facts("Something else"));
        assert_eq!(call.disclosure, Some(Disclosed::Said));
    }

    proptest! {
        #[test]
        fn whatever_is_said_is_found_among_other_words(before in "\\PC{0,30}", way in "\\PC{1,30}", after in "\\PC{0,30}") {
            prop_assume!(Disclosure::is_sayable(&way));
            let text = format!("{before} {way} {after}");
            prop_assert!(says(&[&[way.as_str()]], &text), "{text:?}");
        }
    }

    #[test]
    fn a_word_goes_on_only_where_both_sides_are_of_a_script_with_spaces() {
        assert!(!says(&[&["AI"]], "xAI") && !says(&[&["AI"]], "AIx"));
        assert!(says(&[&["AI"]], "はAIは") && says(&[&["智能"]], "a智能b"));
        assert!(!says(&[&["ИИ"]], "ИИн") && says(&[&["ИИ"]], "я ИИ"));
        // Found a second time, where it is a whole word.
        assert!(says(&[&["AI"]], "again an AI"));
    }
}
