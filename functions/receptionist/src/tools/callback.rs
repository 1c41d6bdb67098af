//! `book_callback`: somebody is to call back.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use switchboard_domain::{
    Callback, CallbackId, CallbackOrigin, CallbackStatus, PhoneNumber, ReceptionSettings,
};
use switchboard_store::{Booked, StoreError};

use super::message::note_name;
use super::{About, Answer, Arguments};
use crate::receptionist::Receptionist;

const LONGEST_NAME: usize = 120;
const LONGEST_REASON: usize = 500;
/// Nothing is booked further ahead than this.
const FURTHEST: SignedDuration = SignedDuration::from_hours(24 * 180);

impl Receptionist {
    /// Books a callback. Booking again in the same call changes the one that is there.
    pub(super) async fn book_callback(
        &self,
        about: &About,
        arguments: &Arguments,
    ) -> Result<Answer, StoreError> {
        let now = self.clock.now();
        let spoken = arguments.text("phone_number", 30);
        let spoken = spoken.and_then(|text| PhoneNumber::parse(&text.replace(' ', "")).ok());
        let Some(phone_number) = spoken.or_else(|| about.inbound.caller.clone()) else {
            let say = "The caller's number is not shown. Ask for it, with its country code, and book again.";
            return Ok(json!({ "result": "failed", "say": say }).into());
        };
        let due_at = match arguments.text("due_at", 40) {
            Some(text) => match due(&text, &about.settings, now) {
                Some(due) => due,
                None => {
                    let say =
                        "The time is not understood. Ask for a day and a time in the future, and book again.";
                    return Ok(json!({ "result": "failed", "say": say }).into());
                }
            },
            // As soon as somebody can.
            None => now,
        };
        let callback_id = CallbackId::derived(&["call", about.inbound.call_id.as_str()]);
        let name = arguments.text("name", LONGEST_NAME);
        let reason = arguments.text("reason", LONGEST_REASON);
        let callback = Callback {
            callback_id: callback_id.clone(),
            phone_number,
            name: name.clone(),
            reason: reason.unwrap_or_else(|| "Asked to be called back.".to_owned()),
            due_at,
            status: CallbackStatus::Due,
            assigned_to: None,
            call_id: Some(about.inbound.call_id.clone()),
            placed_call_id: None,
            // A person calls back, unless somebody chooses an agent.
            agent_id: None,
            origin: CallbackOrigin::Agent,
            note: None,
            created_at: now,
            updated_at: now,
            version: 0,
        };
        if let Booked::Before(_) = self.store.put_callback(&callback).await? {
            self.store
                .update_callback(&callback_id, |there| {
                    let before = there.clone();
                    there.due_at = due_at;
                    there.phone_number = callback.phone_number.clone();
                    there.reason.clone_from(&callback.reason);
                    if callback.name.is_some() {
                        there.name.clone_from(&callback.name);
                    }
                    let changed = *there != before;
                    if changed {
                        there.updated_at = now;
                    }
                    // Somebody who is at it already, or done, is not told a new time by a machine.
                    changed && there.status == CallbackStatus::Due
                })
                .await?;
        }
        self.change_reception(about, |reception| {
            reception.callback_id = Some(callback_id.clone());
            note_name(reception, name.as_deref());
        })
        .await?;
        let zone = zone_of(&about.settings);
        let at = due_at.to_zoned(zone).strftime("%A %-d %B, %H:%M").to_string();
        Ok(json!({ "result": "done", "booked_for": at, "say": "Confirm the time to the caller." }).into())
    }
}

fn zone_of(settings: &ReceptionSettings) -> TimeZone {
    TimeZone::get(&settings.time_zone).unwrap_or(TimeZone::UTC)
}

/// A time as the model writes it: with an offset, or local to the reception. None when it is past, or far away.
fn due(text: &str, settings: &ReceptionSettings, now: Timestamp) -> Option<Timestamp> {
    let at = match text.parse::<Timestamp>() {
        Ok(at) => at,
        Err(_) => {
            let local: DateTime = text.parse().ok()?;
            zone_of(settings).to_timestamp(local).ok()?
        }
    };
    let ahead = at.duration_since(now);
    // A moment ago is now: the model's clock is not ours.
    if ahead < SignedDuration::from_mins(-5) || ahead > FURTHEST {
        return None;
    }
    Some(at.max(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_with_an_offset_or_in_the_receptions_zone() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let settings = ReceptionSettings {
            time_zone: "Europe/Madrid".to_owned(),
            ..ReceptionSettings::default()
        };
        let read = |text| due(text, &settings, now).map(|at| at.to_string());
        assert_eq!(
            read("2026-11-21T10:00:00Z").as_deref(),
            Some("2026-11-21T10:00:00Z")
        );
        assert_eq!(
            read("2026-11-21T10:00:00+02:00").as_deref(),
            Some("2026-11-21T08:00:00Z")
        );
        assert_eq!(read("2026-11-21T10:00").as_deref(), Some("2026-11-21T09:00:00Z"));
        assert_eq!(
            read("2026-11-20T11:58:00Z").as_deref(),
            Some("2026-11-20T12:00:00Z")
        );
        for text in [
            "tomorrow",
            "",
            "2026-11-20T10:00:00Z",
            "2029-01-01T00:00:00Z",
            "10:00",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
