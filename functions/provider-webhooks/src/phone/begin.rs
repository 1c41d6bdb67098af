//! A call that comes in, written down before anybody is told where it goes.

use switchboard_domain::{
    Agent, Call, CallOrigin, CallStatus, Carrier, Direction, InboundCall, Reception, RouteAnswer,
    RouteQuestion, RouteTarget, RoutingPlan,
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
            status: CallStatus::InProgress,
            carrier: Some(Carrier::Twilio),
            phone_number: leg.caller(),
            carrier_call_id: Some(leg.call_sid.clone()),
            started_at: Some(now),
            reception: Some(reception),
            ..Call::new(
                leg.call_id.clone(),
                Direction::Inbound,
                CallOrigin::Reception,
                now,
            )
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
