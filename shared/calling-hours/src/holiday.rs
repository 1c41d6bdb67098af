//! Days on which nobody is called.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// A day that comes back every year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// What people call it.
    pub name: &'static str,
    /// The day itself.
    pub when: When,
    /// Which day is kept instead, or rather as well, when it falls on a weekend.
    pub moves: Moves,
}

/// A day of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The same date every year.
    Date {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// The first to fourth weekday of a month, or the last with -1.
    Nth {
        /// 1 to 4, or -1.
        nth: i8,
        /// 1 for Monday to 7 for Sunday.
        weekday: i8,
        /// 1 to 12.
        month: i8,
    },
    /// Days after Easter Sunday of the Western churches; negative before.
    Easter {
        /// -2 is Good Friday, 1 is Easter Monday.
        days: i16,
    },
}

/// What happens to a holiday on a weekend. Both days, the real and the observed, are closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moves {
    /// Nothing.
    Never,
    /// Saturday to Friday, Sunday to Monday.
    NearestWeekday,
    /// Sunday to Monday; Saturday stays.
    SundayToMonday,
    /// Saturday and Sunday to Monday.
    NextMonday,
    /// Saturday to Monday, Sunday and Monday to Tuesday: the day after one that moves to Monday.
    NextTuesday,
}

impl Holiday {
    /// The day itself in a year, without the one on which it is observed.
    pub fn in_year(&self, year: i16) -> Option<Date> {
        self.when.in_year(year)
    }

    /// Whether the day is this holiday, or the day on which it is observed.
    pub fn is_on(&self, date: Date) -> bool {
        // A holiday moves by two days at most, also across the end of a year: look at both years near it.
        let is_in = |year: i16| {
            self.when
                .in_year(year)
                .is_some_and(|day| day == date || self.moves.observed(day) == Some(date))
        };
        is_in(date.year())
            || (date.month() == 12 && date.day() > 29 && is_in(date.year() + 1))
            || (date.month() == 1 && date.day() < 3 && is_in(date.year() - 1))
    }
}

impl When {
    fn in_year(self, year: i16) -> Option<Date> {
        match self {
            Self::Date { month, day } => Date::new(year, month, day).ok(),
            Self::Nth { nth, weekday, month } => {
                let weekday = Weekday::from_monday_one_offset(weekday).ok()?;
                Date::new(year, month, 1)
                    .ok()?
                    .nth_weekday_of_month(nth, weekday)
                    .ok()
            }
            Self::Easter { days } => easter(year)?.checked_add(i64::from(days).days()).ok(),
        }
    }
}

impl Moves {
    fn observed(self, day: Date) -> Option<Date> {
        let later = match (self, day.weekday()) {
            (Self::NearestWeekday, Weekday::Saturday) => -1,
            (Self::NearestWeekday | Self::SundayToMonday | Self::NextMonday, Weekday::Sunday)
            | (Self::NextTuesday, Weekday::Monday) => 1,
            (Self::NextMonday | Self::NextTuesday, Weekday::Saturday)
            | (Self::NextTuesday, Weekday::Sunday) => 2,
            _ => return None,
        };
        day.checked_add(later.days()).ok()
    }
}

/// Easter Sunday in the Gregorian calendar: the anonymous algorithm of 1876 (Meeus, Astronomical Algorithms, 8).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(n / 31).ok()?, i8::try_from(n % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn easter_is_where_the_almanac_has_it() {
        let sundays = [
            (2000, 4, 23),
            (2008, 3, 23),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
        ];
        for (year, month, day) in sundays {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
    }

    fn on(when: When, moves: Moves, day: Date) -> bool {
        Holiday {
            name: "a day",
            when,
            moves,
        }
        .is_on(day)
    }

    #[test]
    fn weekdays_of_a_month_are_counted() {
        let thanksgiving = When::Nth {
            nth: 4,
            weekday: 4,
            month: 11,
        };
        assert!(on(thanksgiving, Moves::Never, date(2026, 11, 26)));
        assert!(!on(thanksgiving, Moves::Never, date(2026, 11, 19)));
        let memorial_day = When::Nth {
            nth: -1,
            weekday: 1,
            month: 5,
        };
        assert!(on(memorial_day, Moves::Never, date(2026, 5, 25)));
    }

    #[test]
    fn an_observed_day_may_lie_in_the_year_before() {
        let new_year = When::Date { month: 1, day: 1 };
        assert!(on(new_year, Moves::NearestWeekday, date(2021, 12, 31)));
        assert!(on(new_year, Moves::NearestWeekday, date(2022, 1, 1)));
        assert!(!on(new_year, Moves::Never, date(2021, 12, 31)));
        assert!(on(new_year, Moves::SundayToMonday, date(2023, 1, 2)));
    }

    #[test]
    fn christmas_and_boxing_day_move_to_monday_and_tuesday() {
        let (christmas, boxing) = (
            When::Date { month: 12, day: 25 },
            When::Date { month: 12, day: 26 },
        );
        // 2021: Saturday and Sunday; 2022: Sunday and Monday; 2026: Friday and Saturday.
        assert!(on(christmas, Moves::NextMonday, date(2021, 12, 27)));
        assert!(on(boxing, Moves::NextTuesday, date(2021, 12, 28)));
        assert!(on(christmas, Moves::NextMonday, date(2022, 12, 26)));
        assert!(on(boxing, Moves::NextTuesday, date(2022, 12, 27)));
        assert!(on(boxing, Moves::NextTuesday, date(2026, 12, 28)));
    }

    #[test]
    fn a_leap_day_is_no_holiday_in_other_years() {
        assert!(!on(
            When::Date { month: 2, day: 29 },
            Moves::NearestWeekday,
            date(2027, 3, 1)
        ));
    }
}
