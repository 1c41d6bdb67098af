//! `POST /webhooks/twilio/voice`: somebody calls, or somebody whom we called has answered.

use axum::extract::{Request, State};
use axum::response::Response;
use switchboard_domain::{
    CallEvent, CallStatus, Direction, InboundCall, ProviderKind, ReceptionSettings, RouteTarget,
};
use switchboard_providers::twilio::twiml::{Twiml, Verb};
use switchboard_service::{Causes, Problem};
use switchboard_store::{InboundUpdate, StoreError, UpdateOutcome};

use super::leg::Leg;
use super::tell::{Addresses, Told, voicemail};
use super::xml;
use crate::Webhooks;

/// Answers where a call goes. Twilio always has an answer in time: where nothing else can be had, voicemail.
pub(crate) async fn voice(State(webhooks): State<Webhooks>, request: Request) -> Result<Response, Problem> {
    let admitted = webhooks.admit_twilio(request).await?;
    let Some(leg) = Leg::read(&admitted) else {
        webhooks
            .keep_unparsed(
                "twilio",
                &admitted.raw,
                "A request for what to do with a call names no call.",
            )
            .await;
        return Ok(xml(Twiml::new().then(Verb::Hangup).to_xml()));
    };
    let is_ours = admitted.query.has("call");
    let answer = async {
        match is_ours {
            true => webhooks.answer_ours(&leg).await,
            false => webhooks.answer_caller(&leg).await,
        }
    };
    let told = match tokio::time::timeout(webhooks.phone.patience.answer, answer).await {
        Ok(Ok(told)) => told,
        failed => {
            match failed {
                Ok(Err(error)) => {
                    tracing::error!(call.id = %leg.call_id, error = %Causes(&error), "a call could not be routed")
                }
                _ => tracing::error!(call.id = %leg.call_id, "a call was not routed in time"),
            }
            webhooks.last_resort(&leg, is_ours)
        }
    };
    Ok(xml(told.document()))
}

impl Webhooks {
    /// Where a call goes that somebody makes to us.
    async fn answer_caller(&self, leg: &Leg) -> Result<Told, StoreError> {
        let (call, inbound) = Box::pin(self.begin(leg)).await?;
        Box::pin(self.tell(inbound, call, &leg.base)).await
    }

    /// What becomes of a call of ours that was answered.
    async fn answer_ours(&self, leg: &Leg) -> Result<Told, StoreError> {
        let Some(inbound) = self.begin_ours(leg).await? else {
            tracing::warn!(call.id = %leg.call_id, "a call was answered that is none of ours, or is over");
            return Ok(Told::hangup());
        };
        let by = inbound.answered_by.as_deref().unwrap_or_default();
        if by.starts_with("machine") || by == "fax" || inbound.ended_at.is_some() {
            return Ok(Told::hangup());
        }
        let now = self.clock.now();
        let confirmed = self
            .store
            .update_call(&leg.call_id, |call| {
                let before = call.clone();
                let event = match call.status {
                    CallStatus::NotPlaced => CallEvent::FoundLive,
                    _ => CallEvent::Confirmed,
                };
                if let Ok(status) = call.status.after(event) {
                    call.status = status;
                }
                call.carrier_call_id.get_or_insert_with(|| leg.call_sid.clone());
                call.started_at = call.started_at.or(Some(now));
                *call != before
            })
            .await?;
        match confirmed {
            UpdateOutcome::Changed(call) | UpdateOutcome::Unchanged(call) => {
                Box::pin(self.tell(inbound, *call, &leg.base)).await
            }
            UpdateOutcome::NotFound => Ok(Told::hangup()),
        }
    }

    /// What is known of a call of ours beside the call, begun where it is not yet; none when it is not ours, or over.
    pub(super) async fn begin_ours(&self, leg: &Leg) -> Result<Option<InboundCall>, StoreError> {
        let Some(call) = self.store.find_call(&leg.call_id).await? else {
            return Ok(None);
        };
        let is_ours = call.direction == Direction::Outbound && call.provider == Some(ProviderKind::Openai);
        let is_leg = call
            .carrier_call_id
            .as_ref()
            .is_none_or(|sid| *sid == leg.call_sid);
        let (Some(agent_id), true) = (
            call.agent_id.clone(),
            is_ours && is_leg && !call.status.is_final(),
        ) else {
            return Ok(None);
        };
        if self.store.find_inbound(&leg.call_id).await?.is_none() {
            // Empty: the agent's own language.
            let (language, targets) = (String::new(), vec![RouteTarget::Agent { agent_id }]);
            let (id, sid) = (leg.call_id.clone(), leg.call_sid.clone());
            let mut inbound = InboundCall::fresh(id, sid, targets, language, self.clock.now());
            inbound.called = leg.called();
            inbound.caller = leg.caller();
            inbound.public_url.clone_from(&leg.base);
            self.store.create_inbound(&inbound).await?;
        }
        let known = self
            .store
            .update_inbound(&leg.call_id, |inbound| {
                let before = inbound.clone();
                if inbound.public_url.is_empty() {
                    inbound.public_url.clone_from(&leg.base);
                }
                if inbound.call_sid.is_empty() {
                    inbound.call_sid.clone_from(&leg.call_sid);
                }
                if leg.answered_by.is_some() {
                    inbound.answered_by.clone_from(&leg.answered_by);
                }
                *inbound != before
            })
            .await?;
        Ok(match known {
            InboundUpdate::Changed(inbound) | InboundUpdate::Unchanged(inbound) => {
                Some(*inbound).filter(|inbound| inbound.call_sid == leg.call_sid)
            }
            InboundUpdate::NotFound => None,
        })
    }

    /// What Twilio is told when the tables do not answer: the caller leaves a message, which is found again by the
    /// recording; a person whom we called hears nothing for nothing.
    pub(super) fn last_resort(&self, leg: &Leg, is_ours: bool) -> Told {
        if is_ours {
            return Told::hangup();
        }
        let settings = ReceptionSettings::default();
        let addresses = Addresses::new(&leg.base, &leg.call_id, None);
        Told::Twiml(voicemail(&settings, &settings.language, &addresses))
    }
}
