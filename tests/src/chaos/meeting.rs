//! How long a due person and a free slot took to meet.

use jiff::Timestamp;
use serde_json::Value;

/// Seconds from the moment at which a person was due and a slot was free, to the dial: for every dial,
/// in ascending order.
pub(super) fn waits(calls: &[Value], limit: u32) -> Vec<f64> {
    let time = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let mut events: Vec<(Timestamp, i32, Option<Timestamp>)> = Vec::new();
    for call in calls {
        let Some(placing) = time(&call["placing_at"]) else {
            continue;
        };
        events.push((placing, 1, time(&call["due_at"])));
        events.extend(time(&call["ended_at"]).map(|end| (end, -1, None)));
    }
    events.sort();
    let (mut in_use, mut free_since) = (0i64, Timestamp::MIN);
    let mut waits = Vec::new();
    for (at, change, due) in events {
        if change < 0 {
            if in_use >= i64::from(limit) {
                free_since = at;
            }
            in_use -= 1;
            continue;
        }
        in_use += 1;
        if let Some(due) = due {
            waits.push(at.duration_since(due.max(free_since)).as_secs_f64().max(0.0));
        }
    }
    waits.sort_by(f64::total_cmp);
    waits
}

/// The value below which this share of all values lies.
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let index = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(index.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_wait_begins_when_both_are_there() {
        let call = |due: &str, placing: &str, ended: &str| {
            let at = |time: &str| format!("2026-11-20T12:00:{time}Z");
            json!({ "due_at": at(due), "placing_at": at(placing), "ended_at": at(ended) })
        };
        // One slot: the second person was due early, and the slot was free at 10.
        let calls = [call("00", "01", "10"), call("00", "12", "20")];
        assert_eq!(waits(&calls, 1), [1.0, 2.0]);
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5), 2.0);
    }
}
