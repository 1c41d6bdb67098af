//! Calls that are under way: several statuses in one list.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use switchboard_domain::{Call, CallStatus};

use crate::calls::{CallFilter, FoundCalls, Index, fits};
use crate::item::{Item, s};
use crate::keys;
use crate::reading::{MOST_LOOKED_AT, Walk};
use crate::{Cursor, Page, Store, StoreError};

/// Most calls that are looked at for one page, in each status.
const MOST_IN_STATUS: usize = MOST_LOOKED_AT / 4;

impl Store {
    /// Calls that are queued, being placed, unconfirmed or in progress, newest first; the other conditions of
    /// the filter hold too. What the index does not know is looked for in a bounded number of rows: a page
    /// can be short, even empty, and still have a next one.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_live_calls(
        &self,
        filter: &CallFilter,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<FoundCalls, StoreError> {
        let after = cursor.and_then(Cursor::start_key);
        let mut found = BTreeMap::new();
        let mut reached = Reached::default();
        // In the order that a call takes: one that moves on meanwhile is met again, not missed.
        let passing = CallStatus::ALL.into_iter().filter(|status| !status.is_final());
        for status in passing.filter(|status| filter.status.is_none_or(|asked| asked == *status)) {
            let filter = CallFilter {
                status: Some(status),
                oldest_first: false,
                ..filter.clone()
            };
            let index = Index::new("by-status", "status", status.as_str());
            let walk = Walk {
                key: &KEY,
                start: after.clone().map(|key| in_status(key, status)),
                limit,
            };
            let walked = walk
                .run(
                    || self.call_query(&index, &filter),
                    |call: &Call| fits(&filter, call),
                    MOST_IN_STATUS,
                )
                .await?;
            reached.stopped_at(walked.last);
            found.extend(walked.rows.into_iter().map(|call| (Reverse(place(&call)), call)));
        }
        found.retain(|Reverse(place), _| reached.has(place));
        let more = found.len() > limit as usize;
        let calls: Vec<Call> = found.into_values().take(limit as usize).collect();
        let last = match calls.last().filter(|_| more) {
            Some(call) => Some(key_of(call)),
            None => reached.key,
        };
        Ok(FoundCalls {
            searched_back_to: last
                .as_ref()
                .filter(|_| calls.len() < limit as usize)
                .and_then(keys::time_of),
            page: Page {
                items: calls,
                next: last.map(|last| Cursor::after(0, &last)),
            },
        })
    }
}

/// Attributes that say where a call lies in the index.
const KEY: [&str; 4] = ["pk", "sk", "status", "sort"];

/// How far back every status was looked at: older calls of one are left for the next page, as newer ones of
/// another may not have been seen yet.
#[derive(Default)]
struct Reached {
    key: Option<Item>,
}

impl Reached {
    fn stopped_at(&mut self, last: Option<Item>) {
        let newer = last.filter(|key| self.key.as_ref().is_none_or(|known| sort(key) > sort(known)));
        self.key = newer.or(self.key.take());
    }

    fn has(&self, place: &str) -> bool {
        self.key.as_ref().is_none_or(|key| place >= sort(key))
    }
}

fn sort(key: &Item) -> &str {
    key.get("sort")
        .and_then(|v| v.as_s().ok())
        .map_or("", String::as_str)
}

/// Where a call lies among those of all statuses.
fn place(call: &Call) -> String {
    sort(&key_of(call)).to_owned()
}

fn key_of(call: &Call) -> Item {
    let mut key = keys::call(&call.call_id).item();
    let sort = keys::time_and(call.created_at, call.call_id.as_str());
    key.insert("sort".into(), sort);
    in_status(key, call.status)
}

/// The same place in the list of another status; no call needs to be there.
fn in_status(mut key: Item, status: CallStatus) -> Item {
    key.insert("status".into(), s(status.as_str()));
    key
}
