//! DynamoDB, S3 and SQS for one machine, in one process, spoken to by the real AWS SDK over 127.0.0.1.
//!
//! Each engine takes a listener and a [`CancellationToken`](tokio_util::sync::CancellationToken), makes its
//! resources from the properties that a CloudFormation template gives them, and can be told to fail. What each
//! is made of, and what it does not do, is in this room's README.
//!
//! This crate knows AWS only; nothing of the product that runs on it.

mod error;
mod faults;
mod identity;
mod listen;
mod meter;

pub mod dynamodb;
pub mod s3;
pub mod sqs;

pub use dynamodb::{DynamoDb, DynamoDbElsewhere, DynamoDbFault, TableStream};
pub use error::EngineError;
pub use faults::{ANY_OPERATION, Faults};
pub use identity::{ACCESS_KEY_ID, ACCOUNT_ID, REGION, SECRET_ACCESS_KEY};
pub use meter::{Meter, Metered, Metering, NOBODY, Usage};
pub use s3::{ObjectCreated, S3};
pub use sqs::{Sqs, SqsElsewhere, SqsFault};
