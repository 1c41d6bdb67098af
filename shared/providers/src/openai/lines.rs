//! Ids of the lines that calls with OpenAI agents are placed from: numbers of the account at Twilio, entered here.
//!
//! ```
//! use switchboard_domain::PhoneNumber;
//! use switchboard_providers::openai::lines::{number_of, openai_line_id};
//!
//! let number = PhoneNumber::parse("+15550100199")?;
//! let id = openai_line_id(&number)?;
//! assert_eq!(id.as_str(), "oline_15550100199");
//! assert_eq!(number_of(&id), Some(number));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use switchboard_domain::{InvalidId, PhoneNumber, ProviderId};

const PREFIX: &str = "oline_";

/// The id of the line with this number.
///
/// # Errors
/// None for a number: it has only digits.
pub fn openai_line_id(number: &PhoneNumber) -> Result<ProviderId, InvalidId> {
    ProviderId::parse(&format!("{PREFIX}{}", number.digits()))
}

/// The number of a line; none if the id is not one of ours.
pub fn number_of(id: &ProviderId) -> Option<PhoneNumber> {
    let digits = id.as_str().strip_prefix(PREFIX)?;
    PhoneNumber::parse(&format!("+{digits}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_are_not_ours_are_none() {
        for text in ["line_15550100199", "oline_", "oline_x", "phnum_1"] {
            assert_eq!(number_of(&ProviderId::parse(text).unwrap()), None, "{text}");
        }
    }
}
