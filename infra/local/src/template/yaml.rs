//! YAML with CloudFormation's tags, as plain JSON with the long names of the functions.

use serde_json::{Map, Number, Value, json};
use serde_norway::Value as Yaml;

use super::TemplateError;

/// The text as JSON: `!Ref X` becomes `{"Ref": "X"}`, `!GetAtt A.B` becomes `{"Fn::GetAtt": ["A", "B"]}`.
pub(crate) fn to_json(text: &str) -> Result<Value, TemplateError> {
    let yaml: Yaml = serde_norway::from_str(text).map_err(|e| TemplateError::Yaml(e.to_string()))?;
    convert(yaml)
}

fn convert(yaml: Yaml) -> Result<Value, TemplateError> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::Bool(value),
        Yaml::Number(number) => number_of(&number),
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => Value::Array(items.into_iter().map(convert).collect::<Result<_, _>>()?),
        Yaml::Mapping(entries) => {
            let mut object = Map::new();
            for (key, value) in entries {
                let key = match convert(key)? {
                    Value::String(key) => key,
                    other => other.to_string(),
                };
                object.insert(key, convert(value)?);
            }
            Value::Object(object)
        }
        Yaml::Tagged(tagged) => function(&tagged.tag.to_string(), convert(tagged.value)?),
    })
}

fn number_of(number: &serde_norway::Number) -> Value {
    if let Some(whole) = number.as_i64() {
        return Value::Number(whole.into());
    }
    number
        .as_f64()
        .and_then(Number::from_f64)
        .map_or(Value::Null, Value::Number)
}

fn function(tag: &str, argument: Value) -> Value {
    match (tag.trim_start_matches('!'), argument) {
        ("Ref", argument) => json!({ "Ref": argument }),
        ("Condition", argument) => json!({ "Condition": argument }),
        ("GetAtt", Value::String(path)) => {
            let (resource, attribute) = path.split_once('.').unwrap_or((&path, ""));
            json!({ "Fn::GetAtt": [resource, attribute] })
        }
        (name, argument) => json!({ format!("Fn::{name}"): argument }),
    }
}
