//! The hours in which people may be called.

use jiff::civil::{Time, Weekday};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// Hours of the day, on some weekdays, in one time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "WindowFields", into = "WindowFields")]
#[cfg_attr(feature = "openapi", schema(as = CallingWindow))]
pub struct CallingWindow {
    /// Weekdays, 1 = Monday to 7 = Sunday.
    weekdays: Vec<u8>,
    /// First minute, `HH:MM`.
    from: String,
    /// First minute that is outside again, `HH:MM`.
    to: String,
    /// IANA name of the zone, e.g. `Europe/Madrid`.
    time_zone: String,
}

#[derive(Serialize, Deserialize)]
struct WindowFields {
    weekdays: Vec<u8>,
    from: String,
    to: String,
    time_zone: String,
}

/// A window that nobody could ever be called in, or that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWindow {
    /// Not `HH:MM`.
    #[error("`{0}` is not a time of day: write it as HH:MM, e.g. 09:00")]
    Time(String),
    /// Begins when it ends, or later.
    #[error("the window must begin before it ends, on the same day")]
    Order,
    /// No weekday, or one out of range.
    #[error("name at least one weekday, 1 for Monday to 7 for Sunday")]
    Weekdays,
    /// Not in the time zone database.
    #[error("`{0}` is not a time zone: use an IANA name, e.g. Europe/Madrid")]
    Zone(String),
}

fn time_of_day(text: &str) -> Result<Time, InvalidWindow> {
    let invalid = || InvalidWindow::Time(text.to_owned());
    if text == "24:00" {
        return Ok(Time::MAX);
    }
    let (hour, minute) = text.split_once(':').ok_or_else(invalid)?;
    let hour = hour.parse().map_err(|_| invalid())?;
    let minute = minute.parse().map_err(|_| invalid())?;
    Time::new(hour, minute, 0, 0).map_err(|_| invalid())
}

impl CallingWindow {
    /// A window from `from` up to `to` (`HH:MM`, `24:00` is the end of the day).
    ///
    /// # Errors
    /// When a part cannot be read or no moment could lie inside.
    pub fn new(weekdays: Vec<u8>, from: &str, to: &str, time_zone: &str) -> Result<Self, InvalidWindow> {
        if time_of_day(from)? >= time_of_day(to)? {
            return Err(InvalidWindow::Order);
        }
        if weekdays.is_empty() || weekdays.iter().any(|d| !(1..=7).contains(d)) {
            return Err(InvalidWindow::Weekdays);
        }
        TimeZone::get(time_zone).map_err(|_| InvalidWindow::Zone(time_zone.to_owned()))?;
        Ok(Self {
            weekdays,
            from: from.to_owned(),
            to: to.to_owned(),
            time_zone: time_zone.to_owned(),
        })
    }

    /// Whether people may be called at `now`.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.next_open(now) == Some(now)
    }

    /// The first moment from `now` on at which people may be called; `now` itself when it is open.
    ///
    /// A time that the spring change skips opens right after the gap. None only when the zone is
    /// gone from the database or the calendar ends.
    pub fn next_open(&self, now: Timestamp) -> Option<Timestamp> {
        let zone = TimeZone::get(&self.time_zone).ok()?;
        let (from, to) = (time_of_day(&self.from).ok()?, time_of_day(&self.to).ok()?);
        let today = now.to_zoned(zone.clone());
        for offset in 0..=7 {
            let date = today.date().checked_add(offset.days()).ok()?;
            if !self.includes(date.weekday()) {
                continue;
            }
            let opens = date.to_datetime(from).to_zoned(zone.clone()).ok()?.timestamp();
            let closes = if to == Time::MAX {
                date.tomorrow().ok()?.to_zoned(zone.clone()).ok()?.timestamp()
            } else {
                date.to_datetime(to).to_zoned(zone.clone()).ok()?.timestamp()
            };
            if now < closes {
                return Some(opens.max(now));
            }
        }
        None
    }

    fn includes(&self, weekday: Weekday) -> bool {
        self.weekdays
            .iter()
            .any(|d| i8::try_from(*d).is_ok_and(|d| d == weekday.to_monday_one_offset()))
    }
}

impl TryFrom<WindowFields> for CallingWindow {
    type Error = InvalidWindow;
    fn try_from(f: WindowFields) -> Result<Self, InvalidWindow> {
        Self::new(f.weekdays, &f.from, &f.to, &f.time_zone)
    }
}

impl From<CallingWindow> for WindowFields {
    fn from(w: CallingWindow) -> Self {
        Self {
            weekdays: w.weekdays,
            from: w.from,
            to: w.to,
            time_zone: w.time_zone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn office() -> CallingWindow {
        CallingWindow::new(vec![1, 2, 3, 4, 5], "09:00", "17:00", "Europe/Madrid").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn it_opens_on_the_next_weekday() {
        assert!(office().is_open(at("2026-11-20T08:00:00Z")));
        assert!(!office().is_open(at("2026-11-20T16:00:00Z")));
        assert_eq!(
            office().next_open(at("2026-11-20T16:00:00Z")),
            Some(at("2026-11-23T08:00:00Z"))
        );
    }

    #[test]
    fn it_follows_the_clock_change() {
        // Madrid leaves summer time on 2026-10-25: nine o'clock moves from 07:00 to 08:00 UTC.
        assert_eq!(
            office().next_open(at("2026-10-23T00:00:00Z")),
            Some(at("2026-10-23T07:00:00Z"))
        );
        assert_eq!(
            office().next_open(at("2026-10-26T00:00:00Z")),
            Some(at("2026-10-26T08:00:00Z"))
        );
    }

    #[test]
    fn a_window_nobody_could_be_called_in_is_refused() {
        let refused =
            |from, to, days: &[u8], zone| CallingWindow::new(days.to_vec(), from, to, zone).unwrap_err();
        assert_eq!(refused("17:00", "09:00", &[1], "UTC"), InvalidWindow::Order);
        assert_eq!(refused("09:00", "17:00", &[], "UTC"), InvalidWindow::Weekdays);
        assert_eq!(refused("09:00", "17:00", &[8], "UTC"), InvalidWindow::Weekdays);
        assert!(matches!(
            refused("9", "17:00", &[1], "UTC"),
            InvalidWindow::Time(_)
        ));
        assert!(matches!(
            refused("09:00", "17:00", &[1], "Mars/Olympus"),
            InvalidWindow::Zone(_)
        ));
    }

    proptest! {
        #[test]
        fn the_next_opening_is_open_and_not_before_now(second in 1_700_000_000i64..2_000_000_000) {
            let now = Timestamp::from_second(second).unwrap();
            let opening = office().next_open(now).unwrap();
            prop_assert!(opening >= now);
            prop_assert!(office().is_open(opening));
        }
    }
}
