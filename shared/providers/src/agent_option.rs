//! What the agents of one platform can be told and those of others cannot.

use serde_json::{Value, json};

/// One option, as a form shows it and a request sets it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AgentOption {
    /// Its name in requests and records.
    pub name: &'static str,
    /// What a form calls it.
    pub label: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
    /// What it can be.
    pub kind: OptionKind,
}

/// What an option can be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OptionKind {
    /// On or off.
    Switch {
        /// What it is where nothing is set.
        usual: bool,
    },
    /// A number.
    Number {
        /// The smallest.
        least: f64,
        /// The largest.
        most: f64,
        /// Between one value and the next.
        step: f64,
        /// What it is where nothing is set.
        usual: f64,
    },
    /// A short text.
    Text {
        /// Most characters.
        longest: usize,
        /// What it is where nothing is set.
        usual: &'static str,
    },
    /// One of several.
    Choice {
        /// The values, the usual one first.
        values: &'static [&'static str],
    },
}

impl AgentOption {
    /// What it is where nothing is set.
    pub fn usual(&self) -> Value {
        match self.kind {
            OptionKind::Switch { usual } => json!(usual),
            OptionKind::Number { usual, .. } => json!(usual),
            OptionKind::Text { usual, .. } => json!(usual),
            OptionKind::Choice { values } => json!(values.first()),
        }
    }

    /// Whether it can be this.
    ///
    /// # Errors
    /// What it has to be instead, for people.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        match self.kind {
            OptionKind::Switch { .. } if value.is_boolean() => Ok(()),
            OptionKind::Switch { .. } => Err("say true or false".to_owned()),
            OptionKind::Number { least, most, .. } => match value.as_f64() {
                Some(number) if (least..=most).contains(&number) => Ok(()),
                _ => Err(format!("give a number from {least} to {most}")),
            },
            OptionKind::Text { longest, .. } => match value.as_str() {
                Some(text) if text.chars().count() <= longest => Ok(()),
                _ => Err(format!("give a text of at most {longest} characters")),
            },
            OptionKind::Choice { values } => match value.as_str() {
                Some(text) if values.contains(&text) => Ok(()),
                _ => Err(format!("choose one of {}", values.join(", "))),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_takes_what_it_can_be_and_says_what_that_is() {
        let option = |kind| AgentOption {
            name: "x",
            label: "X",
            help: "",
            kind,
        };
        let number = option(OptionKind::Number {
            least: 0.0,
            most: 1.0,
            step: 0.1,
            usual: 0.5,
        });
        assert_eq!(number.check(&json!(1)), Ok(()));
        assert_eq!(
            number.check(&json!(1.1)),
            Err("give a number from 0 to 1".to_owned())
        );
        assert!(number.check(&json!("0.5")).is_err());
        let choice = option(OptionKind::Choice { values: &["a", "b"] });
        assert_eq!(choice.usual(), json!("a"));
        assert_eq!(choice.check(&json!("c")), Err("choose one of a, b".to_owned()));
        let text = option(OptionKind::Text {
            longest: 2,
            usual: "",
        });
        assert!(text.check(&json!("abc")).is_err() && text.check(&json!("éé")).is_ok());
        let switch = option(OptionKind::Switch { usual: true });
        assert!(switch.check(&json!(false)).is_ok() && switch.check(&json!("on")).is_err());
    }
}
