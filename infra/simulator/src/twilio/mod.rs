//! The carrier: numbers that can be called, documents that say what happens then, calls created by API, and the legs of
//! calls that a platform placed through it.
//!
//! What it does was taken from the vendor's documentation and SDK (9.13) as of November 2026. No sound is carried: who
//! is bridged with whom is written down, and each side is played.

mod account;
mod call;
mod callbacks;
mod control;
mod desk;
mod dial;
mod flow;
mod legs;
mod outgoing;
mod recordings;
mod rest;
mod stream;
mod twiml;
mod webhook;
mod xml;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;

pub(crate) use call::{Call, Direction, Status};
pub(crate) use desk::Desk;
pub(crate) use recordings::Recording;
pub(crate) use twiml::SipAddress;
pub use webhook::twilio_signature;

use crate::Platform;
use crate::server::Shared;

/// Account that owns every Twilio leg.
pub const TWILIO_ACCOUNT_SID: &str = "AC00000000000000000000000000000001";
/// What requests to the carrier are signed in with, and its own requests are signed with.
pub const TWILIO_AUTH_TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// A number of the account on which the reception answers.
pub const RECEPTION_NUMBER: &str = "+15005550199";

pub(crate) fn routes(shared: &Shared) -> Router<Shared> {
    let calls = "/2010-04-01/Accounts/{account}/Calls";
    Router::new()
        .route("/2010-04-01/Accounts/{account}", get(account::one))
        .route(&format!("{calls}.json"), get(rest::list).post(rest::create))
        .route(&format!("{calls}/{{call}}"), get(rest::one).post(legs::update))
        .route(
            &format!("{calls}/{{call}}/Recordings.json"),
            get(recordings::of_call),
        )
        .route(
            "/2010-04-01/Accounts/{account}/Recordings/{file}",
            get(recordings::one).delete(recordings::delete),
        )
        .layer(from_fn_with_state(shared.clone(), check_up))
        .merge(control::routes())
}

async fn check_up(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if shared.lock().down.contains(&Platform::Twilio) {
        return (StatusCode::SERVICE_UNAVAILABLE, "upstream connect error").into_response();
    }
    next.run(request).await
}
