//! `POST /api/agents/{id}/calls` with a medium that the carrier brings.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use switchboard_domain::ProviderId;

use super::times::length;
use super::variables::context;
use crate::TakeCall;
use crate::lenient::lenient;

/// From our answer to the carrier until it has brought the audio.
const JOIN_SECS: f64 = 30.0;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::ultravox) struct JoinBody<'a> {
    template_context: Map<String, Value>,
    metadata: Metadata<'a>,
    medium: Medium,
    join_timeout: String,
}

#[derive(Serialize)]
struct Metadata<'a> {
    attempt_id: &'a str,
}

#[derive(Serialize)]
struct Medium {
    twilio: Map<String, Value>,
}

impl<'a> JoinBody<'a> {
    pub(in crate::ultravox) fn new(request: &'a TakeCall) -> Self {
        let attempt = request.attempt.as_str();
        Self {
            template_context: context(&request.variables, attempt),
            metadata: Metadata { attempt_id: attempt },
            medium: Medium { twilio: Map::new() },
            join_timeout: length(JOIN_SECS),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::ultravox) struct JoinAnswer {
    #[serde(deserialize_with = "lenient")]
    pub call_id: Option<ProviderId>,
    #[serde(deserialize_with = "lenient")]
    pub join_url: Option<String>,
}
