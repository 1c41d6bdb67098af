//! S3: `s3s` for the wire protocol and the signatures, over a small store of our own in plain files.

mod backend;
mod bucket;
mod checksums;
mod conditions;
mod cors;
mod engine;
mod events;
mod front;
mod keys;
mod listing;
mod multipart;
mod object;
mod read;
mod write;

pub use engine::S3;
pub use events::ObjectCreated;
