//! A call, as creation, `GET`, a list and every webhook give it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use switchboard_domain::{CallId, CallOutcome, CallResults, Direction, InvalidId, ProviderId};

use super::medium::Medium;
use super::message::Transcript;
use super::times::{seconds, some_moment};
use crate::bounds::cut;
use crate::lenient::lenient;
use crate::shown::shown;
use crate::{
    ATTEMPT_VARIABLE, Conversation, ConversationState, ConversationSummary, EndSigns, outcome_of,
    person_spoke,
};

const LONGEST_SUMMARY_BYTES: usize = 50_000;
const LONGEST_TITLE_BYTES: usize = 1_000;
const LONGEST_REASON_BYTES: usize = 200;
/// Stands for the agent of a call that was made without one.
const NO_AGENT: &str = "no-agent";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::ultravox) struct CallBody {
    call_id: String,
    #[serde(default, deserialize_with = "lenient")]
    agent_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    agent: Option<AgentRef>,
    #[serde(default, deserialize_with = "some_moment")]
    created: Option<Timestamp>,
    #[serde(default, deserialize_with = "some_moment")]
    joined: Option<Timestamp>,
    #[serde(default, deserialize_with = "some_moment")]
    ended: Option<Timestamp>,
    /// None while the call is live.
    #[serde(default, deserialize_with = "lenient")]
    end_reason: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    billing_status: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    short_summary: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    summary: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    recording_enabled: bool,
    #[serde(default, deserialize_with = "lenient")]
    metadata: Option<BTreeMap<String, Value>>,
    #[serde(default, deserialize_with = "lenient")]
    medium: Medium,
    #[serde(default, deserialize_with = "lenient")]
    sip_details: SipDetails,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AgentRef {
    agent_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SipDetails {
    #[serde(deserialize_with = "lenient")]
    termination_reason: Option<String>,
    #[serde(deserialize_with = "lenient")]
    billed_duration: Option<String>,
}

impl CallBody {
    pub(in crate::ultravox) fn id(&self) -> Result<ProviderId, InvalidId> {
        ProviderId::parse(&self.call_id)
    }

    pub(in crate::ultravox) fn created(&self) -> Option<Timestamp> {
        self.created
    }

    pub(in crate::ultravox) fn joined(&self) -> Option<Timestamp> {
        self.joined
    }

    pub(in crate::ultravox) fn ended(&self) -> Option<Timestamp> {
        self.ended
    }

    pub(in crate::ultravox) fn was_joined(&self) -> bool {
        self.joined.is_some()
    }

    /// Nobody has picked up, and it is not over.
    pub(in crate::ultravox) fn still_rings(&self) -> bool {
        !self.was_joined() && !self.is_over()
    }

    /// Our call id, where it came back.
    pub(in crate::ultravox) fn attempt(&self) -> Option<CallId> {
        let echo = self.metadata.as_ref()?.get(ATTEMPT_VARIABLE)?.as_str()?;
        CallId::parse(echo).ok()
    }

    /// Whether the metadata came along at all; where not, it is no proof that the call is somebody else's.
    pub(in crate::ultravox) fn tells_metadata(&self) -> bool {
        self.metadata.is_some()
    }

    /// The agent, or what stands for none: such a call is no agent's that we know.
    pub(in crate::ultravox) fn agent(&self) -> Result<ProviderId, InvalidId> {
        let id = self
            .agent_id
            .as_deref()
            .or_else(|| self.agent.as_ref().map(|agent| agent.agent_id.as_str()));
        ProviderId::parse(id.unwrap_or(NO_AGENT))
    }

    fn is_over(&self) -> bool {
        self.ended.is_some() || self.end_reason.is_some()
    }

    /// How it ended where nobody picked up, so that no transcript can tell more.
    fn outcome_unjoined(&self) -> Option<CallOutcome> {
        let reason = self.end_reason.as_deref().filter(|_| self.joined.is_none())?;
        let by_carrier = match self.sip_reason() {
            "" | "NORMAL" => None,
            "BUSY" => Some(CallOutcome::Busy),
            "TIMEOUT" | "DESTINATION_UNAVAILABLE" | "CANCELED" => Some(CallOutcome::NoAnswer),
            // INVALID_NUMBER, REJECTED, UNKNOWN and what has been added since.
            _ => Some(CallOutcome::Failed),
        };
        let by_reason = match reason {
            "unjoined" | "hangup" | "agent_hangup" | "timeout" => CallOutcome::NoAnswer,
            _ => CallOutcome::Failed,
        };
        Some(by_carrier.unwrap_or(by_reason))
    }

    /// Empty where the carrier's reason is not told.
    fn sip_reason(&self) -> &str {
        let reason = self.sip_details.termination_reason.as_deref().unwrap_or_default();
        reason.strip_prefix("SIP_TERMINATION_").unwrap_or(reason)
    }

    /// Where it is on its way; `talked` where it is known whether there was a talk.
    fn state(&self, talked: Option<bool>) -> ConversationState {
        if !self.is_over() {
            return if self.joined.is_some() {
                ConversationState::InProgress
            } else {
                ConversationState::Initiated
            };
        }
        let broke = matches!(
            self.end_reason.as_deref(),
            Some("system_error" | "connection_error")
        );
        if self.outcome_unjoined().is_some() || (broke && talked == Some(false)) {
            return ConversationState::Failed;
        }
        // The summary is made while the call closes, the bill a while later; either says that it is closed.
        let is_billed = !matches!(
            self.billing_status.as_deref(),
            None | Some("BILLING_STATUS_PENDING" | "BILLING_STATUS_UNSPECIFIED")
        );
        if is_billed || self.summary.is_some() || self.short_summary.is_some() {
            ConversationState::Done
        } else {
            ConversationState::Processing
        }
    }

    fn duration_secs(&self) -> u64 {
        let (Some(joined), Some(ended)) = (self.joined, self.ended) else {
            return 0;
        };
        u64::try_from(ended.duration_since(joined).as_secs()).unwrap_or(0)
    }

    /// Why it ended, in the provider's words and the carrier's.
    fn reason(&self) -> Option<String> {
        let reason = self.end_reason.as_deref()?;
        let words = match self.sip_reason() {
            "" | "NORMAL" => reason.to_owned(),
            word => format!("{reason} ({})", word.to_lowercase().replace('_', " ")),
        };
        Some(cut(shown(&words), LONGEST_REASON_BYTES))
    }

    /// What it did cost, where that is nothing: the API tells minutes otherwise, and no money.
    fn cost_usd(&self) -> Option<f64> {
        let is_free = match self.billing_status.as_deref()?.strip_prefix("BILLING_STATUS_")? {
            "REFUNDED" => true,
            status => status.starts_with("FREE_"),
        };
        // The minutes at the carrier are billed from the first ring, and on their own.
        let carried = self.sip_details.billed_duration.as_deref().and_then(seconds);
        (is_free && carried.is_none_or(|secs| secs == 0.0)).then_some(0.0)
    }

    fn results(&mut self, turns: usize) -> CallResults {
        let not_empty = |text: &String| !text.trim().is_empty();
        CallResults {
            summary: self
                .summary
                .take()
                .filter(not_empty)
                .map(|text| cut(text, LONGEST_SUMMARY_BYTES)),
            title: self
                .short_summary
                .take()
                .filter(not_empty)
                .map(|text| cut(text, LONGEST_TITLE_BYTES)),
            termination_reason: self.reason(),
            cost_usd: self.cost_usd(),
            turns: u32::try_from(turns).unwrap_or(u32::MAX),
            ..CallResults::default()
        }
    }

    /// The whole of it, with what was said.
    pub(in crate::ultravox) fn into_conversation(self, said: Transcript) -> Result<Conversation, InvalidId> {
        let state = self.state(Some(person_spoke(&said.turns)));
        let outcome = self.outcome_unjoined().or_else(|| {
            outcome_of(&EndSigns {
                state: &state,
                call_result: None,
                turns: &said.turns,
                voicemail_detected: said.voicemail,
                duration_secs: self.duration_secs(),
                error_code: None,
                error_reason: None,
                termination_reason: None,
            })
        });
        self.assemble(state, outcome, said)
    }

    /// What is known of it without what was said. It has an outcome only where nothing can have been said.
    pub(in crate::ultravox) fn into_progress(self) -> Result<Conversation, InvalidId> {
        let outcome = self.outcome_unjoined();
        let mut state = self.state(None);
        if state.is_over() && outcome.is_none() {
            // Done it is only with its transcript.
            state = ConversationState::Processing;
        }
        self.assemble(state, outcome, Transcript::default())
    }

    fn assemble(
        mut self,
        state: ConversationState,
        outcome: Option<CallOutcome>,
        said: Transcript,
    ) -> Result<Conversation, InvalidId> {
        let failure = self.reason().filter(|_| state == ConversationState::Failed);
        let has_audio = self.recording_enabled && self.joined.is_some() && self.is_over();
        let results = self.results(said.turns.len());
        let (conversation_id, provider_agent_id) = (self.id()?, self.agent()?);
        let (attempt, duration_secs) = (self.attempt(), self.duration_secs());
        let leg = self.medium.into_leg();
        Ok(Conversation {
            conversation_id,
            provider_agent_id,
            attempt,
            state,
            direction: leg.direction,
            started_at: self.created,
            accepted: self.joined.is_some(),
            duration_secs,
            carrier: leg.carrier,
            carrier_call_id: None,
            phone_line_id: leg.line,
            agent_number: leg.agent_number,
            external_number: leg.external_number,
            outcome,
            failure,
            turns: said.turns,
            results,
            has_audio,
        })
    }

    /// A row of a list, or none if it has no id.
    pub(in crate::ultravox) fn into_summary(self) -> Option<ConversationSummary> {
        Some(ConversationSummary {
            conversation_id: self.id().ok()?,
            provider_agent_id: self.agent().ok()?,
            state: self.state(None),
            started_at: self.created,
            duration_secs: self.duration_secs(),
            direction: self.direction(),
        })
    }

    fn direction(self) -> Option<Direction> {
        self.medium.into_leg().direction
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ultravox::wire::message::Message;
    use serde_json::json;

    fn call(fields: &Value) -> CallBody {
        let mut call = json!({ "callId": "11111111-2222-4333-8444-555555555555", "agentId": "a1",
                               "created": "2026-11-20T20:00:00Z", "recordingEnabled": true });
        let (Some(call), Some(fields)) = (call.as_object_mut(), fields.as_object()) else {
            panic!("{fields}")
        };
        call.extend(fields.clone());
        serde_json::from_value(Value::Object(call.clone())).unwrap()
    }

    fn ended(reason: &str, more: &Value) -> CallBody {
        let mut fields = json!({ "joined": "2026-11-20T20:00:10Z", "ended": "2026-11-20T20:00:52.9Z", "endReason": reason,
                                 "billingStatus": "BILLING_STATUS_PENDING" });
        let (Some(all), Some(more)) = (fields.as_object_mut(), more.as_object()) else {
            panic!("{more}")
        };
        all.extend(more.clone());
        call(&fields)
    }

    fn said(messages: &[(&str, &str)]) -> Transcript {
        let mut transcript = Transcript::default();
        for (role, text) in messages {
            let message = json!({ "role": format!("MESSAGE_ROLE_{role}"), "text": text, "toolName": text });
            transcript.add(serde_json::from_value::<Message>(message).unwrap());
        }
        transcript
    }

    const TALK: &[(&str, &str)] = &[("USER", "Hello?"), ("AGENT", "Hi"), ("USER", "Yes")];

    #[test]
    fn the_state_follows_from_the_times_the_bill_and_the_summary() {
        use ConversationState::{Done, Failed, InProgress, Initiated, Processing};
        let cases = [
            (call(&json!({})), Initiated),
            (call(&json!({ "joined": "2026-11-20T20:00:10Z" })), InProgress),
            (ended("hangup", &json!({})), Processing),
            (ended("hangup", &json!({ "billingStatus": null })), Processing),
            (ended("hangup", &json!({ "shortSummary": "Fine" })), Done),
            (ended("agent_hangup", &json!({ "summary": "Fine" })), Done),
            (
                ended("timeout", &json!({ "billingStatus": "BILLING_STATUS_BILLED" })),
                Done,
            ),
            (ended("unjoined", &json!({ "joined": null })), Failed),
            (ended("system_error", &json!({ "joined": null })), Failed),
            (ended("connection_error", &json!({})), Failed),
            (ended("system_error", &json!({ "summary": "Broke" })), Failed),
        ];
        for (call, state) in cases {
            let shown = format!("{call:?}");
            assert_eq!(
                call.into_conversation(Transcript::default()).unwrap().state,
                state,
                "{shown}"
            );
        }
        let broke_in_a_talk = ended("connection_error", &json!({ "summary": "Broke off" }));
        let conversation = broke_in_a_talk.into_conversation(said(TALK)).unwrap();
        assert_eq!(
            (conversation.state, conversation.outcome),
            (Done, Some(CallOutcome::Completed))
        );
    }

    #[test]
    fn a_call_that_nobody_took_is_told_by_its_carrier() {
        use CallOutcome::{Busy, Failed, NoAnswer};
        let cases = [
            ("unjoined", None, NoAnswer),
            ("unjoined", Some("SIP_TERMINATION_NORMAL"), NoAnswer),
            ("unjoined", Some("SIP_TERMINATION_BUSY"), Busy),
            ("unjoined", Some("SIP_TERMINATION_TIMEOUT"), NoAnswer),
            (
                "unjoined",
                Some("SIP_TERMINATION_DESTINATION_UNAVAILABLE"),
                NoAnswer,
            ),
            ("unjoined", Some("SIP_TERMINATION_CANCELED"), NoAnswer),
            ("unjoined", Some("SIP_TERMINATION_INVALID_NUMBER"), Failed),
            ("unjoined", Some("SIP_TERMINATION_REJECTED"), Failed),
            ("unjoined", Some("SIP_TERMINATION_UNKNOWN"), Failed),
            ("unjoined", Some("SIP_TERMINATION_NEW"), Failed),
            ("system_error", None, Failed),
            ("system_error", Some("SIP_TERMINATION_BUSY"), Busy),
            ("connection_error", None, Failed),
            ("agent_hangup", None, NoAnswer),
            ("something_new", None, Failed),
        ];
        for (reason, carrier, outcome) in cases {
            let sip = json!({ "terminationReason": carrier });
            let body = || ended(reason, &json!({ "joined": null, "sipDetails": sip }));
            let asked = body().into_conversation(Transcript::default()).unwrap();
            assert_eq!(asked.outcome, Some(outcome), "{reason} {carrier:?}");
            assert_eq!(
                (asked.duration_secs, asked.accepted, asked.has_audio),
                (0, false, false)
            );
            assert_eq!(body().into_progress().unwrap(), asked, "a webhook tells the same");
        }
        let busy = ended(
            "unjoined",
            &json!({ "joined": null, "sipDetails": { "terminationReason": "SIP_TERMINATION_INVALID_NUMBER" } }),
        );
        assert_eq!(
            busy.into_progress().unwrap().failure.as_deref(),
            Some("unjoined (invalid number)")
        );
    }

    #[test]
    fn a_call_that_was_taken_is_told_by_what_was_said() {
        use CallOutcome::{Completed, Failed, NoAnswer, Voicemail};
        let machine = &[("USER", "Leave a message"), ("TOOL_CALL", "leaveVoicemail")][..];
        let person = &[
            ("USER", "Hello?"),
            ("TOOL_CALL", "leaveVoicemail"),
            ("USER", "I am here"),
        ][..];
        let cases = [
            ("hangup", TALK, Completed),
            ("agent_hangup", machine, Voicemail),
            ("agent_hangup", person, Completed),
            ("timeout", &[][..], Completed),
            ("system_error", &[("USER", "Hello?")][..], Failed),
            ("system_error", TALK, Completed),
        ];
        for (reason, messages, outcome) in cases {
            let billed = json!({ "billingStatus": "BILLING_STATUS_BILLED" });
            let read = ended(reason, &billed).into_conversation(said(messages)).unwrap();
            assert_eq!(read.outcome, Some(outcome), "{reason} {messages:?}");
            assert_eq!(
                (read.duration_secs, read.accepted, read.has_audio),
                (42, true, true)
            );
            let told = ended(reason, &billed).into_progress().unwrap();
            assert_eq!(
                (told.outcome, told.state),
                (None, ConversationState::Processing),
                "{reason}"
            );
        }
        let at_once = ended(
            "hangup",
            &json!({ "ended": "2026-11-20T20:00:10Z", "summary": "-" }),
        );
        let read = at_once.into_conversation(Transcript::default()).unwrap();
        assert_eq!(read.outcome, Some(NoAnswer), "neither a word nor a second");
        let open = ended("hangup", &json!({})).into_conversation(said(TALK)).unwrap();
        assert_eq!(open.outcome, None, "its summary is still to come");
    }

    #[test]
    fn only_what_was_free_has_a_price_that_we_know() {
        let cost = |status: &str, sip: Option<&str>| {
            let body = ended(
                "hangup",
                &json!({ "billingStatus": status, "sipDetails": { "billedDuration": sip } }),
            );
            body.into_conversation(Transcript::default())
                .unwrap()
                .results
                .cost_usd
        };
        assert_eq!(cost("BILLING_STATUS_FREE_MINUTES", None), Some(0.0));
        assert_eq!(
            cost("BILLING_STATUS_FREE_ZERO_EFFECTIVE_DURATION", Some("0s")),
            Some(0.0)
        );
        assert_eq!(cost("BILLING_STATUS_REFUNDED", Some("12s")), None);
        for status in ["BILLING_STATUS_BILLED", "BILLING_STATUS_PENDING", "", "FREE_"] {
            assert_eq!(cost(status, None), None, "{status}");
        }
    }

    #[test]
    fn odd_fields_are_left_out_and_an_odd_id_is_an_error() {
        let odd = call(
            &json!({ "agentId": 7, "agent": [], "created": 7, "joined": {}, "ended": "x", "endReason": [],
            "billingStatus": 1, "metadata": "x", "medium": [], "sipDetails": 7, "summary": {}, "recordingEnabled": "yes" }),
        );
        assert!(!odd.tells_metadata());
        let read = odd.into_conversation(Transcript::default()).unwrap();
        assert_eq!(read.state, ConversationState::Initiated);
        assert_eq!(read.provider_agent_id.as_str(), "no-agent");
        assert_eq!(
            (read.started_at, read.direction, read.attempt),
            (None, None, None)
        );
        assert!(
            call(&json!({ "callId": "../x" }))
                .into_conversation(Transcript::default())
                .is_err()
        );
        assert!(call(&json!({ "agentId": "../x" })).into_progress().is_err());
        let nested = call(
            &json!({ "agentId": null, "agent": { "agentId": "a2", "name": "A" },
            "metadata": { "attempt_id": "call_01kexample000000000000000a", "other": 7 } }),
        );
        assert_eq!(nested.agent().unwrap().as_str(), "a2");
        assert_eq!(
            nested.attempt().unwrap().as_str(),
            "call_01kexample000000000000000a"
        );
    }
}
