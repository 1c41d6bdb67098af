//! API Gateway's HTTP API: routes, authorizer, CORS and limits, in front of the functions.

mod answer;
mod authorizer;
mod cors;
mod event;
pub(crate) mod route;
mod server;

pub(crate) use authorizer::Authorizer;
pub use event::event_of;
pub(crate) use server::{Gateway, gateway_routes};
