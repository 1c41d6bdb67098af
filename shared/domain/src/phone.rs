//! A person's number, in E.164, that cannot slip into a log.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An E.164 number: `+`, then 7 to 15 digits, the first not zero.
///
/// `Debug` and `Display` show it masked (`+14***67`), so that logs and errors are safe;
/// [`PhoneNumber::as_str`] is the one way to the whole number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, example = "+14155550100"))]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// Text that is not an E.164 number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a phone number in E.164 form: write + and the country code, e.g. +14155550100")]
pub struct InvalidPhoneNumber;

impl PhoneNumber {
    /// Reads a number in strict E.164 form.
    ///
    /// # Errors
    /// When the text has any other form, spaces included.
    pub fn parse(text: &str) -> Result<Self, InvalidPhoneNumber> {
        let digits = text.strip_prefix('+').ok_or(InvalidPhoneNumber)?;
        let well_formed = (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidPhoneNumber)
        }
    }

    /// Stands for a number that was erased where a record cannot be without one. Country code 999 is nobody's.
    pub fn erased() -> Self {
        Self("+999000000000000".to_owned())
    }

    /// Whether it stands for a number that was erased.
    pub fn is_erased(&self) -> bool {
        *self == Self::erased()
    }

    /// The whole number. Never for logs, errors or metrics.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits as one integer, for compact sets.
    pub fn digits(&self) -> u64 {
        self.0
            .bytes()
            .skip(1)
            .fold(0, |sum, b| sum * 10 + u64::from(b - b'0'))
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}***{}", &self.0[..3], &self.0[self.0.len() - 2..])
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for PhoneNumber {
    type Err = InvalidPhoneNumber;
    fn from_str(text: &str) -> Result<Self, InvalidPhoneNumber> {
        Self::parse(text)
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = InvalidPhoneNumber;
    fn try_from(text: String) -> Result<Self, InvalidPhoneNumber> {
        Self::parse(&text)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> String {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_strict_e164_is_a_number() {
        for good in ["+14155550100", "+34600000002", "+1234567", "+123456789012345"] {
            assert_eq!(PhoneNumber::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "+",
            "14155550100",
            "+04155550100",
            "+1 415",
            "+123456",
            "+1234567890123456",
            "+1415555010a",
        ] {
            assert_eq!(PhoneNumber::parse(bad), Err(InvalidPhoneNumber), "{bad}");
        }
    }

    #[test]
    fn a_shown_number_is_masked() {
        let number = PhoneNumber::parse("+14155550167").unwrap();
        assert_eq!(format!("{number} {number:?}"), "+14***67 +14***67");
        assert_eq!(number.digits(), 14_155_550_167);
    }

    #[test]
    fn a_number_has_seven_to_fifteen_digits() {
        let lengths = [6, 7, 15, 16].map(|len| PhoneNumber::parse(&format!("+{}", "1".repeat(len))).is_ok());
        assert_eq!(lengths, [false, true, true, false]);
    }

    #[test]
    fn a_number_is_read_and_written_as_it_is_and_shown_masked() {
        let number: PhoneNumber = "+34612345678".parse().unwrap();
        assert_eq!(
            (number.as_str(), number.digits()),
            ("+34612345678", 34_612_345_678)
        );
        assert_eq!(
            (number.to_string().as_str(), format!("{number:?}").as_str()),
            ("+34***78", "+34***78")
        );
        assert_eq!(serde_json::to_string(&number).unwrap(), r#""+34612345678""#);
        assert_eq!(
            serde_json::from_str::<PhoneNumber>(r#""+34612345678""#).unwrap(),
            number
        );
        assert!(serde_json::from_str::<PhoneNumber>(r#""612345678""#).is_err());
    }

    /// No country begins with 999, and what stands for a number is one in every table.
    #[test]
    fn an_erased_number_is_one_that_nobody_has() {
        let erased = PhoneNumber::erased();
        assert_eq!(erased.as_str(), "+999000000000000");
        assert_eq!(PhoneNumber::parse(erased.as_str()), Ok(erased.clone()));
        assert!(erased.is_erased());
        assert!(!PhoneNumber::parse("+34612345678").unwrap().is_erased());
    }
}
