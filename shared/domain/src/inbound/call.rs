//! What is known of an inbound call beside the call itself: whose leg is whose, and how far it is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CallId, PhoneNumber, ProviderId, RouteTarget};

/// How far an inbound call is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InboundStage {
    /// The carrier was told where it goes; nobody has answered yet.
    Routed,
    /// OpenAI was told to take it, and nobody is on its sideband yet.
    Accepted,
    /// An agent, a person or voicemail has it.
    Answered,
    /// The line is free.
    Ended,
}

/// What is known of an inbound call, and of an outbound one that an OpenAI agent speaks in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboundCall {
    /// The call.
    pub call_id: CallId,
    /// Twilio's id of the caller's leg: `CA…`.
    pub call_sid: String,
    /// The number that was called, as the carrier wrote it, when it is one.
    pub called: Option<PhoneNumber>,
    /// The caller's number, when it is shown.
    pub caller: Option<PhoneNumber>,
    /// Where it is to go, and where it goes when that fails, in order.
    pub targets: Vec<RouteTarget>,
    /// Which of them it is at, from 0. At the end of the list it is over.
    pub at_target: usize,
    /// How far it is.
    pub stage: InboundStage,
    /// OpenAI's id of the call: `rtc_…`; none where no OpenAI agent has it.
    pub openai_call_id: Option<ProviderId>,
    /// Language of the caller as the rules have it, such as `en`.
    pub language: String,
    /// When it came in.
    pub began_at: Timestamp,
    /// When an agent was told to take it.
    pub accepted_at: Option<Timestamp>,
    /// When somebody was on the sideband first.
    pub attached_at: Option<Timestamp>,
    /// When the carrier said that it is over.
    pub ended_at: Option<Timestamp>,
    /// The carrier's last word on it: `completed`, `busy`, `no-answer`, `failed` or `canceled`.
    pub carrier_status: Option<String>,
    /// Who holds the sideband: counts up with every hand-over.
    pub generation: u64,
    /// The invocation that holds the sideband, so that it knows its own lease again.
    #[serde(default)]
    pub holder: Option<String>,
    /// Until when the holder of the sideband has it; its signs of life move this on.
    pub held_until: Option<Timestamp>,
    /// Whether the agent was told to greet the caller: once, whoever holds the sideband.
    #[serde(default)]
    pub greeted: bool,
    /// Where the carrier reaches us, such as `https://api.example.com`, for what it is told later in the call.
    #[serde(default)]
    pub public_url: String,
    /// How often a holder of the sideband had to be replaced because it was gone.
    #[serde(default)]
    pub rescues: u32,
    /// Whether the agent was given up: whatever the carrier says of its leg, the next target has the call then.
    #[serde(default)]
    pub gave_up: bool,
    /// What a platform wrote for the carrier, so that a repeated question is answered as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    /// Who picked up an outbound call, in the carrier's words: `human`, `machine_start`, `fax`…
    #[serde(default)]
    pub answered_by: Option<String>,
    /// Number of the carrier's last word on it: an older one is not applied any more.
    #[serde(default)]
    pub sequence: Option<u64>,
    /// Seconds that the carrier counted from answer to end.
    #[serde(default)]
    pub duration_secs: Option<u64>,
    /// Counts changes; every write is conditional on it.
    pub version: u64,
}

impl InboundCall {
    /// A call that came in at `now` and is to go to the first of `targets`.
    pub fn fresh(
        call_id: CallId,
        call_sid: String,
        targets: Vec<RouteTarget>,
        language: String,
        now: Timestamp,
    ) -> Self {
        Self {
            call_id,
            call_sid,
            called: None,
            caller: None,
            targets,
            at_target: 0,
            stage: InboundStage::Routed,
            openai_call_id: None,
            language,
            began_at: now,
            accepted_at: None,
            attached_at: None,
            ended_at: None,
            carrier_status: None,
            generation: 0,
            holder: None,
            held_until: None,
            greeted: false,
            public_url: String::new(),
            rescues: 0,
            gave_up: false,
            told: None,
            answered_by: None,
            sequence: None,
            duration_secs: None,
            version: 0,
        }
    }

    /// Where it is now; none when every target was tried.
    pub fn target(&self) -> Option<&RouteTarget> {
        self.targets.get(self.at_target)
    }

    /// Whether the line may still be open.
    pub fn is_open(&self) -> bool {
        self.stage < InboundStage::Ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_open_until_it_ended_and_has_the_target_at_which_it_is() {
        let targets = vec![RouteTarget::Voicemail, RouteTarget::Closed];
        let id = CallId::derived(&["call"]);
        let mut call = InboundCall::fresh(
            id,
            "CA1".to_owned(),
            targets,
            "en".to_owned(),
            Timestamp::UNIX_EPOCH,
        );
        for stage in [
            InboundStage::Routed,
            InboundStage::Accepted,
            InboundStage::Answered,
        ] {
            call.stage = stage;
            assert!(call.is_open(), "{stage:?}");
        }
        call.stage = InboundStage::Ended;
        assert!(!call.is_open());
        let all = [0, 1, 2].map(|at| {
            call.at_target = at;
            call.target().cloned()
        });
        assert_eq!(
            all,
            [Some(RouteTarget::Voicemail), Some(RouteTarget::Closed), None]
        );
    }
}
