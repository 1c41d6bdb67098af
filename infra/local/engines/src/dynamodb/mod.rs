//! DynamoDB: the `dynoxide` engine over one SQLite file, behind a thin layer that injects faults.

mod definition;
mod engine;
mod fault;
mod front;
mod tables;

pub use engine::DynamoDb;
pub use fault::DynamoDbFault;
