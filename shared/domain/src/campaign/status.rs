//! The states of a campaign and what people and the scheduler do to it.

use serde::{Deserialize, Serialize};

/// Where a campaign is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CampaignStatus {
    /// Being prepared; nobody is called.
    Draft,
    /// Starts by itself at its time.
    Scheduled,
    /// Calls people.
    Running,
    /// Held by a person; nobody is called until it is resumed.
    Paused,
    /// Every recipient is final.
    Completed,
    /// Ended by a person.
    Cancelled,
    /// Cannot go on; `failure` says why.
    Failed,
}

impl CampaignStatus {
    /// Every status.
    pub const ALL: [Self; 7] = [
        Self::Draft,
        Self::Scheduled,
        Self::Running,
        Self::Paused,
        Self::Completed,
        Self::Cancelled,
        Self::Failed,
    ];

    /// The name in keys and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// Nothing more happens to it by itself.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Failed)
    }

    /// The status after `action`. Asking for the status it is already in is no error.
    ///
    /// # Errors
    /// When the action does not fit the status; the campaign stays as it is.
    pub fn after(self, action: CampaignAction) -> Result<Self, IllegalCampaignAction> {
        use CampaignAction as A;
        match (self, action) {
            (Self::Draft | Self::Scheduled, A::Schedule) => Ok(Self::Scheduled),
            (Self::Draft | Self::Scheduled | Self::Running, A::Start) => Ok(Self::Running),
            (Self::Scheduled | Self::Running | Self::Paused, A::Pause) => Ok(Self::Paused),
            (Self::Paused | Self::Running, A::Resume) => Ok(Self::Running),
            (from, A::Cancel) if !matches!(from, Self::Completed | Self::Failed) => Ok(Self::Cancelled),
            (Self::Running, A::Complete) => Ok(Self::Completed),
            (Self::Scheduled | Self::Running | Self::Paused, A::Fail) => Ok(Self::Failed),
            (Self::Running | Self::Completed | Self::Failed, A::CallMore) => Ok(Self::Running),
            (Self::Paused, A::CallMore) => Ok(Self::Paused),
            (from, action) => Err(IllegalCampaignAction { from, action }),
        }
    }
}

/// What people and the scheduler do to a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignAction {
    /// Let it start by itself later.
    Schedule,
    /// Begin to call.
    Start,
    /// Hold it.
    Pause,
    /// Go on.
    Resume,
    /// End it; whoever was not called is not called any more.
    Cancel,
    /// Every recipient is final.
    Complete,
    /// It cannot go on.
    Fail,
    /// More to call: failed ones again, or new recipients.
    CallMore,
}

/// An action that does not fit the campaign's status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a campaign that is {} cannot {action:?}", from.as_str())]
pub struct IllegalCampaignAction {
    /// The status it is in.
    pub from: CampaignStatus,
    /// What was to be done.
    pub action: CampaignAction,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cancelled_campaign_never_calls_again() {
        use CampaignAction as A;
        for action in [
            A::Schedule,
            A::Start,
            A::Pause,
            A::Resume,
            A::Complete,
            A::Fail,
            A::CallMore,
        ] {
            assert!(CampaignStatus::Cancelled.after(action).is_err(), "{action:?}");
        }
        assert_eq!(
            CampaignStatus::Cancelled.after(A::Cancel),
            Ok(CampaignStatus::Cancelled)
        );
    }

    fn any_action() -> impl Strategy<Value = CampaignAction> {
        use CampaignAction as A;
        prop::sample::select(vec![
            A::Schedule,
            A::Start,
            A::Pause,
            A::Resume,
            A::Cancel,
            A::Complete,
            A::Fail,
            A::CallMore,
        ])
    }

    proptest! {
        /// Actions in any order, repeated, with any of them missing.
        #[test]
        fn an_ended_campaign_calls_only_when_there_is_more_to_call(
            actions in prop::collection::vec(any_action(), 0..60),
        ) {
            let mut status = CampaignStatus::Draft;
            let mut cancelled = false;
            for action in actions {
                let Ok(next) = status.after(action) else { continue };
                if status.is_final() && next != status {
                    prop_assert_eq!(action == CampaignAction::CallMore || action == CampaignAction::Cancel, true);
                }
                if status == CampaignStatus::Paused && next == CampaignStatus::Running {
                    prop_assert_eq!(action, CampaignAction::Resume);
                }
                cancelled |= next == CampaignStatus::Cancelled;
                prop_assert!(!cancelled || next == CampaignStatus::Cancelled);
                status = next;
            }
            prop_assert!(status.is_final() || status.after(CampaignAction::Cancel).is_ok());
        }

        /// The same action twice in a row is the same as once.
        #[test]
        fn a_repeated_action_changes_nothing(actions in prop::collection::vec(any_action(), 0..30)) {
            let mut status = CampaignStatus::Draft;
            for action in actions {
                let Ok(next) = status.after(action) else { continue };
                if let Ok(again) = next.after(action) {
                    prop_assert_eq!(again, next);
                }
                status = next;
            }
        }
    }

    #[test]
    fn every_status_before_the_end_can_be_cancelled() {
        for status in CampaignStatus::ALL.into_iter().filter(|s| !s.is_final()) {
            assert_eq!(
                status.after(CampaignAction::Cancel),
                Ok(CampaignStatus::Cancelled)
            );
        }
    }

    #[test]
    fn a_status_is_named_in_keys_as_in_json() {
        let names = [
            "draft",
            "scheduled",
            "running",
            "paused",
            "completed",
            "cancelled",
            "failed",
        ];
        assert_eq!(CampaignStatus::ALL.map(CampaignStatus::as_str), names);
        assert_eq!(
            serde_json::to_value(CampaignStatus::ALL).unwrap(),
            serde_json::json!(names)
        );
    }
}
