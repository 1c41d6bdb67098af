//! Reading fields that may be absent, null, or of another kind than documented.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// An object that is read whatever its fields are: each of them is lenient. Such a one needs no copy of the JSON to
/// go back to, so that a long transcript is read in one go.
pub(crate) trait Obliging: for<'de> Deserialize<'de> + Default {}

/// The field, or its default when it is absent, null, or not what it should be.
pub(crate) fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    deserializer.deserialize_any(Lenient(PhantomData))
}

/// The object, or its default when there is none.
pub(crate) fn lenient_object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Obliging,
{
    Ok(deserializer
        .deserialize_any(Object(PhantomData))?
        .unwrap_or_default())
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

/// The objects of a list; no list at all is an empty one.
pub(crate) fn lenient_objects<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Obliging,
{
    deserializer.deserialize_any(Objects(PhantomData))
}

struct Lenient<T>(PhantomData<T>);

impl<T: DeserializeOwned + Default> Lenient<T> {
    /// What is no object and no list is moved, not copied, by going through a value.
    fn of(value: impl Into<Value>) -> T {
        serde_json::from_value(value.into()).unwrap_or_default()
    }
}

impl<'de, T: DeserializeOwned + Default> Visitor<'de> for Lenient<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("anything")
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(Self::of(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<T, E> {
        Ok(Self::of(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<T, E> {
        Ok(Self::of(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<T, E> {
        Ok(Self::of(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<T, E> {
        Ok(Self::of(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<T, E> {
        Ok(Self::of(value))
    }

    fn visit_string<E>(self, value: String) -> Result<T, E> {
        Ok(Self::of(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(seq)).map(Self::of)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(map)).map(Self::of)
    }
}

struct Object<T>(PhantomData<T>);

impl<'de, T: Obliging> Visitor<'de> for Object<T> {
    type Value = Option<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("anything")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Option<T>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Option<T>, E> {
        Ok(None)
    }
}

/// An item of a list: an object, or something else.
struct Item<T>(Option<T>);

impl<'de, T: Obliging> Deserialize<'de> for Item<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Object(PhantomData)).map(Self)
    }
}

struct Objects<T>(PhantomData<T>);

impl<'de, T: Obliging> Visitor<'de> for Objects<T> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("anything")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(Item(item)) = seq.next_element()? {
            items.extend(item);
        }
        Ok(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<T>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Vec::new())
    }

    fn visit_unit<E>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_str<E>(self, _: &str) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }
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

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Around {
        #[serde(deserialize_with = "lenient_object")]
        one: Odd,
        #[serde(deserialize_with = "lenient_objects")]
        many: Vec<Odd>,
        #[serde(deserialize_with = "lenient")]
        rate: f64,
        #[serde(deserialize_with = "lenient")]
        yes: bool,
        #[serde(deserialize_with = "lenient")]
        names: Vec<String>,
    }

    impl Obliging for Odd {}

    #[test]
    fn objects_are_read_where_there_are_some() {
        for odd in [
            "{}",
            "null",
            "7",
            "-7",
            "1.5",
            "true",
            r#""x""#,
            "[[1],{}]",
            r#"{"a":[{}]}"#,
        ] {
            let json =
                format!(r#"{{"one":{odd},"many":[{odd}],"rate":"x","yes":{odd},"names":{odd},"new":1}}"#);
            let read: Around = serde_json::from_str(&json).unwrap();
            assert_eq!(read.one, Odd::default(), "{json}");
            assert_eq!(read.many.len(), usize::from(odd.starts_with('{')), "{json}");
            assert_eq!((read.rate, read.yes), (0.0, odd == "true"), "{json}");
            // As it is read from a value, where each step is a copy.
            let value: Value = serde_json::from_str(&json).unwrap();
            assert_eq!(serde_json::from_value::<Around>(value).unwrap(), read, "{json}");
            let no_list: Around = serde_json::from_str(&format!(r#"{{"many":{odd}}}"#)).unwrap();
            assert_eq!(no_list.many.len(), usize::from(odd.starts_with('[')), "{json}");
        }
        let json = r#"{"one":{"text":"\u00e1","secs":"3"},"many":[{"text":"b"},null,{"list":["c"]}],"rate":2,"yes":true,"names":["d"]}"#;
        let read: Around = serde_json::from_str(json).unwrap();
        assert_eq!((read.one.text.as_deref(), read.one.secs), (Some("á"), Some(3)));
        assert_eq!(read.many.len(), 2);
        assert_eq!(read.many[1].list, ["c"]);
        assert_eq!(
            (read.rate, read.yes, read.names),
            (2.0, true, vec!["d".to_owned()])
        );
        assert!(serde_json::from_str::<Around>(r#"{"one":{"text":"#).is_err());
    }
}
