//! `POST /webhooks/twilio/dial`: what Twilio was told to do is done. Either somebody had the call, or the next has it.

use axum::extract::{Request, State};
use axum::response::Response;
use jiff::SignedDuration;
use switchboard_domain::{Call, Direction, InboundCall, InboundStage, ProviderKind, RouteTarget};
use switchboard_providers::twilio::Form;
use switchboard_providers::twilio::twiml::{Twiml, Verb};
use switchboard_service::{Causes, Problem};
use switchboard_store::{InboundUpdate, StoreError};

use super::leg::Leg;
use super::tell::{Told, go_to};
use super::xml;
use crate::Webhooks;

/// Of a conversation of which its platform does not say whether it took place: one that is shorter than this did not.
const SHORTEST_CONVERSATION: SignedDuration = SignedDuration::from_secs(8);

/// How what Twilio was told to do ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    /// Somebody who was dialled had the call.
    Spoke,
    /// Nobody who was dialled took it.
    NotTaken,
    /// The caller left a message.
    Recorded,
    /// The platform hung up.
    StreamClosed,
}

/// Answers what comes next.
pub(crate) async fn dial(State(webhooks): State<Webhooks>, request: Request) -> Result<Response, Problem> {
    let admitted = webhooks.admit_twilio(request).await?;
    let Some(leg) = Leg::read(&admitted) else {
        webhooks
            .keep_unparsed(
                "twilio",
                &admitted.raw,
                "A request for what comes next names no call.",
            )
            .await;
        return Ok(xml(Twiml::new().then(Verb::Hangup).to_xml()));
    };
    let at = admitted
        .query
        .number("at")
        .and_then(|at| usize::try_from(at).ok());
    let next = webhooks.next(&leg, done(&admitted.form), at);
    let told = match tokio::time::timeout(webhooks.phone.patience.answer, next).await {
        Ok(Ok(told)) => told,
        Ok(Err(error)) => {
            tracing::error!(call.id = %leg.call_id, error = %Causes(&error), "what comes next of a call is not known");
            webhooks.after_a_stumble(&leg, &admitted.form)
        }
        Err(_) => {
            tracing::error!(call.id = %leg.call_id, "what comes next of a call was not known in time");
            webhooks.after_a_stumble(&leg, &admitted.form)
        }
    };
    Ok(xml(told.document()))
}

fn done(form: &Form) -> Done {
    match form.get("DialCallStatus") {
        Some("completed" | "answered") => Done::Spoke,
        Some(_) => Done::NotTaken,
        None if form.has("RecordingUrl") || form.has("RecordingSid") => Done::Recorded,
        None => Done::StreamClosed,
    }
}

impl Webhooks {
    async fn next(&self, leg: &Leg, done: Done, at: Option<usize>) -> Result<Told, StoreError> {
        let (mut inbound, mut call) = match self.store.find_inbound(&leg.call_id).await? {
            Some(inbound) => match self.store.find_call(&leg.call_id).await? {
                Some(call) => (inbound, call),
                None => return Ok(Told::hangup()),
            },
            // The tables did not answer when it came in.
            None if leg.is_inbound => {
                let (call, inbound) = Box::pin(self.begin(leg)).await?;
                (inbound, call)
            }
            None => return Ok(Told::hangup()),
        };
        if inbound.call_sid != leg.call_sid {
            tracing::warn!(call.id = %leg.call_id, "a leg of another call asked what comes next");
            return Ok(Told::hangup());
        }
        if done == Done::Recorded {
            self.note_voicemail(&inbound).await?;
            return Ok(Told::hangup());
        }
        // The caller has gone, or the call is ours and its agent was all there is.
        let is_over = leg.state.is_some_and(|state| state.is_over()) || call.direction == Direction::Outbound;
        if is_over {
            return Ok(Told::hangup());
        }
        // The same question again, after it has been answered.
        let is_repeat = at.is_some_and(|at| at < inbound.at_target);
        if !is_repeat {
            if self.had_it(&inbound, &call, done).await {
                self.note_stage(&inbound, InboundStage::Answered).await?;
                return Ok(Told::hangup());
            }
            (inbound, call) = Box::pin(self.move_on(inbound, call)).await?;
        }
        Box::pin(self.tell(inbound, call, &leg.base)).await
    }

    /// Whether whoever was to have the call had it.
    async fn had_it(&self, inbound: &InboundCall, call: &Call, done: Done) -> bool {
        let at_openai = call.provider == Some(ProviderKind::Openai)
            && matches!(inbound.target(), Some(RouteTarget::Agent { .. }));
        match done {
            Done::Recorded => true,
            Done::NotTaken => false,
            // OpenAI may answer, and the agent may never speak, or fall silent.
            Done::Spoke if at_openai => inbound.attached_at.is_some() && !inbound.gave_up,
            Done::Spoke => true,
            Done::StreamClosed => match self.was_joined(call).await {
                Some(joined) => joined,
                None => {
                    let took = inbound.accepted_at.map(|at| self.clock.now().duration_since(at));
                    took.is_some_and(|took| took >= SHORTEST_CONVERSATION)
                }
            },
        }
    }

    /// Whether the platform of a call had the caller; none when it does not say.
    async fn was_joined(&self, call: &Call) -> Option<bool> {
        let provider = self.phone.providers.get(call.provider?);
        let asked = provider.get_conversation(call.conversation_id.as_ref()?);
        let shown = tokio::time::timeout(self.phone.patience.platform, asked).await;
        shown.ok()?.ok()?.map(|conversation| conversation.accepted)
    }

    /// A message was left: if the tables did not answer before, voicemail was the last resort.
    async fn note_voicemail(&self, inbound: &InboundCall) -> Result<(), StoreError> {
        if matches!(inbound.target(), Some(RouteTarget::Voicemail)) {
            return self.note_stage(inbound, InboundStage::Answered).await;
        }
        let moved = self
            .store
            .update_inbound(&inbound.call_id, |inbound| {
                if !inbound.is_open() || matches!(inbound.target(), Some(RouteTarget::Voicemail)) {
                    return false;
                }
                let known = inbound
                    .targets
                    .iter()
                    .position(|target| *target == RouteTarget::Voicemail);
                let at = known.unwrap_or(inbound.targets.len());
                if known.is_none() {
                    inbound.targets.push(RouteTarget::Voicemail);
                }
                go_to(inbound, at);
                inbound.stage = InboundStage::Answered;
                true
            })
            .await?;
        if let InboundUpdate::Changed(_) = moved {
            self.store
                .update_call(&inbound.call_id, |call| {
                    let before = call.clone();
                    if let Some(reception) = &mut call.reception {
                        reception.target = RouteTarget::Voicemail;
                        reception.fell_back = true;
                    }
                    super::begin::give_to(call, None);
                    *call != before
                })
                .await?;
        }
        Ok(())
    }

    /// What Twilio is told when the tables do not answer in the middle of a call: a caller whom nobody has taken yet
    /// leaves a message.
    fn after_a_stumble(&self, leg: &Leg, form: &Form) -> Told {
        match done(form) {
            Done::NotTaken if leg.is_inbound => self.last_resort(leg, false),
            _ => Told::hangup(),
        }
    }
}
