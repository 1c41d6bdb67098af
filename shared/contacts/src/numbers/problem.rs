//! Why a cell is no number we would dial.

use serde::{Deserialize, Serialize};

/// Why a cell is no number we would dial. Carries nothing of the cell, so it is safe to log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[error("{}", self.explain())]
pub enum NumberProblem {
    /// Nothing is written.
    Empty,
    /// Letters, or no digits.
    NotANumber,
    /// A national spelling, and no region was chosen.
    NoCountry,
    /// Fewer digits than its numbering plan has.
    TooShort,
    /// More digits than its numbering plan has.
    TooLong,
    /// No such number in its numbering plan.
    InvalidForRegion,
    /// Police, fire brigade, ambulance and the like.
    Emergency,
    /// The called party charges for the call.
    PremiumRate,
    /// A spreadsheet program rounded the number.
    PrecisionLost,
    /// An extension behind the number: the call would reach a switchboard, not the person.
    HasExtension,
    /// More than one number in the cell.
    SeveralNumbers,
}

impl NumberProblem {
    /// Every problem there is.
    pub const ALL: [Self; 11] = [
        Self::Empty,
        Self::NotANumber,
        Self::NoCountry,
        Self::TooShort,
        Self::TooLong,
        Self::InvalidForRegion,
        Self::Emergency,
        Self::PremiumRate,
        Self::PrecisionLost,
        Self::HasExtension,
        Self::SeveralNumbers,
    ];

    /// The stable code, e.g. `too_short`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotANumber => "not_a_number",
            Self::NoCountry => "no_country",
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::InvalidForRegion => "invalid_for_region",
            Self::Emergency => "emergency",
            Self::PremiumRate => "premium_rate",
            Self::PrecisionLost => "precision_lost",
            Self::HasExtension => "has_extension",
            Self::SeveralNumbers => "several_numbers",
        }
    }

    /// What is wrong and what to do, as a sentence.
    pub fn explain(self) -> &'static str {
        match self {
            Self::Empty => "The phone number is empty: fill it in, or remove the row.",
            Self::NotANumber => {
                "This is not a phone number: write digits with the country code, e.g. +14155550100."
            }
            Self::NoCountry => {
                "The country is missing: write + and the country code, or choose the region of the list."
            }
            Self::TooShort => "The number has too few digits: check it, area code and country code included.",
            Self::TooLong => {
                "The number has too many digits: check it, and write + before the country code if it has one."
            }
            Self::InvalidForRegion => {
                "No such number exists in its country: check the digits and the country code."
            }
            Self::Emergency => "This is an emergency number and is never called: remove the row.",
            Self::PremiumRate => "This is a premium-rate number and is never called: use another number.",
            Self::PrecisionLost => {
                "The spreadsheet program rounded the number: format the column as text and enter the number again."
            }
            Self::HasExtension => {
                "The number has an extension, which cannot be dialled: use a direct number."
            }
            Self::SeveralNumbers => "The cell has more than one number: keep one.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stay_as_they_are() {
        let codes = [
            "empty",
            "not_a_number",
            "no_country",
            "too_short",
            "too_long",
            "invalid_for_region",
            "emergency",
            "premium_rate",
            "precision_lost",
            "has_extension",
            "several_numbers",
        ];
        assert_eq!(NumberProblem::ALL.map(NumberProblem::code), codes);
        assert_eq!(
            serde_json::to_value(NumberProblem::ALL).unwrap(),
            serde_json::json!(codes)
        );
    }
}
