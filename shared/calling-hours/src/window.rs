//! The hours in which a campaign wants to call.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

use crate::week::{MINUTES_A_DAY, MINUTES_A_WEEK, Week};

/// Hours of a day, written `HH:MM-HH:MM`. Ending before it begins, it passes midnight into the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Window {
    /// First minute of the day, 0 to 1439.
    from: u16,
    /// The minute after the last, 1 to 1440.
    to: u16,
}

/// A window that cannot be read or has no minute.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWindow {
    /// Not two times of day.
    #[error("`{0}` is not a window: write it as HH:MM-HH:MM, e.g. 09:00-17:30")]
    Form(String),
    /// Ends when it begins.
    #[error("`{0}` has no length: write 00:00-24:00 for the whole day")]
    Empty(String),
    /// No weekday has a window.
    #[error("name at least one weekday with a window")]
    NoDay,
}

impl Window {
    /// 08:00 to 21:00.
    pub const DAYTIME: Self = Self {
        from: 8 * 60,
        to: 21 * 60,
    };
    /// 00:00 to 24:00.
    pub const WHOLE_DAY: Self = Self { from: 0, to: 1440 };

    /// From a minute of the day to another; none when it has no length or leaves the day.
    pub(crate) fn of(from: u16, to: u16) -> Option<Self> {
        (from < to && to <= 1440).then_some(Self { from, to })
    }

    /// Reads `HH:MM-HH:MM`; `24:00` is the end of the day.
    ///
    /// # Errors
    /// When the text has another form, or the window no length.
    pub fn parse(text: &str) -> Result<Self, InvalidWindow> {
        let form = || InvalidWindow::Form(text.to_owned());
        let (from, to) = text.split_once('-').ok_or_else(form)?;
        let (from, to) = (
            minute_of_day(from).ok_or_else(form)?,
            minute_of_day(to).ok_or_else(form)?,
        );
        if usize::from(from) == MINUTES_A_DAY {
            return Err(form());
        }
        // 22:00-00:00 ends with the day, as 22:00-24:00 does.
        let to = if to == 0 && from > 0 { 1440 } else { to };
        if from == to {
            Err(InvalidWindow::Empty(text.to_owned()))
        } else {
            Ok(Self { from, to })
        }
    }

    fn open(self, weekday: Weekday, week: &mut Week) {
        let day = usize::from(weekday.to_monday_zero_offset().unsigned_abs()) * MINUTES_A_DAY;
        let (from, to) = (usize::from(self.from), usize::from(self.to));
        let end = day + if from < to { to } else { MINUTES_A_DAY + to };
        week.open(day + from, end.min(MINUTES_A_WEEK));
        // From Sunday night into Monday.
        week.open(0, end.saturating_sub(MINUTES_A_WEEK));
    }
}

fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |digits: &str| -> Option<u16> {
        let plain = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse().ok()).flatten()
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    (minute < 60 && hour * 60 + minute <= 1440).then_some(hour * 60 + minute)
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to } = self;
        write!(
            f,
            "{:02}:{:02}-{:02}:{:02}",
            from / 60,
            from % 60,
            to / 60,
            to % 60
        )
    }
}

impl FromStr for Window {
    type Err = InvalidWindow;
    fn from_str(text: &str) -> Result<Self, InvalidWindow> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Window {
    type Error = InvalidWindow;
    fn try_from(text: String) -> Result<Self, InvalidWindow> {
        Self::parse(&text)
    }
}

impl From<Window> for String {
    fn from(window: Window) -> Self {
        window.to_string()
    }
}

/// A campaign's windows, by the weekday on which they begin. In JSON `{"mon": ["09:00-13:00"], …}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Days", into = "Days")]
pub struct Windows([Vec<Window>; 7]);

impl Windows {
    /// Windows by weekday; a weekday may come several times.
    ///
    /// # Errors
    /// When there is none at all.
    pub fn new(windows: impl IntoIterator<Item = (Weekday, Window)>) -> Result<Self, InvalidWindow> {
        let mut days: [Vec<Window>; 7] = Default::default();
        for (weekday, window) in windows {
            days[usize::from(weekday.to_monday_zero_offset().unsigned_abs())].push(window);
        }
        if days.iter().all(Vec::is_empty) {
            Err(InvalidWindow::NoDay)
        } else {
            Ok(Self(days))
        }
    }

