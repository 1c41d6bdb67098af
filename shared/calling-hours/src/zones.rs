//! The time zones that a number may be in.

use crate::prefix;

include!(concat!(env!("OUT_DIR"), "/zones.rs"));

/// The calling code that two dozen countries between Guam and Newfoundland share.
const NORTH_AMERICA: u32 = 1;

/// How much a number says about where its owner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Its zones are those of its area, or of its country.
    Known,
    /// It could be nearly anywhere: a toll-free number, an area code that is newer than the table, no country.
    Unknown,
}

/// The IANA zones that a number may be in, sorted by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zones {
    /// Names in the IANA database. Empty when nothing at all is known.
    pub names: &'static [&'static str],
    /// Whether the number itself narrows them down.
    pub reach: Reach,
}

/// The zones that an E.164 number may be in, by its country and area code.
///
/// A mobile number has all zones of its country, unless mobile numbers carry an area code there.
/// People move and keep their number: a time zone that the contact list gives is worth more.
///
/// ```
/// use switchboard_calling_hours::zones_of;
/// assert_eq!(zones_of("+13055550100").names, ["America/New_York"]);
/// ```
pub fn zones_of(number: &str) -> Zones {
    let found = prefix::longest(&PREFIXES, number);
    let names = found
        .and_then(|(_, set)| SETS.get(usize::from(*set)))
        .copied()
        .unwrap_or_default();
    let narrowed = found.is_some_and(|(prefix, _)| *prefix != NORTH_AMERICA);
    Zones {
        names,
        reach: if narrowed { Reach::Known } else { Reach::Unknown },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones(number: &str) -> Zones {
        zones_of(number)
    }

    #[test]
    fn the_longest_prefix_decides() {
        assert_eq!(zones("+12125550100").names, ["America/New_York"]);
        assert_eq!(
            zones("+12082000000").names,
            ["America/Boise", "America/Los_Angeles"]
        );
        assert_eq!(zones("+34911234567").names, ["Europe/Madrid"]);
        assert_eq!(zones("+34922123456").names, ["Atlantic/Canary"]);
    }

    #[test]
    fn a_mobile_number_may_be_anywhere_in_its_country() {
        assert_eq!(zones("+34612345678").names, ["Atlantic/Canary", "Europe/Madrid"]);
        assert!(zones("+61412345678").names.contains(&"Australia/Perth"));
        assert!(zones("+79161234567").names.contains(&"Asia/Kamchatka"));
        assert_eq!(zones("+77011234567").names, ["Asia/Almaty", "Asia/Aqtobe"]);
        assert_eq!(zones("+5511961234567").names, ["America/Sao_Paulo"]);
    }

    #[test]
    fn where_the_source_names_a_zone_of_another_country_ours_is_right() {
        assert_eq!(zones("+212612345678").names, ["Africa/Casablanca"]);
        assert_eq!(zones("+74012123456").names, ["Europe/Kaliningrad"]);
        assert_eq!(
            zones("+61730001234").names,
            ["Australia/Brisbane", "Australia/Sydney"]
        );
        assert!(zones("+61889991234").names.contains(&"Australia/Darwin"));
    }

    #[test]
    fn a_number_that_could_be_anywhere_says_so() {
        for anywhere in ["+18005550100", "+15005550100", "+80012345678", "+88212345678"] {
            assert_eq!(zones(anywhere).reach, Reach::Unknown, "{anywhere}");
        }
        assert_eq!(zones("+13055550100").reach, Reach::Known);
    }

    #[test]
    fn every_zone_is_in_the_database() {
        for name in SETS.iter().copied().flatten() {
            assert!(crate::Zone::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(PREFIXES.is_sorted_by(|a, b| a.0 < b.0));
    }
}
