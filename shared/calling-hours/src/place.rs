//! The country, and in the United States the state, of a number.

use crate::prefix;

include!(concat!(env!("OUT_DIR"), "/places.rs"));

/// Where a number was given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// ISO 3166 code, e.g. `US`.
    pub country: &'static str,
    /// Two letters of a US state, when the area code has one.
    pub region: Option<&'static str>,
}

/// Where an E.164 number was given out; None for toll-free and other numbers that no one country has.
pub fn place_of(number: &str) -> Option<Place> {
    prefix::longest(&PREFIXES, number).map(|(_, place)| *place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn area_codes_tell_the_state_and_the_country() {
        let place = |number: &str| place_of(number).map(|p| (p.country, p.region));
        assert_eq!(place("+13055550100"), Some(("US", Some("FL"))));
        assert_eq!(place("+12035550100"), Some(("US", Some("CT"))));
        assert_eq!(place("+14165550100"), Some(("CA", None)));
        assert_eq!(place("+12423331234"), Some(("BS", None)));
        assert_eq!(place("+17875550100"), Some(("PR", None)));
        assert_eq!(place("+34612345678"), Some(("ES", None)));
        assert_eq!(place("+77011234567"), Some(("KZ", None)));
        assert_eq!(place("+18005550100"), None);
        assert_eq!(place("+80012345678"), None);
    }
}
