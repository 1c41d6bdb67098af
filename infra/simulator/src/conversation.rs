//! One call, as it is kept. What it is at a moment follows from the moment.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ultravox::UltravoxCall;
use crate::{Behaviour, Platform};

/// Who carries a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// Twilio.
    Twilio,
    /// A SIP trunk.
    SipTrunk,
}

/// Where a call is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Rings.
    Initiated,
    /// Talks.
    InProgress,
    /// Over; the analysis is being made.
    Processing,
    /// Over, and all is known.
    Done,
    /// Never got through, or broke down.
    Failed,
}

impl Phase {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Initiated => "initiated",
            Self::InProgress => "in-progress",
            Self::Processing => "processing",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// One call. Moments are milliseconds of the real clock; lengths are the script's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Conversation {
    /// `conv_…`.
    pub id: String,
    /// The agent.
    pub agent_id: String,
    /// The agent's name when it called.
    pub agent_name: String,
    /// The caller's own id of the person or attempt.
    pub user_id: Option<String>,
    /// Number called.
    pub to: String,
    /// Line called from.
    pub line_id: String,
    /// Number of that line.
    pub from: String,
    /// Who carries it.
    pub carrier: Carrier,
    /// The carrier's id: Twilio's CallSid, or the SIP call id.
    pub carrier_call_id: String,
    /// Dynamic variables as sent.
    pub variables: Map<String, Value>,
    /// What the agent says first instead of its own words.
    #[serde(default)]
    pub first_message: Option<String>,
    /// What the person does.
    pub behaviour: Behaviour,
    /// Why it failed before anybody could answer.
    pub failure: Option<String>,
    /// Language of the dialogue.
    pub language: String,
    /// Seed of the dialogue.
    pub seed: u64,
    /// When it was dialled.
    pub dialled_ms: i64,
    /// When it was picked up, or would have been.
    pub answered_ms: i64,
    /// When the line was free again.
    pub ended_ms: i64,
    /// When the analysis was done.
    pub done_ms: i64,
    /// Length of the talk in seconds, as the script has it.
    pub talk_secs: u32,
    /// No recording exists.
    #[serde(default)]
    pub no_audio: bool,
    /// The recording is padded to this many bytes.
    #[serde(default)]
    pub audio_bytes: Option<u64>,
    /// The batch call it belongs to, and its recipient there.
    #[serde(default)]
    pub batch: Option<(String, String)>,
    /// Second of the talk at which somebody outside ended it; none: the script's own end.
    #[serde(default)]
    pub cut_at_secs: Option<u32>,
    /// Somebody called us, or a call of ours that another made is streamed here: no dial of this platform.
    #[serde(default)]
    pub is_inbound: bool,
    /// What only Ultravox knows of it; none: a call of ElevenLabs.
    #[serde(default)]
    pub ultravox: Option<Box<UltravoxCall>>,
}

impl Conversation {
    /// Where it was placed.
    pub fn platform(&self) -> Platform {
        match self.ultravox {
            Some(_) => Platform::Ultravox,
            None => Platform::ElevenLabs,
        }
    }

    /// Seconds that are talked, as the script has it or until it was cut.
    pub fn length_of_talk(&self) -> u32 {
        self.cut_at_secs
            .map_or(self.talk_secs, |cut| cut.min(self.talk_secs))
    }

    /// Somebody called us: no dial of ours.
    pub fn is_inbound(&self) -> bool {
        self.is_inbound || self.ultravox.as_ref().is_some_and(|call| call.is_inbound)
    }

    /// Somebody or something picks up.
    pub fn is_answered(&self) -> bool {
        self.failure.is_none()
            && matches!(
                self.behaviour,
                Behaviour::Answers | Behaviour::OptsOut | Behaviour::AnswersLong | Behaviour::Voicemail
            )
    }

    /// Where it is at a moment.
    pub fn phase(&self, now_ms: i64) -> Phase {
        if now_ms >= self.done_ms {
            return if self.is_answered() {
                Phase::Done
            } else {
                Phase::Failed
            };
        }
        if now_ms >= self.ended_ms {
            return Phase::Processing;
        }
        if self.is_answered() && now_ms >= self.answered_ms {
            Phase::InProgress
        } else {
            Phase::Initiated
        }
    }

    /// The line is taken.
    pub fn is_live(&self, now_ms: i64) -> bool {
        (self.dialled_ms..self.ended_ms).contains(&now_ms)
    }

    /// Whether there is a recording once it is done.
    pub fn has_audio(&self, now_ms: i64) -> bool {
        self.phase(now_ms) == Phase::Done && !self.no_audio
    }

    /// The carrier's result, once it is known.
    pub fn call_result(&self, now_ms: i64) -> Option<&'static str> {
        match self.phase(now_ms) {
            Phase::Initiated => None,
            _ => Some(match self.behaviour {
                _ if self.failure.is_some() => "failed",
                Behaviour::Answers | Behaviour::OptsOut | Behaviour::AnswersLong => "answered",
                Behaviour::Voicemail => "voicemail",
                Behaviour::Busy => "busy",
                Behaviour::NoAnswer => "no_answer",
                Behaviour::Refused | Behaviour::Fails => "failed",
            }),
        }
    }
}
