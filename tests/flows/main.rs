//! Whole flows on the local runner, against the simulator.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod auto_pause;
mod campaign;
mod campaigns;
mod control;
mod ending;
mod events;
mod events_out;
mod inbound;
mod live;
mod logs;
mod openai;
mod opting_out;
mod recovery;
mod restart;
mod security;
mod uploads;
