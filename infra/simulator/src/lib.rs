//! Plays the voice providers: same wire protocol, scripted callers, a ledger of every dial.
//!
//! What a provider would do over minutes happens here in seconds: every *delay* is divided by the
//! clock factor, while what is reported (lengths of calls, of recordings) is what the script says.
//! A call's state is a function of its record and the time, so a restart loses nothing.

mod clock;
mod config;
mod conversation;
mod dialogue;
mod elevenlabs;
mod faults;
mod journal;
mod ledger;
mod openai;
mod platform;
mod query;
mod recording;
mod routes;
mod scenario;
mod script;
mod server;
mod sim;
mod state;
mod talk;
mod tools;
mod twilio;
mod ultravox;

pub use config::SimulatorConfig;
pub use conversation::{Carrier, Conversation, Phase};
pub use elevenlabs::seed::{SAMPLE_AGENT_ID, SAMPLE_SIP_LINE_ID, SAMPLE_TWILIO_LINE_ID};
pub use elevenlabs::webhooks::signature;
pub use faults::{FaultKind, FaultRule};
pub use ledger::{Dial, Ledger, PlatformCounts, WebhookCounts};
pub use openai::{OPENAI_API_KEY, OPENAI_PROJECT_ID, OPENAI_WEBHOOK_SECRET, openai_signature};
pub use platform::Platform;
pub use recording::recording_secs;
pub use scenario::{Behaviour, Scenario, ScenarioRule};
pub use server::Simulator;
pub use talk::{CallScenario, ScriptTurn, SignatureFault, Speaker, ToolUse, Turns, TwilioFaults};
pub use twilio::{RECEPTION_NUMBER, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, twilio_signature};
pub use ultravox::{
    EndReason, ULTRAVOX_SAMPLE_AGENT_ID, ULTRAVOX_SPANISH_AGENT_ID, UltravoxCall, ultravox_recording_secs,
    ultravox_signature,
};
