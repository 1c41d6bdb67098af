//! What happened, in the words of the API.

use jiff::Timestamp;
use rand::Rng;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Call, Callback, Campaign, CampaignCounts, DoNotCallEntry, EventId, EventTarget, EventTargetId, Recipient,
};

/// Longest body, in bytes. An item of the table holds 400 KB, and an event that does not fit must never
/// keep a call from ending.
const MAX_BODY_BYTES: usize = 200_000;
/// What is left out of a record that is too long, in this order.
const CAN_BE_LEFT_OUT: [&str; 3] = ["variables", "results", "required_variables"];
/// Fields of our records that the API does not show.
const NOT_SHOWN: [&str; 10] = [
    "provider_agent_id",
    "enqueued_at",
    "layout",
    "changes",
    "version",
    "reserved_micros",
    "rules_version",
    "new_hours",
    "first_message",
    "max_attempts",
];

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum EventType {
    /// A call reached a final status.
    #[serde(rename = "call.ended")]
    CallEnded,
    /// A recipient of a campaign reached a final status.
    #[serde(rename = "recipient.final")]
    RecipientFinal,
    /// A campaign is completed, cancelled or failed.
    #[serde(rename = "campaign.finished")]
    CampaignFinished,
    /// A number was put on the do-not-call list.
    #[serde(rename = "opt_out.created")]
    OptOutCreated,
    /// Somebody is to be called back.
    #[serde(rename = "callback.booked")]
    CallbackBooked,
    /// Somebody asked for a ticket about a call.
    #[serde(rename = "ticket.requested")]
    TicketRequested,
    /// Somebody asked for a test.
    #[serde(rename = "test")]
    Test,
}

impl EventType {
    /// Every type.
    pub const ALL: [Self; 7] = [
        Self::CallEnded,
        Self::RecipientFinal,
        Self::CampaignFinished,
        Self::OptOutCreated,
        Self::CallbackBooked,
        Self::TicketRequested,
        Self::Test,
    ];

    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CallEnded => "call.ended",
            Self::RecipientFinal => "recipient.final",
            Self::CampaignFinished => "campaign.finished",
            Self::OptOutCreated => "opt_out.created",
            Self::CallbackBooked => "callback.booked",
            Self::TicketRequested => "ticket.requested",
            Self::Test => "test",
        }
    }
}

/// Something that happened, with the body that tells of it: the same bytes at every attempt.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingEvent {
    /// Follows from what happened, so that a repeated step makes no second one.
    pub event_id: EventId,
    /// What kind of thing happened.
    pub event_type: EventType,
    /// When.
    pub occurred_at: Timestamp,
    /// The one target it is for; none: every target that wants the type.
    #[serde(default)]
    pub only_target: Option<EventTargetId>,
    /// The JSON that is sent. It holds full phone numbers: never for logs.
    pub body: String,
}

