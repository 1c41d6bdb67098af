//! What people and spreadsheet programs write around a number's digits.

use std::borrow::Cow;

use super::{NumberProblem, digits};
use crate::limits::MAX_PHONE_CELL_CHARS;

/// The number as written, without what a spreadsheet program or a copy from elsewhere put around it.
pub(super) fn clean(raw: &str) -> Result<Cow<'_, str>, NumberProblem> {
    let is_plain = raw.len() <= MAX_PHONE_CELL_CHARS && raw.bytes().all(|b| (b' '..=b'~').contains(&b));
    if is_plain {
        return unwrapped(raw)
            .and_then(|text| Ok(written_out(text)?.map_or(Cow::Borrowed(text), Cow::Owned)));
    }
    let narrowed: String = raw
        .chars()
        .take(MAX_PHONE_CELL_CHARS)
        .filter(|c| !is_invisible(*c))
        .map(narrow)
        .collect();
    let text = unwrapped(&narrowed)?;
    Ok(Cow::Owned(written_out(text)?.unwrap_or_else(|| text.to_owned())))
}

/// Without the quotation mark that makes a cell text, and without the scheme of a link.
fn unwrapped(text: &str) -> Result<&str, NumberProblem> {
    let text = text.trim().trim_start_matches(['\'', '’', '`']).trim_start();
    let text = strip_tel(text);
    if text.is_empty() {
        return Err(NumberProblem::Empty);
    }
    Ok(text)
}

/// The digits of a number that a program wrote as a decimal; none when it did not.
fn written_out(text: &str) -> Result<Option<String>, NumberProblem> {
    if !text.bytes().any(|b| matches!(b, b'.' | b',' | b'e' | b'E')) {
        return Ok(None);
    }
    from_scientific(text)
        .or_else(|| from_float(text))
        .or_else(|| from_grouped(text))
        .transpose()
}

/// The text without brackets around a country code: `(+34) 600` is `+34 600`.
pub(super) fn without_brackets(text: &str) -> Cow<'_, str> {
    let inner = text.strip_prefix('(').map(str::trim_start);
    match inner {
        Some(inner) if inner.starts_with('+') || inner.starts_with("00") => {
            Cow::Owned(inner.replacen(')', " ", 1))
        }
        _ => Cow::Borrowed(text),
    }
}

/// Whether two numbers stand in the cell, by the signs that people put between them.
pub(super) fn has_several(text: &str) -> bool {
    let is_sign = |b: u8| matches!(b, b'/' | b';' | b',' | b'|' | b'\n');
    if !text.bytes().any(is_sign) {
        return false;
    }
    let long = |part: &&str| part.chars().filter(char::is_ascii_digit).count() >= 7;
    text.split(['/', ';', ',', '|', '\n']).filter(long).count() > 1
}

/// Whether a cell could be meant as a phone number: 7 to 15 digits and only what goes with them.
pub(crate) fn looks_like_a_number(cell: &str) -> bool {
    let Ok(text) = clean(cell) else { return false };
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (7..=15).contains(&digits)
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-–().·/".contains(c))
        && !is_date(&text)
}

/// Whether eight digits are a day: `2025-10-13`, `13/10/2025` or `13.10.2025`.
fn is_date(text: &str) -> bool {
    let mut parts = text.split(['-', '/', '.']);
    let (Some(first), Some(month), Some(last), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let (year, day) = if first.len() == 4 {
        (first, last)
    } else {
        (last, first)
    };
    let is_within =
        |part: &str, most: u8| part.len() <= 2 && part.parse().is_ok_and(|n: u8| (1..=most).contains(&n));
    year.len() == 4
        && (year.starts_with("19") || year.starts_with("20"))
        && is_within(month, 31)
        && is_within(day, 31)
}

/// Direction marks and zero-width characters, which come along when numbers are copied.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{AD}')
        || (c.is_control() && !c.is_whitespace())
}

/// Digits of any script and full-width forms as their ASCII twins, and what separates as a space.
fn narrow(c: char) -> char {
    if let Some(digit) = digits::ascii(c) {
        return digit;
    }
    match c {
        '\n' | '\t' | '\r' => c,
        // Thin spaces and the like.
        _ if c.is_whitespace() => ' ',
        // Dots at half the height, of which Catalan, word processors and Japanese keyboards have one each.
        '\u{B7}' | '\u{2022}' | '\u{2027}' | '\u{2219}' | '\u{22C5}' | '\u{30FB}' | '\u{FF65}' => ' ',
        // The decimal and the thousands sign that go with Arabic digits.
        '\u{66B}' => '.',
        '\u{66C}' => ',',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        // Signs that East Asian keyboards write for a dash: the long vowel and the lines of a table.
        '\u{30FC}' | '\u{FF70}' | '\u{2500}' | '\u{2501}' => '-',
        _ => c,
    }
}

