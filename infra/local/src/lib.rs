//! Runs `template.yaml` on one machine: the AWS services that the product uses, in one process,
//! and each function's real binary as a process per execution environment.
//!
//! Nothing here knows what the functions do. What the template lacks does not exist.

mod any_hour;
pub mod client;
mod clock;
mod command;
mod config;
mod control;
mod gateway;
mod logs;
mod metering;
mod pages;
mod rehearsal;
mod runner;
mod secrets;
mod sockets;
mod sources;

pub mod border;
pub mod lambda;
pub mod oidc;
pub mod sample;
pub mod template;

pub use any_hour::any_hour;
pub use command::Command;
pub use config::{LocalConfig, StartError};
pub use gateway::event_of;
pub use logs::Logs;
pub use metering::Meters;
pub use rehearsal::{FaultCounts, FaultPlan, InvalidFaultPlan, KillPlan};
pub use runner::{Endpoints, Local};
pub use sources::{Mapping, MappingState, Mappings};
pub use switchboard_local_engines as engines;
