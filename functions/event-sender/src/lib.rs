//! Tells the customer's own systems what happened: signed webhooks, tried again until they arrive.
//!
//! What is to be sent lies in the table; a message on the queue only says where to look. So nothing is
//! lost when a message is, or when an invocation dies: once a minute, everything that is due is looked
//! through.

mod attempt;
mod event;
mod retry_after;
mod sender;

pub use event::SenderEvent;
pub use sender::{EventSender, Pace, Summary};
