//! What requests cost: counted by service, caller, operation and resource.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderMap;
use http::header::USER_AGENT;

/// Who a request comes from that does not say so.
pub const NOBODY: &str = "others";

/// What is counted apart from everything else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Metered {
    /// `dynamodb`, `s3`, `sqs`, or what a runner calls its own.
    pub service: &'static str,
    /// The application id in the user agent (`AWS_SDK_UA_APP_ID`), else [`NOBODY`].
    pub caller: String,
    /// As AWS spells it: `TransactWriteItems`, `SendMessage`; `PUT` for S3.
    pub operation: String,
    /// A table, `table/index`, or nothing where it does not matter.
    pub resource: String,
}

/// How much of it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Usage {
    /// Requests. One that touches several tables and indexes is counted at the first of them.
    pub requests: u64,
    /// Of these, refused by a condition.
    pub refused: u64,
    /// DynamoDB's read units.
    pub read_units: f64,
    /// DynamoDB's write units.
    pub write_units: f64,
    /// Milliseconds that an invocation took.
    pub millis: u64,
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.refused += other.refused;
        self.read_units += other.read_units;
        self.write_units += other.write_units;
        self.millis += other.millis;
    }
}

/// Everything counted, sorted.
pub type Metering = BTreeMap<Metered, Usage>;

/// Counts what requests cost. Clones share the same counts. Off until somebody turns it on: a metered request to
/// DynamoDB is read and written once more.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    on: Arc<AtomicBool>,
    counted: Arc<Mutex<Metering>>,
}

impl Meter {
    /// From now on requests are counted.
    pub fn turn_on(&self) {
        self.on.store(true, Ordering::SeqCst);
    }

    /// Whether requests are counted.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.on.load(Ordering::SeqCst)
    }

    /// Counts, while it is on.
    pub fn count(&self, what: Metered, usage: Usage) {
        if self.is_on() {
            *self.counted().entry(what).or_default() += usage;
        }
    }

    /// What was counted since it was last taken.
    #[must_use]
    pub fn take(&self) -> Metering {
        std::mem::take(&mut self.counted())
    }

    fn counted(&self) -> std::sync::MutexGuard<'_, Metering> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The application id that an SDK writes into its user agent: `app/dialer`.
pub(crate) fn caller(headers: &HeaderMap) -> String {
    let of = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    [of("x-amz-user-agent"), of(USER_AGENT.as_str())]
        .into_iter()
        .flatten()
        .flat_map(str::split_ascii_whitespace)
        .find_map(|part| part.strip_prefix("app/"))
        .unwrap_or(NOBODY)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(operation: &str) -> Metered {
        Metered {
            service: "dynamodb",
            caller: NOBODY.to_owned(),
            operation: operation.to_owned(),
            resource: "CallsTable".to_owned(),
        }
    }

    #[test]
    fn nothing_is_counted_until_it_is_turned_on() {
        let meter = Meter::default();
        let one = Usage {
            requests: 1,
            write_units: 2.0,
            ..Usage::default()
        };
        meter.count(what("PutItem"), one);
        meter.turn_on();
        meter.count(what("PutItem"), one);
        meter.clone().count(what("PutItem"), one);
        let counted = meter.take();
        assert_eq!(counted[&what("PutItem")].requests, 2);
        assert!((counted[&what("PutItem")].write_units - 4.0).abs() < f64::EPSILON);
        assert!(meter.take().is_empty());
    }

    #[test]
    fn the_caller_is_the_application_in_the_user_agent() {
        let mut headers = HeaderMap::new();
        assert_eq!(caller(&headers), NOBODY);
        let sdk = "aws-sdk-rust/1.3.15 ua/2.1 api/dynamodb/1.0.0 os/linux lang/rust/1.95.0 app/dialer";
        headers.insert("x-amz-user-agent", sdk.parse().unwrap());
        assert_eq!(caller(&headers), "dialer");
    }
}