fn strip_tel(text: &str) -> &str {
    match text.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => text[4..].trim_start(),
        _ => text,
    }
}

/// `3.4631021622E+10`. `None` when it is not written so.
///
/// With fewer decimals than the exponent, digits are missing, and whether they were zeros nobody can
/// tell.
fn from_scientific(text: &str) -> Option<Result<String, NumberProblem>> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let mantissa = mantissa.strip_prefix('+').unwrap_or(mantissa);
    let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let is_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.len() != 1 || exponent.is_empty() || ![whole, decimals, exponent].into_iter().all(is_digits) {
        return None;
    }
    let places = exponent.parse::<usize>().unwrap_or(usize::MAX);
    Some(match decimals.split_at_checked(places) {
        Some((kept, rest)) if rest.bytes().all(|b| b == b'0') => Ok(format!("{whole}{kept}")),
        _ => Err(NumberProblem::PrecisionLost),
    })
}

/// `34631021622.0`, or `34631021622,00`. `None` when it is not written so.
///
/// The shortest numbers anybody has are those of Tokelau and Saint Helena. What is shorter is an amount.
fn from_float(text: &str) -> Option<Result<String, NumberProblem>> {
    const SHORTEST_NUMBER: usize = 4;
    let (whole, decimals) = text.split_once(['.', ','])?;
    let digits = whole.strip_prefix('+').unwrap_or(whole);
    let is_float = digits.len() >= SHORTEST_NUMBER
        && digits.bytes().all(|b| b.is_ascii_digit())
        && (1..=2).contains(&decimals.len())
        && decimals.bytes().all(|b| b == b'0');
    is_float.then(|| Ok(whole.to_owned()))
}