impl std::fmt::Debug for OutgoingEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutgoingEvent")
            .field("event_id", &self.event_id)
            .field("event_type", &self.event_type)
            .field("occurred_at", &self.occurred_at)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl OutgoingEvent {
    /// A call that is over. `version` is the one it is written with: a call thought unplaced that took
    /// place after all is over twice.
    ///
    /// # Errors
    /// When the record is no JSON.
    pub fn call_ended(call: &Call, version: u64) -> Result<Self, serde_json::Error> {
        let id = EventId::derived(&["call.ended", call.call_id.as_str(), &version.to_string()]);
        Self::new(id, EventType::CallEnded, call.updated_at, shown(call)?)
    }

    /// A recipient that is final. `version` is the one it is written with: one that is tried again on
    /// request is final twice.
    ///
    /// # Errors
    /// When the record is no JSON.
    pub fn recipient_final(recipient: &Recipient, version: u64) -> Result<Self, serde_json::Error> {
        let id = EventId::derived(&[
            "recipient.final",
            recipient.campaign_id.as_str(),
            recipient.recipient_id.as_str(),
            &version.to_string(),
        ]);
        // The API shows recipients as they are.
        let data = serde_json::to_value(recipient)?;
        Self::new(id, EventType::RecipientFinal, recipient.updated_at, data)
    }

    /// A campaign that is completed, cancelled or failed, with the counts of that moment.
    ///
    /// # Errors
    /// When the record is no JSON.
    pub fn campaign_finished(
        campaign: &Campaign,
        counts: &CampaignCounts,
        version: u64,
    ) -> Result<Self, serde_json::Error> {
        let id = EventId::derived(&[
            "campaign.finished",
            campaign.campaign_id.as_str(),
            &version.to_string(),
        ]);
        let mut data = shown(campaign)?;
        data["laid_out"] = json!(campaign.layout.done);
        data["counts"] = serde_json::to_value(counts)?;
        Self::new(id, EventType::CampaignFinished, campaign.updated_at, data)
    }

    /// A number that is new on the do-not-call list.
    ///
    /// # Errors
    /// When the record is no JSON.
    pub fn opt_out_created(entry: &DoNotCallEntry) -> Result<Self, serde_json::Error> {
        let since = entry.added_at.as_nanosecond().to_string();
        let id = EventId::derived(&["opt_out.created", entry.phone_number.as_str(), &since]);
        let data = serde_json::to_value(entry)?;
        Self::new(id, EventType::OptOutCreated, entry.added_at, data)
    }

    /// A callback that was booked. `version` is the one it is written with: one that the same call books
    /// again, for another time, is told again.
    ///
    /// # Errors
    /// When the record is no JSON.
    pub fn callback_booked(callback: &Callback, version: u64) -> Result<Self, serde_json::Error> {
        let id = EventId::derived(&[
            "callback.booked",
            callback.callback_id.as_str(),
            &version.to_string(),
        ]);
        let data = shown(callback)?;
        Self::new(id, EventType::CallbackBooked, callback.updated_at, data)
    }

    /// A ticket that `by` asked for about a call, with a note for whoever gets it. Asked for again before the
    /// call says so, it is the same one.
    ///
    /// # Errors
    /// When the record is no JSON.
    pub fn ticket_requested(
        call: &Call,
        by: &str,
        note: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, serde_json::Error> {
        let before = call.reception.as_ref().and_then(|reception| reception.ticket_at);
        let before = before.map_or_else(String::new, |at| at.as_nanosecond().to_string());
        let id = EventId::derived(&["ticket.requested", call.call_id.as_str(), &before]);
        let mut data = shown(call)?;
        data["ticket"] = json!({ "requested_at": now, "requested_by": by, "note": note });
        Self::new(id, EventType::TicketRequested, now, data)
    }

    /// A test of one target.
    ///
    /// # Errors
    /// When the record is no JSON.
    pub fn test<R: Rng + ?Sized>(
        target: &EventTarget,
        now: Timestamp,
        rng: &mut R,
    ) -> Result<Self, serde_json::Error> {
        let data = json!({
            "target_id": target.target_id,
            "message": "This is a test of your event target. Nothing happened.",
        });
        let mut event = Self::new(EventId::generate(now, rng), EventType::Test, now, data)?;
        event.only_target = Some(target.target_id.clone());
        Ok(event)
    }

    fn new(
        event_id: EventId,
        event_type: EventType,
        occurred_at: Timestamp,
        data: Value,
    ) -> Result<Self, serde_json::Error> {
        let body = bounded_body(&event_id, event_type, occurred_at, data)?;
        Ok(Self {
            event_id,
            event_type,
            occurred_at,
            only_target: None,
            body,
        })
    }

    /// Whether a target is to be told.
    pub fn is_for(&self, target: &EventTarget) -> bool {
        match &self.only_target {
            Some(only) => target.enabled && target.target_id == *only,
            None => target.wants(self.event_type),
        }
    }
}

/// The record with the fields that the API shows.
fn shown(record: &impl Serialize) -> Result<Value, serde_json::Error> {
    let mut value = serde_json::to_value(record)?;
    if let Value::Object(fields) = &mut value {
        fields.retain(|name, _| !NOT_SHOWN.contains(&name.as_str()));
    }
    Ok(value)
}

fn bounded_body(
    id: &EventId,
    event_type: EventType,
    occurred_at: Timestamp,
    mut data: Value,
) -> Result<String, serde_json::Error> {
    let write = |data: &Value| {
        let envelope = json!({ "id": id, "type": event_type, "occurred_at": occurred_at, "data": data });
        serde_json::to_string(&envelope)
    };
    let mut body = write(&data)?;
    let mut left_out = Vec::new();
    for name in CAN_BE_LEFT_OUT {
        if body.len() <= MAX_BODY_BYTES {
            break;
        }
        if data
            .as_object_mut()
            .and_then(|fields| fields.remove(name))
            .is_some()
        {
            left_out.push(name);
            data["left_out"] = json!(left_out);
            body = write(&data)?;
        }
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use crate::{DynamicVariables, PhoneNumber};

    fn now() -> Timestamp {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    fn body(event: &OutgoingEvent) -> Value {
        serde_json::from_str(&event.body).unwrap()
    }

    fn opt_out(at: Timestamp) -> DoNotCallEntry {
        DoNotCallEntry {
            phone_number: PhoneNumber::parse("+14155550100").unwrap(),
            way: crate::OptOutWay::Person,
            source: "api".into(),
            source_date: None,
            upload_id: None,
            note: None,
            added_at: at,
        }
    }

    #[test]
    fn a_type_is_written_as_it_is_named() {
        for kind in EventType::ALL {
            assert_eq!(json!(kind), json!(kind.as_str()));
        }
    }

    #[test]
    fn the_same_thing_has_the_same_id_and_the_same_bytes_and_another_thing_has_others() {
        let first = OutgoingEvent::opt_out_created(&opt_out(now())).unwrap();
        assert_eq!(first, OutgoingEvent::opt_out_created(&opt_out(now())).unwrap());
        let later = now() + jiff::SignedDuration::from_nanos(1);
        let again = OutgoingEvent::opt_out_created(&opt_out(later)).unwrap();
        assert_ne!(first.event_id, again.event_id);
    }

    #[test]
    fn the_envelope_names_id_type_and_time_and_the_data_has_the_whole_number() {
        let event = OutgoingEvent::opt_out_created(&opt_out(now())).unwrap();
        let body = body(&event);
        assert_eq!(body["id"], json!(event.event_id));
        assert_eq!(body["type"], "opt_out.created");
        assert_eq!(body["occurred_at"], "2026-11-20T12:00:00Z");
        assert_eq!(body["data"]["phone_number"], "+14155550100");
        assert!(!format!("{event:?}").contains("4155550100"));
    }

    fn callback() -> Callback {
        let call = testing::call(crate::CallStatus::Completed);
        Callback {
            callback_id: crate::CallbackId::derived(&["callback"]),
            phone_number: PhoneNumber::parse("+14155550100").unwrap(),
            name: Some("Zoe".to_owned()),
            reason: "An invoice".to_owned(),
            due_at: now(),
            status: crate::CallbackStatus::Due,
            assigned_to: None,
            call_id: Some(call.call_id),
            placed_call_id: None,
            agent_id: None,
            origin: crate::CallbackOrigin::Agent,
            note: None,
            created_at: now(),
            updated_at: now(),
            version: 1,
        }
    }

    #[test]
    fn a_callback_is_told_with_every_version_in_which_it_was_booked() {
        let first = OutgoingEvent::callback_booked(&callback(), 1).unwrap();
        assert_eq!(first, OutgoingEvent::callback_booked(&callback(), 1).unwrap());
        let again = OutgoingEvent::callback_booked(&callback(), 2).unwrap();
        assert_ne!(first.event_id, again.event_id);
        let body = body(&first);
        assert_eq!(body["type"], "callback.booked");
        assert_eq!(body["data"]["status"], "due");
        assert_eq!(body["data"].get("version"), None);
    }

    #[test]
    fn a_ticket_is_one_ticket_until_the_call_says_that_it_was_asked_for() {
        let mut call = testing::call(crate::CallStatus::Completed);
        call.reception = Some(crate::Reception::fresh(None, crate::RouteTarget::Voicemail));
        let ask = |call: &Call, at| OutgoingEvent::ticket_requested(call, "Ada", Some("Soon"), at).unwrap();
        let later = now() + jiff::SignedDuration::from_secs(1);
        let first = ask(&call, now());
        assert_eq!(first.event_id, ask(&call, later).event_id);
        let told = body(&first);
        assert_eq!(told["data"]["ticket"]["requested_by"], "Ada");
        assert_eq!(told["data"]["ticket"]["note"], "Soon");
        assert_eq!(told["data"]["call_id"], json!(call.call_id));
        if let Some(reception) = &mut call.reception {
            reception.ticket_at = Some(now());
        }
        assert_ne!(first.event_id, ask(&call, later).event_id);
    }

    #[test]
    fn what_is_too_long_is_left_out_and_said_to_be() {
        let mut recipient = testing::recipient(crate::RecipientStatus::Completed);
        recipient.variables = DynamicVariables::from([("story".to_owned(), "\"".repeat(MAX_BODY_BYTES))]);
        let event = OutgoingEvent::recipient_final(&recipient, 3).unwrap();
        assert!(event.body.len() <= MAX_BODY_BYTES);
        let data = &body(&event)["data"];
        assert_eq!(data["left_out"], json!(["variables"]));
        assert_eq!(data["recipient_id"], json!(recipient.recipient_id));
    }

    fn target() -> EventTarget {
        EventTarget {
            target_id: EventTargetId::derived(&["target"]),
            url: "https://example.com".to_owned(),
            description: None,
            types: [EventType::OptOutCreated].into(),
            enabled: true,
            turned_off: None,
            secret_version: 1,
            created_at: now(),
            updated_at: now(),
            version: 1,
        }
    }

    #[test]
    fn types_are_named_as_the_receivers_know_them() {
        let names = [
            "call.ended",
            "recipient.final",
            "campaign.finished",
            "opt_out.created",
            "callback.booked",
            "ticket.requested",
            "test",
        ];
        assert_eq!(EventType::ALL.map(EventType::as_str), names);
    }

    #[test]
    fn an_event_is_for_those_who_want_it_and_a_test_for_its_own_target() {
        use rand::SeedableRng;
        let (one, mut other) = (target(), target());
        other.target_id = EventTargetId::derived(&["other"]);
        let mut event = OutgoingEvent::opt_out_created(&opt_out(now())).unwrap();
        assert!(event.is_for(&one) && event.is_for(&other));
        event.event_type = EventType::CallEnded;
        assert!(!event.is_for(&one));
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        let test = OutgoingEvent::test(&one, now(), &mut rng).unwrap();
        assert!(
            test.is_for(&one) && !test.is_for(&other),
            "nobody else asked for a test"
        );
        let mut off = one;
        off.enabled = false;
        assert!(!test.is_for(&off));
        assert_eq!(body(&test)["data"]["target_id"], json!(off.target_id));
    }

    #[test]
    fn a_finished_campaign_is_told_with_its_counts_and_without_what_is_ours() {
        let mut campaign = testing::campaign();
        campaign.layout.done = true;
        let counts = CampaignCounts {
            total: 3,
            ..CampaignCounts::default()
        };
        let event = OutgoingEvent::campaign_finished(&campaign, &counts, 2).unwrap();
        assert_eq!(
            event,
            OutgoingEvent::campaign_finished(&campaign, &counts, 2).unwrap()
        );
        assert_ne!(
            event.event_id,
            OutgoingEvent::campaign_finished(&campaign, &counts, 3)
                .unwrap()
                .event_id
        );
        let data = &body(&event)["data"];
        assert_eq!(
            (&data["laid_out"], &data["counts"]["total"]),
            (&json!(true), &json!(3))
        );
        assert_eq!(data["campaign_id"], json!(campaign.campaign_id));
        assert!(NOT_SHOWN.iter().all(|name| data.get(name).is_none()), "{data}");
    }

    #[test]
    fn a_call_is_told_once_for_every_version_and_without_what_is_ours() {
        let call = testing::call(crate::CallStatus::Completed);
        let event = OutgoingEvent::call_ended(&call, 4).unwrap();
        assert_eq!(event, OutgoingEvent::call_ended(&call, 4).unwrap());
        assert_ne!(
            event.event_id,
            OutgoingEvent::call_ended(&call, 5).unwrap().event_id
        );
        let data = &body(&event)["data"];
        assert_eq!(
            (&data["call_id"], &data["status"]),
            (&json!(call.call_id), &json!("completed"))
        );
        assert!(NOT_SHOWN.iter().all(|name| data.get(name).is_none()), "{data}");
    }

    #[test]
    fn a_body_that_is_just_short_enough_is_whole() {
        let write = |letters: usize| {
            let data = json!({ "variables": "x".repeat(letters), "other": 1 });
            bounded_body(&EventId::derived(&["e"]), EventType::Test, now(), data).unwrap()
        };
        let around = write(0).len();
        let whole = write(MAX_BODY_BYTES - around);
        assert_eq!(whole.len(), MAX_BODY_BYTES);
        assert!(!whole.contains("left_out"));
        let cut = write(MAX_BODY_BYTES - around + 1);
        assert!(
            cut.len() < 1_000 && cut.contains(r#""left_out":["variables"]"#) && cut.contains(r#""other":1"#),
            "{cut}"
        );
    }

    #[test]
    fn only_the_length_of_a_body_is_shown_where_an_event_is_printed() {
        let event = OutgoingEvent::opt_out_created(&opt_out(now())).unwrap();
        let printed = format!("{event:?}");
        assert!(
            printed.contains(&format!("body_bytes: {}", event.body.len())),
            "{printed}"
        );
    }
}
