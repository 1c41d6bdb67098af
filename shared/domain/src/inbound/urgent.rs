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
