//! SQS: the `rustack` engine, behind a thin layer that holds the limits it does not, lets standard queues carry
//! group ids, moves dead letters back and injects faults.

mod attributes;
mod core;
mod elsewhere;
mod engine;
mod fault;
mod front;
mod limits;
mod message;
mod moves;
mod side_notes;

pub use elsewhere::SqsElsewhere;
pub use engine::Sqs;
pub use fault::SqsFault;
pub use message::{Depth, Message, MessageAttribute, QueueRef};
