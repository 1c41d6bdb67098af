//! One contact in one campaign.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use switchboard_calling_hours::{Decision, decide};

use crate::retry::next_call;
use crate::{
    CallId, CallOutcome, CallingHours, CampaignId, ContactDetails, DynamicVariables, PhoneNumber,
    RecipientId, RecipientOverrides,
};

/// Where a recipient is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RecipientStatus {
    /// Waits to be due: for the start, the window, or a retry.
    Pending,
    /// On the dial queue.
    Queued,
    /// A call is being placed or in progress.
    Calling,
    /// Reached.
    Completed,
    /// Final: nobody answered.
    NoAnswer,
    /// Final: the line was busy.
    Busy,
    /// Final: a machine answered.
    Voicemail,
    /// Final: the call could not be made or broke down.
    Failed,
    /// Final: the campaign was cancelled before the call.
    Cancelled,
    /// Final: not called, for a [`SkipReason`].
    Skipped,
    /// Final: a person took it out of the campaign.
    Removed,
}

impl RecipientStatus {
    /// Every status, in the order people read them.
    pub const ALL: [Self; 11] = [
        Self::Pending,
        Self::Queued,
        Self::Calling,
        Self::Completed,
        Self::NoAnswer,
        Self::Busy,
        Self::Voicemail,
        Self::Failed,
        Self::Cancelled,
        Self::Skipped,
        Self::Removed,
    ];

    /// The name in keys and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Queued => "queued",
            Self::Calling => "calling",
            Self::Completed => "completed",
            Self::NoAnswer => "no_answer",
            Self::Busy => "busy",
            Self::Voicemail => "voicemail",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
            Self::Removed => "removed",
        }
    }

    /// Nothing more happens to it by itself.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Queued | Self::Calling)
    }

    /// The status after `event`.
    ///
    /// # Errors
    /// When the event does not fit the status; the recipient stays as it is.
    pub fn after(self, event: RecipientEvent) -> Result<Self, IllegalRecipientEvent> {
        use RecipientEvent as E;
        match (self, event) {
            (Self::Pending, E::Enqueued) => Ok(Self::Queued),
            (Self::Queued, E::Withdrawn) => Ok(Self::Pending),
            (Self::Queued, E::DialBegan) => Ok(Self::Calling),
            (Self::Pending | Self::Queued, E::FoundLive) => Ok(Self::Calling),
            (Self::Calling, E::RetryPlanned) => Ok(Self::Pending),
            // The analysis of a call may come after its end.
            (Self::Calling | Self::Completed, E::CallbackAsked) => Ok(Self::Pending),
            (Self::Calling | Self::Pending, E::Ended(outcome)) => Ok(outcome.into()),
            (Self::Pending | Self::Queued, E::Cancelled) => Ok(Self::Cancelled),
            (Self::Pending | Self::Queued, E::Skipped(_)) => Ok(Self::Skipped),
            (Self::Pending | Self::Queued, E::Removed) => Ok(Self::Removed),
            (Self::NoAnswer | Self::Busy | Self::Voicemail | Self::Failed, E::RetryAsked) => {
                Ok(Self::Pending)
            }
            (from, event) => Err(IllegalRecipientEvent { from, event }),
        }
    }
}

impl From<CallOutcome> for RecipientStatus {
    fn from(outcome: CallOutcome) -> Self {
        match outcome {
            CallOutcome::Completed => Self::Completed,
            CallOutcome::NoAnswer => Self::NoAnswer,
            CallOutcome::Busy => Self::Busy,
            CallOutcome::Voicemail => Self::Voicemail,
            CallOutcome::Failed => Self::Failed,
        }
    }
}

/// What can happen to a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientEvent {
    /// Its call went onto the dial queue.
    Enqueued,
    /// Taken off the dial queue before any dial: pause, stop, or a closed window.
    Withdrawn,
    /// Its call is about to be placed.
    DialBegan,
    /// Its last call is live, although it was thought never to have happened.
    FoundLive,
    /// The attempt is over and another one will follow.
    RetryPlanned,
    /// The person was reached and named a time to be called again.
    CallbackAsked,
    /// The attempt is over and was the last one. Also late proof of an attempt thought unplaced.
    Ended(CallOutcome),
    /// The campaign was cancelled.
    Cancelled,
    /// It will not be called.
    Skipped(SkipReason),
    /// A person took it out of the campaign.
    Removed,
    /// A person asked to try the failed ones again.
    RetryAsked,
}

/// An event that does not fit the recipient's status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a recipient that is {} cannot take {event:?}", from.as_str())]
pub struct IllegalRecipientEvent {
    /// The status it is in.
    pub from: RecipientStatus,
    /// What was to happen.
    pub event: RecipientEvent,
}

