//! Words that make a call urgent, whatever anybody else thinks.

use crate::search::fold;
use crate::{ReceptionSettings, Speaker, TranscriptTurn};

/// The first of the settings' words that the caller said, as the settings have it; none: none of them. Words are
/// whole ones; capitals and accents do not count. What the agent says does not count: it may ask whether it is an
/// emergency.
pub fn urgent_word(settings: &ReceptionSettings, turns: &[TranscriptTurn]) -> Option<String> {
    let of_caller = turns.iter().filter(|turn| turn.speaker == Speaker::User);
    let said: Vec<String> = of_caller.map(|turn| words_of(&turn.message)).collect();
    let is_said = |word: &&String| {
        let wanted = words_of(word);
        // Some languages put no space between words: there a word is found inside of others.
        let wanted = match wanted.chars().any(is_unspaced) {
            true => wanted.trim(),
            false => wanted.as_str(),
        };
        !wanted.trim().is_empty() && said.iter().any(|said| said.contains(wanted))
    };
    settings.urgent_words.iter().find(is_said).cloned()
}

/// Whether it is of a script that puts no space between words: Thai, Japanese, Chinese.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

/// The words of a text, each between single spaces, with one at the beginning and at the end.
fn words_of(text: &str) -> String {
    let folded = fold(text);
    let words = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.fold(String::from(" "), |text, word| text + word + " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(speaker: Speaker, message: &str) -> TranscriptTurn {
        TranscriptTurn {
            speaker,
            message: message.to_owned(),
            at_secs: 0,
            interrupted: false,
            tools: Vec::new(),
        }
    }

    fn found(words: &[&str], said: &str) -> Option<String> {
        let settings = ReceptionSettings {
            urgent_words: words.iter().map(|word| (*word).to_owned()).collect(),
            ..ReceptionSettings::default()
        };
        urgent_word(&settings, &[turn(Speaker::User, said)])
    }

    #[test]
    fn whole_words_of_the_caller_count_whatever_their_case_and_accents() {
        assert_eq!(found(&["fire"], "There is a FIRE!"), Some("fire".to_owned()));
        assert_eq!(found(&["fire"], "I was fired from the fireplace shop."), None);
        assert_eq!(found(&["Lesión"], "una lesion grave"), Some("Lesión".to_owned()));
        assert_eq!(
            found(&["not breathing"], "She's not   breathing..."),
            Some("not breathing".to_owned())
        );
        assert_eq!(found(&["not breathing"], "not, I hope, breathing"), None);
        assert_eq!(found(&["救命", "fire"], "快来救命啊"), Some("救命".to_owned()));
        assert_eq!(found(&["!", ""], "Help!"), None);
        assert_eq!(found(&[], "fire"), None);
    }

    #[test]
    fn what_the_agent_says_does_not_count() {
        let settings = ReceptionSettings::default();
        let asked = [
            turn(Speaker::Agent, "Is it an emergency?"),
            turn(Speaker::User, "No."),
        ];
        assert_eq!(urgent_word(&settings, &asked), None);
        let told = [
            turn(Speaker::User, "Yes, an emergency"),
            turn(Speaker::User, "and a fire"),
        ];
        assert_eq!(urgent_word(&settings, &told), Some("emergency".to_owned()));
    }

    #[test]
    fn words_of_scripts_without_spaces_are_found_inside_of_others() {
        for (word, said) in [
            ("ช่วย", "กรุณาช่วยด้วย"),
            ("たすけて", "はやくたすけてください"),
            ("カジ", "イマカジダ"),
            ("火事", "近所で火事です"),
        ] {
            assert_eq!(found(&[word], said), Some(word.to_owned()), "{said}");
        }
        assert_eq!(found(&["пожар"], "пожарный"), None, "this one has spaces");
    }
}
