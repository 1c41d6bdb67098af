//! Logs: one line of JSON each, on standard output.

use std::fmt;
use std::str::FromStr;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;

/// Libraries that have much to say about themselves; heard from `warn` on. A name stands for all that begin with it.
const QUIET: [&str; 8] = [
    "aws_",
    "h2",
    "hyper",
    "lambda_runtime",
    "reqwest",
    "rustls",
    "tokio_tungstenite",
    "tower",
];

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

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
        }
    }
}

/// What is heard of whom.
fn filter(level: LogLevel) -> Targets {
    let ours = LevelFilter::from(level);
    let theirs = ours.min(LevelFilter::WARN);
    Targets::new()
        .with_default(ours)
        .with_targets(QUIET.map(|library| (library, theirs)))
}

/// Begins to log. A process that logs already goes on as it did.
pub(crate) fn init(level: LogLevel) {
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_writer(std::io::stdout);
    let subscriber = tracing_subscriber::registry().with(lines).with(filter(level));
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        tracing::debug!("logs were set up before");
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn levels_are_read_in_any_case() {
        assert_eq!("WARN".parse(), Ok(LogLevel::Warn));
        assert_eq!("loud".parse::<LogLevel>(), Err(InvalidLogLevel));
    }

    #[test]
    fn libraries_are_heard_when_they_warn_and_never_more_than_we_are() {
        let heard = |level, target, of| filter(level).would_enable(target, &of);
        assert!(heard(LogLevel::Debug, "dialer::place", Level::DEBUG));
        assert!(heard(LogLevel::Info, "aws_smithy_runtime::client", Level::WARN));
        assert!(!heard(LogLevel::Debug, "hyper_util::client", Level::INFO));
        assert!(!heard(LogLevel::Error, "hyper_util::client", Level::WARN));
        assert!(!heard(LogLevel::Info, "dialer::place", Level::DEBUG));
    }
}
