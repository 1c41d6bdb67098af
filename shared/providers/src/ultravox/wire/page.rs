//! One page of any list.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::ProviderError;
use crate::failure::unreadable;

const LONGEST_CURSOR: usize = 2_048;

/// Rows are kept raw, so that one which cannot be read is counted.
#[derive(Debug, Deserialize)]
pub(in crate::ultravox) struct Page {
    results: Vec<Value>,
    #[serde(default)]
    next: Value,
}

impl Page {
    /// The rows that can be read, and how many cannot.
    pub(in crate::ultravox) fn rows<T: DeserializeOwned>(self) -> (Vec<T>, u32) {
        let all = self.results.len();
        let read: Vec<T> = self
            .results
            .into_iter()
            .filter_map(|row| serde_json::from_value(row).ok())
            .collect();
        let unreadable = u32::try_from(all - read.len()).unwrap_or(u32::MAX);
        (read, unreadable)
    }

    /// Where the page after this one begins, which was asked for with `asked`; none: this was the last.
    ///
    /// Only the cursor is taken out of the address that the server names: the next request goes, with the
    /// key, to the address that is set here and to no other.
    pub(in crate::ultravox) fn next_cursor(
        &self,
        asked: Option<&str>,
    ) -> Result<Option<String>, ProviderError> {
        let next = match &self.next {
            Value::Null => return Ok(None),
            Value::String(next) if next.is_empty() => return Ok(None),
            Value::String(next) => next,
            _ => return Err(unreadable("the next page of a list is not an address")),
        };
        let cursor = cursor_in(next).filter(|cursor| (1..=LONGEST_CURSOR).contains(&cursor.len()));
        match cursor {
            None => Err(unreadable("the next page of a list has no cursor")),
            // It would be walked for ever.
            Some(cursor) if asked == Some(cursor.as_str()) => {
                Err(unreadable("the pages of a list do not move on"))
            }
            cursor => Ok(cursor),
        }
    }
}

fn cursor_in(address: &str) -> Option<String> {
    let address = match Url::parse(address) {
        Ok(address) => address,
        // Without a host it is taken from anywhere: nothing is asked of that.
        Err(_) => Url::parse("http://localhost/").ok()?.join(address).ok()?,
    };
    let cursor = address.query_pairs().find(|(name, _)| name == "cursor");
    cursor.map(|(_, cursor)| cursor.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(next: &str) -> Page {
        serde_json::from_str(&format!(r#"{{"results":[],"next":{next},"total":137}}"#)).unwrap()
    }

    #[test]
    fn only_the_cursor_of_the_next_address_is_taken() {
        let there = r#""https://api.ultravox.ai/api/calls?cursor=c2ltMQ%3D%3D&pageSize=50""#;
        assert_eq!(
            page(there).next_cursor(None).unwrap().as_deref(),
            Some("c2ltMQ==")
        );
        let elsewhere = r#""https://evil.example/?cursor=a""#;
        assert_eq!(page(elsewhere).next_cursor(None).unwrap().as_deref(), Some("a"));
        let relative = r#""/api/calls?cursor=b""#;
        assert_eq!(page(relative).next_cursor(None).unwrap().as_deref(), Some("b"));
        assert_eq!(page("null").next_cursor(Some("a")).unwrap(), None);
    }

    #[test]
    fn a_next_page_that_cannot_be_reached_is_not_the_end() {
        for next in [
            r#""https://api.ultravox.ai/api/calls""#,
            r#""?cursor=""#,
            "7",
            "[]",
            r#""?cursor=same""#,
        ] {
            assert!(page(next).next_cursor(Some("same")).is_err(), "{next}");
        }
    }
}
