//! What a cell says, as text.

use calamine::{DataType, ExcelDateTime};

/// A cell's value.
pub(super) enum CellText {
    /// The text; empty for an empty cell.
    Text(String),
    /// The cell shows an error such as `#N/A`.
    Error,
}

/// Numbers without a useless `.0`, dates as ISO 8601, booleans as `true` and `false`.
pub(super) fn text(cell: &impl DataType) -> CellText {
    let text = if let Some(text) = cell.get_string() {
        text.to_owned()
    } else if let Some(moment) = cell.get_datetime() {
        if moment.is_duration() {
            duration(moment.as_f64())
        } else {
            date_time(&moment)
        }
    } else if let Some(number) = cell.get_float() {
        number.to_string()
    } else if let Some(number) = cell.get_int() {
        number.to_string()
    } else if let Some(truth) = cell.get_bool() {
        truth.to_string()
    } else if let Some(iso) = cell.get_datetime_iso().or_else(|| cell.get_duration_iso()) {
        iso.to_owned()
    } else if cell.get_error().is_some() {
        return CellText::Error;
    } else {
        String::new()
    };
    CellText::Text(text)
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
        match text(&cell) {
            CellText::Text(text) => text,
            CellText::Error => "error".to_owned(),
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
}
