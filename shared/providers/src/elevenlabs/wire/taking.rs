//! `POST /v1/convai/twilio/register-call`.

use serde::Serialize;

use super::dial::ClientData;
use crate::TakeCall;

#[derive(Serialize)]
pub(in crate::elevenlabs) struct RegisterBody<'a> {
    agent_id: &'a str,
    from_number: &'a str,
    to_number: &'a str,
    direction: &'static str,
    conversation_initiation_client_data: ClientData<'a>,
}

impl<'a> From<&'a TakeCall> for RegisterBody<'a> {
    fn from(request: &'a TakeCall) -> Self {
        Self {
            agent_id: request.provider_agent_id.as_str(),
            from_number: &request.from,
            to_number: &request.to,
            direction: "inbound",
            conversation_initiation_client_data: ClientData::new(&request.attempt, &request.variables),
        }
    }
}
