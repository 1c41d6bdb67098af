//! Where a call goes now, as Twilio is told it: the target it is at, or the next one that can take it.

use switchboard_domain::{
    Agent, AgentStatus, Call, CallId, Direction, InboundCall, InboundStage, ProviderKind, ReceptionSettings,
    RouteTarget,
};
use switchboard_providers::twilio::twiml::{Dial, DialTo, Record, Twiml, Verb};
use switchboard_providers::{ApiKeySource, TakeCall, TakenCall};
use switchboard_service::Causes;
use switchboard_store::{InboundUpdate, StoreError, UpdateOutcome};

use super::begin::give_to;
use super::reference::{GOOD_FOR, digest, reference};
use crate::Webhooks;

/// Seconds that an agent at OpenAI may take to answer.
const AGENT_RING_SECS: u32 = 20;
/// Longest message on voicemail, in seconds.
const LONGEST_MESSAGE_SECS: u32 = 180;
/// The receptionist says goodbye first; this is for when it cannot.
const LIMIT_MARGIN_SECS: u32 = 60;
/// Longest answer of a platform that is kept, to be relayed again.
const LONGEST_KEPT: usize = 32 * 1024;

/// What Twilio is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// What we wrote.
    Twiml(Twiml),
    /// What a platform wrote.
    Verbatim(String),
}

impl Told {
    /// It is over.
    pub(super) fn hangup() -> Self {
        Self::Twiml(Twiml::new().then(Verb::Hangup))
    }

    /// The document.
    pub(super) fn document(self) -> String {
        match self {
            Self::Twiml(twiml) => twiml.to_xml(),
            Self::Verbatim(document) => document,
        }
    }
}

/// Where Twilio goes on with a call, and whom it tells.
pub(super) struct Addresses {
    action: String,
    recording: String,
}

impl Addresses {
    /// Those of a call at a target; none: of one whose targets are not known.
    pub(super) fn new(base: &str, call: &CallId, at_target: Option<usize>) -> Self {
        let at = at_target.map_or_else(String::new, |at| format!("&at={at}"));
        Self {
            action: format!("{base}/webhooks/twilio/dial?call={call}{at}"),
            recording: format!("{base}/webhooks/twilio/recording?call={call}"),
        }
    }
}

/// The caller leaves a message.
pub(super) fn voicemail(settings: &ReceptionSettings, language: &str, addresses: &Addresses) -> Twiml {
    Twiml::new()
        .then(Verb::Say {
            text: settings.voicemail_greeting.clone(),
            language: language.to_owned(),
        })
        .then(Verb::Record(Record {
            action: addresses.action.clone(),
            recording_callback: addresses.recording.clone(),
            max_secs: LONGEST_MESSAGE_SECS,
        }))
        .then(Verb::Hangup)
}

impl Webhooks {
    /// What Twilio is told of a call: that it goes to the target it is at, or to the next one that can take it.
    pub(super) async fn tell(
        &self,
        mut inbound: InboundCall,
        mut call: Call,
        base: &str,
    ) -> Result<Told, StoreError> {
        if !inbound.is_open() || inbound.ended_at.is_some() {
            return Ok(Told::hangup());
        }
        let settings = self.store.reception_settings().await?;
        loop {
            let Some(target) = inbound.target().cloned() else {
                return Ok(Told::hangup());
            };
            if let Some(told) = self
                .tell_target(&mut inbound, &call, &target, &settings, base)
                .await?
            {
                return Ok(told);
            }
            if call.direction == Direction::Outbound {
                return Ok(Told::hangup());
            }
            tracing::warn!(call.id = %call.call_id, target = inbound.at_target, "a target cannot take the call");
            (inbound, call) = Box::pin(self.move_on(inbound, call)).await?;
        }
    }

