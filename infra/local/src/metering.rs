//! What the runner counts in AWS's place: invocations, batches from queues, requests of the API, messages on sockets.

use std::time::Duration;

use switchboard_local_engines::{Meter, Metered, Metering, Usage};

/// API Gateway counts a message on a socket by 32 KB.
const MESSAGE_BYTES: usize = 32 * 1024;

/// All that counts in a running system.
#[derive(Debug, Clone)]
pub struct Meters {
    all: Vec<Meter>,
}

impl Meters {
    pub(crate) fn of(all: [Meter; 4]) -> Self {
        Self { all: all.into() }
    }

    /// From now on everything is counted.
    pub fn turn_on(&self) {
        self.all.iter().for_each(Meter::turn_on);
    }

    /// What was counted since it was last taken.
    #[must_use]
    pub fn take(&self) -> Metering {
        self.all.iter().flat_map(Meter::take).collect()
    }
}

fn count(meter: &Meter, service: &'static str, caller: &str, operation: &str, usage: Usage) {
    let what = Metered {
        service,
        caller: caller.to_owned(),
        operation: operation.to_owned(),
        resource: String::new(),
    };
    meter.count(what, usage);
}

fn requests(requests: u64) -> Usage {
    Usage {
        requests,
        ..Usage::default()
    }
}

/// An invocation, with the start of its environment where it had to wait for one, which is billed too.
pub(crate) fn invocation(meter: &Meter, function: &str, took: Duration) {
    let usage = Usage {
        millis: u64::try_from(took.as_micros().div_ceil(1_000)).unwrap_or(u64::MAX),
        ..requests(1)
    };
    count(meter, "lambda", function, "Invoke", usage);
}

/// A batch that a queue gives to a function: Lambda asks for it and deletes it.
pub(crate) fn batch(meter: &Meter, function: &str) {
    for operation in ["ReceiveMessage", "DeleteMessage"] {
        count(meter, "sqs", function, operation, requests(1));
    }
}

/// A request of the HTTP API.
pub(crate) fn request(meter: &Meter, function: &str) {
    count(meter, "api", function, "Request", requests(1));
}

/// A message on a socket.
pub(crate) fn message(meter: &Meter, way: &str, bytes: usize) {
    let counted = u64::try_from(bytes.div_ceil(MESSAGE_BYTES).max(1)).unwrap_or(u64::MAX);
    count(meter, "socket", "live-updates", way, requests(counted));
}
