//! What a cell says, as text.

use std::fmt::{self, Write};

use calamine::{DataType, ExcelDateTime};

use crate::limits::MAX_CELL_CHARS;

/// Writes what a cell says behind `out`; false where it shows an error such as `#N/A`.
///
/// Numbers have no useless `.0`, dates are ISO 8601, booleans `true` and `false`. A text that is too long
/// for a cell is cut one character behind that.
pub(super) fn write(cell: &impl DataType, out: &mut String) -> bool {
    if let Some(text) = cell.get_string() {
        out.push_str(cut(text));
    } else if let Some(moment) = cell.get_datetime() {
        if moment.is_duration() {
            out.push_str(&duration(moment.as_f64()));
        } else {
            out.push_str(&date_time(&moment));
        }
    } else if let Some(value) = cell.get_float() {
        number(value, out);
    } else if let Some(number) = cell.get_int() {
        write_to(out, format_args!("{number}"));
    } else if let Some(truth) = cell.get_bool() {
        write_to(out, format_args!("{truth}"));
    } else if let Some(iso) = cell.get_datetime_iso().or_else(|| cell.get_duration_iso()) {
        out.push_str(iso);
    } else if cell.get_error().is_some() {
        return false;
    }
    true
}

/// The beginning of a text: enough to see that it is too long.
fn cut(text: &str) -> &str {
    const CHARS: usize = MAX_CELL_CHARS + 1;
    if text.len() <= CHARS {
        return text;
    }
    let is_plain = text.as_bytes()[..CHARS].is_ascii();
    let end = if is_plain {
        Some(CHARS)
    } else {
        text.char_indices().nth(CHARS).map(|(end, _)| end)
    };
    end.map_or(text, |end| &text[..end])
}

/// Writes a number behind `out` as Excel shows it: with 15 digits at most, and as short as that can be said.
pub(super) fn number(value: f64, out: &mut String) {
    // Beyond it, a float has gaps between whole numbers.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    const DIGITS: usize = 15;
    if value.fract() == 0.0 && value.abs() < EXACT {
        write_to(out, format_args!("{}", value as i64));
        return;
    }
    let start = out.len();
    write_to(out, format_args!("{value}"));
    let digits = out[start..].trim_start_matches(['-', '0', '.']);
    if digits.bytes().filter(u8::is_ascii_digit).count() > DIGITS {
        out.truncate(start);
        write_to(out, format_args!("{value:.0$e}", DIGITS - 1));
        let rounded: f64 = out[start..].parse().unwrap_or(value);
        out.truncate(start);
        write_to(out, format_args!("{rounded}"));
    }
}

fn write_to(out: &mut String, text: fmt::Arguments<'_>) {
    // A string takes whatever is written to it.
    let _ = out.write_fmt(text);
}

/// A date, a time of day, or both: whichever the value has.
fn date_time(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    let days = moment.as_f64();
    if (0.0..1.0).contains(&days) {
        time
    } else if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date}T{time}")
    }
}

/// A length of time in days, as ISO 8601.
fn duration(days: f64) -> String {
    const SECONDS_PER_DAY: f64 = 86_400.0;
    let seconds = (days * SECONDS_PER_DAY).round();
    let sign = if seconds < 0.0 { "-" } else { "" };
    // Saturates where the value is beyond any time.
    let seconds = seconds.abs() as u64;
    format!(
        "{sign}PT{}H{}M{}S",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

#[cfg(test)]
mod tests {
    use calamine::{CellErrorType, Data, ExcelDateTimeType};

    use super::*;

    fn shown(cell: Data) -> String {
        let mut text = String::new();
        if write(&cell, &mut text) {
            text
        } else {
            "error".to_owned()
        }
    }

    #[test]
    fn a_text_is_cut_behind_what_a_cell_may_have() {
        for (text, kept) in [
            ("x".repeat(10_001), 10_001),
            ("x".repeat(60_000), 10_001),
            ("é".repeat(10_000), 20_000),
            ("é".repeat(10_002), 20_002),
        ] {
            assert_eq!(cut(&text).len(), kept);
        }
    }

    #[test]
    fn every_kind_of_cell_has_its_text() {
        let moment = |value, kind| Data::DateTime(ExcelDateTime::new(value, kind, false));
        let (date, time_delta) = (ExcelDateTimeType::DateTime, ExcelDateTimeType::TimeDelta);
        for (cell, text) in [
            (Data::Float(34_631_021_622.0), "34631021622"),
            (Data::Float(3.5), "3.5"),
            (Data::Float(1e15), "1000000000000000"),
            (Data::Float(-0.0), "0"),
            (Data::Float(1e20), "100000000000000000000"),
            (Data::Float(0.1 + 0.2), "0.3"),
            (Data::Float(-1.0 / 3.0), "-0.333333333333333"),
            (Data::Float(9_007_199_254_740_991.0), "9007199254740991"),
            (Data::Float(0.000_001_234_5), "0.0000012345"),
            (Data::Int(7), "7"),
            (Data::Bool(true), "true"),
            (Data::String("x".to_owned()), "x"),
            (Data::Empty, ""),
            (Data::Error(CellErrorType::NA), "error"),
            (moment(45_943.0, date), "2025-10-13"),
            (moment(45_943.541, date), "2025-10-13T12:59:02"),
            (moment(0.5, date), "12:00:00"),
            (moment(1.5, time_delta), "PT36H0M0S"),
            (Data::DateTimeIso("2025-10-13".to_owned()), "2025-10-13"),
        ] {
            assert_eq!(shown(cell.clone()), text, "{cell:?}");
        }
    }

    #[test]
    fn lengths_of_time_are_hours_minutes_and_seconds() {
        let day = 86_400.0;
        for (seconds, text) in [
            (0.0, "PT0H0M0S"),
            (61.0, "PT0H1M1S"),
            (3_661.0, "PT1H1M1S"),
            (90_000.4, "PT25H0M0S"),
            (-59.0, "-PT0H0M59S"),
        ] {
            assert_eq!(duration(seconds / day), text, "{seconds}");
        }
    }

    #[test]
    fn moments_have_a_date_or_a_time_or_both() {
        let told = |days: f64| date_time(&ExcelDateTime::new(days, ExcelDateTimeType::DateTime, false));
        assert_eq!(told(0.5), "12:00:00");
        assert_eq!(told(46_000.0), "2025-12-09");
        assert_eq!(told(46_000.75), "2025-12-09T18:00:00");
        assert_eq!(told(1.0).len(), "1900-01-01".len());
    }

    #[test]
    fn numbers_have_at_most_fifteen_digits_and_whole_ones_all_of_them() {
        let written = |value: f64| {
            let mut out = String::from("x");
            number(value, &mut out);
            out
        };
        for (value, text) in [
            (34_631_021_622.0, "x34631021622"),
            (9_007_199_254_740_991.0, "x9007199254740991"),
            (-5.0, "x-5"),
            (0.1 + 0.2, "x0.3"),
            (0.123_456_789_012_345, "x0.123456789012345"),
            (1.5, "x1.5"),
            (-0.000_012_345, "x-0.000012345"),
        ] {
            assert_eq!(written(value), text);
        }
        assert_eq!(written(1e16), "x10000000000000000");
    }
}