    /// What Twilio is told so that a target has the call; none when it cannot take it.
    async fn tell_target(
        &self,
        inbound: &mut InboundCall,
        call: &Call,
        target: &RouteTarget,
        settings: &ReceptionSettings,
        base: &str,
    ) -> Result<Option<Told>, StoreError> {
        let addresses = Addresses::new(base, &inbound.call_id, Some(inbound.at_target));
        Ok(match target {
            RouteTarget::Agent { agent_id } => match self.store.find_agent(agent_id).await? {
                Some(agent) if agent.status == AgentStatus::Active => {
                    self.tell_agent(inbound, call, &agent, settings, &addresses)
                        .await?
                }
                _ => None,
            },
            RouteTarget::Person {
                phone_number,
                ring_secs,
            } => Some(Told::Twiml(Twiml::new().then(Verb::Dial(Dial {
                to: DialTo::Number(phone_number.as_str().to_owned()),
                action: addresses.action,
                timeout_secs: (*ring_secs).clamp(5, 120),
                time_limit_secs: None,
                recording_callback: settings.record.then_some(addresses.recording),
                // The caller's own number may not be one that we may call with.
                caller_id: inbound.called.as_ref().map(|number| number.as_str().to_owned()),
            })))),
            RouteTarget::Voicemail => {
                self.note_stage(inbound, InboundStage::Answered).await?;
                Some(Told::Twiml(voicemail(settings, &inbound.language, &addresses)))
            }
            RouteTarget::Closed => Some(Told::Twiml(
                Twiml::new()
                    .then(Verb::Say {
                        text: settings.closed_greeting.clone(),
                        language: inbound.language.clone(),
                    })
                    .then(Verb::Hangup),
            )),
        })
    }

    async fn tell_agent(
        &self,
        inbound: &mut InboundCall,
        call: &Call,
        agent: &Agent,
        settings: &ReceptionSettings,
        addresses: &Addresses,
    ) -> Result<Option<Told>, StoreError> {
        if agent.provider == ProviderKind::Openai {
            return self.tell_openai(inbound, settings, addresses).await;
        }
        if let Some(told) = &inbound.told {
            return Ok(Some(Told::Verbatim(told.clone())));
        }
        let number = |number: &Option<switchboard_domain::PhoneNumber>| {
            number
                .as_ref()
                .map_or_else(|| "anonymous".to_owned(), |number| number.as_str().to_owned())
        };
        let request = TakeCall {
            attempt: inbound.call_id.clone(),
            provider_agent_id: agent.provider_agent_id.clone(),
            from: number(&inbound.caller),
            to: number(&inbound.called),
            variables: call.variables.clone(),
        };
        let provider = self.phone.providers.get(agent.provider);
        let taken = tokio::time::timeout(self.phone.patience.platform, provider.take_call(&request)).await;
        let (told, conversation_id) = match taken {
            Ok(Ok(TakenCall::Twiml(document))) => (document, None),
            Ok(Ok(TakenCall::Stream { url, conversation_id })) => {
                // What follows is done when the platform hangs up: at once, if it never was there.
                let then = Verb::Redirect {
                    url: addresses.action.clone(),
                };
                let twiml = Twiml::new().then(Verb::Stream { url }).then(then);
                (twiml.to_xml(), Some(conversation_id))
            }
            Ok(Err(error)) => {
                tracing::warn!(call.id = %call.call_id, error = %Causes(&error), "an agent did not take a call");
                return Ok(None);
            }
            Err(_) => {
                tracing::warn!(call.id = %call.call_id, "an agent did not take a call in time");
                return Ok(None);
            }
        };
        let now = self.clock.now();
        let kept = (told.len() <= LONGEST_KEPT).then(|| told.clone());
        let at_target = inbound.at_target;
        let noted = self
            .store
            .update_inbound(&inbound.call_id, |inbound| {
                if inbound.at_target != at_target {
                    return false;
                }
                inbound.stage = InboundStage::Answered;
                inbound.accepted_at = Some(now);
                inbound.told.clone_from(&kept);
                true
            })
            .await?;
        if let InboundUpdate::Changed(noted) = noted {
            *inbound = *noted;
        }
        if let Some(conversation) = conversation_id {
            self.store
                .update_call(&inbound.call_id, |call| {
                    let is_news = call.conversation_id.as_ref() != Some(&conversation);
                    call.conversation_id = Some(conversation.clone());
                    is_news
                })
                .await?;
        }
        Ok(Some(Told::Verbatim(told)))
    }

