//! Countries and territories with a numbering plan.

use std::{fmt, str::FromStr};

use rlibphonenumber::PHONE_NUMBER_UTIL;
use serde::{Deserialize, Serialize};
use switchboard_domain::PhoneNumber;

/// A region by its ISO 3166 code of two letters, e.g. `ES`; it has a country calling code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(rlibphonenumber::Region);

/// Text that names no region with a numbering plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a region: write the two letters of its ISO 3166 code, e.g. ES or US")]
pub struct UnknownRegion;

impl Region {
    /// Reads a code, in either case.
    ///
    /// # Errors
    /// When no numbering plan is known for it.
    pub fn parse(code: &str) -> Result<Self, UnknownRegion> {
        if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(UnknownRegion);
        }
        let region =
            rlibphonenumber::Region::from_code(&code.to_ascii_uppercase()).map_err(|_| UnknownRegion)?;
        PHONE_NUMBER_UTIL
            .get_country_code_for_region(region)
            .map(|_| Self(region))
            .ok_or(UnknownRegion)
    }

    /// The region of a number; none for those of no region, such as satellite telephones.
    pub fn of(phone: &PhoneNumber) -> Option<Self> {
        let number = PHONE_NUMBER_UTIL.parse(phone.as_str(), None).ok()?;
        PHONE_NUMBER_UTIL
            .get_region_for_number(&number)
            .map(Self)
            .filter(|region| region.to_string().len() == 2)
    }

    pub(crate) fn inner(self) -> rlibphonenumber::Region {
        self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for Region {
    type Err = UnknownRegion;
    fn from_str(code: &str) -> Result<Self, UnknownRegion> {
        Self::parse(code)
    }
}

impl TryFrom<String> for Region {
    type Error = UnknownRegion;
    fn try_from(code: String) -> Result<Self, UnknownRegion> {
        Self::parse(&code)
    }
}

impl From<Region> for String {
    fn from(region: Region) -> String {
        region.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regions_with_a_numbering_plan_are_regions() {
        assert_eq!(Region::parse("es").unwrap().to_string(), "ES");
        for bad in ["", "E", "ESP", "ZZ", "QQ", "001", "é", "E1"] {
            assert_eq!(Region::parse(bad), Err(UnknownRegion), "{bad}");
        }
    }

    #[test]
    fn a_region_is_read_in_any_case_and_written_as_its_code() {
        let spain = Region::parse("es").unwrap();
        assert_eq!(
            (spain.to_string().as_str(), format!("{spain:?}").as_str()),
            ("ES", "ES")
        );
        assert_eq!("ES".parse(), Ok(spain));
        assert_eq!(serde_json::to_string(&spain).unwrap(), r#""ES""#);
        assert_eq!(serde_json::from_str::<Region>(r#""Es""#).unwrap(), spain);
        assert!(serde_json::from_str::<Region>(r#""ESP""#).is_err());
    }

    #[test]
    fn a_number_tells_its_region_unless_it_is_of_none() {
        let of = |number: &str| Region::of(&number.parse().unwrap()).map(|region| region.to_string());
        assert_eq!(of("+34612345678").as_deref(), Some("ES"));
        assert_eq!(of("+14169671111").as_deref(), Some("CA"));
        assert_eq!(of("+80012345678"), None, "it is free to call from everywhere");
    }
}