    /// The same windows on every day of the week.
    ///
    /// # Errors
    /// When there is none.
    pub fn every_day(windows: &[Window]) -> Result<Self, InvalidWindow> {
        let days = Weekday::Monday.cycle_forward().take(7);
        Self::new(days.flat_map(|day| windows.iter().map(move |window| (day, *window))))
    }

    /// One window on every day of the week.
    pub fn whole_week(window: Window) -> Self {
        Self(std::array::from_fn(|_| vec![window]))
    }

    pub(crate) fn week(&self) -> Week {
        let mut week = Week::closed();
        for (day, windows) in Weekday::Monday.cycle_forward().zip(&self.0) {
            for window in windows {
                window.open(day, &mut week);
            }
        }
        week
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Days {
    mon: Vec<Window>,
    tue: Vec<Window>,
    wed: Vec<Window>,
    thu: Vec<Window>,
    fri: Vec<Window>,
    sat: Vec<Window>,
    sun: Vec<Window>,
}

impl TryFrom<Days> for Windows {
    type Error = InvalidWindow;
    fn try_from(d: Days) -> Result<Self, InvalidWindow> {
        let days = [d.mon, d.tue, d.wed, d.thu, d.fri, d.sat, d.sun];
        if days.iter().all(Vec::is_empty) {
            Err(InvalidWindow::NoDay)
        } else {
            Ok(Self(days))
        }
    }
}

impl From<Windows> for Days {
    fn from(Windows([mon, tue, wed, thu, fri, sat, sun]): Windows) -> Self {
        Self {
            mon,
            tue,
            wed,
            thu,
            fri,
            sat,
            sun,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_times_of_day_are_a_window() {
        for good in ["09:00-17:30", "22:00-02:00", "00:00-24:00", "23:59-24:00"] {
            assert_eq!(Window::parse(good).unwrap().to_string(), good);
        }
        assert_eq!(Window::parse("22:00-00:00").unwrap().to_string(), "22:00-24:00");
        for bad in [
            "",
            "9:00-17:00",
            "09:00",
            "09:00-17:60",
            "24:00-25:00",
            "24:00-01:00",
            "+9:00-17:00",
            "a-b",
        ] {
            assert!(matches!(Window::parse(bad), Err(InvalidWindow::Form(_))), "{bad}");
        }
        assert!(matches!(
            Window::parse("09:00-09:00"),
            Err(InvalidWindow::Empty(_))
        ));
    }

    #[test]
    fn a_window_of_sunday_night_ends_on_monday() {
        let windows: Windows = serde_json::from_str(r#"{"sun": ["22:00-02:00"]}"#).unwrap();
        let week = windows.week();
        assert!(week.is_open(Weekday::Sunday, 1439) && week.is_open(Weekday::Monday, 119));
        assert!(!week.is_open(Weekday::Monday, 120) && !week.is_open(Weekday::Sunday, 60));
    }

    #[test]
    fn windows_keep_their_form_in_json() {
        let text =
            r#"{"mon":["09:00-13:00","15:00-20:00"],"tue":[],"wed":[],"thu":[],"fri":[],"sat":[],"sun":[]}"#;
        let windows: Windows = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&windows).unwrap(), text);
        assert!(serde_json::from_str::<Windows>("{}").is_err());
        assert!(serde_json::from_str::<Windows>(r#"{"monday": ["09:00-13:00"]}"#).is_err());
    }
}
