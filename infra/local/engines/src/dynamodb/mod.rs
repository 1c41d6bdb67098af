//! DynamoDB: the `dynoxide` engine over one SQLite file, behind a thin layer that injects faults.

mod capacity;
mod definition;
mod elsewhere;
mod engine;
mod fault;
mod front;
mod stream;
mod tables;

pub use elsewhere::DynamoDbElsewhere;
pub use engine::DynamoDb;
pub use fault::DynamoDbFault;
pub use stream::TableStream;
