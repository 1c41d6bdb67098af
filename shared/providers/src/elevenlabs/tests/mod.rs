//! The client against a small server that answers as it is told.

mod asking;
mod dialling;
mod finding;
mod samples;
mod server;
