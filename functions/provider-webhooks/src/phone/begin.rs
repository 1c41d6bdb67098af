//! A call that comes in, written down before anybody is told where it goes.

use switchboard_domain::{
    Agent, Call, CallOrigin, CallResults, CallStatus, Carrier, Direction, DynamicVariables, InboundCall,
    Reception, Recording, RouteAnswer, RouteQuestion, RouteTarget, RoutingPlan,
};
use switchboard_store::{Begun, StoreError};

use super::leg::Leg;
use crate::Webhooks;

impl Webhooks {
    /// Writes a call that came in, with where it is to go. The same call again is answered as it is now.
    pub(super) async fn begin(&self, leg: &Leg) -> Result<(Call, InboundCall), StoreError> {
        let now = self.clock.now();
        let (rules, settings) =
            tokio::try_join!(self.store.routing_rules(), self.store.reception_settings())?;
        let plan = RoutingPlan {
            rules: &rules,
            settings: &settings,
        };
        let answer = plan.route(&RouteQuestion {
            called: leg.called(),
            caller: leg.caller(),
            at: now,
        });
        let first = answer.targets.first().cloned().unwrap_or(RouteTarget::Voicemail);
        let agent = match &first {
            RouteTarget::Agent { agent_id } => self.store.find_agent(agent_id).await?,
            _ => None,
        };
        let call = self.new_call(leg, &answer, first, agent.as_ref());
        let id = leg.call_id.clone();
        let mut inbound = InboundCall::fresh(id, leg.call_sid.clone(), answer.targets, answer.language, now);
        inbound.called = leg.called();
        inbound.caller = leg.caller();
        inbound.public_url.clone_from(&leg.base);
        match self.store.begin_inbound(&call, &inbound).await? {
            Begun::New => {
                tracing::info!(call.id = %call.call_id, "a call came in");
                Ok((call, inbound))
            }
            Begun::Before(call, inbound) => Ok((*call, *inbound)),
        }
    }

    fn new_call(&self, leg: &Leg, answer: &RouteAnswer, first: RouteTarget, agent: Option<&Agent>) -> Call {
        let now = self.clock.now();
        let mut reception = Reception::fresh(leg.called(), first);
        reception.rule_id.clone_from(&answer.rule_id);
        reception.rule_name.clone_from(&answer.rule_name);
        reception.caller_name.clone_from(&leg.caller_name);
        let mut call = Call {
            call_id: leg.call_id.clone(),
            status: CallStatus::InProgress,
            direction: Direction::Inbound,
            origin: CallOrigin::Reception,
            provider: None,
            agent_id: None,
            provider_agent_id: None,
            phone_line_id: None,
            carrier: Some(Carrier::Twilio),
            phone_number: leg.caller(),
            campaign_id: None,
            recipient_id: None,
            attempt: 1,
            variables: DynamicVariables::new(),
            conversation_id: None,
            carrier_call_id: Some(leg.call_sid.clone()),
            ringing_timeout_secs: 0,
            first_message: None,
            max_attempts: None,
            created_at: now,
            enqueued_at: None,
            due_at: None,
            dial_before: None,
            placing_at: None,
            hours: None,
            reserved_micros: None,
            started_at: Some(now),
            ended_at: None,
            duration_secs: None,
            failure: None,
            provider_request_id: None,
            hung_up_at: None,
            asked_at: None,
            answer_ms: None,
            results: CallResults::default(),
            results_complete: false,
            disclosure: None,
            reception: Some(reception),
            recording: Recording::default(),
            handled: false,
            erased_at: None,
            updated_at: now,
            version: 1,
        };
        give_to(&mut call, agent);
        call
    }
}

/// Notes which agent has a call; none: a person or voicemail.
pub(super) fn give_to(call: &mut Call, agent: Option<&Agent>) {
    call.provider = agent.map(|agent| agent.provider);
    call.agent_id = agent.map(|agent| agent.agent_id.clone());
    call.provider_agent_id = agent.map(|agent| agent.provider_agent_id.clone());
}
