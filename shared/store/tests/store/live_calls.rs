//! Calls under way, over all their statuses.

use jiff::SignedDuration;
use switchboard_domain::{AgentId, CallId, CallStatus};
use switchboard_store::CallFilter;
use switchboard_testing::{TestStore, records};

const PASSING: [CallStatus; 4] = [
    CallStatus::Queued,
    CallStatus::Placing,
    CallStatus::Unconfirmed,
    CallStatus::InProgress,
];

/// Writes calls under way, one a second, the newest last. `status` and agent are as asked for each.
async fn with_calls(
    test: &TestStore,
    count: usize,
    of: impl Fn(usize) -> (CallStatus, &'static str),
) -> Vec<CallId> {
    let mut made = Vec::new();
    for index in 0..count {
        let mut call = records::call(&index.to_string(), test.now());
        let (status, agent) = of(index);
        call.status = status;
        call.agent_id = Some(AgentId::derived(&[agent]));
        test.store.create_call(&call).await.unwrap();
        test.clock.advance(SignedDuration::from_secs(1));
        made.push(call.call_id);
    }
    made
}

/// Every row, page by page, oldest first.
async fn walk(test: &TestStore, filter: &CallFilter, limit: u32) -> Vec<CallId> {
    let (mut rows, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = test
            .store
            .list_live_calls(filter, cursor.as_ref(), limit)
            .await
            .unwrap()
            .page;
        assert!(page.items.len() <= limit as usize);
        rows.extend(page.items.into_iter().map(|call| call.call_id));
        pages += 1;
        assert!(pages < 1_000, "the list has an end");
        cursor = page.next;
        if cursor.is_none() {
            rows.reverse();
            return rows;
        }
    }
}

#[tokio::test]
async fn pages_of_all_statuses_show_every_call_once_and_in_order() {
    let test = TestStore::start().await;
    // Long runs of one status, so that the statuses end at different places.
    let made = with_calls(&test, 48, |index| (PASSING[(index / 7) % 4], "anna")).await;
    let queued: Vec<CallId> = (0..48)
        .filter(|index| (index / 7) % 4 == 0)
        .map(|index| made[index].clone())
        .collect();
    let one_status = CallFilter {
        status: Some(CallStatus::Queued),
        ..CallFilter::default()
    };
    let over = CallFilter {
        status: Some(CallStatus::Completed),
        ..CallFilter::default()
    };
    for limit in [1, 2, 5, 48, 200] {
        assert_eq!(walk(&test, &CallFilter::default(), limit).await, made, "{limit}");
        assert_eq!(walk(&test, &one_status, limit).await, queued, "{limit}");
        assert_eq!(walk(&test, &over, limit).await, [], "{limit}");
    }
}

#[tokio::test]
async fn a_few_calls_among_very_many_are_all_found() {
    let test = TestStore::start().await;
    // More than are looked at for one page, in one status, with the rare ones on both sides of the bound.
    let rare = |index: usize| index.is_multiple_of(199);
    let made = with_calls(&test, 1_200, |index| match index {
        _ if rare(index) => (PASSING[index % 4], "berta"),
        _ => (CallStatus::Queued, "anna"),
    })
    .await;
    let wanted: Vec<CallId> = (0..1_200)
        .filter(|index| rare(*index))
        .map(|index| made[index].clone())
        .collect();
    let filter = CallFilter {
        agent_id: Some(AgentId::derived(&["berta"])),
        ..CallFilter::default()
    };
    for limit in [1, 3, 200] {
        assert_eq!(walk(&test, &filter, limit).await, wanted, "{limit}");
    }
    let first = test.store.list_live_calls(&filter, None, 200).await.unwrap();
    assert!(first.page.next.is_some() && first.searched_back_to.is_some());
}
