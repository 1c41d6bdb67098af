//! Lambda: each function's real binary as one process per execution environment.

mod api;
mod environment;
mod function;
mod invoke;
mod process;
mod service;

pub use function::{Function, Running};
pub use invoke::{InvokeError, InvokeOutcome, MAX_ASYNC_BYTES, MAX_SYNC_BYTES};
pub use service::Lambda;

pub(crate) use api::runtime_routes;
pub(crate) use environment::Environment;
