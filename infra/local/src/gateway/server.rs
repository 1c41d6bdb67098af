//! The gateway's way with a request.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::json;

use super::authorizer::{Authorizer, Denied};
use super::{answer, cors, event, route};
use crate::lambda::{InvokeError, InvokeOutcome, Lambda};
use crate::metering;
use crate::template::ApiSpec;

/// API Gateway's limit on a request's body, in bytes.
const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;
/// API Gateway's limit on the request line and headers together, in bytes.
const MAX_HEAD_BYTES: usize = 10_240;
/// API Gateway's limit on a function's time.
const INTEGRATION: Duration = Duration::from_secs(30);

/// The HTTP API.
pub(crate) struct Gateway {
    pub api: ApiSpec,
    pub authorizer: Option<Authorizer>,
    pub lambda: Lambda,
}

/// Everything that no other route takes goes through the gateway.
pub(crate) fn gateway_routes(gateway: Arc<Gateway>) -> Router {
    Router::new().fallback(handle).with_state(gateway)
}

fn message(status: StatusCode, text: &str) -> Response {
    (status, axum::Json(json!({ "message": text }))).into_response()
}

async fn handle(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let origin = parts
        .headers
        .get(header::ORIGIN)
        .and_then(|v| v.to_str().ok())
        .map(str::to_owned);
    let preflight = parts.method == Method::OPTIONS && gateway.api.cors.is_some();
    let mut response = match preflight {
        true => StatusCode::NO_CONTENT.into_response(),
        false => gateway.answer(&parts, body).await,
    };
    if let Some(spec) = &gateway.api.cors {
        cors::apply(spec, origin.as_deref(), preflight, response.headers_mut());
    }
    response
}

impl Gateway {
    async fn answer(&self, parts: &Parts, body: Body) -> Response {
        if head_bytes(parts) > MAX_HEAD_BYTES {
            return message(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "Request Header Fields Too Large",
            );
        }
        if !event::has_one_good_host(&parts.headers) {
            return message(StatusCode::BAD_REQUEST, "Bad Request");
        }
        let Some(matched) = route::find(&self.api.routes, parts.method.as_str(), parts.uri.path()) else {
            return message(StatusCode::NOT_FOUND, "Not Found");
        };
        metering::request(self.lambda.meter(), &matched.route.function);
        let claims = match self.authorizer.as_ref().filter(|_| matched.route.authorized) {
            None => None,
            Some(authorizer) => {
                let token = parts
                    .headers
                    .get(header::AUTHORIZATION)
                    .and_then(|v| v.to_str().ok());
                match authorizer.verify(token).await {
                    Ok(claims) => Some(claims),
                    Err(denied) => return turn_away(denied),
                }
            }
        };
        let Ok(body) = axum::body::to_bytes(body, MAX_BODY_BYTES).await else {
            // What was not read still is in the connection: nobody may send another request through it.
            let mut refusal = message(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long");
            let close = HeaderValue::from_static("close");
            refusal.headers_mut().insert(header::CONNECTION, close);
            return refusal;
        };
        let event = event::event(parts, &body, &matched, claims.as_ref());
        self.invoke(&matched.route.function, Bytes::from(event.to_string()))
            .await
    }

    async fn invoke(&self, function: &str, event: Bytes) -> Response {
        // A task of its own: the function goes on when the caller leaves or the time is over.
        let (lambda, name) = (self.lambda.clone(), function.to_owned());
        let running = tokio::spawn(async move { lambda.invoke(&name, event).await });
        let broken = || message(StatusCode::BAD_GATEWAY, "Internal Server Error");
        match tokio::time::timeout(INTEGRATION, running).await {
            Err(_) => message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
            Ok(Ok(Ok(InvokeOutcome::Answer(result)))) => answer::answer(&result).unwrap_or_else(broken),
            Ok(Ok(Err(InvokeError::TooLarge { .. }))) => {
                message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
            }
            Ok(Ok(Err(InvokeError::Throttled(_)))) => {
                message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
            }
            Ok(Ok(Ok(InvokeOutcome::Failed(_)) | Err(InvokeError::NotFound(_))) | Err(_)) => broken(),
        }
    }
}

fn head_bytes(parts: &Parts) -> usize {
    let line = parts.method.as_str().len() + parts.uri.to_string().len() + 12;
    parts.headers.iter().fold(line, |sum, (name, value)| {
        sum + name.as_str().len() + value.len() + 4
    })
}

fn turn_away(denied: Denied) -> Response {
    match denied {
        Denied::Unauthorized(reason) => {
            let mut response = message(StatusCode::UNAUTHORIZED, "Unauthorized");
            let challenge = match reason {
                "no token" => "Bearer".to_owned(),
                reason => format!("Bearer scope=\"\" error=\"invalid_token\" error_description=\"{reason}\""),
            };
            if let Ok(challenge) = HeaderValue::from_str(&challenge) {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
            response
        }
        Denied::Forbidden => {
            let mut response = message(StatusCode::FORBIDDEN, "Forbidden");
            let challenge = HeaderValue::from_static("Bearer error=\"insufficient_scope\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            response
        }
    }
}
