//! What we keep of a call.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    AgentId, CallId, CallStatus, CallbackId, CampaignId, Carrier, Disclosed, DynamicVariables, HoursUsed,
    PhoneNumber, ProviderId, ProviderKind, Reception, RecipientId,
};

/// Who called whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// We called the person.
    Outbound,
    /// The person called us.
    Inbound,
}

/// What made the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallOrigin {
    /// A campaign.
    Campaign,
    /// One request to the API.
    Api,
    /// Found at the provider; it began elsewhere.
    Imported,
    /// Somebody called one of our numbers.
    Reception,
}

/// The provider's judgement of a finished call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallSuccess {
    /// The goal was reached.
    Success,
    /// It was not.
    Failure,
    /// Nobody can tell.
    Unknown,
}

/// What became of the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// Not known yet, or to be fetched.
    #[default]
    Pending,
    /// In our own bucket.
    Stored,
    /// There is none: nobody spoke, or the agent does not record.
    None,
    /// There was one, and it could not be had.
    Lost,
}

/// The recording of a call.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recording {
    /// What became of it.
    pub state: RecordingState,
    /// Size in bytes, once stored.
    pub bytes: Option<u64>,
    /// Length in seconds, measured from the audio itself.
    pub duration_secs: Option<f64>,
    /// How often it was asked for without success.
    pub attempts: u32,
    /// When it was stored.
    #[serde(default)]
    pub stored_at: Option<Timestamp>,
    /// Whether it is as long as the call; none until it is stored and both lengths are known.
    #[serde(default)]
    pub whole: Option<bool>,
}

/// Seconds that a recording may be shorter than its call: the provider counts from the first ring
/// of its own line, and cuts silence at the end.
const RECORDING_SLACK_SECS: f64 = 5.0;

impl Recording {
    /// Whether audio of `audio_secs` is all of a call of `call_secs`, give or take a tenth.
    pub fn is_whole(audio_secs: f64, call_secs: u64) -> bool {
        // Calls are hours long at most: nothing is lost in the conversion.
        let call_secs = call_secs as f64;
        audio_secs + RECORDING_SLACK_SECS + call_secs / 10.0 >= call_secs
    }
}

/// Who spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The voice agent.
    Agent,
    /// The person.
    User,
}

/// One turn of the conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TranscriptTurn {
    /// Who spoke.
    pub speaker: Speaker,
    /// What was said; empty for a turn in which only a tool ran.
    pub message: String,
    /// Seconds into the call.
    pub at_secs: u64,
    /// Whether the other side cut it short.
    pub interrupted: bool,
    /// Names of the tools that ran in this turn.
    pub tools: Vec<String>,
}

/// What the provider found out when the call was over.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallResults {
    /// The provider's judgement.
    pub success: Option<CallSuccess>,
    /// What happened, in a few sentences.
    pub summary: Option<String>,
    /// The same in a few words.
    pub title: Option<String>,
    /// Why it ended, as the provider writes it; for display only.
    pub termination_reason: Option<String>,
    /// What the agent was told to find out: name to value.
    pub collected: BTreeMap<String, Value>,
    /// Each criterion's result: `success`, `failure` or `unknown`.
    pub criteria: BTreeMap<String, String>,
    /// Cost in the provider's credits.
    pub cost_credits: Option<i64>,
    /// Cost in US dollars.
    pub cost_usd: Option<f64>,
    /// Number of transcript turns kept.
    pub turns: u32,
}

