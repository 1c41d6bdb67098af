//! The client against a small server that answers as it is told.

mod agents;
mod asking;
mod dialling;
mod finding;
mod platform;
mod samples;
mod server;
