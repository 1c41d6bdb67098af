//! The rules, and decisions compared with a plain reading of windows, rules and zones.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod decisions;
mod properties;
mod reference;
mod rules;
mod year;