impl Call {
    /// A call of which nothing else is known yet: queued at `now`, its first attempt. Whoever makes one sets what
    /// it knows; a new field gets its value here, once.
    pub fn new(call_id: CallId, direction: Direction, origin: CallOrigin, now: Timestamp) -> Self {
        Self {
            call_id,
            status: CallStatus::Queued,
            direction,
            origin,
            provider: None,
            agent_id: None,
            provider_agent_id: None,
            phone_line_id: None,
            carrier: None,
            phone_number: None,
            campaign_id: None,
            recipient_id: None,
            callback_id: None,
            attempt: 1,
            variables: DynamicVariables::new(),
            conversation_id: None,
            carrier_call_id: None,
            ringing_timeout_secs: 0,
            first_message: None,
            max_attempts: None,
            created_at: now,
            enqueued_at: None,
            due_at: None,
            dial_before: None,
            placing_at: None,
            reserved_micros: None,
            hours: None,
            asked_at: None,
            answer_ms: None,
            started_at: None,
            ended_at: None,
            duration_secs: None,
            failure: None,
            provider_request_id: None,
            hung_up_at: None,
            results: CallResults::default(),
            results_complete: false,
            disclosure: None,
            reception: None,
            recording: Recording::default(),
            handled: false,
            erased_at: None,
            updated_at: now,
            version: 1,
        }
    }

    /// Whoever asked the provider is gone, and its answer with them. Answers whether that changes anything.
    pub fn lose_answer(&mut self, now: Timestamp) -> bool {
        let Ok(lost) = self.status.after(crate::CallEvent::AnswerLost) else {
            return false;
        };
        self.status = lost;
        self.updated_at = now;
        true
    }

    /// What the call did cost, in millionths of a US dollar: what the provider says, else `reserved`, which is
    /// the most that it can have been.
    pub fn cost_micros(&self, reserved: u64) -> u64 {
        if self.status == CallStatus::NotPlaced {
            return 0;
        }
        match self.results.cost_usd {
            // Costs are cents to dollars: nothing is lost in the conversion.
            Some(usd) if usd.is_finite() && usd >= 0.0 => (usd * 1_000_000.0).ceil() as u64,
            _ => reserved,
        }
    }

    /// Whether audio of `audio_secs` is all of the call; none while its length is not known.
    pub fn has_whole(&self, audio_secs: f64) -> Option<bool> {
        self.duration_secs
            .map(|secs| Recording::is_whole(audio_secs, secs))
    }
}

