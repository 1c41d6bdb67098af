//! The client and the platform against a small server that answers as it is told.

mod controlling;
mod dialling;
mod finding;
mod server;
