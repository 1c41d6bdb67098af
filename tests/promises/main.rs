//! The eight promises, one test each and named after it, and what follows from them under faults.
//!
//! The functions' own code over the real engines, with a provider in memory and a clock set by hand:
//! every loss and every order can be made here at will. `tests/flows` does the same with processes.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod back_pressure;
mod campaigns;
mod control;
mod costs;
mod dead_letters;
mod eight;
mod evidence;
mod monitoring;
mod waiting;
mod world;
