//! What a receiver asks for with `Retry-After`.

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};

/// The time to wait, from seconds or from a date of HTTP; none when it is neither, or in the past.
pub(crate) fn retry_after(text: &str, now: Timestamp) -> Option<SignedDuration> {
    let text = text.trim();
    let wait = match text.parse::<u32>() {
        Ok(secs) => SignedDuration::from_secs(i64::from(secs)),
        Err(_) => DateTimeParser::new()
            .parse_timestamp(text)
            .ok()?
            .duration_since(now),
    };
    wait.is_positive().then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_read_and_nothing_else() {
        let now: Timestamp = "1994-11-06T08:48:37Z".parse().unwrap();
        let secs = |text| retry_after(text, now).map(|wait| wait.as_secs());
        assert_eq!(secs("120"), Some(120));
        assert_eq!(secs(" 7 "), Some(7));
        assert_eq!(secs("Sun, 06 Nov 1994 08:49:37 GMT"), Some(60));
        for text in [
            "0",
            "-5",
            "soon",
            "",
            "99999999999999",
            "Sun, 06 Nov 1994 08:00:00 GMT",
            "1.5",
        ] {
            assert_eq!(secs(text), None, "{text}");
        }
    }
}
