//! Cells that a spreadsheet program will not run as a formula.

use std::borrow::Cow;

/// The value with a `'` before it when a spreadsheet program would take it for a formula: when it
/// begins with `=`, `+`, `-`, `@`, tab or carriage return (OWASP, "CSV injection"). For every CSV that
/// people will open.
pub fn csv_safe(value: &str) -> Cow<'_, str> {
    // A byte order mark is not seen, and a program may drop it.
    let seen = value.trim_start_matches('\u{feff}');
    if seen.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{value}"))
    } else {
        Cow::Borrowed(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_quoted() {
        for value in ["=1+1", "+34600", "-1", "@SUM(A1)", "\tx", "\rx", "\u{feff}=1+1"] {
            assert_eq!(csv_safe(value), format!("'{value}"));
        }
        for value in ["", "Ada", "1+1", "'=1"] {
            assert_eq!(csv_safe(value), value);
        }
    }
}
