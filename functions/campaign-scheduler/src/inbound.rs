//! Calls on the carrier's line that nobody looks after: their agent's receptionist is gone, or the carrier's last word
//! was lost. None stays silent, and none stays open.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use switchboard_domain::{
    Call, CallFacts, CallId, CallOrigin, CallOutcome, CallStatus, Direction, Ending, InboundCall, RouteTarget,
};
use switchboard_providers::openai::OpenAi;
use switchboard_providers::twilio::twiml::{Twiml, Verb};
use switchboard_providers::twilio::{Twilio, TwilioCallState};
use switchboard_providers::{EndedCall, ProviderError};
use switchboard_reconcile::{
    CarrierHeard, CarrierWord, apply_conversation, has_platform, hear_carrier, settle_ended,
};
use switchboard_service::Causes;
use switchboard_store::{CallFilter, InboundUpdate, StoreError};

use crate::tick::Scheduler;

/// How long after it was taken somebody must be on the sideband of a call.
const ATTACHED_WITHIN: SignedDuration = SignedDuration::from_secs(15);
/// How long after somebody has left it may be for the carrier to say that the call is over.
const LEAVING: SignedDuration = SignedDuration::from_secs(5);
/// How long somebody who is put on it has until the next look.
const RESCUE: SignedDuration = SignedDuration::from_secs(20);
/// How often somebody else is put on it before its agent is given up.
const MOST_RESCUES: u32 = 3;
/// How long whoever heard of the end has to write it.
const ENDING: SignedDuration = SignedDuration::from_secs(10);
/// How long a platform may take to tell of a call by itself.
const PLATFORM_TELLS: SignedDuration = SignedDuration::from_secs(20);
/// After this nobody waits for the platform any more.
const GIVEN_UP: SignedDuration = SignedDuration::from_mins(15);
/// After this nobody waits for a conclusion any more.
const CONCLUSION_GIVEN_UP: SignedDuration = SignedDuration::from_mins(30);
/// A call that is younger need not be asked for.
const YOUNG: SignedDuration = SignedDuration::from_secs(30);
/// Longer than the carrier lets any call last.
const LONGEST_CALL: SignedDuration = SignedDuration::from_hours(5);
/// A call that the carrier does not know after this is over.
const UNKNOWN_FOR: SignedDuration = SignedDuration::from_mins(10);
/// A conclusion that takes longer is asked for again.
const CONCLUDED_WITHIN: SignedDuration = SignedDuration::from_mins(2);
/// Calls looked at for a conclusion that is missing.
const MOST: u32 = 200;

/// The carrier, and the platform whose calls we hold ourselves.
#[derive(Clone)]
pub struct PhoneLines {
    /// The carrier.
    pub twilio: Twilio,
    /// Where OpenAI's agents speak.
    pub openai: OpenAi,
}

/// A call that could not be looked after now.
#[derive(Debug, thiserror::Error)]
enum NotLookedAfter {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

impl Scheduler {
    /// Looks after calls on the carrier's line; answers how many were brought further. The carrier is asked for all of
    /// them only when `asks` says so.
    pub(crate) async fn look_after_phone(&self, asks: bool) -> Result<u64, StoreError> {
        let Some(phone) = &self.phone else {
            return Ok(0);
        };
        // First: whoever is asked for a conclusion below has a while to write it.
        let mut helped = match asks {
            true => self.conclude_left().await?,
            false => 0,
        };
        for inbound in self.store.open_inbound_calls().await? {
            match self.look_after_call(phone, &inbound, asks).await {
                Ok(further) => helped += u64::from(further),
                Err(error) => {
                    tracing::warn!(call.id = %inbound.call_id, error = %Causes(&error), "a call could not be looked after");
                }
            }
        }
        Ok(helped)
    }

    async fn look_after_call(
        &self,
        phone: &PhoneLines,
        inbound: &InboundCall,
        asks: bool,
    ) -> Result<bool, NotLookedAfter> {
        let now = self.clock.now();
        if let Some(ended_at) = inbound.ended_at {
            return match now.duration_since(ended_at) < ENDING {
                true => Ok(false),
                false => self.end(inbound, ended_at, now).await,
            };
        }
        let is_left = is_left(inbound, now);
        let may_be_over = asks && now.duration_since(inbound.began_at) > YOUNG;
        if !is_left && !may_be_over {
            return Ok(false);
        }
        if let Some(word) = self.carriers_word(phone, inbound, now).await? {
            let heard = hear_carrier(&self.store, &inbound.call_id, &word, now).await?;
            return Ok(heard != CarrierHeard::Before);
        }
        match is_left {
            true => self.rescue(phone, inbound, now).await,
            false => Ok(false),
        }
    }

