//! Logs: one line of JSON each, on standard output.

use std::fmt;
use std::str::FromStr;

use tracing_subscriber::EnvFilter;

/// Libraries that have much to say about themselves; heard from `warn` on.
const QUIET: &str = "aws_config=warn,aws_credential_types=warn,aws_runtime=warn,aws_smithy_runtime=warn,\
    aws_smithy_runtime_api=warn,aws_smithy_http_client=warn,h2=warn,hyper=warn,hyper_util=warn,lambda_runtime=warn,\
    reqwest=warn,rustls=warn,tower=warn";

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// What somebody should look at.
    Error,
    /// And what went wrong and recovered.
    Warn,
    /// And about one line per state of a call.
    Info,
    /// And everything else.
    Debug,
}

impl LogLevel {
    fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Text that is no log level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected error, warn, info or debug")]
pub struct InvalidLogLevel;

impl FromStr for LogLevel {
    type Err = InvalidLogLevel;

    fn from_str(text: &str) -> Result<Self, InvalidLogLevel> {
        let levels = [Self::Error, Self::Warn, Self::Info, Self::Debug];
        levels
            .into_iter()
            .find(|level| level.as_str().eq_ignore_ascii_case(text))
            .ok_or(InvalidLogLevel)
    }
}

/// Begins to log. A process that logs already goes on as it did.
pub(crate) fn init(level: LogLevel) {
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_env_filter(EnvFilter::new(format!("{level},{QUIET}")))
        .with_writer(std::io::stdout)
        .finish();
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        tracing::debug!("logs were set up before");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_in_any_case() {
        assert_eq!("WARN".parse(), Ok(LogLevel::Warn));
        assert_eq!("loud".parse::<LogLevel>(), Err(InvalidLogLevel));
    }

    #[test]
    fn the_filter_is_one_that_the_subscriber_understands() {
        EnvFilter::builder()
            .parse(format!("{},{QUIET}", LogLevel::Info))
            .unwrap();
    }
}