/// One attempt to reach one person, or one inbound call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Our id. It travels to the provider as `user_id` and as dynamic variable `attempt_id`.
    pub call_id: CallId,
    /// Where it is on its way.
    pub status: CallStatus,
    /// Who called whom.
    pub direction: Direction,
    /// What made it.
    pub origin: CallOrigin,
    /// The platform; none where no agent speaks: an inbound call that goes to a person or to voicemail.
    pub provider: Option<ProviderKind>,
    /// Our agent; none where none speaks.
    pub agent_id: Option<AgentId>,
    /// The provider's id of the agent; none where none speaks.
    pub provider_agent_id: Option<ProviderId>,
    /// The line it is placed from.
    pub phone_line_id: Option<ProviderId>,
    /// Who carries it.
    pub carrier: Option<Carrier>,
    /// The other side's number, when known.
    pub phone_number: Option<PhoneNumber>,
    /// Its campaign.
    pub campaign_id: Option<CampaignId>,
    /// Its recipient.
    pub recipient_id: Option<RecipientId>,
    /// The callback that it was placed for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_id: Option<CallbackId>,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    /// What the agent may say of the person.
    pub variables: DynamicVariables,
    /// The conversation at the provider, once known.
    pub conversation_id: Option<ProviderId>,
    /// The carrier's id of the call, once known.
    pub carrier_call_id: Option<String>,
    /// Seconds it may ring.
    pub ringing_timeout_secs: u32,
    /// What the agent says first instead of its own words; none: its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_message: Option<String>,
    /// Most placed calls to its person; none: as the campaign has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    /// When it was put on the dial queue; of an imported call, when it began.
    pub created_at: Timestamp,
    /// When its message was last sent to the dial queue.
    pub enqueued_at: Option<Timestamp>,
    /// When its person was due to be called.
    #[serde(default)]
    pub due_at: Option<Timestamp>,
    /// No dial may begin after this moment.
    pub dial_before: Option<Timestamp>,
    /// When the dial began.
    pub placing_at: Option<Timestamp>,
    /// What was reserved for it under the spend caps, in millionths of a US dollar; none: nothing.
    #[serde(default)]
    pub reserved_micros: Option<u64>,
    /// By whose clock it was allowed to begin; none before, and for calls that no campaign made.
    #[serde(default)]
    pub hours: Option<HoursUsed>,
    /// When the provider was asked: its slot was taken by then, however long that took to be written. None until the
    /// answer is written, and where whoever asked was gone before that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// Milliseconds that the provider took to answer the dial; none when it was not dialled, or the answer was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_ms: Option<u64>,
    /// When the provider says it began.
    pub started_at: Option<Timestamp>,
    /// When we learned that it was over.
    pub ended_at: Option<Timestamp>,
    /// Length in seconds, as the provider counts it.
    pub duration_secs: Option<u64>,
    /// Why it was not placed, failed, or was given up; one sentence for people.
    pub failure: Option<String>,
    /// The provider's id of the failed request, for its support.
    pub provider_request_id: Option<String>,
    /// When we learned that the line is free again while its outcome was still to come.
    #[serde(default)]
    pub hung_up_at: Option<Timestamp>,
    /// What the provider found out.
    pub results: CallResults,
    /// Whether `results` and transcript are whole.
    pub results_complete: bool,
    /// Whether the agent's first words were those that the campaign asks for; none when it asks for none, or
    /// the agent did not speak.
    #[serde(default)]
    pub disclosure: Option<Disclosed>,
    /// What the reception made of it; none of an outbound call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reception: Option<Reception>,
    /// Its recording.
    pub recording: Recording,
    /// Whether somebody has dealt with it.
    pub handled: bool,
    /// When what it told of its person was erased; nothing is added to it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts changes; every write is conditional on it.
    pub version: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::call;

    #[test]
    fn a_recording_may_lack_five_seconds_and_a_tenth() {
        let whole = [(0.0, 5), (0.0, 6), (85.0, 100), (84.9, 100)];
        assert_eq!(
            whole.map(|(audio, call)| Recording::is_whole(audio, call)),
            [true, false, true, false]
        );
        let mut call = call(CallStatus::Completed);
        assert_eq!(call.has_whole(10.0), None, "nobody knows how long it lasted");
        call.duration_secs = Some(100);
        assert_eq!(
            (call.has_whole(84.0), call.has_whole(100.0)),
            (Some(false), Some(true))
        );
    }

    #[test]
    fn only_a_call_that_is_being_placed_can_lose_its_answer() {
        let later = Timestamp::from_second(9).unwrap();
        for status in CallStatus::ALL {
            let mut call = call(status);
            let before = call.clone();
            assert_eq!(
                call.lose_answer(later),
                status == CallStatus::Placing,
                "{status:?}"
            );
            match status {
                CallStatus::Placing => {
                    assert_eq!((call.status, call.updated_at), (CallStatus::Unconfirmed, later))
                }
                _ => assert_eq!(call, before),
            }
        }
    }

    #[test]
    fn a_call_costs_what_the_provider_says_and_what_was_set_aside_while_it_says_nothing() {
        let cost = |status: CallStatus, usd: Option<f64>| {
            let mut call = call(status);
            call.results.cost_usd = usd;
            call.cost_micros(700)
        };
        let over = CallStatus::Completed;
        assert_eq!(cost(over, None), 700);
        assert_eq!(cost(over, Some(0.0)), 0);
        assert_eq!(cost(over, Some(0.25)), 250_000);
        assert_eq!(cost(over, Some(0.000_000_1)), 1, "never less than it is");
        assert_eq!(
            [-0.1, f64::NAN, f64::INFINITY].map(|usd| cost(over, Some(usd))),
            [700; 3]
        );
        assert_eq!(cost(CallStatus::NotPlaced, Some(0.25)), 0, "nobody was called");
    }
}
