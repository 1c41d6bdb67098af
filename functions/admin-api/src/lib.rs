//! The HTTP API of the admin site and of scripts.
//!
//! [`router`] is a plain axum router over [`Deps`], so that tests call it without a socket. A handler
//! reaches the store and the providers only through the extractor of a role
//! (`Viewer`, `Operator`, `Admin`): a route that
//! forgets to ask who is there does not compile.
//!
//! [`openapi`] is the document that describes it, made from the same code. The router answers with the copy of it that
//! is kept in `docs`.

#![expect(unused_qualifications, reason = "the macros of utoipa spell paths in full")]

mod answer;
mod api;
mod audit;
mod body;
mod checks;
mod deps;
mod dialling;
mod documented;
mod idempotency;
mod kept;
mod limits;
mod numbers;
mod openapi;
mod paging;
mod path;
mod platforms;
mod retention;
mod roles;
mod route_set;
mod router;
mod routes;
mod search;
mod seen;
mod settling;

pub use deps::Deps;
pub use openapi::openapi;
pub use retention::Retention;
pub use router::router;
