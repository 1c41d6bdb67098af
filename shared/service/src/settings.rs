//! Reading settings from the environment, with every problem reported together.

use std::fmt;
use std::str::FromStr;

/// What is wrong with one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingProblem {
    /// Name of the environment variable.
    pub name: String,
    /// What is wrong with it.
    pub problem: String,
    /// A value that would be right.
    pub example: &'static str,
}

impl fmt::Display for SettingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} (for example {}={})",
            self.name, self.problem, self.name, self.example
        )
    }
}

/// All that is wrong with the settings, by name of variable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("set these environment variables and start again: {}", joined(.problems))]
pub struct ConfigError {
    /// The problems, in the order in which the settings are read.
    pub problems: Vec<SettingProblem>,
}

fn joined(problems: &[SettingProblem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

type Source = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// The environment of a process while its settings are read.
pub struct Settings {
    read: Source,
    problems: Vec<SettingProblem>,
}

impl Settings {
    /// The environment of this process.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub fn from_environment() -> Self {
        Self::from_source(|name| std::env::var(name).ok())
    }

    /// Settings from anywhere else; for tests.
    pub fn from_pairs<const N: usize>(pairs: [(&str, &str); N]) -> Self {
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self::from_source(move |name| {
            pairs
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
        })
    }

    fn from_source(read: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self {
            read: Box::new(read),
            problems: Vec::new(),
        }
    }

    /// The value, or none when it is not set. Empty counts as not set.
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.read)(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// The value; one that is not set is a problem, and empty until [`Settings::finish`] says so.
    pub fn required(&mut self, name: &str, example: &'static str) -> String {
        self.optional(name).unwrap_or_else(|| {
            self.problem(name, "is not set", example);
            String::new()
        })
    }

    /// The value read as a `T`, or `default` when it is not set; anything else is a problem.
    pub fn parsed<T: FromStr>(&mut self, name: &str, default: T, example: &'static str) -> T
    where
        T::Err: fmt::Display,
    {
        match self.optional(name).map(|text| text.parse::<T>()) {
            None => default,
            Some(Ok(value)) => value,
            Some(Err(error)) => {
                self.problem(name, &format!("cannot be read: {error}"), example);
                default
            }
        }
    }

    /// The value read as a `T`; not set, or anything else, is a problem and gives none.
    pub fn required_parsed<T: FromStr>(&mut self, name: &str, example: &'static str) -> Option<T>
    where
        T::Err: fmt::Display,
    {
        let text = self.required(name, example);
        if text.is_empty() {
            return None;
        }
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem(name, &format!("cannot be read: {error}"), example);
                None
            }
        }
    }

    /// Notes a problem that the caller found.
    pub fn problem(&mut self, name: &str, problem: &str, example: &'static str) {
        self.problems.push(SettingProblem {
            name: name.to_owned(),
            problem: problem.to_owned(),
            example,
        });
    }

    /// Says whether all was well.
    ///
    /// # Errors
    /// With every problem that was found.
    pub fn finish(&self) -> Result<(), ConfigError> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(ConfigError {
                problems: self.problems.clone(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_problems_are_told_together_by_name_with_an_example() {
        let mut settings = Settings::from_pairs([("PORT", "eighty"), ("EMPTY", " "), ("NAME", " x ")]);
        assert_eq!(settings.required("NAME", "y"), "x");
        assert_eq!(settings.parsed("PORT", 8080u16, "8080"), 8080);
        assert_eq!(settings.parsed("OTHER_PORT", 4010u16, "4010"), 4010);
        settings.required("EMPTY", "calls");
        let error = settings.finish().unwrap_err();
        assert_eq!(
            error.to_string(),
            "set these environment variables and start again: PORT cannot be read: invalid digit found in string \
             (for example PORT=8080); EMPTY is not set (for example EMPTY=calls)"
        );
    }
}
