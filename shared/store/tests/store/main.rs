//! The store over the local engines: what must hold whoever races, repeats or breaks off.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod harness;

mod adding_up;
mod claims;
mod contacts;
mod dialling;
mod finishing;
mod inbound;
mod leases;
mod live_calls;
mod live_turns;
mod measuring;
mod opting_out;
mod paging;
mod queueing;
mod reception;
mod recipients;
mod report;
mod sweeps;
mod transcripts;
mod webhooks;