    async fn tell_openai(
        &self,
        inbound: &InboundCall,
        settings: &ReceptionSettings,
        addresses: &Addresses,
    ) -> Result<Option<Told>, StoreError> {
        let secrets = self.secrets.get(ProviderKind::Openai);
        let (project, account) = tokio::join!(secrets.entry("project_id"), self.phone.twilio.account());
        let (Some(project), Some(account)) = (project, account) else {
            tracing::error!("an agent at OpenAI cannot be dialled: no project id is set");
            return Ok(None);
        };
        let reference = reference(account.auth_token(), &inbound.call_id, inbound.at_target);
        // One that was used is not good again, though Twilio asks again.
        if inbound.openai_call_id.is_none() {
            let until = self.clock.now().saturating_add(GOOD_FOR);
            let until = until.unwrap_or(jiff::Timestamp::MAX);
            self.store
                .keep_reference(&digest(&reference), &inbound.call_id, until)
                .await?;
        }
        let dial = Dial {
            to: DialTo::Sip {
                address: format!(
                    "sip:{}@{};transport=tls",
                    project.open(),
                    self.phone.openai_sip_host
                ),
                headers: vec![("X-Call-Ref".to_owned(), reference)],
            },
            action: addresses.action.clone(),
            timeout_secs: AGENT_RING_SECS,
            time_limit_secs: Some(settings.longest_call_secs.saturating_add(LIMIT_MARGIN_SECS)),
            recording_callback: settings.record.then(|| addresses.recording.clone()),
            caller_id: None,
        };
        Ok(Some(Told::Twiml(Twiml::new().then(Verb::Dial(dial)))))
    }

    /// Notes how far a call is; never backwards.
    pub(super) async fn note_stage(
        &self,
        inbound: &InboundCall,
        stage: InboundStage,
    ) -> Result<(), StoreError> {
        if inbound.stage < stage {
            let further = |inbound: &mut InboundCall| {
                let is_further = inbound.stage < stage;
                inbound.stage = inbound.stage.max(stage);
                is_further
            };
            self.store.update_inbound(&inbound.call_id, further).await?;
        }
        Ok(())
    }

    /// Gives a call to the next of its targets; when somebody else has done so, it is where they put it.
    pub(super) async fn move_on(
        &self,
        inbound: InboundCall,
        call: Call,
    ) -> Result<(InboundCall, Call), StoreError> {
        let (from, talked) = (inbound.at_target, inbound.attached_at.is_some());
        let moved = self
            .store
            .update_inbound(&inbound.call_id, |inbound| {
                let is_there = inbound.at_target == from && inbound.is_open();
                if is_there {
                    go_to(inbound, from + 1);
                }
                is_there
            })
            .await?;
        let inbound = match moved {
            InboundUpdate::Changed(inbound) | InboundUpdate::Unchanged(inbound) => *inbound,
            InboundUpdate::NotFound => return Ok((inbound, call)),
        };
        let Some(target) = inbound.target().cloned() else {
            return Ok((inbound, call));
        };
        let agent = match &target {
            RouteTarget::Agent { agent_id } => self.store.find_agent(agent_id).await?,
            _ => None,
        };
        let noted = self
            .store
            .update_call(&inbound.call_id, |call| {
                let before = call.clone();
                if let Some(reception) = &mut call.reception {
                    reception.target = target.clone();
                    reception.fell_back = true;
                }
                // Who spoke with the caller stays theirs, though somebody else has them now.
                if agent.is_some() || !talked {
                    give_to(call, agent.as_ref());
                }
                *call != before
            })
            .await?;
        Ok(match noted {
            UpdateOutcome::Changed(call) | UpdateOutcome::Unchanged(call) => (inbound, *call),
            UpdateOutcome::NotFound => (inbound, call),
        })
    }
}

/// Puts a call at a target, as new there.
pub(super) fn go_to(inbound: &mut InboundCall, at_target: usize) {
    inbound.at_target = at_target;
    inbound.stage = InboundStage::Routed;
    inbound.openai_call_id = None;
    inbound.accepted_at = None;
    inbound.attached_at = None;
    inbound.greeted = false;
    inbound.rescues = 0;
    inbound.gave_up = false;
    inbound.told = None;
}
