//! Inbound calls: where they go, what is known of them while they last, and what is left to do afterwards.

mod book;
mod call;
mod callback;
mod reception;
mod routing;
mod settings;
mod tool;
mod turn;

pub use book::{ItemKind, TurnBook};
pub use call::{InboundCall, InboundStage};
pub use callback::{Callback, CallbackOrigin, CallbackStatus};
pub use reception::{Intent, Reception, Urgency};
pub use routing::{RouteAnswer, RouteQuestion, RouteTarget, RoutingConditions, RoutingPlan, RoutingRule};
pub use settings::ReceptionSettings;
pub use tool::{AgentTool, ToolRun};
pub use turn::{KeptTurn, TurnPart, TurnState};
