//! The moment of a person's next call.

use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use switchboard_calling_hours::{Answer, decide};

use super::RetryRule;
use crate::{CallingHours, Recipient};

/// How often hours and wishes are brought together before the hours alone decide.
const MOST_ROUNDS: u32 = 16;

/// When a day's parts begin: night and morning, afternoon, evening.
const PARTS: [i8; 3] = [0, 12, 17];

/// The first moment from `at` on at which the person may be called, by the hours and by what the rule
/// wants to be other than at `last`. Hours that leave no such moment go before the wish; without any
/// opening within reach it is `at`, where whoever dials finds the hours closed for good.
pub(crate) fn next_call(
    recipient: &Recipient,
    hours: &CallingHours,
    other_than: Option<(&RetryRule, Timestamp)>,
    at: Timestamp,
) -> Timestamp {
    let opening = |from: Timestamp| {
        let number = recipient.phone_number.as_str();
        let decision = decide(number, recipient.time_zone.as_deref(), hours, from);
        let opens_at = match decision.answer {
            Answer::Open { .. } => from,
            Answer::Closed { opens_at, .. } => opens_at,
            Answer::Never { .. } => return None,
        };
        let zone = decision.zones_used.first()?;
        Some((opens_at, TimeZone::get(zone).ok()?))
    };
    let Some((first, zone)) = opening(at) else {
        return at;
    };
    let Some((rule, last)) = other_than else {
        return first;
    };
    let last = last.to_zoned(zone.clone()).datetime();
    let mut opens_at = first;
    for _ in 0..MOST_ROUNDS {
        let local = opens_at.to_zoned(zone.clone()).datetime();
        let Some(wanted) = moved(rule, last, local) else {
            return opens_at;
        };
        let moved = wanted.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
        match moved.filter(|moved| *moved > opens_at).and_then(opening) {
            Some((later, _)) => opens_at = later,
            None => return first,
        }
    }
    first
}

/// Where to look next when `local` is too much like `last`; none when it is other enough.
fn moved(rule: &RetryRule, last: DateTime, local: DateTime) -> Option<DateTime> {
    if rule.other_weekday && same_weekday(last.weekday(), local.weekday()) {
        let tomorrow = local.date().checked_add(1.day()).ok()?;
        return Some(tomorrow.to_datetime(Time::midnight()));
    }
    if rule.other_time_of_day && part(last) == part(local) {
        let next = PARTS.get(part(local) + 1);
        return match next {
            Some(hour) => Some(local.date().at(*hour, 0, 0, 0)),
            None => Some(
                local
                    .date()
                    .checked_add(1.day())
                    .ok()?
                    .to_datetime(Time::midnight()),
            ),
        };
    }
    None
}

fn same_weekday(a: Weekday, b: Weekday) -> bool {
    a.to_monday_zero_offset() == b.to_monday_zero_offset()
}

