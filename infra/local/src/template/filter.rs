//! Which records of a stream a function is told of: the part of Lambda's filter patterns that the product uses.

use serde_json::Value;

use super::TemplateError;

/// A filter pattern: for each member a list of what its value may be, or an object with members of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter(Value);

impl Filter {
    /// Reads a pattern.
    pub(crate) fn parse(text: &str, at: &str) -> Result<Self, TemplateError> {
        let pattern: Value = serde_json::from_str(text)
            .map_err(|error| TemplateError::invalid(at, format!("a filter pattern is not JSON: {error}")))?;
        if !pattern.is_object() {
            return Err(TemplateError::invalid(at, "a filter pattern is an object"));
        }
        check(&pattern, at)?;
        Ok(Self(pattern))
    }

    /// Whether a record fits.
    pub fn fits(&self, record: &Value) -> bool {
        fits(&self.0, Some(record))
    }
}

fn check(pattern: &Value, at: &str) -> Result<(), TemplateError> {
    let unknown = |what: &Value| {
        TemplateError::invalid(
            at,
            format!("the filter `{what}` is not known to the local runner"),
        )
    };
    match pattern {
        Value::Object(members) => members.values().try_for_each(|member| check(member, at)),
        Value::Array(choices) => choices.iter().try_for_each(|choice| match choice {
            Value::Array(_) => Err(unknown(choice)),
            Value::Object(rule) => match rule.iter().next() {
                Some((name, Value::String(_))) if name == "prefix" && rule.len() == 1 => Ok(()),
                Some((name, Value::Bool(_))) if name == "exists" && rule.len() == 1 => Ok(()),
                _ => Err(unknown(choice)),
            },
            _ => Ok(()),
        }),
        other => Err(unknown(other)),
    }
}

fn fits(pattern: &Value, value: Option<&Value>) -> bool {
    match pattern {
        Value::Object(members) => members
            .iter()
            .all(|(name, member)| fits(member, value.and_then(|value| value.get(name)))),
        Value::Array(choices) => choices.iter().any(|choice| allows(choice, value)),
        _ => false,
    }
}

fn allows(choice: &Value, value: Option<&Value>) -> bool {
    match (choice.get("prefix"), choice.get("exists")) {
        (Some(prefix), _) => {
            let text = value.and_then(Value::as_str);
            text.zip(prefix.as_str())
                .is_some_and(|(text, prefix)| text.starts_with(prefix))
        }
        (_, Some(exists)) => exists.as_bool() == Some(value.is_some()),
        _ => value == Some(choice),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_fits_when_each_member_is_one_of_its_choices() {
        let text = r#"{"eventName":["INSERT","MODIFY"],"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"CALL#"}]},"sk":{"S":["META"]}},"OldImage":[{"exists":false}]}}"#;
        let filter = Filter::parse(text, "here").unwrap();
        let record = |name: &str, pk: &str, sk: &str| json!({ "eventName": name, "dynamodb": { "Keys": { "pk": { "S": pk }, "sk": { "S": sk } } } });
        assert!(filter.fits(&record("INSERT", "CALL#1", "META")));
        assert!(!filter.fits(&record("REMOVE", "CALL#1", "META")));
        assert!(!filter.fits(&record("INSERT", "STATS#1", "META")));
        assert!(!filter.fits(&record("INSERT", "CALL#1", "TURN#1")));
        let mut old = record("INSERT", "CALL#1", "META");
        old["dynamodb"]["OldImage"] = json!({});
        assert!(!filter.fits(&old));
        assert!(!filter.fits(&json!({})));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for text in [
            "no JSON",
            "[]",
            r#"{"a":"b"}"#,
            r#"{"a":[{"numeric":["=",1]}]}"#,
            r#"{"a":[["b"]]}"#,
        ] {
            assert!(Filter::parse(text, "here").is_err(), "{text}");
        }
    }
}
