//! Plays the voice providers: same wire protocol, scripted callers, a ledger of every dial.
//!
//! What a provider would do over minutes happens here in seconds: every *delay* is divided by the
//! clock factor, while what is reported (lengths of calls, of recordings) is what the script says.
//! A call's state is a function of its record and the time, so a restart loses nothing.

mod clock;
mod config;
mod conversation;
mod dialogue;
mod faults;
mod journal;
mod ledger;
mod recording;
mod refusal;
mod render;
mod routes;
mod scenario;
mod seed;
mod server;
mod state;
mod tools;
mod webhooks;

pub use config::SimulatorConfig;
pub use conversation::{Carrier, Conversation, Phase};
pub use faults::{FaultKind, FaultRule};
pub use ledger::{Dial, Ledger, WebhookCounts};
pub use recording::recording_secs;
pub use scenario::{Behaviour, Scenario, ScenarioRule};
pub use seed::{SAMPLE_AGENT_ID, SAMPLE_SIP_LINE_ID, SAMPLE_TWILIO_LINE_ID};
pub use server::Simulator;
pub use webhooks::signature;
