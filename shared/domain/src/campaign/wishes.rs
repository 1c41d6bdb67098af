//! What people say in a call, and what follows from it.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::eligible::is_yes;
use super::{Campaign, Wishes};
use crate::{Call, CallResults, HoursUsed};

impl Wishes {
    /// Whether the person does not want to be called again.
    pub fn opts_out(&self, results: &CallResults) -> bool {
        let said = self
            .opt_out_field
            .as_ref()
            .and_then(|field| results.collected.get(field));
        match said {
            Some(Value::Bool(yes)) => *yes,
            Some(Value::String(text)) => is_yes(text),
            _ => false,
        }
    }

    /// When the person wants to be called again. A time without an offset is by the clock of the first zone
    /// that the call went by.
    fn callback_at(&self, results: &CallResults, hours: Option<&HoursUsed>) -> Option<Timestamp> {
        let text = results
            .collected
            .get(self.callback_field.as_ref()?)?
            .as_str()?
            .trim();
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(at);
        }
        let local: DateTime = text.parse().ok()?;
        let zone = hours.and_then(|hours| hours.zones.first())?;
        let zoned = local.to_zoned(TimeZone::get(zone).ok()?);
        Some(zoned.ok()?.timestamp())
    }
}

impl Campaign {
    /// When the person of a call asked to be called again: a moment to come, within a month and before the
    /// campaign's end.
    pub(crate) fn callback_of(&self, call: &Call, now: Timestamp) -> Option<Timestamp> {
        let wishes = &self.rules.wishes;
        if wishes.opts_out(&call.results) {
            return None;
        }
        let at = wishes.callback_at(&call.results, call.hours.as_ref())?;
        let latest = now
            .saturating_add(jiff::SignedDuration::from_hours(31 * 24))
            .ok()?;
        (at > now && at < self.end_at.unwrap_or(latest).min(latest)).then_some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{call, campaign};
    use crate::{CallStatus, ZoneSource};
    use serde_json::json;

    fn said(field: &str, value: Value) -> Call {
        let mut call = call(CallStatus::Completed);
        call.results.collected.insert(field.to_owned(), value);
        call.hours = Some(HoursUsed {
            zones: vec!["America/New_York".to_owned()],
            source: ZoneSource::Number,
            rules: Vec::new(),
        });
        call
    }

    #[test]
    fn a_wish_not_to_be_called_is_understood_however_it_is_written() {
        for (value, expected) in [
            (json!(true), true),
            (json!("Yes"), true),
            (json!("true"), true),
            (json!(false), false),
            (json!("no"), false),
            (json!(null), false),
            (json!({ "odd": 1 }), false),
        ] {
            let call = said("opt_out", value.clone());
            assert_eq!(Wishes::default().opts_out(&call.results), expected, "{value}");
        }
    }

    #[test]
    fn a_callback_is_by_the_persons_own_clock() {
        let now = "2026-11-20T12:00:00Z".parse().unwrap();
        let mut campaign = campaign();
        let asked = |campaign: &Campaign, text: &str| {
            let at = campaign.callback_of(&said("callback_at", json!(text)), now);
            at.map(|at| at.to_string())
        };
        assert_eq!(
            asked(&campaign, "2026-11-21T15:00").as_deref(),
            Some("2026-11-21T20:00:00Z")
        );
        assert_eq!(
            asked(&campaign, "2026-11-21T15:00:00+01:00").as_deref(),
            Some("2026-11-21T14:00:00Z")
        );
        for nonsense in ["tomorrow", "", "2026-11-19T15:00", "2036-11-21T15:00", "15:00"] {
            assert_eq!(asked(&campaign, nonsense), None, "{nonsense}");
        }
        campaign.end_at = Some("2026-11-21T00:00:00Z".parse().unwrap());
        assert_eq!(
            asked(&campaign, "2026-11-21T15:00"),
            None,
            "the campaign is over by then"
        );
    }

    #[test]
    fn a_callback_is_booked_within_a_month_and_before_the_end() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let mut campaign = campaign();
        let asked =
            |campaign: &Campaign, text: &str| campaign.callback_of(&said("callback_at", json!(text)), now);
        for (text, taken) in [
            ("2026-11-20T12:00:00Z", false),
            ("2026-11-20T12:00:01Z", true),
            ("2026-12-21T11:59:59Z", true),
            ("2026-12-21T12:00:00Z", false),
        ] {
            assert_eq!(asked(&campaign, text).is_some(), taken, "{text}");
        }
        campaign.end_at = Some("2027-11-20T12:00:00Z".parse().unwrap());
        assert_eq!(
            asked(&campaign, "2026-12-21T12:00:00Z"),
            None,
            "a month all the same"
        );
        let mut unwilling = said("callback_at", json!("2026-11-21T12:00:00Z"));
        assert!(campaign.callback_of(&unwilling, now).is_some());
        unwilling
            .results
            .collected
            .insert("opt_out".to_owned(), json!(true));
        assert_eq!(campaign.callback_of(&unwilling, now), None);
    }
}
