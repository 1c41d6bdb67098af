//! Inbound calls: where they go, what is known of them while they last, and what is left to do afterwards.

mod book;
mod call;
mod callback;
mod caller_language;
mod faults;
mod reception;
mod route;
mod routing;
mod settings;
mod tool;
mod turn;
mod urgent;

pub use book::{ItemKind, TurnBook};
pub use call::{InboundCall, InboundStage};
pub use callback::{Callback, CallbackOrigin, CallbackStatus};
pub use caller_language::languages_of;
pub use reception::{Intent, Reception, Urgency};
pub use route::{ANONYMOUS, RouteTried};
pub use routing::{RouteAnswer, RouteQuestion, RouteTarget, RoutingConditions, RoutingPlan, RoutingRule};
pub use settings::ReceptionSettings;
pub use tool::{AgentTool, ToolRun};
pub use turn::{KeptTurn, TurnPart, TurnState};
pub use urgent::urgent_word;
