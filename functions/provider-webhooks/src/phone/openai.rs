//! `POST /webhooks/openai`: a call waits at OpenAI. It is taken when it is one that we sent there.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use http::HeaderMap;
use serde_json::{Value, json};
use switchboard_domain::{
    Agent, Call, CallId, InboundCall, InboundStage, ProviderId, ProviderKind, RouteTarget, WebhookResult,
};
use switchboard_providers::EndedCall;
use switchboard_providers::openai::{IncomingCall, OpenAiWebhook, SessionCall, SessionConfig};
use switchboard_service::{Causes, Problem};
use switchboard_store::{Claim, InboundUpdate, KeptAnswer, StoreError};

use super::reference::digest;
use crate::Webhooks;
use crate::http::admit;

/// Largest body that is read: a call waiting is told in two kilobytes.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// Under whose name calls at OpenAI are claimed.
const CLAIMED_BY: &str = "openai-calls";

/// The caller's side declines: it is none of ours.
const DECLINED: u16 = 603;
/// The call is over already.
const GONE: u16 = 486;

/// What became of a call that waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// The agent has it.
    Accepted,
    /// It was sent away.
    Rejected,
    /// It was gone, or taken and given up again: the carrier goes on elsewhere.
    Failed,
    /// It was told before.
    Repeated,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Repeated => "repeated",
        }
    }
}

/// Takes the call, or sends it away, and answers when that is done.
pub(crate) async fn openai(
    State(webhooks): State<Webhooks>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let raw = match to_bytes(body, MAX_BODY_BYTES).await {
        Ok(raw) => raw,
        Err(_) => return Err(Problem::too_large(MAX_BODY_BYTES as u64)),
    };
    admit(&webhooks, ProviderKind::Openai, &headers, &raw).await?;
    let (answer, result) = match OpenAiWebhook::parse(&raw) {
        Ok(OpenAiWebhook::Incoming(waiting)) => match webhooks.decide(&waiting).await {
            Ok(Outcome::Repeated) => (Outcome::Repeated.as_str(), WebhookResult::Repeated),
            Ok(outcome) => (outcome.as_str(), WebhookResult::Applied),
            Err(error) => {
                tracing::error!(error = %Causes(&error), "nobody knows what is to become of a call that waits");
                webhooks
                    .measure(ProviderKind::Openai, WebhookResult::Failed, None)
                    .await;
                return Err(Problem::unavailable());
            }
        },
        Ok(OpenAiWebhook::Other { .. }) => ("ignored", WebhookResult::Ignored),
        Err(error) => {
            webhooks.keep_unparsed("openai", &raw, &error.to_string()).await;
            ("unparsed", WebhookResult::Unparsed)
        }
    };
    webhooks.measure(ProviderKind::Openai, result, None).await;
    Ok(Json(json!({ "status": answer })))
}

/// Our call that waits, and who is to have it.
struct Wanted {
    call: Call,
    inbound: InboundCall,
    agent: Agent,
    session: SessionConfig,
}

impl Webhooks {
    async fn decide(&self, waiting: &IncomingCall) -> Result<Outcome, StoreError> {
        let now = self.clock.now();
        // Once, however often it is told, under whatever id of a webhook.
        let key = waiting.call_id.as_str();
        match self
            .store
            .claim_idempotency_key(CLAIMED_BY, key, key, now)
            .await?
        {
            Claim::New => {}
            Claim::Running | Claim::Answered(_) | Claim::OtherRequest => return Ok(Outcome::Repeated),
        }
        let outcome = Box::pin(self.take(waiting)).await?;
        let answer = KeptAnswer {
            status: 200,
            body: outcome.as_str().to_owned(),
            content_type: "text/plain".to_owned(),
        };
        if let Err(error) = self.store.keep_answer(CLAIMED_BY, key, &answer).await {
            // A repeat finds the reference used.
            tracing::warn!(error = %Causes(&error), "that a call was decided could not be kept");
        }
        Ok(outcome)
    }

    async fn take(&self, waiting: &IncomingCall) -> Result<Outcome, StoreError> {
        let now = self.clock.now();
        let ours = match &waiting.reference {
            Some(reference) => self.store.take_reference(&digest(reference), now).await?,
            None => None,
        };
        let Some(id) = ours else {
            tracing::warn!("a call that we did not send waited at OpenAI; it was sent away");
            return Ok(self.reject(waiting, DECLINED).await);
        };
        let wanted = match Box::pin(self.wanted(&id)).await? {
            Ok(wanted) => wanted,
            Err(status) => return Ok(self.reject(waiting, status).await),
        };
        match self.phone.openai.accept(&waiting.call_id, &wanted.session).await {
            Ok(EndedCall::Ended) => {}
            Ok(EndedCall::NotLive | EndedCall::NotPickedUp | EndedCall::NotPossible) => {
                tracing::warn!(call.id = %id, "a call was gone before it could be taken");
                return Ok(Outcome::Failed);
            }
            Err(error) => {
                // Without an answer nobody knows: a call that was taken and that nobody speaks in would stay silent.
                tracing::error!(call.id = %id, error = %Causes(&error), "a call could not be taken");
                self.hang_up(&id, &waiting.call_id).await;
                return Ok(Outcome::Failed);
            }
        }
        match self.hand_over(&wanted, &waiting.call_id).await {
            Ok(true) => Ok(Outcome::Accepted),
            Ok(false) => {
                self.hang_up(&id, &waiting.call_id).await;
                Ok(Outcome::Failed)
            }
            Err(error) => {
                tracing::error!(call.id = %id, error = %Causes(&error), "nobody could be put on a call that was taken");
                self.hang_up(&id, &waiting.call_id).await;
                Ok(Outcome::Failed)
            }
        }
    }

