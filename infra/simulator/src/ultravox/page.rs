//! Lists in pages, with the next one's whole address.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use http::Uri;
use serde_json::{Value, json};

use super::body::Base;
use super::refusal::Refusal;
use crate::query::Query;

/// Most of a page.
const MOST: usize = 100;

/// One page of `all` as the request asks for it. The keys have to be unique and to stay.
///
/// # Errors
/// When the cursor is none of ours, or the size no number.
pub(crate) fn page<T>(
    base: &Base,
    uri: &Uri,
    usual: usize,
    all: &[T],
    key: impl Fn(&T) -> String,
    row: impl Fn(&T) -> Value,
) -> Result<Value, Refusal> {
    let query = Query::of(uri);
    let size = match query.get("pageSize").map(str::parse::<usize>) {
        None => usual,
        Some(Ok(size)) if size > 0 => size.min(MOST),
        Some(_) => return Err(Refusal::field("pageSize", "A valid integer above 0 is required.")),
    };
    let invalid = || Refusal::field("cursor", "Invalid cursor.");
    let (start, end) = match query.get("cursor") {
        None => (0, size),
        Some(cursor) => {
            let (side, seen) = decoded(cursor).ok_or_else(invalid)?;
            let at = all
                .iter()
                .position(|item| key(item) == seen)
                .ok_or_else(invalid)?;
            match side {
                Side::After => (at + 1, at + 1 + size),
                Side::Before => (at.saturating_sub(size), at),
            }
        }
    };
    let end = end.min(all.len());
    let shown = all.get(start..end).unwrap_or_default();
    let link = |side: Side, item: &T| {
        let mark = match side {
            Side::After => 'a',
            Side::Before => 'b',
        };
        let cursor = URL_SAFE.encode(format!("{mark}{}", key(item)));
        let kept = query.pairs().iter().filter(|(name, _)| name != "cursor");
        let cursor = ("cursor".to_owned(), cursor);
        let address = format!("{}{}", base.0, uri.path());
        let pairs = std::iter::once(&cursor).chain(kept);
        reqwest::Url::parse_with_params(&address, pairs)
            .map(String::from)
            .ok()
    };
    let next = shown.last().filter(|_| end < all.len());
    let previous = shown.first().filter(|_| start > 0);
    Ok(json!({
        "next": next.and_then(|item| link(Side::After, item)),
        "previous": previous.and_then(|item| link(Side::Before, item)),
        "results": shown.iter().map(row).collect::<Vec<Value>>(),
        "total": all.len(),
    }))
}

#[derive(Clone, Copy)]
enum Side {
    After,
    Before,
}

fn decoded(cursor: &str) -> Option<(Side, String)> {
    let text = String::from_utf8(URL_SAFE.decode(cursor).ok()?).ok()?;
    let side = match text.chars().next()? {
        'a' => Side::After,
        'b' => Side::Before,
        _ => return None,
    };
    Some((side, text[1..].to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &str) -> Result<Value, Refusal> {
        let base = Base("http://here.test:1".to_owned());
        let all: Vec<u32> = (0..7).collect();
        let uri: Uri = format!("/api/things{query}").parse().unwrap();
        page(&base, &uri, 3, &all, u32::to_string, |n| json!(n))
    }

    fn follow(link: &Value) -> Value {
        let (_, query) = link.as_str().unwrap().split_once('?').unwrap();
        ask(&format!("?{query}")).unwrap()
    }

    #[test]
    fn pages_lead_forwards_and_back_and_keep_what_was_asked() {
        let first = ask("?sort=name").unwrap();
        assert_eq!(
            (&first["results"], &first["previous"]),
            (&json!([0, 1, 2]), &Value::Null)
        );
        let link = first["next"].as_str().unwrap();
        assert!(
            link.starts_with("http://here.test:1/api/things?cursor="),
            "{link}"
        );
        assert!(link.ends_with("&sort=name"), "{link}");
        let second = follow(&first["next"]);
        assert_eq!(second["results"], json!([3, 4, 5]));
        let last = follow(&second["next"]);
        assert_eq!((&last["results"], &last["next"]), (&json!([6]), &Value::Null));
        assert_eq!(follow(&last["previous"])["results"], json!([3, 4, 5]));
        assert_eq!(last["total"], 7);
    }

    #[test]
    fn a_cursor_of_ones_own_making_is_refused() {
        for wrong in [
            "?cursor=x",
            "?cursor=YTk5",
            "?cursor=w7w",
            "?pageSize=0",
            "?pageSize=many",
        ] {
            assert!(ask(wrong).is_err(), "{wrong}");
        }
    }
}
