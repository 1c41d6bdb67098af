//! One thing that somebody should know of.

use jiff::Timestamp;
use serde::Serialize;
use switchboard_domain::{CallId, CampaignId};
use utoipa::ToSchema;

/// What kind of thing it is, the most pressing first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum AttentionKind {
    /// A provider is down: nobody is dialled through it.
    ProviderDown,
    /// An account at a provider comes to its end.
    QuotaLow,
    /// A campaign was paused by the system.
    CampaignPaused,
    /// A dial whose answer was lost: the person may have been called.
    UnconfirmedCall,
    /// A call that is longer in a passing state than its bound allows.
    StuckCall,
    /// A slot whose call nobody watches.
    UnwatchedSlot,
    /// A message that was given up.
    DeadLetter,
    /// A phone line that far fewer people answer than they used to.
    LineAnsweredLess,
    /// A webhook that could not be read.
    UnparsedWebhook,
    /// A webhook that is kept and was not applied.
    UnappliedWebhook,
    /// An event target that is off because its receiver said so.
    EventTargetOff,
    /// Events that were given up.
    DeadEvents,
    /// A recording that was promised and never came.
    LostRecording,
    /// A recording that is shorter than its call.
    ShortRecording,
}

/// Something that may safely be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct SafeAction {
    /// What it does, for a button.
    pub(super) label: &'static str,
    /// The method.
    pub(super) method: &'static str,
    /// The path.
    pub(super) path: String,
}

/// One thing that somebody should know of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct AttentionItem {
    /// What kind of thing it is.
    pub(super) kind: AttentionKind,
    /// Id of the thing.
    pub(super) subject: String,
    /// The call it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) call_id: Option<CallId>,
    /// The campaign it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) campaign_id: Option<CampaignId>,
    /// Since when.
    pub(super) since: Timestamp,
    /// What is known, and what happens by itself.
    pub(super) known: String,
    /// What may safely be done; nothing of it can make anybody's phone ring twice.
    pub(super) actions: Vec<SafeAction>,
}

impl AttentionItem {
    pub(super) fn new(
        kind: AttentionKind,
        subject: impl ToString,
        since: Timestamp,
        known: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            subject: subject.to_string(),
            call_id: None,
            campaign_id: None,
            since,
            known: known.into(),
            actions: Vec::new(),
        }
    }

    pub(super) fn of_call(mut self, call: &CallId, campaign: Option<&CampaignId>) -> Self {
        self.call_id = Some(call.clone());
        self.campaign_id = campaign.cloned();
        self
    }

    pub(super) fn may(mut self, label: &'static str, method: &'static str, path: String) -> Self {
        self.actions.push(SafeAction { label, method, path });
        self
    }
}
