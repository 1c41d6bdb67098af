//! The routes, and who is let in.

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use http::HeaderMap;
use serde_json::{Value, json};
use switchboard_domain::{ProviderKind, WebhookResult};
use switchboard_providers::SignatureError;
use switchboard_service::{Causes, Problem, ProblemCode};

use crate::tools::do_not_call;
use crate::{Webhooks, phone};

/// Largest body that is read: more than Lambda lets through.
pub const MAX_BODY_BYTES: usize = 6 * 1024 * 1024;

const NOT_SIGNED: &str = "The signature is missing, too old, or does not fit the body. Check that the webhook's \
                          secret is the one set here, and that both clocks are right.";

/// The routes of the webhooks and of the tools.
pub fn router(webhooks: Webhooks) -> Router {
    Router::new()
        .route("/webhooks/{provider}", post(of_a_provider))
        .route("/webhooks/openai", post(phone::openai))
        .route("/webhooks/twilio/voice", post(phone::voice))
        .route("/webhooks/twilio/dial", post(phone::dial))
        .route("/webhooks/twilio/status", post(phone::status))
        .route("/webhooks/twilio/recording", post(phone::recording))
        .route("/webhooks/twilio/amd", post(phone::amd))
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

async fn of_a_provider(
    State(webhooks): State<Webhooks>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let provider = ProviderKind::parse(&provider).ok_or_else(|| Problem::not_found("webhook"))?;
    let raw = match to_bytes(body, MAX_BODY_BYTES).await {
        Ok(raw) => raw,
        Err(_) => return Err(Problem::too_large(MAX_BODY_BYTES as u64)),
    };
    admit(&webhooks, provider, &headers, &raw).await?;
    // ElevenLabs counts exactly 200 as delivered, Ultravox any success.
    let state = webhooks.receive(provider, raw).await?;
    Ok(Json(json!({ "status": state })))
}

/// Lets in what is signed with one of our secrets, over the bytes as they came.
pub(crate) async fn admit(
    webhooks: &Webhooks,
    provider: ProviderKind,
    headers: &HeaderMap,
    raw: &[u8],
) -> Result<(), Problem> {
    match webhooks.secrets.get(provider).verify_webhook(headers, raw).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            match error {
                SignatureError::NoSecret => {
                    tracing::error!(provider = provider.as_str(), %error, "a webhook could not be checked")
                }
                _ => tracing::warn!(provider = provider.as_str(), %error, "a webhook was turned away"),
            }
            webhooks.measure(provider, WebhookResult::Refused, None).await;
            Err(Problem::unauthorized(NOT_SIGNED))
        }
        // Not the sender's fault: it is to send it again.
        Err(error) => {
            tracing::error!(error = %Causes(&error), "the webhook secrets could not be read");
            Err(Problem::unavailable())
        }
    }
}
