//! Pages and cursors.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use switchboard_domain::{CallStatus, RecipientEvent, RecipientStatus};
use switchboard_store::{CallFilter, Cursor, StoreError};
use switchboard_testing::{TestStore, records};

use crate::harness::{campaign_of, queued_call};

/// A cursor on its way through a URL.
fn travelled(cursor: Cursor) -> Cursor {
    Cursor::decode(&cursor.encode()).unwrap()
}

#[tokio::test]
async fn pages_of_recipients_show_everybody_once() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 60).await;
    for person in &people[..20] {
        test.store
            .move_idle_recipient(person, RecipientEvent::Cancelled, test.now(), test.now())
            .await
            .unwrap();
    }
    for (status, expected) in [
        (None, 60),
        (Some(RecipientStatus::Pending), 40),
        (Some(RecipientStatus::Cancelled), 20),
    ] {
        for limit in [1, 7, 60, 200] {
            let (mut seen, mut rows, mut cursor) = (BTreeSet::new(), 0, None);
            loop {
                let page = test
                    .store
                    .list_recipients(&campaign.campaign_id, status, cursor.as_ref(), limit)
                    .await
                    .unwrap();
                assert!(page.items.len() <= limit as usize);
                rows += page.items.len();
                seen.extend(page.items.into_iter().map(|r| r.recipient_id));
                cursor = page.next.map(travelled);
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!((rows, seen.len()), (expected, expected), "{status:?} {limit}");
        }
    }
}

#[tokio::test]
async fn pages_of_calls_are_in_order_whatever_the_filter() {
    let test = TestStore::start().await;
    let mut made = Vec::new();
    for n in 0..12 {
        made.push(queued_call(&test, &n.to_string()).await.call_id);
        test.clock.advance(SignedDuration::from_secs(1));
    }
    test.store
        .update_call(&made[3], |call| {
            call.handled = true;
            true
        })
        .await
        .unwrap();
    let unhandled: Vec<_> = made.iter().filter(|id| **id != made[3]).cloned().collect();
    let queued = CallFilter {
        status: Some(CallStatus::Queued),
        ..CallFilter::default()
    };
    let number = CallFilter {
        phone_number: Some(records::number(100)),
        ..CallFilter::default()
    };
    let handled = CallFilter {
        handled: Some(false),
        ..CallFilter::default()
    };
    for (filter, expected) in [
        (CallFilter::default(), &made),
        (queued, &made),
        (number, &made),
        (handled, &unhandled),
    ] {
        for oldest_first in [true, false] {
            let filter = CallFilter {
                oldest_first,
                ..filter.clone()
            };
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let page = test.store.list_calls(&filter, cursor.as_ref(), 5).await.unwrap();
                assert!(page.items.len() <= 5);
                seen.extend(page.items.into_iter().map(|call| call.call_id));
                cursor = page.next.map(travelled);
                if cursor.is_none() {
                    break;
                }
            }
            if !oldest_first {
                seen.reverse();
            }
            assert_eq!(&seen, expected, "{filter:?}");
        }
    }
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let test = TestStore::start().await;
    for n in 0..3 {
        queued_call(&test, &n.to_string()).await;
    }
    let page = test
        .store
        .list_calls(&CallFilter::default(), None, 1)
        .await
        .unwrap();
    let cursor = page.next.unwrap();
    let refused = test.store.list_campaigns(None, Some(&cursor), 10).await;
    assert!(matches!(refused, Err(StoreError::InvalidCursor)), "{refused:?}");
    let other = CallFilter {
        status: Some(CallStatus::Completed),
        ..CallFilter::default()
    };
    let refused = test.store.list_calls(&other, Some(&cursor), 10).await;
    assert!(matches!(refused, Err(StoreError::InvalidCursor)), "{refused:?}");
}