    /// Our call, if its agent is to have it now; else the SIP status that it is sent away with.
    async fn wanted(&self, id: &CallId) -> Result<Result<Wanted, u16>, StoreError> {
        let (call, inbound, settings) = tokio::try_join!(
            self.store.find_call(id),
            self.store.find_inbound(id),
            self.store.reception_settings()
        )?;
        let (Some(call), Some(inbound)) = (call, inbound) else {
            return Ok(Err(DECLINED));
        };
        let is_over = call.status.is_final() || !inbound.is_open() || inbound.ended_at.is_some();
        if is_over || inbound.openai_call_id.is_some() {
            return Ok(Err(GONE));
        }
        let Some(RouteTarget::Agent { agent_id }) = inbound.target() else {
            return Ok(Err(DECLINED));
        };
        let (agent, tools) =
            tokio::try_join!(self.store.find_agent(agent_id), self.store.agent_tools(agent_id))?;
        let Some(agent) = agent.filter(|agent| agent.provider == ProviderKind::Openai) else {
            return Ok(Err(DECLINED));
        };
        let special = SessionCall::of(&call, &inbound.language, self.clock.now());
        let session = match SessionConfig::of(&agent, &settings, &tools, &special) {
            Ok(session) => session,
            Err(error) => {
                tracing::error!(call.id = %id, agent.id = %agent.agent_id, %error, "an agent cannot be used");
                return Ok(Err(DECLINED));
            }
        };
        Ok(Ok(Wanted {
            call,
            inbound,
            agent,
            session,
        }))
    }

    /// Notes that the agent has the call, and puts a receptionist on it; false when it is over meanwhile.
    async fn hand_over(&self, wanted: &Wanted, openai_call: &ProviderId) -> Result<bool, StoreError> {
        let (id, now) = (&wanted.call.call_id, self.clock.now());
        let at_target = wanted.inbound.at_target;
        let noted = self
            .store
            .update_inbound(id, |inbound| {
                let is_there =
                    inbound.is_open() && inbound.ended_at.is_none() && inbound.at_target == at_target;
                if is_there {
                    inbound.openai_call_id = Some(openai_call.clone());
                    inbound.accepted_at = Some(now);
                    inbound.stage = inbound.stage.max(InboundStage::Accepted);
                }
                is_there
            })
            .await?;
        let InboundUpdate::Changed(inbound) = noted else {
            return Ok(false);
        };
        let hold = json!({ "hold": { "call_id": id, "generation": inbound.generation + 1 } });
        let noting = self.store.update_call(id, |call| {
            let before = call.clone();
            call.conversation_id.get_or_insert_with(|| openai_call.clone());
            call.provider = Some(wanted.agent.provider);
            call.agent_id = Some(wanted.agent.agent_id.clone());
            call.provider_agent_id = Some(wanted.agent.provider_agent_id.clone());
            *call != before
        });
        let starting = self.store.functions().start_receptionist(&hold);
        let (noted, started) = tokio::join!(noting, starting);
        if let Err(error) = noted {
            // The call goes on all the same, and is found by the record beside it.
            tracing::warn!(call.id = %id, error = %Causes(&error), "which conversation a call is could not be noted");
        }
        started.map(|()| true)
    }

    async fn reject(&self, waiting: &IncomingCall, sip_status: u16) -> Outcome {
        if let Err(error) = self.phone.openai.reject(&waiting.call_id, sip_status).await {
            // It rings out there, and the carrier goes on elsewhere.
            tracing::warn!(error = %Causes(&error), "a call that waits could not be sent away");
        }
        Outcome::Rejected
    }

    /// Ends a call at OpenAI, so that the carrier goes on elsewhere.
    async fn hang_up(&self, id: &CallId, openai_call: &ProviderId) {
        let given_up = self.store.update_inbound(id, |inbound| {
            let is_news = !inbound.gave_up;
            inbound.gave_up = true;
            is_news
        });
        let (given_up, hung_up) = tokio::join!(given_up, self.phone.openai.hangup(openai_call));
        if let Err(error) = given_up {
            tracing::warn!(call.id = %id, error = %Causes(&error), "that an agent was given up could not be noted");
        }
        if let Err(error) = hung_up {
            tracing::error!(call.id = %id, error = %Causes(&error), "a call could not be hung up at OpenAI");
        }
    }
}
