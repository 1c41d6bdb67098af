//! What is wrong with a rule or a setting, by its field.

use std::collections::BTreeSet;

use super::route::ANONYMOUS;
use crate::{PhoneNumber, ReceptionSettings, RouteTarget, RoutingRule, Zone};

/// Longest name of a rule, in characters.
const MOST_NAME: usize = 200;
/// Most numbers, beginnings of numbers or languages of one rule.
const MOST_CONDITIONS: usize = 100;
/// Most targets of a rule.
const MOST_TARGETS: usize = 4;
/// Seconds that a person's phone may ring.
const RINGS: std::ops::RangeInclusive<u32> = 5..=120;
/// Most holidays: several years of them.
const MOST_HOLIDAYS: usize = 500;
/// Most words that make a call urgent.
const MOST_WORDS: usize = 100;
/// Longest of them, in characters.
const MOST_WORD: usize = 60;
/// Longest text that is read out to a caller, in characters: Twilio's `<Say>` takes 4,096.
const MOST_GREETING: usize = 1_000;
/// Longest name of the company or of a model, in characters.
const MOST_SHORT: usize = 100;
/// Seconds that a call with an agent may last: a session of OpenAI's ends after an hour.
const CALL_SECS: std::ops::RangeInclusive<u32> = 60..=3_500;

type Faults = Vec<(String, String)>;

impl RoutingRule {
    /// What is wrong with the rule: field and reason. Whether its agents are there is asked elsewhere.
    pub fn faults(&self) -> Faults {
        let mut faults = Faults::new();
        let mut wrong = |field: &str, reason: &str| faults.push((field.to_owned(), reason.to_owned()));
        if !(1..=MOST_NAME).contains(&self.name.trim().chars().count()) {
            wrong("name", "write 1 to 200 characters");
        }
        let when = &self.when;
        if when.called.len() > MOST_CONDITIONS {
            wrong("when.called", "name at most 100 numbers");
        }
        if when.callers.len() > MOST_CONDITIONS {
            wrong("when.callers", "name at most 100 beginnings of numbers");
        }
        if when.languages.len() > MOST_CONDITIONS {
            wrong("when.languages", "name at most 100 languages");
        }
        if !when.callers.iter().all(|caller| is_caller(caller)) {
            wrong(
                "when.callers",
                "write + and the first digits of a number, such as +34, or `anonymous`",
            );
        }
        if !when.languages.iter().all(|code| is_language(code)) {
            wrong("when.languages", "write codes of languages, such as es or de");
        }
        if when.from.is_some() && when.from == when.until {
            wrong("when.until", "choose another time than `from`, or leave out both");
        }
        if self.language.as_deref().is_some_and(|code| !is_language(code)) {
            wrong("language", "write the code of a language, such as es or de");
        }
        if !(1..=MOST_TARGETS).contains(&self.targets.len()) {
            wrong("targets", "name 1 to 4");
        }
        let last = self.targets.len().saturating_sub(1);
        for (index, target) in self.targets.iter().enumerate() {
            match target {
                RouteTarget::Person { ring_secs, .. } if !RINGS.contains(ring_secs) => {
                    wrong(&format!("targets[{index}].ring_secs"), "choose 5 to 120 seconds");
                }
                RouteTarget::Voicemail | RouteTarget::Closed if index < last => {
                    wrong(
                        &format!("targets[{index}]"),
                        "nothing comes after it: put it last",
                    );
                }
                _ => {}
            }
        }
        faults
    }
}

impl ReceptionSettings {
    /// What is wrong with the settings: field and reason.
    pub fn faults(&self) -> Faults {
        let mut faults = Faults::new();
        let mut wrong = |field: &str, reason: &str| faults.push((field.to_owned(), reason.to_owned()));
        if self.company.chars().count() > MOST_SHORT {
            wrong("company", "write at most 100 characters");
        }
        if Zone::parse(&self.time_zone).is_err() {
            wrong("time_zone", "use an IANA name, such as Europe/Madrid");
        }
        if self.holidays.len() > MOST_HOLIDAYS {
            wrong("holidays", "name at most 500 days");
        }
        if !is_language(&self.language) {
            wrong("language", "write the code of a language, such as es or de");
        }
        if !(1..=MOST_GREETING).contains(&self.voicemail_greeting.trim().chars().count()) {
            wrong("voicemail_greeting", "write 1 to 1000 characters");
        }
        let words: BTreeSet<String> = self.urgent_words.iter().map(|word| word.to_lowercase()).collect();
        let is_word =
            |word: &String| word.chars().count() <= MOST_WORD && word.chars().any(char::is_alphanumeric);
        if self.urgent_words.len() > MOST_WORDS || !self.urgent_words.iter().all(is_word) {
            wrong("urgent_words", "write at most 100 words of at most 60 characters");
        } else if words.len() != self.urgent_words.len() {
            wrong("urgent_words", "write every word once");
        }
        let model = self.summary_model.trim();
        let in_models = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
        if model.is_empty() || model.len() > MOST_SHORT || !model.chars().all(in_models) {
            wrong("summary_model", "write the name of a model, such as gpt-6-luna");
        }
        if !CALL_SECS.contains(&self.longest_call_secs) {
            wrong("longest_call_secs", "choose 60 to 3500 seconds");
        }
        faults
    }
}

/// Whether it is `anonymous` or the beginning of a number.
fn is_caller(text: &str) -> bool {
    let is_beginning = || {
        let digits = text.strip_prefix('+')?;
        let fits = (1..=15).contains(&digits.len()) && !digits.starts_with('0');
        (fits && digits.bytes().all(|b| b.is_ascii_digit())).then_some(())
    };
    text == ANONYMOUS || is_beginning().is_some() || PhoneNumber::parse(text).is_ok()
}

/// Whether it is the code of a language, with or without a country: `es`, `es-MX`.
fn is_language(code: &str) -> bool {
    let mut parts = code.split('-');
    let first = parts.next().unwrap_or_default();
    let is_primary = (2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_lowercase());
    let fits = |part: &str| (2..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    is_primary && code.len() <= 12 && parts.all(fits)
}
