//! `Idempotency-Key`: a repeated request is answered as the first one was.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use sha2::{Digest, Sha256};
use switchboard_service::{Problem, ProblemCode};
use switchboard_store::{Claim, KeptAnswer};

use crate::api::{AppState, NotKept};
use crate::limits::MAX_BODY_BYTES;
use crate::roles;

/// Longest key.
const MAX_KEY: usize = 255;
/// Longest answer that is kept: an item of the table holds 400 KB.
const MAX_KEPT_BYTES: usize = 300_000;

/// The key of a request; handlers derive ids from it.
#[derive(Clone)]
pub(crate) struct IdempotencyKey(String);

impl IdempotencyKey {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn of(headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        let Some(value) = headers.get("idempotency-key") else {
            return Ok(None);
        };
        match value.to_str() {
            Ok(key) if (1..=MAX_KEY).contains(&key.len()) => Ok(Some(Self(key.to_owned()))),
            _ => Err(Problem::invalid_field(
                "idempotency-key",
                format!("the header has 1 to {MAX_KEY} visible ASCII characters"),
            )),
        }
    }
}

/// Lets a POST with a key happen once. Only answers of success are kept: whatever was refused
/// changed nothing and may be sent again, and whatever broke may be sent again because handlers
/// derive their ids from the key.
pub(crate) async fn once(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if request.method() != Method::POST {
        return Ok(next.run(request).await);
    }
    let Some(key) = IdempotencyKey::of(request.headers())? else {
        return Ok(next.run(request).await);
    };
    let (mut parts, body) = request.into_parts();
    let caller = roles::caller(&parts.extensions)?;
    let body = to_bytes(body, MAX_BODY_BYTES)
        .await
        .map_err(|_| Problem::too_large(MAX_BODY_BYTES as u64))?;

    let digest = digest(&parts.method, parts.uri.path(), &body);
    match state.claim(&caller, &key, &digest).await? {
        Claim::New => {}
        Claim::Answered(answer) => return Ok(replayed(answer)),
        Claim::Running => {
            let problem = Problem::new(
                ProblemCode::InProgress,
                "Wait a moment, then send it again to get its answer.",
            );
            return Err(problem.with_retry_after(2));
        }
        Claim::OtherRequest => {
            return Err(Problem::new(
                ProblemCode::IdempotencyMismatch,
                "Send a new request under a new key, or the old request exactly as it was.",
            ));
        }
    }
    parts.extensions.insert(key.clone());
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        state.settle(&caller, &key, None).await;
        return Err(Problem::unavailable());
    };
    let may_keep = parts.extensions.get::<NotKept>().is_none();
    let kept = kept(parts.status, &parts.headers, &bytes).filter(|_| may_keep);
    state.settle(&caller, &key, kept.as_ref()).await;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn digest(method: &Method, path: &str, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in [method.as_str().as_bytes(), path.as_bytes(), body] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

fn kept(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Option<KeptAnswer> {
    if !status.is_success() || body.len() > MAX_KEPT_BYTES {
        return None;
    }
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    Some(KeptAnswer {
        status: status.as_u16(),
        body: std::str::from_utf8(body).ok()?.to_owned(),
        content_type: content_type.to_owned(),
    })
}

fn replayed(answer: KeptAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    match HeaderValue::from_str(&answer.content_type) {
        Ok(kind) if !kind.is_empty() => drop(headers.insert(CONTENT_TYPE, kind)),
        _ => drop(headers.remove(CONTENT_TYPE)),
    }
    headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    response
}
