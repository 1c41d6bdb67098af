//! Looking for people and calls by what somebody types.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::{Call, Contact, PhoneNumber};

/// Fewest digits that are looked for inside of numbers.
const FEWEST_DIGITS: usize = 3;

/// Text that cannot be searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("search for {} to {} characters", SearchText::SHORTEST, SearchText::LONGEST)]
pub struct InvalidSearch;

/// What somebody typed to find something: case and accents do not count.
///
/// ```
/// use switchboard_domain::SearchText;
///
/// let text = SearchText::parse("nunez")?;
/// assert!(text.fits("Carla Núñez"));
/// assert!(!text.fits("Nina"));
/// # Ok::<(), switchboard_domain::InvalidSearch>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText {
    folded: String,
    /// The digits, when it is part of a phone number.
    digits: Option<String>,
}

impl SearchText {
    /// Fewest characters.
    pub const SHORTEST: usize = 2;
    /// Most characters.
    pub const LONGEST: usize = 100;

    /// Reads what somebody typed.
    ///
    /// # Errors
    /// When it is too short or too long, not counting space around it.
    pub fn parse(text: &str) -> Result<Self, InvalidSearch> {
        let text = text.trim();
        if !(Self::SHORTEST..=Self::LONGEST).contains(&text.chars().count()) {
            return Err(InvalidSearch);
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let of_number = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-().".contains(c);
        let is_number = digits.len() >= FEWEST_DIGITS && text.chars().all(of_number);
        Ok(Self {
            folded: fold(text),
            digits: is_number.then_some(digits),
        })
    }

    /// Whether a text has it.
    pub fn fits(&self, text: &str) -> bool {
        fold(text).contains(&self.folded)
    }

    /// Whether a number has these digits in a row.
    pub fn fits_number(&self, number: &PhoneNumber) -> bool {
        let has = |digits: &String| number.as_str().contains(digits.as_str());
        self.digits.as_ref().is_some_and(has)
    }

    /// Whether a call has it: in the number, in what the agent was told of the person, in what came of it,
    /// or as its id.
    pub fn fits_call(&self, call: &Call) -> bool {
        let results = &call.results;
        let texts = [&results.title, &results.summary, &call.failure];
        call.phone_number.as_ref().is_some_and(|n| self.fits_number(n))
            || call.variables.values().any(|value| self.fits(value))
            || texts.into_iter().flatten().any(|text| self.fits(text))
            || call.call_id.as_str() == self.folded
            || call
                .conversation_id
                .as_ref()
                .is_some_and(|id| fold(id.as_str()) == self.folded)
    }

    /// Whether a contact has it: in the number or in any column.
    pub fn fits_contact(&self, contact: &Contact) -> bool {
        self.fits_number(&contact.phone_number) || contact.variables.values().any(|value| self.fits(value))
    }
}

/// Without case and accents.
pub(crate) fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(text: &str) -> SearchText {
        SearchText::parse(text).unwrap()
    }

    #[test]
    fn case_and_accents_do_not_count() {
        for text in ["NÚÑEZ", "nunez", " Núñez ", "u\u{301}n\u{303}e"] {
            assert!(search(text).fits("Carla Núñez Ríos"), "{text}");
        }
        assert!(!search("nunes").fits("Carla Núñez"));
    }

    #[test]
    fn digits_are_looked_for_in_numbers_only_when_they_are_one() {
        let number: PhoneNumber = "+34631021622".parse().unwrap();
        for text in ["631 021", "+34 631", "021622", "(631) 021-622"] {
            assert!(search(text).fits_number(&number), "{text}");
        }
        for text in ["62", "flat 631", "999"] {
            assert!(!search(text).fits_number(&number), "{text}");
        }
    }

    #[test]
    fn too_little_or_too_much_is_refused() {
        for text in ["", " a ", &"x".repeat(101)] {
            assert_eq!(SearchText::parse(text), Err(InvalidSearch));
        }
    }

    #[test]
    fn as_few_as_two_and_as_many_as_a_hundred_signs_are_looked_for() {
        assert!(SearchText::parse("ab").is_ok() && SearchText::parse(&"é".repeat(100)).is_ok());
        assert!(SearchText::parse(&"é".repeat(101)).is_err());
    }

    #[test]
    fn a_call_is_found_by_whatever_is_known_of_it() {
        let mut call = crate::testing::call(crate::CallStatus::Failed);
        call.variables = [("name".to_owned(), "Ana Núñez".to_owned())].into();
        call.results.title = Some("A broken bed".to_owned());
        call.results.summary = Some("It squeaks.".to_owned());
        call.failure = Some("The line went dead.".to_owned());
        call.conversation_id = crate::ProviderId::parse("conv_AbC").ok();
        let id = call.call_id.to_string();
        for text in [
            "415 555",
            "nunez",
            "BROKEN",
            "squeak",
            "dead",
            "conv_abc",
            id.as_str(),
        ] {
            assert!(search(text).fits_call(&call), "{text}");
        }
        for text in ["nobody", "conv_", &id[..20], "999"] {
            assert!(!search(text).fits_call(&call), "{text}");
        }
        call.phone_number = None;
        assert!(!search("415 555").fits_call(&call));
    }

    #[test]
    fn a_contact_is_found_by_number_and_variables() {
        let contact = Contact {
            list_id: crate::ListId::derived(&["list"]),
            seq: 0,
            line: 2,
            phone_number: "+34631021622".parse().unwrap(),
            details: crate::ContactDetails::default(),
            variables: [("city".to_owned(), "Málaga".to_owned())].into(),
        };
        for (text, found) in [
            ("631021", true),
            ("malaga", true),
            ("city", false),
            ("999", false),
        ] {
            assert_eq!(search(text).fits_contact(&contact), found, "{text}");
        }
    }
}
