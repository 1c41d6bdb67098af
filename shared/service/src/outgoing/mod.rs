//! Requests to addresses that customers gave us: public ones only, signed as Standard Webhooks.

mod post;
mod resolver;
mod signature;

pub use post::{Answer, Bounds, Poster};
pub use signature::{InvalidSecret, sign};
