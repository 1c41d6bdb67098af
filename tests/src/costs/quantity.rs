//! Quantities by what they are and which function they are for.

use std::collections::BTreeMap;

use switchboard_local::engines::Metering;

use super::Prices;

/// What AWS counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum What {
    WriteUnits,
    ReadUnits,
    QueueRequests,
    FileWrites,
    FileReads,
    Invocations,
    GbSeconds,
    ApiRequests,
    SocketMessages,
    LogBytes,
}

impl What {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 10] = [
        Self::WriteUnits,
        Self::ReadUnits,
        Self::QueueRequests,
        Self::FileWrites,
        Self::FileReads,
        Self::Invocations,
        Self::GbSeconds,
        Self::ApiRequests,
        Self::SocketMessages,
        Self::LogBytes,
    ];

    /// The head of its column.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::WriteUnits => "write units",
            Self::ReadUnits => "read units",
            Self::QueueRequests => "SQS",
            Self::FileWrites => "S3 PUT",
            Self::FileReads => "S3 GET",
            Self::Invocations => "invocations",
            Self::GbSeconds => "GB-s",
            Self::ApiRequests => "API",
            Self::SocketMessages => "messages",
            Self::LogBytes => "log bytes",
        }
    }
}

/// Quantities by function.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Quantities(BTreeMap<(String, What), f64>);

impl Quantities {
    /// What was metered; `memory_mb` is that of each function, and `logs` what each has written, in bytes.
    #[must_use]
    pub fn of(metering: &Metering, memory_mb: &BTreeMap<String, u32>, logs: &BTreeMap<String, u64>) -> Self {
        let mut all = Self::default();
        for (what, used) in metering {
            let mut add = |kind, amount| all.add(&what.caller, kind, amount);
            let requests = used.requests as f64;
            match what.service {
                "dynamodb" => {
                    add(What::WriteUnits, used.write_units);
                    add(What::ReadUnits, used.read_units);
                }
                "sqs" => add(What::QueueRequests, requests),
                // Deleting is free.
                "s3" => match what.operation.as_str() {
                    "GET" | "HEAD" => add(What::FileReads, requests),
                    "DELETE" => {}
                    _ => add(What::FileWrites, requests),
                },
                "lambda" => {
                    let memory = memory_mb.get(&what.caller).copied().unwrap_or(128);
                    add(What::Invocations, requests);
                    add(
                        What::GbSeconds,
                        used.millis as f64 / 1_000.0 * f64::from(memory) / 1_024.0,
                    );
                }
                "api" => add(What::ApiRequests, requests),
                "socket" => add(What::SocketMessages, requests),
                _ => {}
            }
        }
        for (function, bytes) in logs {
            all.add(function, What::LogBytes, *bytes as f64);
        }
        all
    }

    fn add(&mut self, function: &str, what: What, amount: f64) {
        if amount != 0.0 {
            *self.0.entry((function.to_owned(), what)).or_default() += amount;
        }
    }

    /// All of it so many times.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        Self(
            self.0
                .iter()
                .map(|(key, amount)| (key.clone(), amount * factor))
                .collect(),
        )
    }

    /// Both together.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        for ((function, what), amount) in &other.0 {
            sum.add(function, *what, *amount);
        }
        sum
    }

    /// Only what these functions have.
    #[must_use]
    pub fn only(&self, functions: &[String]) -> Self {
        let of = self
            .0
            .iter()
            .filter(|((function, _), _)| functions.contains(function));
        Self(of.map(|(key, amount)| (key.clone(), *amount)).collect())
    }

    /// Nothing of what these functions have.
    #[must_use]
    pub fn without(&self, functions: &[String]) -> Self {
        let of = self
            .0
            .iter()
            .filter(|((function, _), _)| !functions.contains(function));
        Self(of.map(|(key, amount)| (key.clone(), *amount)).collect())
    }

    /// The functions, sorted.
    #[must_use]
    pub fn functions(&self) -> Vec<String> {
        let mut names: Vec<String> = self.0.keys().map(|(function, _)| function.clone()).collect();
        names.dedup();
        names
    }

    /// How much of one kind, for one function or for all.
    #[must_use]
    pub fn sum(&self, function: Option<&str>, what: What) -> f64 {
        let of =
            |(name, kind): &(String, What)| *kind == what && function.is_none_or(|wanted| wanted == name);
        self.0
            .iter()
            .filter(|(key, _)| of(key))
            .map(|(_, amount)| amount)
            .sum()
    }

    /// Dollars, for one function or for all.
    #[must_use]
    pub fn dollars(&self, function: Option<&str>, prices: &Prices) -> f64 {
        What::ALL
            .into_iter()
            .map(|what| self.sum(function, what) * prices.of(what))
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use switchboard_local::engines::{Metered, Usage};

    use super::*;

    #[test]
    fn quantities_are_by_function_and_a_second_of_half_a_gigabyte_is_half() {
        let metered = |service, operation: &str| Metered {
            service,
            caller: "dialer".to_owned(),
            operation: operation.to_owned(),
            resource: String::new(),
        };
        let once = Usage {
            requests: 2,
            millis: 1_000,
            ..Usage::default()
        };
        let metering = [
            ("lambda", "Invoke"),
            ("s3", "PUT"),
            ("s3", "DELETE"),
            ("sqs", "SendMessage"),
        ]
        .map(|(service, operation)| (metered(service, operation), once))
        .into();
        let memory = [("dialer".to_owned(), 512)].into();
        let all = Quantities::of(&metering, &memory, &BTreeMap::new());
        let of = |what| all.sum(Some("dialer"), what);
        assert!((of(What::GbSeconds) - 0.5).abs() < 1e-9);
        assert!((of(What::FileWrites) - 2.0).abs() < 1e-9);
        assert!((of(What::QueueRequests) - 2.0).abs() < 1e-9);
        assert!(
            all.times(2.0)
                .and(&all.times(-2.0))
                .sum(None, What::Invocations)
                .abs()
                < 1e-9
        );
    }
}