    /// What the carrier says of a call that is over; none: it is still on the line, as far as anybody knows.
    async fn carriers_word(
        &self,
        phone: &PhoneLines,
        inbound: &InboundCall,
        now: Timestamp,
    ) -> Result<Option<CarrierWord>, ProviderError> {
        let age = now.duration_since(inbound.began_at);
        let over = |state, duration_secs, answered_by| CarrierWord {
            state,
            sequence: None,
            duration_secs,
            answered_by,
        };
        let gone = over(TwilioCallState::Completed, None, None);
        match phone.twilio.call(&inbound.call_sid).await {
            Ok(Some(call)) if call.state.is_over() => {
                Ok(Some(over(call.state, call.duration_secs, call.answered_by)))
            }
            Ok(None) if age > UNKNOWN_FOR => Ok(Some(gone)),
            Err(_) if age > LONGEST_CALL => Ok(Some(gone)),
            Ok(_) => Ok(None),
            // Nobody knows: what is silent is given to somebody all the same.
            Err(error) if is_left(inbound, now) => {
                tracing::warn!(call.id = %inbound.call_id, error = %Causes(&error), "the carrier could not be asked");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Puts somebody else on the sideband of a call that nobody holds, or gives its agent up.
    async fn rescue(
        &self,
        phone: &PhoneLines,
        inbound: &InboundCall,
        now: Timestamp,
    ) -> Result<bool, NotLookedAfter> {
        let id = &inbound.call_id;
        let until = now.saturating_add(RESCUE).unwrap_or(Timestamp::MAX);
        let noted = self
            .store
            .update_inbound(id, |inbound| {
                if !is_left(inbound, now) {
                    return false;
                }
                inbound.held_until = Some(until);
                inbound.gave_up |= inbound.rescues >= MOST_RESCUES;
                inbound.rescues = inbound.rescues.saturating_add(1);
                true
            })
            .await?;
        let InboundUpdate::Changed(inbound) = noted else {
            return Ok(false);
        };
        if inbound.gave_up {
            tracing::error!(call.id = %id, "nobody can hold a call: its agent is given up");
            self.give_up(phone, &inbound).await?;
            return Ok(true);
        }
        tracing::warn!(call.id = %id, rescue = inbound.rescues, "nobody holds a call: somebody is put on it");
        let hold = json!({ "hold": { "call_id": id, "generation": inbound.generation + 1 } });
        self.store.functions().start_receptionist(&hold).await?;
        Ok(true)
    }

    /// Ends the agent's part, so that the next target has the caller. A call that even then goes on is ended.
    async fn give_up(&self, phone: &PhoneLines, inbound: &InboundCall) -> Result<(), ProviderError> {
        if inbound.rescues > MOST_RESCUES + 2 {
            phone.twilio.end_call(&inbound.call_sid).await?;
            return Ok(());
        }
        let ended = match &inbound.openai_call_id {
            Some(openai_call) => phone.openai.hangup(openai_call).await,
            None => Ok(EndedCall::NotLive),
        };
        if matches!(ended, Ok(EndedCall::Ended)) {
            return Ok(());
        }
        // Its leg at the carrier is still there: the carrier is told itself.
        let at = inbound.at_target;
        let url = format!(
            "{}/webhooks/twilio/dial?call={}&at={at}",
            inbound.public_url, inbound.call_id
        );
        let twiml = Twiml::new().then(Verb::Redirect { url });
        phone.twilio.redirect(&inbound.call_sid, &twiml).await.map(drop)
    }

    /// Brings a call to its end of which the carrier said that it is over, and nobody wrote it.
    async fn end(
        &self,
        inbound: &InboundCall,
        ended_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, NotLookedAfter> {
        let id = &inbound.call_id;
        let Some(call) = self.store.find_call(id).await? else {
            return Ok(self.store.end_inbound(id, None, now).await?);
        };
        if call.status.is_final() || !has_platform(&call, inbound) {
            settle_ended(&self.store, inbound, ended_at, now).await?;
            return Ok(true);
        }
        let waited = now.duration_since(ended_at);
        if waited < PLATFORM_TELLS {
            return Ok(false);
        }
        let told = self.ask_platform(&call, now).await;
        if waited < GIVEN_UP {
            return told;
        }
        // The platform never had it, or does not tell: what the carrier knows is what there is.
        if !told.unwrap_or(false) {
            self.store
                .functions()
                .start_receptionist(&json!({ "conclude": id }))
                .await?;
            self.store.end_inbound(id, None, now).await?;
        }
        Ok(true)
    }

    /// Asks the platform for a conversation; answers whether that ended the call.
    async fn ask_platform(&self, call: &Call, now: Timestamp) -> Result<bool, NotLookedAfter> {
        let (Some(kind), Some(agent)) = (call.provider, &call.provider_agent_id) else {
            return Ok(false);
        };
        let provider = self.providers.get(kind);
        let shown = match &call.conversation_id {
            Some(id) => provider.get_conversation(id).await?,
            None => {
                provider
                    .find_conversation(&call.call_id, agent, call.created_at)
                    .await?
            }
        };
        let Some(conversation) = shown else {
            return Ok(false);
        };
        apply_conversation(&self.store, &call.call_id, &conversation, now).await?;
        match self.store.find_call(&call.call_id).await? {
            Some(call) if call.status.is_final() => {
                self.store.end_inbound(&call.call_id, None, now).await?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Has calls concluded whose line is free and whose conclusion never came; in the end without one.
    async fn conclude_left(&self) -> Result<u64, StoreError> {
        let now = self.clock.now();
        let filter = CallFilter {
            status: Some(CallStatus::InProgress),
            direction: Some(Direction::Inbound),
            oldest_first: true,
            ..CallFilter::default()
        };
        let mut helped = 0;
        for call in self.store.list_calls(&filter, None, MOST).await?.items {
            if call.origin != CallOrigin::Reception {
                continue;
            }
            let inbound = self.store.find_inbound(&call.call_id).await?;
            let ended_at = match &inbound {
                Some(inbound) if inbound.is_open() => continue,
                Some(inbound) => inbound.ended_at.unwrap_or(inbound.began_at),
                None => call.created_at,
            };
            let since = now.duration_since(ended_at);
            if since < CONCLUDED_WITHIN {
                continue;
            }
            helped += 1;
            if since < CONCLUSION_GIVEN_UP {
                let conclude = json!({ "conclude": call.call_id });
                self.store.functions().start_receptionist(&conclude).await?;
            } else {
                self.end_without_conclusion(&call.call_id, inbound.as_ref(), now)
                    .await?;
            }
        }
        Ok(helped)
    }

    async fn end_without_conclusion(
        &self,
        id: &CallId,
        inbound: Option<&InboundCall>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        tracing::error!(call.id = %id, "a call ends without its conclusion");
        let facts = CallFacts {
            duration_secs: inbound.and_then(|inbound| inbound.duration_secs),
            failure: Some("Summary and intent could not be found out.".to_owned()),
            ..CallFacts::default()
        };
        let ending = Ending::Ended {
            outcome: CallOutcome::Completed,
            facts: Box::new(facts),
        };
        self.store.finish_call(id, &ending, now).await.map(drop)
    }
}

/// Whether an agent at OpenAI has a call and nobody is on its sideband.
fn is_left(inbound: &InboundCall, now: Timestamp) -> bool {
    let (Some(_), Some(accepted_at)) = (&inbound.openai_call_id, inbound.accepted_at) else {
        return false;
    };
    // Somebody whom the agent put the caller through to has no sideband.
    let has_agent = matches!(inbound.target(), Some(RouteTarget::Agent { .. }));
    if !has_agent || !inbound.is_open() || inbound.ended_at.is_some() {
        return false;
    }
    match inbound.held_until {
        // Whoever leaves at the end says so; the carrier's word on it comes a moment later.
        Some(until) => now.duration_since(until) >= LEAVING,
        None => now.duration_since(accepted_at) >= ATTACHED_WITHIN,
    }
}

#[cfg(test)]
mod tests {
    use switchboard_domain::{AgentId, InboundStage, ProviderId};

    use super::*;

    #[test]
    fn a_call_is_left_when_nobody_came_or_whoever_held_it_is_gone() {
        let at = |secs| Timestamp::from_second(secs).unwrap();
        let id = CallId::derived(&["left"]);
        let targets = vec![
            RouteTarget::Agent {
                agent_id: AgentId::derived(&["left"]),
            },
            RouteTarget::Voicemail,
        ];
        let mut inbound = InboundCall::fresh(id, "CA".to_owned(), targets, String::new(), at(0));
        assert!(!is_left(&inbound, at(1_000)), "no agent at OpenAI has it");
        inbound.openai_call_id = Some(ProviderId::parse("rtc_1").unwrap());
        inbound.accepted_at = Some(at(10));
        inbound.stage = InboundStage::Accepted;
        assert!(!is_left(&inbound, at(24)) && is_left(&inbound, at(25)));
        inbound.held_until = Some(at(60));
        assert!(!is_left(&inbound, at(64)) && is_left(&inbound, at(65)));
        inbound.at_target = 1;
        assert!(!is_left(&inbound, at(65)), "it was put through");
        inbound.at_target = 0;
        inbound.ended_at = Some(at(61));
        assert!(!is_left(&inbound, at(62)));
    }
}
