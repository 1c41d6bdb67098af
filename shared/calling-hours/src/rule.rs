//! The rules of countries and states, compiled in from `rules/*.toml`.

use jiff::civil::{Date, DateTime};
use serde::{Serialize, Serializer};

use crate::holiday::{Holiday, Moves, When};
use crate::limit::CallLimit;
use crate::place::{Place, place_of};
use crate::week::{MINUTES_A_DAY, Week};
use crate::window::Window;

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The rule of every country that has no file of its own.
const DEFAULT: &str = "default";
/// Who shares the calling code 1 and has rules: a number that could be anyone's keeps them all.
const NORTH_AMERICA: [&str; 2] = ["US", "CA"];

/// When people of a country, or of a part of it, may be called. Shown as its id in JSON.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable name, also that of its file, e.g. `us-fl`.
    pub id: &'static str,
    /// What people see.
    pub name: &'static str,
    /// ISO 3166 code of the country; `*` for the default.
    pub country: &'static str,
    /// Countries and territories with codes of their own where it holds as well.
    pub also_countries: &'static [&'static str],
    /// State of the United States; None holds in the whole country.
    pub region: Option<&'static str>,
    /// Statute or regulator, and section.
    pub source: &'static str,
    /// The date of the text that the file was compared with; the day of comparing when the text has none.
    pub as_of: Date,
    /// Sources disagree, none was at hand, or the hours are our own: ask before relying on it.
    pub unconfirmed: bool,
    /// What the hours and holidays do not say.
    pub note: &'static str,
    /// Names the text of the file: another one is another rule. 16 hexadecimal digits.
    pub version: &'static str,
    /// How often a person may be called.
    pub limits: &'static [CallLimit],
    /// Days on which nobody is called.
    pub holidays: &'static [Holiday],
    /// Open minutes of the week from Monday 00:00, sorted.
    open: &'static [(u16, u16)],
}

impl Rule {
    /// Every rule, sorted by id.
    pub fn all() -> &'static [Self] {
        &RULES
    }

    /// The rule of that id.
    pub fn find(id: &str) -> Option<&'static Self> {
        RULES
            .binary_search_by_key(&id, |rule| rule.id)
            .ok()
            .and_then(|found| RULES.get(found))
    }

    /// The rules that hold for an E.164 number: those of its country and of its state.
    ///
    /// A US number whose state is not known keeps the rules of all states; one that any country of the
    /// calling code 1 could have keeps those of all of them. Where no rule is known, it is the default.
    pub fn of(number: &str) -> Vec<&'static Self> {
        let place = place_of(number);
        let north_american = number.starts_with("+1");
        let holds = |rule: &Self| match place {
            Some(place) => rule.holds_in(place),
            None => north_american && NORTH_AMERICA.contains(&rule.country),
        };
        let mut rules: Vec<_> = RULES.iter().filter(|rule| holds(rule)).collect();
        if rules.is_empty() {
            rules.extend(Self::find(DEFAULT));
        }
        rules
    }

    fn holds_in(&self, place: Place) -> bool {
        let country = self.country == place.country || self.also_countries.contains(&place.country);
        country && (self.region.is_none() || place.region.is_none() || self.region == place.region)
    }

    /// The hours of the week, from Monday on; none on a day on which nobody is called.
    pub fn hours(&self) -> [Vec<Window>; 7] {
        std::array::from_fn(|day| {
            let (begin, end) = (day * MINUTES_A_DAY, (day + 1) * MINUTES_A_DAY);
            let minute = |at: u16| u16::try_from(usize::from(at).clamp(begin, end) - begin).unwrap_or(0);
            let spans = self.open.iter().map(|(from, to)| (minute(*from), minute(*to)));
            spans.filter_map(|(from, to)| Window::of(from, to)).collect()
        })
    }

    /// Whether people may be called at a local time, holidays included.
    pub fn is_open(&self, local: DateTime) -> bool {
        self.holiday(local.date()).is_none() && self.hours_include(local)
    }

    /// The holiday of a day.
    pub fn holiday(&self, date: Date) -> Option<&'static Holiday> {
        self.holidays.iter().find(|holiday| holiday.is_on(date))
    }

    /// Whether a local time lies within the hours of its weekday, be it a holiday or not.
    pub fn hours_include(&self, local: DateTime) -> bool {
        let day = i32::from(local.weekday().to_monday_zero_offset()) * 1440;
        let minute = day + i32::from(local.hour()) * 60 + i32::from(local.minute());
        self.open
            .iter()
            .any(|(from, to)| (i32::from(*from)..i32::from(*to)).contains(&minute))
    }

    /// Closes what it does not allow.
    pub(crate) fn limit(&self, week: &mut Week) {
        week.keep_only(self.open);
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(number: &str) -> Vec<&'static str> {
        Rule::of(number).iter().map(|rule| rule.id).collect()
    }

    #[test]
    fn a_number_has_the_rules_of_its_country_and_state() {
        assert_eq!(ids("+13055550100"), ["us-federal", "us-fl"]);
        assert_eq!(ids("+12125550100"), ["us-federal"]);
        assert_eq!(ids("+17875550100"), ["us-federal"]);
        assert_eq!(ids("+14165550100"), ["ca"]);
        assert_eq!(ids("+33612345678"), ["fr"]);
        assert_eq!(ids("+262692123456"), ["fr"]);
        assert_eq!(ids("+819012345678"), ["default"]);
    }

    #[test]
    fn the_hours_of_a_rule_are_told_by_the_day() {
        let hours = |id| {
            Rule::find(id)
                .unwrap()
                .hours()
                .map(|day| day.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        };
        let week = hours("us-al");
        assert!(week[..6].iter().all(|day| day == "08:00-20:00"), "{week:?}");
        assert_eq!(week[6], "", "no calls on Sunday");
        assert_eq!(hours("de")[5], "10:00-16:00");
    }

    #[test]
    fn a_number_without_a_place_keeps_the_rules_of_all() {
        let rules = ids("+18005550100");
        assert!(
            ["ca", "us-federal", "us-al", "us-me"]
                .iter()
                .all(|id| rules.contains(id))
        );
        assert!(!rules.contains(&"fr") && !rules.contains(&"default"));
    }

    #[test]
    fn every_rule_is_found_by_its_id() {
        for rule in Rule::all() {
            assert_eq!(Rule::find(rule.id), Some(rule));
        }
        assert_eq!(Rule::find("atlantis"), None);
    }
}
