//! An error with its causes, for logs.

use std::error::Error;
use std::fmt;

/// Shows an error and everything behind it on one line; a bare `Display` shows only the outermost.
///
/// ```
/// use switchboard_service::Causes;
///
/// let error = std::io::Error::other("disk full");
/// assert_eq!(Causes(&error).to_string(), "disk full");
/// ```
#[derive(Clone, Copy)]
pub struct Causes<'a>(pub &'a (dyn Error + 'static));

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut told = self.0.to_string();
        let mut cause = self.0.source();
        while let Some(error) = cause {
            // Some errors repeat their cause in their own words.
            let text = error.to_string();
            if !told.contains(&text) {
                write!(f, ": {text}")?;
            }
            told = text;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("could not save")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn every_cause_is_told_once() {
        let error = Outer(std::io::Error::other("disk full"));
        assert_eq!(Causes(&error).to_string(), "could not save: disk full");
    }
}