/// `34,600,000,023`: a number with its thousands apart. `None` when it is not written so.
fn from_grouped(text: &str) -> Option<Result<String, NumberProblem>> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let (first, rest) = digits.split_once(',')?;
    let is_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let is_grouped = (1..=3).contains(&first.len())
        && is_digits(first)
        && rest.len() > 3
        && rest.split(',').all(|group| group.len() == 3 && is_digits(group));
    is_grouped.then(|| Ok(text.replace(',', "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_put_around_a_number_goes() {
        for (raw, clean_text) in [
            ("  '+34 600 00 00 02 ", "+34 600 00 00 02"),
            ("tel:+34-600-000-002", "+34-600-000-002"),
            ("\u{202A}+34600000002\u{202C}", "+34600000002"),
            ("＋３４６０００００００２", "+34600000002"),
            ("34631021622.0", "34631021622"),
            ("3.4631021622E+10", "34631021622"),
            ("3,4631021622e10", "34631021622"),
            ("3.46310216220E+10", "34631021622"),
            ("34631021622,00", "34631021622"),
            ("34,631,021,622", "34631021622"),
            ("+34,631,021,622", "+34631021622"),
            ("600,000", "600,000"),
            ("６００ー０００", "600-000"),
            ("٦٠٠ ٠٠٠ ٠٠٢", "600 000 002"),
            ("\u{61C}+۳۴६००", "+34600"),
            ("٣٤٦٣١٠٢١٦٢٢٫٠", "34631021622"),
            ("600\u{2009}000\u{202F}002", "600 000 002"),
            ("600·000•002", "600 000 002"),
            ("73145.00", "73145"),
            ("100.00", "100.00"),
        ] {
            assert_eq!(clean(raw), Ok(Cow::Borrowed(clean_text)), "{raw}");
        }
    }

    #[test]
    fn a_rounded_number_is_not_guessed() {
        for raw in [
            "3.46E+10",
            "3E+10",
            "3.46310216225E+10",
            "1.4155550E+10",
            "1E99999999999999999999",
        ] {
            assert_eq!(clean(raw), Err(NumberProblem::PrecisionLost), "{raw}");
        }
    }

    #[test]
    fn a_header_or_a_date_in_words_does_not_look_like_a_number() {
        for cell in [
            "+1 415 555 0100",
            "(415) 555-0100",
            "34631021622.0",
            "600.000.002",
        ] {
            assert!(looks_like_a_number(cell), "{cell}");
        }
        for cell in [
            "phone",
            "",
            "12",
            "1 May 20260101",
            "2025-10-13",
            "13/10/2025",
            "10.13.2025",
            "Order 4155550100",
            "3.46E+10",
        ] {
            assert!(!looks_like_a_number(cell), "{cell}");
        }
    }

    #[test]
    fn two_long_numbers_in_a_cell_are_several() {
        for text in [
            "6000000/6000001",
            "6000000;x 6000001",
            "6000000, 6000001",
            "6000000|6000001",
            "6000000\n6000001",
        ] {
            assert!(has_several(text), "{text:?}");
        }
        for text in ["600000/6000001", "6000000 6000001", "6000000/12", "+34/600/000"] {
            assert!(!has_several(text), "{text:?}");
        }
    }

    #[test]
    fn brackets_around_the_country_are_opened() {
        for (text, opened) in [
            ("(+34) 600", "+34  600"),
            ("( 0034) 600", "0034  600"),
            ("(600) 000", "(600) 000"),
            ("+34 (600)", "+34 (600)"),
        ] {
            assert_eq!(without_brackets(text), opened, "{text}");
        }
    }

    #[test]
    fn a_date_has_a_year_of_now_and_days_and_months_that_there_are() {
        for text in ["2025-10-13", "1999/1/1", "31.12.2030", "12/31/2025", "01-01-2000"] {
            assert!(is_date(text), "{text}");
        }
        for text in [
            "2125-10-13",
            "2025-32-13",
            "2025-10-32",
            "2025-0-13",
            "600-000-002",
            "2025-10",
            "2025-10-13-1",
            "20.25-10.001",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }

    #[test]
    fn numbers_look_like_one_from_seven_to_fifteen_digits() {
        let looks = |digits: usize| looks_like_a_number(&"1".repeat(digits));
        assert_eq!([6, 7, 15, 16].map(looks), [false, true, true, false]);
    }

    #[test]
    fn signs_that_are_not_seen_go_and_others_become_what_they_look_like() {
        for invisible in [
            '\u{61C}', '\u{200B}', '\u{200F}', '\u{202A}', '\u{2060}', '\u{2069}', '\u{FEFF}', '\u{AD}',
            '\u{7}',
        ] {
            assert!(is_invisible(invisible), "{invisible:?}");
        }
        for seen in ['a', ' ', '\n', '\t', '\u{2010}', '\u{206A}'] {
            assert!(!is_invisible(seen), "{seen:?}");
        }
        for (sign, read) in [
            ('\n', '\n'),
            ('\t', '\t'),
            ('\r', '\r'),
            ('\u{2003}', ' '),
            ('\u{30FB}', ' '),
            ('\u{66B}', '.'),
            ('\u{66C}', ','),
            ('\u{FF0B}', '+'),
            ('\u{FF01}', '!'),
            ('\u{FF5E}', '~'),
            ('\u{2500}', '-'),
            ('x', 'x'),
        ] {
            assert_eq!(narrow(sign), read, "{sign:?}");
        }
    }

    #[test]
    fn what_a_program_wrote_in_place_of_a_number_is_read_when_nothing_is_lost() {
        let written = |text: &str| written_out(text).unwrap();
        for (text, number) in [
            ("+3.4E+2", Some("340")),
            ("1234.0", Some("1234")),
            ("+1234,00", Some("+1234")),
            ("123.0", None),
            ("1234.000", None),
            ("1234.5", None),
            ("1234.", None),
            ("1,234", None),
            ("1,234,567", Some("1234567")),
            ("123,456,789", Some("123456789")),
            ("1234,567,890", None),
            (",234,567", None),
            ("1,2345,678", None),
            ("1,23a,456", None),
            ("12E5", None),
            ("xE5", None),
            ("1E", None),
        ] {
            let expected = match text {
                "+3.4E+2" => Err(NumberProblem::PrecisionLost),
                _ => Ok(number.map(str::to_owned)),
            };
            assert_eq!(written_out(text), expected, "{text}");
        }
        assert_eq!(written("3.40E2"), Some("340".to_owned()));
        assert_eq!(written("3.4600E2"), Some("346".to_owned()));
    }
}
