//! The carrier's API, for the legs of calls that a platform placed through it.
//!
//! What it does was taken from the vendor's documentation and SDK (9.13) as of November 2026.

mod account;
mod legs;

use axum::Router;
use axum::routing::{get, post};

use crate::server::Shared;

/// Account that owns every Twilio leg.
pub const TWILIO_ACCOUNT_SID: &str = "AC00000000000000000000000000000001";

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/2010-04-01/Accounts/{account}", get(account::one))
        .route("/2010-04-01/Accounts/{account}/Calls/{call}", post(legs::update))
}