/// Why a recipient is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// The number is on the do-not-call list.
    DoNotCall,
    /// There is no consent to call.
    NoConsent,
    /// Its `dial_before` passed.
    WindowClosed,
    /// Called too often lately.
    FrequencyCap,
    /// A variable that the agent needs has no value.
    MissingVariable,
    /// Not a number that can be called.
    InvalidNumber,
    /// The same number is in the campaign already.
    Duplicate,
    /// The spend cap is reached.
    SpendCap,
    /// The person was reached already.
    AlreadyReached,
}

/// The priority of a person of whom nothing is said.
const ORDINARY_PRIORITY: u8 = 50;

fn ordinary() -> u8 {
    ORDINARY_PRIORITY
}

/// One contact in one campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recipient {
    /// Our id; follows from the campaign and the number or `external_id`.
    pub recipient_id: RecipientId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The number.
    pub phone_number: PhoneNumber,
    /// What the call may say of the person.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, String>))]
    pub variables: DynamicVariables,
    /// The caller's own id for this person.
    pub external_id: Option<String>,
    /// Where it is on its way.
    pub status: RecipientStatus,
    /// Why it is not called.
    pub skip_reason: Option<SkipReason>,
    /// IANA name of the person's time zone, where the contact list gives one.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Who is called before whom: 0 to 100, the larger the earlier; 50 where the contact list says nothing.
    #[serde(default = "ordinary")]
    pub priority: u8,
    /// Tag of the person's language, where the contact list gives one.
    #[serde(default)]
    pub language: Option<String>,
    /// What is different for it; left out when it is all as the campaign has it.
    #[serde(default, skip_serializing_if = "RecipientOverrides::is_empty")]
    pub overrides: RecipientOverrides,
    /// When it may be called next, by the retry policy and the calling hours.
    pub due_at: Timestamp,
    /// The same by the retry policy alone: where new calling hours begin to look. None: since ever.
    #[serde(default)]
    pub not_before: Option<Timestamp>,
    /// Dials that the provider accepted so far.
    pub attempts: u32,
    /// How often they ended how.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, u32>))]
    pub outcomes: BTreeMap<CallOutcome, u32>,
    /// Dials in a row that the provider refused.
    pub refusals: u32,
    /// Its present or last call.
    pub call_id: Option<CallId>,
    /// The last call's conversation at the provider.
    pub conversation_id: Option<String>,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts changes; every write is conditional on it.
    pub version: u64,
}

impl Recipient {
    /// A new recipient, due at `due_at`.
    pub fn new(
        campaign_id: CampaignId,
        phone_number: PhoneNumber,
        variables: DynamicVariables,
        external_id: Option<String>,
        due_at: Timestamp,
        now: Timestamp,
    ) -> Self {
        let by_number = || {
            let key = format!("number:{}", phone_number.as_str());
            RecipientId::derived(&[campaign_id.as_str(), &key])
        };
        let by_external = |id: &str| Self::id_of_external(&campaign_id, id);
        Self {
            recipient_id: external_id.as_deref().map_or_else(by_number, by_external),
            campaign_id,
            phone_number,
            variables,
            external_id,
            status: RecipientStatus::Pending,
            skip_reason: None,
            time_zone: None,
            priority: ORDINARY_PRIORITY,
            language: None,
            overrides: RecipientOverrides::default(),
            due_at,
            not_before: None,
            attempts: 0,
            outcomes: BTreeMap::new(),
            refusals: 0,
            call_id: None,
            conversation_id: None,
            updated_at: now,
            version: 1,
        }
    }

    /// The id of the recipient that was added to a campaign with this id of the caller's.
    pub fn id_of_external(campaign: &CampaignId, external_id: &str) -> RecipientId {
        RecipientId::derived(&[campaign.as_str(), &format!("external:{external_id}")])
    }

    /// The same recipient, with what its row says about the person.
    #[must_use]
    pub fn with_details(mut self, details: &ContactDetails) -> Self {
        self.time_zone.clone_from(&details.timezone);
        self.language.clone_from(&details.language);
        self.priority = details.priority.unwrap_or(ORDINARY_PRIORITY);
        self
    }

    /// Its place among ten, by priority: 9 is called first.
    pub fn band(&self) -> u8 {
        (self.priority / 10).min(9)
    }

    /// Whether the person may be called at `now`, and by whose clock.
    pub fn may_be_called(&self, hours: &CallingHours, now: Timestamp) -> Decision {
        decide(self.phone_number.as_str(), self.time_zone.as_deref(), hours, now)
    }

    /// Makes it due at the first opening of `hours` from `at` on.
    pub fn wait_until(&mut self, at: Timestamp, hours: &CallingHours) {
        self.not_before = Some(at);
        self.due_at = next_call(self, hours, None, at);
    }

