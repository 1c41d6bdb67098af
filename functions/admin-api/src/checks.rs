//! Everything that is wrong with a request, told at once.

use std::fmt::Display;
use std::ops::RangeInclusive;

use switchboard_domain::DynamicVariables;
use switchboard_service::{FieldError, Problem};

use crate::limits::{MAX_VALUE, MAX_VARIABLES};

/// Most errors that are told.
const MAX_TOLD: usize = 100;

/// Collects what is wrong with the fields of a request.
#[derive(Debug, Default)]
pub(crate) struct Checks(Vec<FieldError>);

impl Checks {
    /// Notes that a field is wrong.
    pub(crate) fn wrong(&mut self, field: impl Into<String>, message: impl Into<String>) {
        if self.0.len() < MAX_TOLD {
            self.0.push(FieldError {
                field: field.into(),
                message: message.into(),
            });
        }
    }

    /// A text must have so many characters, not counting space around it.
    pub(crate) fn text(&mut self, field: &str, text: &str, chars: RangeInclusive<usize>) {
        let count = text.chars().count();
        let trimmed = text.trim().chars().count();
        if trimmed < *chars.start() || count > *chars.end() {
            self.wrong(
                field,
                format!("write {} to {} characters", chars.start(), chars.end()),
            );
        }
    }

    /// A number must be in a range.
    pub(crate) fn range<T: PartialOrd + Display>(
        &mut self,
        field: &str,
        number: &T,
        range: RangeInclusive<T>,
    ) {
        if !range.contains(number) {
            self.wrong(field, format!("must be {} to {}", range.start(), range.end()));
        }
    }

    /// Names and values of dynamic variables must not be too long or too many.
    pub(crate) fn variables(&mut self, field: &str, variables: &DynamicVariables) {
        if variables.len() > MAX_VARIABLES {
            self.wrong(field, format!("send at most {MAX_VARIABLES} variables"));
        }
        for (name, value) in variables.iter().take(MAX_VARIABLES) {
            if name.is_empty() || name.chars().count() > 100 {
                self.wrong(field, "the name of a variable has 1 to 100 characters");
            } else if value.chars().count() > MAX_VALUE {
                self.wrong(
                    format!("{field}.{name}"),
                    format!("write at most {MAX_VALUE} characters"),
                );
            }
        }
    }

    /// Takes the value, or notes what is wrong.
    pub(crate) fn take<T, E: Display>(
        &mut self,
        field: impl Into<String>,
        result: Result<T, E>,
    ) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.wrong(field, error.to_string());
                None
            }
        }
    }

    /// Adds the fields that another problem names.
    pub(crate) fn also(&mut self, problem: Problem) {
        self.0.extend(problem.errors);
    }

    /// The problem with everything that was wrong.
    pub(crate) fn problem(self) -> Problem {
        Problem::invalid_fields(self.0)
    }

    /// Ends in a problem when anything was wrong.
    pub(crate) fn done(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(self.problem())
        }
    }
}
