//! Reading an index for rows that fit a filter the index does not know.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use serde::de::DeserializeOwned;

use crate::error::unavailable;
use crate::item::{Item, from_item};
use crate::{Cursor, Page, Store, StoreError};

/// Rows asked for at one time.
const READ: usize = 250;
/// Rows looked at for one page. Then the page ends where it is, with a cursor.
pub(crate) const MOST_LOOKED_AT: usize = 2_000;

/// One walk along an index.
pub(crate) struct Walk<'a> {
    /// Attributes that say where a row lies in the index.
    pub(crate) key: &'a [&'a str],
    /// Where to begin.
    pub(crate) start: Option<Item>,
    /// Rows wanted.
    pub(crate) limit: u32,
}

/// Rows that fit, and where the walk stopped.
pub(crate) struct Walked<T> {
    /// The rows.
    pub(crate) rows: Vec<T>,
    /// Key of the last row that was looked at; none: everything was.
    pub(crate) last: Option<Item>,
}

impl Walk<'_> {
    /// Walks until enough rows fit, the index ends, or `left` rows were looked at.
    pub(crate) async fn run<T: DeserializeOwned>(
        self,
        query: impl Fn() -> QueryFluentBuilder,
        fits: impl Fn(&T) -> bool,
        mut left: usize,
    ) -> Result<Walked<T>, StoreError> {
        let (mut rows, mut start) = (Vec::new(), self.start);
        let wanted = self.limit as usize;
        loop {
            let read = READ.min(left.max(1));
            let answer = query()
                .set_exclusive_start_key(start.take())
                .limit(i32::try_from(read).unwrap_or(i32::MAX))
                .send()
                .await
                .map_err(unavailable("DynamoDB", "Query"))?;
            for item in answer.items.unwrap_or_default() {
                left = left.saturating_sub(1);
                let part = |name: &&str| item.get(*name).map(|v| ((*name).to_owned(), v.clone()));
                let here: Item = self.key.iter().filter_map(part).collect();
                let row: T = from_item(item)?;
                if fits(&row) {
                    rows.push(row);
                }
                if rows.len() >= wanted {
                    return Ok(Walked {
                        rows,
                        last: Some(here),
                    });
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() || left == 0 {
                return Ok(Walked { rows, last: start });
            }
        }
    }
}

impl Store {
    /// Records of one kind that fit, newest first. Looks at a bounded number of rows: a page can be short,
    /// even empty, and still have a next one.
    pub(crate) async fn search_kind<T: DeserializeOwned>(
        &self,
        table: &str,
        kind: &str,
        fits: impl Fn(&T) -> bool,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<T>, StoreError> {
        let walk = Walk {
            key: &["pk", "sk", "kind", "sort"],
            start: cursor.and_then(Cursor::start_key),
            limit,
        };
        let walked = walk
            .run(|| self.kind_query(table, kind), fits, MOST_LOOKED_AT)
            .await?;
        Ok(Page {
            items: walked.rows,
            next: walked.last.map(|last| Cursor::after(0, &last)),
        })
    }
}
