//! Ultravox, as one account of it answers: `/api/…`, key in `X-API-Key`.

mod account;
mod agents;
mod body;
mod call;
mod calls;
mod control;
mod delivery;
mod dial;
mod medium;
mod messages;
mod mustache;
mod page;
mod refusal;
mod render;
mod seed;
mod template;
mod voices;
mod wav;
mod webhooks;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use subtle::ConstantTimeEq;

pub(crate) use account::Account;
pub(crate) use call::EVENTS;
pub use call::{EndReason, UltravoxCall};
pub(crate) use control::{cut, join_call};
pub(crate) use delivery::schedule as schedule_events;
pub use delivery::ultravox_signature;
pub use seed::{ULTRAVOX_SAMPLE_AGENT_ID, ULTRAVOX_SPANISH_AGENT_ID};
pub(crate) use wav::Wav;
pub use wav::ultravox_recording_secs;

use self::refusal::Refusal;
use crate::Platform;
use crate::server::Shared;

/// What this room plays.
const ULTRAVOX: Platform = Platform::Ultravox;

pub(crate) fn routes(shared: &Shared) -> Router<Shared> {
    Router::new()
        .merge(account::routes())
        .merge(agents::routes())
        .merge(dial::routes())
        .merge(calls::routes())
        .merge(voices::routes())
        .merge(webhooks::routes())
        .layer(from_fn_with_state(shared.clone(), check_key))
        .merge(calls::open_routes())
        .merge(voices::open_routes())
        .merge(control::routes())
}

async fn check_key(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let given = request.headers().get("x-api-key").cloned();
    let good = {
        let state = shared.lock();
        if state.down.contains(&ULTRAVOX) {
            // From a machine in front of the provider, so in none of its shapes.
            return (StatusCode::SERVICE_UNAVAILABLE, "upstream connect error").into_response();
        }
        let right = state.ultravox.api_key.as_bytes();
        given.map(|key| bool::from(key.as_bytes().ct_eq(right)))
    };
    let detail = match good {
        Some(true) => return next.run(request).await,
        Some(false) => "Invalid API key.",
        None => "Authentication credentials were not provided.",
    };
    Refusal::detail(StatusCode::UNAUTHORIZED, detail).into_response()
}

/// A random UUID, version 4.
fn new_id() -> String {
    let bits = rand::random::<u128>();
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

#[cfg(test)]
mod tests {
    use super::new_id;

    #[test]
    fn an_id_is_a_random_uuid() {
        let id = new_id();
        assert_eq!((id.len(), &id[14..15]), (36, "4"), "{id}");
        assert!("89ab".contains(&id[19..20]), "{id}");
        assert_ne!(id, new_id());
    }
}
