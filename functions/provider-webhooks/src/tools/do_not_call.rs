//! `POST /tools/do-not-call`: the person of this call does not want to be called again.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use http::HeaderMap;
use serde::{Deserialize, Deserializer, Serialize};
use switchboard_domain::{Call, CallId, OptOutWay, PhoneNumber, ProviderId};
use switchboard_service::{Causes, Problem};
use switchboard_store::{OptedOut, StoreError};

use super::signature::is_admitted;
use crate::Webhooks;

/// Largest body that is read.
const MAX_BODY_BYTES: usize = 64 * 1024;

const NOT_ADMITTED: &str = "Send the tool secret in x-switchboard-tool-secret, or sign the body with it. Check that \
                            the secret at the provider is the one set here.";
const DONE: &str = "I have taken your number off our lists. We will not call you again.";
const NOTED: &str = "I have noted that you do not want to be called. We will not call you again.";

/// Which call, as the provider fills it in. What is empty is left out; anything else in it is passed over.
#[derive(Debug, Deserialize)]
struct Asked {
    /// The provider's id of the conversation.
    #[serde(default, deserialize_with = "filled")]
    conversation_id: Option<String>,
    /// Our id of the call.
    #[serde(default, deserialize_with = "filled")]
    attempt_id: Option<String>,
    /// The person's number: it only confirms the call's, and is never believed.
    #[serde(default, deserialize_with = "filled")]
    phone_number: Option<String>,
}

fn filled<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(value)?;
    Ok(text
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty()))
}

/// What the agent is told.
#[derive(Debug, Serialize)]
pub(crate) struct Told {
    /// `done`: the number is on the list. `noted`: it will be as soon as the call is known here.
    result: &'static str,
    /// A sentence that the agent can say.
    say: &'static str,
}

/// Takes the wish of the person of a call. The same request again changes nothing.
pub(crate) async fn do_not_call(
    State(webhooks): State<Webhooks>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Told>, Problem> {
    let raw = match to_bytes(body, MAX_BODY_BYTES).await {
        Ok(raw) => raw,
        Err(_) => return Err(Problem::too_large(MAX_BODY_BYTES as u64)),
    };
    admit(&webhooks, &headers, &raw).await?;
    let asked: Asked = serde_json::from_slice(&raw).map_err(|_| {
        Problem::invalid(
            "Send JSON with conversation_id, or attempt_id, as text. Look at the tool's body parameters at the \
             provider.",
        )
    })?;
    webhooks.take_wish(&asked).await.map(Json)
}

async fn admit(webhooks: &Webhooks, headers: &HeaderMap, raw: &[u8]) -> Result<(), Problem> {
    let now = webhooks.clock.now();
    let check = |secrets: &[_]| is_admitted(secrets, headers, raw, now);
    match webhooks.secrets.check_tool(check).await {
        Ok(true) => Ok(()),
        Ok(false) => {
            tracing::warn!("a tool's request was turned away");
            Err(Problem::unauthorized(NOT_ADMITTED))
        }
        Err(error) => {
            tracing::error!(error = %Causes(&error), "the tool secrets could not be read");
            Err(Problem::unavailable())
        }
    }
}

impl Webhooks {
    async fn take_wish(&self, asked: &Asked) -> Result<Told, Problem> {
        let now = self.clock.now();
        let conversation = parsed(
            "conversation_id",
            asked.conversation_id.as_deref(),
            ProviderId::parse,
        )?;
        let attempt = parsed("attempt_id", asked.attempt_id.as_deref(), CallId::parse)?;
        let number = parsed("phone_number", asked.phone_number.as_deref(), PhoneNumber::parse)?;
        if conversation.is_none() && attempt.is_none() {
            let wrong =
                "send the conversation's id: at ElevenLabs the dynamic variable system__conversation_id";
            return Err(Problem::invalid_field("conversation_id", wrong));
        }
        let call = self.call_of(attempt.as_ref(), conversation.as_ref()).await?;
        let Some(call) = call else {
            // An inbound call is known only when it is over, a call of ours perhaps in a second.
            let Some(conversation) = conversation else {
                return Err(Problem::not_found("call"));
            };
            self.store
                .note_opt_out_wish(&conversation, now)
                .await
                .map_err(Problem::from)?;
            return Ok(Told {
                result: "noted",
                say: NOTED,
            });
        };
        if !call.takes_wishes(now) {
            return Err(Problem::conflict(
                "The call is not in progress and ended more than a day ago. Add the number to the do-not-call list by \
                 hand.",
            ));
        }
        if number.is_some() && number != call.phone_number {
            let wrong = "is not the number of this call: leave it out, the call's own is taken";
            return Err(Problem::invalid_field("phone_number", wrong));
        }
        match self
            .store
            .opt_out_of_call(&call, OptOutWay::Tool, now)
            .await
            .map_err(Problem::from)?
        {
            OptedOut::Now { .. } | OptedOut::Before => Ok(Told {
                result: "done",
                say: DONE,
            }),
            OptedOut::NoNumber => Err(Problem::conflict(
                "The call has no phone number: it was begun on a page, and nobody can be called back.",
            )),
        }
    }

    /// The call that is meant: by our own id, else by its conversation.
    async fn call_of(
        &self,
        attempt: Option<&CallId>,
        conversation: Option<&ProviderId>,
    ) -> Result<Option<Call>, StoreError> {
        if let Some(attempt) = attempt
            && let Some(call) = self.store.find_call(attempt).await?
        {
            return Ok(Some(call));
        }
        match conversation {
            Some(conversation) => self.store.find_call_by_conversation(conversation).await,
            None => Ok(None),
        }
    }
}

fn parsed<T, E: std::fmt::Display>(
    field: &'static str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, Problem> {
    text.map(parse)
        .transpose()
        .map_err(|error| Problem::invalid_field(field, error.to_string()))
}
