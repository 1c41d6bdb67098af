//! The list prices, from `infra/costs/prices.toml`.

use anyhow::Context;
use serde::Deserialize;

use super::What;

/// US dollars, as the file has them.
#[derive(Debug, Clone, Deserialize)]
pub struct Prices {
    pub(super) as_of: String,
    pub(super) region: String,
    pub(super) dynamodb: Dynamodb,
    pub(super) lambda: Lambda,
    pub(super) sqs: Sqs,
    pub(super) s3: S3,
    pub(super) api: Api,
    pub(super) socket: Socket,
    pub(super) scheduler: Scheduler,
    pub(super) logs: Logs,
    pub(super) month: Month,
}

macro_rules! section {
    ($name:ident { $($price:ident),+ $(,)? }) => {
        #[derive(Debug, Clone, Deserialize)]
        pub(super) struct $name { $(pub(super) $price: f64),+ }
    };
}

section!(Dynamodb {
    write_units_per_million,
    read_units_per_million
});
section!(Lambda {
    requests_per_million,
    gb_second
});
section!(Sqs {
    requests_per_million,
    idle_polls_per_mapping_month
});
section!(S3 {
    writes_per_thousand,
    reads_per_thousand
});
section!(Api { requests_per_million });
section!(Socket { messages_per_million });
section!(Scheduler {
    invocations_per_million
});
section!(Logs { written_gb });
section!(Month {
    secret,
    alarm,
    dashboard,
    metric
});

impl Prices {
    /// Reads the file.
    ///
    /// # Errors
    /// When it is not there, or a price is missing.
    pub fn read() -> anyhow::Result<Self> {
        let path = crate::root().join("infra/costs/prices.toml");
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("{} is missing", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} cannot be read", path.display()))
    }

    /// Dollars for one of it.
    #[must_use]
    pub fn of(&self, what: What) -> f64 {
        const MILLION: f64 = 1_000_000.0;
        match what {
            What::WriteUnits => self.dynamodb.write_units_per_million / MILLION,
            What::ReadUnits => self.dynamodb.read_units_per_million / MILLION,
            What::QueueRequests => self.sqs.requests_per_million / MILLION,
            What::FileWrites => self.s3.writes_per_thousand / 1_000.0,
            What::FileReads => self.s3.reads_per_thousand / 1_000.0,
            What::Invocations => self.lambda.requests_per_million / MILLION,
            What::GbSeconds => self.lambda.gb_second,
            What::ApiRequests => self.api.requests_per_million / MILLION,
            What::SocketMessages => self.socket.messages_per_million / MILLION,
            What::LogBytes => self.logs.written_gb / 1e9,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_price_is_there_and_none_is_negative() {
        let prices = Prices::read().unwrap();
        for what in What::ALL {
            assert!(prices.of(what) > 0.0, "{what:?}");
        }
        // A function of 128 MB that waits for three minutes with a call: three hundredths of a cent.
        let waiting = prices.of(What::GbSeconds) * 180.0 / 8.0;
        assert!((waiting - 0.0003).abs() < 0.000_01, "{waiting}");
    }
}
