//! Reading fields that may be absent, null, or of another kind than documented.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The field, or its default when it is absent, null, or not what it should be.
pub(crate) fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}

/// The readable items of a list; no list at all is an empty one.
pub(crate) fn lenient_list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let Value::Array(items) = Value::deserialize(deserializer)? else {
        return Ok(Vec::new());
    };
    Ok(items
        .into_iter()
        .filter_map(|item| serde_json::from_value(item).ok())
        .collect())
}

/// A whole number, whether it comes as integer, float or text.
pub(crate) fn whole<'de, D>(deserializer: D) -> Result<Option<i64>, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(whole_number(&Value::deserialize(deserializer)?))
}

pub(crate) fn whole_number(value: &Value) -> Option<i64> {
    match value {
        // `as` saturates; a float out of range is no time and no length that we know.
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().map(|float| float as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Odd {
        #[serde(deserialize_with = "lenient")]
        text: Option<String>,
        #[serde(deserialize_with = "lenient_list")]
        list: Vec<String>,
        #[serde(deserialize_with = "whole")]
        secs: Option<i64>,
    }

    #[test]
    fn absent_null_and_odd_are_the_same() {
        for json in [
            "{}",
            r#"{"text":null,"list":null,"secs":null}"#,
            r#"{"text":7,"list":"x","secs":[]}"#,
        ] {
            assert_eq!(
                serde_json::from_str::<Odd>(json).unwrap(),
                Odd::default(),
                "{json}"
            );
        }
        let read: Odd =
            serde_json::from_str(r#"{"text":"a","list":["b",1,"c"],"secs":1.9,"new":{}}"#).unwrap();
        assert_eq!(
            read,
            Odd {
                text: Some("a".into()),
                list: vec!["b".into(), "c".into()],
                secs: Some(1)
            }
        );
        assert_eq!(whole_number(&Value::from("1790000100")), Some(1_790_000_100));
    }
}
