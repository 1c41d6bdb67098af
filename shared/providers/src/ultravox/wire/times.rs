//! Moments and lengths as Ultravox writes them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

const LONGEST: usize = 64;

/// A moment, with an offset or `Z`; without either it is UTC.
pub(in crate::ultravox) fn moment(text: &str) -> Option<Timestamp> {
    if text.len() > LONGEST {
        return None;
    }
    let text = text.trim();
    if let Ok(moment) = text.parse() {
        return Some(moment);
    }
    let local: DateTime = text.parse().ok()?;
    Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// A moment that may be absent, null, or not what it should be.
pub(in crate::ultravox) fn some_moment<'de, D>(deserializer: D) -> Result<Option<Timestamp>, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(Value::deserialize(deserializer)?.as_str().and_then(moment))
}

/// Seconds of a length such as `"1.500s"`; none if it is none, or negative.
pub(in crate::ultravox) fn seconds(text: &str) -> Option<f64> {
    let number = text.trim().strip_suffix('s')?;
    let plain =
        (1..=LONGEST).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    number.parse().ok().filter(|_| plain)
}

/// The length of so many seconds.
pub(in crate::ultravox) fn length(seconds: f64) -> String {
    format!("{seconds}s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_an_offset_a_z_or_neither() {
        let same = [
            "2026-11-20T20:00:00.000000+00:00",
            "2026-11-20T21:00:00+01:00",
            "2026-11-20T20:00:00Z",
            "2026-11-20T20:00:00.000000",
            "2026-11-20T20:00:00",
        ];
        for text in same {
            assert_eq!(
                moment(text).unwrap().to_string(),
                "2026-11-20T20:00:00Z",
                "{text}"
            );
        }
        for text in ["", "x", "1790000000", "2026-13-01T00:00:00Z", &"2".repeat(100)] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn a_length_is_seconds() {
        assert_eq!((seconds("600s"), seconds("1.500s")), (Some(600.0), Some(1.5)));
        for text in ["", "s", "600", "-1s", "infs", "NaNs", "1e9s", "1.2.3s", "1 s"] {
            assert_eq!(seconds(text), None, "{text}");
        }
        assert_eq!(
            (length(600.0), length(1.5)),
            ("600s".to_owned(), "1.5s".to_owned())
        );
    }
}
