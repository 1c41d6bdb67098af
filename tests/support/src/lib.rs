//! What tests of the store and of functions stand on.
//!
//! [`TestStore`] is a real [`Store`](switchboard_store::Store) over the local engines, with the tables
//! of `template.yaml`, on ports of its own and in a folder of its own. [`records`] has records that
//! are complete and plain, to be changed where a test cares. [`Actor`] sends requests to a router as
//! somebody with a role.
//!
//! Whatever goes wrong here fails the test by panicking.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "for tests only: a test fails by panicking"
)]

mod actor;
mod endpoints;
mod engines;
mod fake_lambda;
mod local_tables;
mod second_engine;
mod template;
mod test_store;

pub mod records;

pub use actor::{Actor, Reply};
pub use fake_lambda::{FakeLambda, Invocation};
pub use local_tables::LocalTables;
pub use switchboard_local_engines::{DynamoDbFault, Faults, Meter, Metered, Metering, SqsFault, Usage};
pub use test_store::{DIALER, EXPORTER, LIMIT, MAPPING, PARSER, RECEPTIONIST, SCHEDULER, SYNC, TestStore};
