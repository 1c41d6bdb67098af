//! Why a row is rejected.

use serde::{Deserialize, Serialize};

use crate::NumberProblem;

/// Why a row is rejected; in JSON its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum RejectReason {
    /// The phone number is wrong.
    Number(NumberProblem),
    /// A cell is longer than [`crate::limits::MAX_CELL_CHARS`].
    ValueTooLong,
    /// The row is longer than [`crate::limits::MAX_ROW_BYTES`].
    RowTooLong,
    /// The row has more cells than there are columns.
    TooManyCells,
    /// A quotation mark opens and never closes.
    UnbalancedQuote,
    /// The time zone column names none.
    UnknownTimezone,
    /// The priority column has no priority in it.
    BadPriority,
}

/// A code that is no reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a reason for rejecting a row")]
pub struct UnknownReason;

impl RejectReason {
    const OF_THE_ROW: [Self; 6] = [
        Self::ValueTooLong,
        Self::RowTooLong,
        Self::TooManyCells,
        Self::UnbalancedQuote,
        Self::UnknownTimezone,
        Self::BadPriority,
    ];

    /// The stable code, e.g. `too_short`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Number(problem) => problem.code(),
            Self::ValueTooLong => "value_too_long",
            Self::RowTooLong => "row_too_long",
            Self::TooManyCells => "too_many_cells",
            Self::UnbalancedQuote => "unbalanced_quote",
            Self::UnknownTimezone => "unknown_timezone",
            Self::BadPriority => "bad_priority",
        }
    }

    /// What is wrong and what to do, as a sentence.
    pub fn explain(self) -> &'static str {
        match self {
            Self::Number(problem) => problem.explain(),
            Self::ValueTooLong => "The value is longer than 10,000 characters: shorten it.",
            Self::RowTooLong => "The row is larger than 64 KiB: shorten its values.",
            Self::TooManyCells => {
                "The row has more values than there are columns: put values that contain the separator in quotation marks."
            }
            Self::UnbalancedQuote => {
                "A quotation mark opens in this row and is not closed: close it, or remove it."
            }
            Self::UnknownTimezone => {
                "No time zone is called so: write its IANA name, e.g. Europe/Madrid, or leave it empty."
            }
            Self::BadPriority => {
                "Write a whole number from 0 to 100, or low, normal or high; or leave it empty."
            }
        }
    }
}

impl From<NumberProblem> for RejectReason {
    fn from(problem: NumberProblem) -> Self {
        Self::Number(problem)
    }
}

impl From<RejectReason> for &'static str {
    fn from(reason: RejectReason) -> Self {
        reason.code()
    }
}

impl TryFrom<String> for RejectReason {
    type Error = UnknownReason;
    fn try_from(code: String) -> Result<Self, UnknownReason> {
        let of_the_number = NumberProblem::ALL.into_iter().map(Self::Number);
        of_the_number
            .chain(Self::OF_THE_ROW)
            .find(|reason| reason.code() == code)
            .ok_or(UnknownReason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_survives_json_as_its_code() {
        let reasons = NumberProblem::ALL
            .map(RejectReason::Number)
            .into_iter()
            .chain(RejectReason::OF_THE_ROW);
        for reason in reasons {
            let json = serde_json::to_string(&reason).unwrap();
            assert_eq!(json, format!("\"{}\"", reason.code()));
            assert_eq!(serde_json::from_str::<RejectReason>(&json).unwrap(), reason);
            assert!(reason.explain().ends_with('.'));
        }
    }

    /// These are kept with uploads and written into files that people import again.
    #[test]
    fn codes_stay_as_they_are_and_nothing_else_is_one() {
        let codes = [
            "value_too_long",
            "row_too_long",
            "too_many_cells",
            "unbalanced_quote",
            "unknown_timezone",
            "bad_priority",
        ];
        assert_eq!(RejectReason::OF_THE_ROW.map(RejectReason::code), codes);
        assert_eq!(RejectReason::from(NumberProblem::Empty).code(), "empty");
        assert_eq!(<&str>::from(RejectReason::BadPriority), "bad_priority");
        for (code, reason) in codes.into_iter().zip(RejectReason::OF_THE_ROW) {
            assert_eq!(RejectReason::try_from(code.to_owned()).ok(), Some(reason));
        }
        let of_a_number = RejectReason::Number(NumberProblem::TooShort);
        assert_eq!(
            RejectReason::try_from("too_short".to_owned()).ok(),
            Some(of_a_number)
        );
        assert!(RejectReason::try_from(String::new()).is_err());
    }

    #[test]
    fn every_reason_has_a_sentence_of_its_own() {
        let of_numbers = NumberProblem::ALL.map(RejectReason::Number);
        let all = of_numbers.into_iter().chain(RejectReason::OF_THE_ROW);
        let sentences: std::collections::BTreeSet<&str> = all.map(RejectReason::explain).collect();
        assert_eq!(sentences.len(), 17);
        assert!(sentences.iter().all(|sentence| sentence.len() > 30));
    }
}
