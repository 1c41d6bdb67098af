//! The routes, and who is let in.

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use http::HeaderMap;
use serde_json::{Value, json};
use switchboard_providers::elevenlabs::webhook::{SIGNATURE_HEADER, SignatureError};
use switchboard_service::{Causes, Problem, ProblemCode};

use crate::Webhooks;
use crate::tools::do_not_call;

/// Largest body that is read: more than Lambda lets through.
pub const MAX_BODY_BYTES: usize = 6 * 1024 * 1024;

const NOT_SIGNED: &str = "The signature is missing, too old, or does not fit the body. Check that the webhook's \
                          secret is the one set here, and that both clocks are right.";

/// The routes of the webhooks and of the tools.
pub fn router(webhooks: Webhooks) -> Router {
    Router::new()
        .route("/webhooks/elevenlabs", post(elevenlabs))
        .route("/tools/do-not-call", post(do_not_call))
        .method_not_allowed_fallback(async || {
            Problem::new(
                ProblemCode::MethodNotAllowed,
                "Webhooks and tools are sent with POST.",
            )
        })
        .fallback(async || Problem::not_found("webhook"))
        .with_state(webhooks)
}

async fn elevenlabs(
    State(webhooks): State<Webhooks>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let raw = match to_bytes(body, MAX_BODY_BYTES).await {
        Ok(raw) => raw,
        Err(_) => return Err(Problem::too_large(MAX_BODY_BYTES as u64)),
    };
    admit(&webhooks, &headers, &raw).await?;
    // The sender counts exactly 200 as delivered.
    let state = webhooks.receive(raw).await?;
    Ok(Json(json!({ "status": state })))
}

/// Lets in what is signed with one of our secrets, over the bytes as they came.
async fn admit(webhooks: &Webhooks, headers: &HeaderMap, raw: &[u8]) -> Result<(), Problem> {
    let Some(header) = headers
        .get(SIGNATURE_HEADER)
        .and_then(|value| value.to_str().ok())
    else {
        tracing::warn!("a webhook without a signature was turned away");
        return Err(Problem::unauthorized(NOT_SIGNED));
    };
    match webhooks.secrets.verify_webhook(header, raw).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            match error {
                SignatureError::NoSecret => tracing::error!(%error, "a webhook could not be checked"),
                _ => tracing::warn!(%error, "a webhook was turned away"),
            }
            Err(Problem::unauthorized(NOT_SIGNED))
        }
        // Not the sender's fault: it is to send it again.
        Err(error) => {
            tracing::error!(error = %Causes(&error), "the webhook secrets could not be read");
            Err(Problem::unavailable())
        }
    }
}
