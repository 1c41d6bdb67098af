//! What the model calls a tool with: never trusted, always bounded.

use serde_json::{Map, Value};

/// Largest arguments that are read, in bytes.
const MAX_BYTES: usize = 32 * 1024;

/// What a tool is called with. What is no object has nothing in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arguments(Map<String, Value>);

impl Arguments {
    /// Reads the model's JSON.
    pub(crate) fn read(text: &str) -> Self {
        if text.len() > MAX_BYTES {
            return Self::default();
        }
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => Self(fields),
            _ => Self::default(),
        }
    }

    /// A text in one line, of at most `longest` characters; none when it is empty or none is there.
    pub(crate) fn text(&self, name: &str, longest: usize) -> Option<String> {
        let text = self.0.get(name)?.as_str()?;
        let words: Vec<&str> = text
            .split(|letter: char| letter.is_whitespace() || letter.is_control())
            .filter(|word| !word.is_empty())
            .collect();
        let line: String = words.join(" ").chars().take(longest).collect();
        (!line.is_empty()).then_some(line)
    }

    /// All of it.
    pub(crate) fn all(&self) -> &Map<String, Value> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_one_line_and_bounded() {
        let arguments = Arguments::read(r#"{"a":"  one\n\ttwo \u0007 three ","b":"","c":3,"d":"abcdef"}"#);
        assert_eq!(arguments.text("a", 100).as_deref(), Some("one two three"));
        assert_eq!(arguments.text("d", 3).as_deref(), Some("abc"));
        for name in ["b", "c", "missing"] {
            assert_eq!(arguments.text(name, 100), None, "{name}");
        }
    }

    #[test]
    fn what_is_no_object_has_nothing_in_it() {
        for text in [
            "",
            "null",
            "[1]",
            "{",
            "\"a\"",
            &format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_BYTES)),
        ] {
            assert!(Arguments::read(text).all().is_empty());
        }
    }
}
