//! RFC 9457 problem documents: what every error of the HTTP API looks like.

mod code;
mod document;
mod from_errors;

pub use code::ProblemCode;
pub use document::{FieldError, Problem};
