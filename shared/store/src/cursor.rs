//! Pages and the cursors between them.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::item::Item;

/// Longest cursor that is read.
const MAX_CURSOR_CHARS: usize = 2_000;
/// Longest place in an index by time that is read.
const MAX_PLACE_CHARS: usize = 200;

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; none at the end.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// The same page with other rows.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(convert).collect(),
            next: self.next,
        }
    }
}

/// Where a page begins. Opaque outside of this crate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Which of several partitions is being read.
    #[serde(rename = "p", default)]
    pub(crate) part: u64,
    /// Key of the last row seen there.
    #[serde(rename = "k", default, skip_serializing_if = "BTreeMap::is_empty")]
    key: BTreeMap<String, String>,
}

/// Text that is not a cursor of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor: pass `next_cursor` of the previous page as it came, or leave it out")]
pub struct InvalidCursor;

impl Cursor {
    /// The beginning of a partition.
    pub(crate) fn at_part(part: u64) -> Self {
        Self {
            part,
            key: BTreeMap::new(),
        }
    }

    /// The cursor after a place in an index by time, whatever the kinds that are read there.
    pub(crate) fn at_place(place: String) -> Self {
        Self {
            part: 0,
            key: BTreeMap::from([("sort".to_owned(), place)]),
        }
    }

    /// The place in an index by time to start after.
    pub(crate) fn place(&self) -> Option<&str> {
        let place = self.key.get("sort").map(String::as_str);
        place.filter(|place| (1..=MAX_PLACE_CHARS).contains(&place.len()))
    }

    /// The cursor after DynamoDB's last evaluated key.
    pub(crate) fn after(part: u64, last: &Item) -> Self {
        let text = |v: &AttributeValue| v.as_s().cloned().unwrap_or_default();
        Self {
            part,
            key: last.iter().map(|(k, v)| (k.clone(), text(v))).collect(),
        }
    }

    /// The key to start after, for a query.
    pub(crate) fn start_key(&self) -> Option<Item> {
        let item = || {
            self.key
                .iter()
                .map(|(k, v)| (k.clone(), AttributeValue::S(v.clone())))
                .collect()
        };
        (!self.key.is_empty()).then(item)
    }

    /// The cursor as text for a URL.
    pub fn encode(&self) -> String {
        // Maps of strings always serialize.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads a cursor.
    ///
    /// # Errors
    /// When the text was not made by [`Cursor::encode`].
    pub fn decode(text: &str) -> Result<Self, InvalidCursor> {
        if text.len() > MAX_CURSOR_CHARS {
            return Err(InvalidCursor);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        serde_json::from_slice(&bytes).map_err(|_| InvalidCursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let last = Item::from([("pk".into(), AttributeValue::S("CALL#1".into()))]);
        let cursor = Cursor::after(3, &last);
        assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor.clone()));
        assert_eq!(cursor.start_key(), Some(last));
        assert_eq!(Cursor::at_part(1).start_key(), None);
    }

    #[test]
    fn what_is_not_a_cursor_is_refused() {
        for text in ["%", "bm8", &"a".repeat(3_000)] {
            assert_eq!(Cursor::decode(text), Err(InvalidCursor));
        }
    }
}