fn part(local: DateTime) -> usize {
    PARTS
        .iter()
        .filter(|begins| **begins <= local.hour())
        .count()
        .saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::recipient;
    use crate::{CallingHours, RecipientStatus};
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn person(zone: &str) -> Recipient {
        let mut person = recipient(RecipientStatus::Pending);
        person.time_zone = Some(zone.to_owned());
        person
    }

    fn hours(windows: &str) -> CallingHours {
        serde_json::from_str(&format!(r#"{{"windows":{windows},"rules":{{"only":[]}}}}"#)).unwrap()
    }

    fn every_day(window: &str) -> CallingHours {
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let days = days.map(|day| format!(r#""{day}":["{window}"]"#)).join(",");
        hours(&format!("{{{days}}}"))
    }

    #[test]
    fn a_call_outside_the_hours_waits_for_the_opening() {
        let next = next_call(
            &person("Asia/Kolkata"),
            &every_day("09:00-18:00"),
            None,
            at("2026-11-20T20:00:00Z"),
        );
        assert_eq!(next, at("2026-11-21T09:00:00+05:30"));
    }

    #[test]
    fn another_time_of_day_is_another_part_of_the_day() {
        let rule = RetryRule {
            other_time_of_day: true,
            ..RetryRule::default()
        };
        let person = person("Europe/Madrid");
        let last = at("2026-11-20T10:00:00+01:00");
        let next = |hours: &CallingHours, from| next_call(&person, hours, Some((&rule, last)), at(from));
        let long = every_day("09:00-21:00");
        assert_eq!(
            next(&long, "2026-11-20T11:00:00+01:00"),
            at("2026-11-20T12:00:00+01:00")
        );
        assert_eq!(
            next(&long, "2026-11-21T09:30:00+01:00"),
            at("2026-11-21T12:00:00+01:00")
        );
        assert_eq!(
            next(&long, "2026-11-20T18:00:00+01:00"),
            at("2026-11-20T18:00:00+01:00")
        );
        // Where there are only mornings, a morning it is.
        let mornings = every_day("09:00-11:00");
        assert_eq!(
            next(&mornings, "2026-11-20T11:00:00+01:00"),
            at("2026-11-21T09:00:00+01:00")
        );
    }

    #[test]
    fn another_weekday_is_another_weekday_where_the_person_is() {
        let rule = RetryRule {
            other_weekday: true,
            ..RetryRule::default()
        };
        let person = person("Pacific/Auckland");
        // Friday evening in Auckland is Friday morning in UTC.
        let last = at("2026-11-20T20:00:00+13:00");
        let week = hours(r#"{"fri":["09:00-21:00"],"mon":["09:00-21:00"]}"#);
        let next = next_call(
            &person,
            &week,
            Some((&rule, last)),
            at("2026-11-20T20:30:00+13:00"),
        );
        assert_eq!(next, at("2026-11-23T09:00:00+13:00"));
        let fridays = hours(r#"{"fri":["09:00-21:00"]}"#);
        let next = next_call(
            &person,
            &fridays,
            Some((&rule, last)),
            at("2026-11-20T21:30:00+13:00"),
        );
        assert_eq!(next, at("2026-11-27T09:00:00+13:00"));
    }

    proptest! {
        /// Whatever is wished for, the answer lies inside the hours and not before its time.
        #[test]
        fn it_is_inside_the_hours(
            zone in prop::sample::select(vec![
                "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia",
                "Pacific/Kiritimati", "America/St_Johns", "America/Santiago", "Africa/Casablanca",
            ]),
            from in 0u32..1439,
            length in 1u32..1439,
            other_time_of_day: bool,
            other_weekday: bool,
            second in 1_760_000_000i64..1_900_000_000,
            wait in 0i64..1_000_000,
        ) {
            let to = (from + length) % 1440;
            prop_assume!(from != to);
            let window = format!("{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60);
            let hours = every_day(&window);
            let person = person(zone);
            let rule = RetryRule { other_time_of_day, other_weekday, ..RetryRule::default() };
            let last = Timestamp::from_second(second).unwrap();
            let earliest = Timestamp::from_second(second + wait).unwrap();
            let next = next_call(&person, &hours, Some((&rule, last)), earliest);
            prop_assert!(next >= earliest);
            prop_assert!(decide(person.phone_number.as_str(), Some(zone), &hours, next).is_open());
        }
    }

    #[test]
    fn the_parts_of_a_day_begin_at_midnight_at_noon_and_at_five() {
        let part_at = |hour| {
            part(
                at("2026-11-20T00:00:00Z")
                    .to_zoned(TimeZone::UTC)
                    .date()
                    .at(hour, 0, 0, 0),
            )
        };
        assert_eq!([0, 11, 12, 16, 17, 23].map(part_at), [0, 0, 1, 1, 2, 2]);
        let rule = RetryRule {
            other_time_of_day: true,
            ..RetryRule::default()
        };
        let last = at("2026-11-20T18:00:00+01:00");
        let next = next_call(
            &person("Europe/Madrid"),
            &every_day("00:30-23:30"),
            Some((&rule, last)),
            last,
        );
        assert_eq!(
            next,
            at("2026-11-21T00:30:00+01:00"),
            "after the evening comes the next morning"
        );
    }
}