    /// How many attempts ended with this outcome.
    pub fn ended_with(&self, outcome: CallOutcome) -> u32 {
        self.outcomes.get(&outcome).copied().unwrap_or_default()
    }

    /// Counts an attempt that is over.
    pub(crate) fn count_attempt(&mut self, outcome: CallOutcome) {
        self.attempts += 1;
        *self.outcomes.entry(outcome).or_default() += 1;
        self.refusals = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::recipient;
    use proptest::prelude::*;

    fn any_event() -> impl Strategy<Value = RecipientEvent> {
        use RecipientEvent as E;
        prop::sample::select(vec![
            E::Enqueued,
            E::Withdrawn,
            E::DialBegan,
            E::FoundLive,
            E::RetryPlanned,
            E::CallbackAsked,
            E::Ended(CallOutcome::Completed),
            E::Ended(CallOutcome::NoAnswer),
            E::Ended(CallOutcome::Failed),
            E::Cancelled,
            E::Skipped(SkipReason::DoNotCall),
            E::Removed,
            E::RetryAsked,
        ])
    }

    proptest! {
        /// Events in any order, repeated, with any of them missing.
        #[test]
        fn a_final_recipient_is_called_again_only_when_a_person_asks(
            events in prop::collection::vec(any_event(), 0..60),
        ) {
            let mut status = RecipientStatus::Pending;
            for event in events {
                let Ok(next) = status.after(event) else { continue };
                if status.is_final() {
                    let asked = matches!(event, RecipientEvent::RetryAsked | RecipientEvent::CallbackAsked);
                    prop_assert!(asked, "{:?}", event);
                    prop_assert_eq!(next, RecipientStatus::Pending);
                }
                if next == RecipientStatus::Calling {
                    let begins = matches!(event, RecipientEvent::DialBegan | RecipientEvent::FoundLive);
                    prop_assert!(begins, "{:?}", event);
                }
                status = next;
            }
        }

        /// Whatever happened, whoever is not final can still be brought to an end.
        #[test]
        fn no_status_is_without_an_exit(events in prop::collection::vec(any_event(), 0..60)) {
            let mut status = RecipientStatus::Pending;
            for event in events {
                status = status.after(event).unwrap_or(status);
            }
            if !status.is_final() {
                let exits = [RecipientEvent::Ended(CallOutcome::Failed), RecipientEvent::Cancelled];
                prop_assert!(exits.iter().any(|exit| status.after(*exit).is_ok()), "{:?}", status);
            }
        }
    }

    #[test]
    fn a_reached_or_unwilling_person_is_never_asked_for_again() {
        for status in [
            RecipientStatus::Completed,
            RecipientStatus::Skipped,
            RecipientStatus::Cancelled,
            RecipientStatus::Removed,
        ] {
            assert!(status.after(RecipientEvent::RetryAsked).is_err(), "{status:?}");
        }
    }

    #[test]
    fn only_those_who_wait_are_taken_out_of_a_campaign() {
        for status in RecipientStatus::ALL {
            let waits = matches!(status, RecipientStatus::Pending | RecipientStatus::Queued);
            assert_eq!(status.after(RecipientEvent::Removed).is_ok(), waits, "{status:?}");
        }
    }

    #[test]
    fn nobody_is_dialled_who_is_not_queued() {
        for status in RecipientStatus::ALL {
            let dials = status.after(RecipientEvent::DialBegan).is_ok();
            assert_eq!(dials, status == RecipientStatus::Queued, "{status:?}");
        }
    }

    #[test]
    fn a_status_is_named_in_keys_as_in_json() {
        let names = [
            "pending",
            "queued",
            "calling",
            "completed",
            "no_answer",
            "busy",
            "voicemail",
            "failed",
            "cancelled",
            "skipped",
            "removed",
        ];
        assert_eq!(RecipientStatus::ALL.map(RecipientStatus::as_str), names);
        assert_eq!(
            serde_json::to_value(RecipientStatus::ALL).unwrap(),
            serde_json::json!(names)
        );
    }

    /// Everything that can happen, with the only statuses in which it may and what they become.
    #[test]
    fn every_event_fits_the_statuses_that_it_is_meant_for() {
        use RecipientEvent as E;
        use RecipientStatus as S;
        let calling_or_waiting = [S::Calling, S::Pending];
        let before_the_call = [S::Pending, S::Queued];
        let table: [(RecipientEvent, &[S], S); 15] = [
            (E::Enqueued, &[S::Pending], S::Queued),
            (E::Withdrawn, &[S::Queued], S::Pending),
            (E::DialBegan, &[S::Queued], S::Calling),
            (E::FoundLive, &before_the_call, S::Calling),
            (E::RetryPlanned, &[S::Calling], S::Pending),
            (E::CallbackAsked, &[S::Calling, S::Completed], S::Pending),
            (
                E::Ended(CallOutcome::Completed),
                &calling_or_waiting,
                S::Completed,
            ),
            (E::Ended(CallOutcome::NoAnswer), &calling_or_waiting, S::NoAnswer),
            (E::Ended(CallOutcome::Busy), &calling_or_waiting, S::Busy),
            (
                E::Ended(CallOutcome::Voicemail),
                &calling_or_waiting,
                S::Voicemail,
            ),
            (E::Ended(CallOutcome::Failed), &calling_or_waiting, S::Failed),
            (E::Cancelled, &before_the_call, S::Cancelled),
            (E::Skipped(SkipReason::DoNotCall), &before_the_call, S::Skipped),
            (E::Removed, &before_the_call, S::Removed),
            (
                E::RetryAsked,
                &[S::NoAnswer, S::Busy, S::Voicemail, S::Failed],
                S::Pending,
            ),
        ];
        for (event, from, becomes) in table {
            for status in S::ALL {
                let expected = from.contains(&status).then_some(becomes);
                assert_eq!(status.after(event).ok(), expected, "{status:?} {event:?}");
            }
        }
    }

    #[test]
    fn a_person_is_called_by_what_their_row_says() {
        let details = ContactDetails {
            timezone: Some("Europe/Madrid".to_owned()),
            language: Some("es".to_owned()),
            priority: Some(80),
            ..ContactDetails::default()
        };
        let person = recipient(RecipientStatus::Pending);
        assert_eq!((person.priority, person.band()), (50, 5));
        let told = person.clone().with_details(&details);
        assert_eq!(
            (told.time_zone, told.language),
            (details.timezone, details.language)
        );
        assert_eq!(told.priority, 80);
        assert_eq!(person.with_details(&ContactDetails::default()).priority, 50);
    }

    #[test]
    fn what_was_written_before_there_were_priorities_is_ordinary() {
        let mut old = serde_json::to_value(recipient(RecipientStatus::Pending)).unwrap();
        old.as_object_mut().unwrap().remove("priority");
        assert_eq!(serde_json::from_value::<Recipient>(old).unwrap().priority, 50);
    }

    #[test]
    fn bands_are_tens_and_the_highest_two_are_one() {
        let bands = [0, 9, 10, 59, 90, 99, 100].map(|priority| {
            let person = recipient(RecipientStatus::Pending);
            Recipient { priority, ..person }.band()
        });
        assert_eq!(bands, [0, 0, 1, 5, 9, 9, 9]);
    }

    #[test]
    fn a_recipient_is_known_again_by_the_callers_own_id_or_else_by_the_number() {
        let campaign = CampaignId::derived(&["campaign"]);
        let (one, other): (PhoneNumber, PhoneNumber) =
            ("+34612345678".parse().unwrap(), "+34612345679".parse().unwrap());
        let id = |number: &PhoneNumber, external: Option<&str>| {
            let external = external.map(str::to_owned);
            let now = Timestamp::UNIX_EPOCH;
            let variables = DynamicVariables::new();
            Recipient::new(campaign.clone(), number.clone(), variables, external, now, now).recipient_id
        };
        assert_eq!(id(&one, None), id(&one, None));
        assert_ne!(id(&one, None), id(&other, None));
        assert_eq!(id(&one, Some("a")), id(&other, Some("a")));
        assert_eq!(id(&one, Some("a")), Recipient::id_of_external(&campaign, "a"));
        assert_ne!(id(&one, Some("a")), id(&one, Some("b")));
    }

    #[test]
    fn attempts_are_counted_by_how_they_ended() {
        let mut person = recipient(RecipientStatus::Calling);
        person.refusals = 3;
        for outcome in [CallOutcome::Busy, CallOutcome::NoAnswer, CallOutcome::Busy] {
            person.count_attempt(outcome);
        }
        assert_eq!((person.attempts, person.refusals), (3, 0));
        let counted =
            [CallOutcome::Busy, CallOutcome::NoAnswer, CallOutcome::Failed].map(|o| person.ended_with(o));
        assert_eq!(counted, [2, 1, 0]);
    }

    #[test]
    fn somebody_waits_until_the_hours_open() {
        let mut person = recipient(RecipientStatus::Pending);
        person.time_zone = Some("Europe/Madrid".to_owned());
        let hours = r#"{"windows":{"fri":["09:00-10:00"]},"rules":{"only":[]}}"#;
        let hours: CallingHours = serde_json::from_str(hours).unwrap();
        let wednesday: Timestamp = "2026-11-18T12:00:00Z".parse().unwrap();
        person.wait_until(wednesday, &hours);
        assert_eq!(person.not_before, Some(wednesday));
        assert_eq!(person.due_at.to_string(), "2026-11-20T08:00:00Z");
    }
}
