//! Adding recipients.

use std::collections::BTreeSet;

use futures::future::join_all;
use switchboard_domain::{RecipientEvent, RecipientStatus};
use switchboard_testing::{DynamoDbFault, TestStore, records};

use crate::harness::campaign_of;

#[tokio::test(flavor = "multi_thread")]
async fn recipients_are_added_once_however_often_and_by_however_many() {
    let test = TestStore::start().await;
    let (campaign, _) = campaign_of(&test, records::campaign("c", test.now()), 0).await;
    let id = &campaign.campaign_id;
    let people: Vec<_> = (0..300).map(|n| records::recipient(id, n, test.now())).collect();
    let tasks = (0..3).map(|part| {
        let (store, id, people) = (test.store.clone(), id.clone(), people[part * 50..].to_vec());
        tokio::spawn(async move { store.add_recipients(&id, people).await.unwrap().added })
    });
    let added: u64 = join_all(tasks).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(added, 300);
    let again = test.store.add_recipients(id, people).await.unwrap();
    assert_eq!((again.added, again.present), (0, 300));
    let counts = test.store.campaign_counts(id).await.unwrap();
    assert_eq!((counts.total, counts.pending, counts.sum()), (300, 300, 300));
}

#[tokio::test]
async fn an_addition_that_breaks_off_is_finished_by_repeating_it() {
    let test = TestStore::start().await;
    let (campaign, _) = campaign_of(&test, records::campaign("c", test.now()), 0).await;
    let id = &campaign.campaign_id;
    let people: Vec<_> = (0..200).map(|n| records::recipient(id, n, test.now())).collect();
    let faults = test.db_faults();
    let mut seed = 0;
    loop {
        seed += 1;
        faults.clear();
        faults.fraction("TransactWriteItems", DynamoDbFault::InternalErrorAfter, 0.7, seed);
        let done = test.store.add_recipients(id, people.clone()).await;
        let counts = test.store.campaign_counts(id).await.unwrap();
        assert_eq!(counts.sum(), counts.total, "at every moment");
        if done.is_ok() {
            break;
        }
    }
    faults.clear();
    let counts = test.store.campaign_counts(id).await.unwrap();
    assert_eq!((counts.total, counts.pending), (200, 200));
}

#[tokio::test]
async fn the_same_person_twice_in_one_request_is_one_recipient() {
    let test = TestStore::start().await;
    let (campaign, _) = campaign_of(&test, records::campaign("c", test.now()), 0).await;
    let id = &campaign.campaign_id;
    let person = records::recipient(id, 1, test.now());
    let added = test
        .store
        .add_recipients(id, vec![person.clone(), person])
        .await
        .unwrap();
    assert_eq!((added.added, added.present), (1, 1));
    assert_eq!(test.store.campaign_counts(id).await.unwrap().total, 1);
}

#[tokio::test]
async fn those_who_are_there_keep_their_state() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 2).await;
    let id = &campaign.campaign_id;
    test.store
        .move_idle_recipient(&people[0], RecipientEvent::Cancelled, test.now(), test.now())
        .await
        .unwrap();
    test.store.add_recipients(id, people).await.unwrap();
    let counts = test.store.campaign_counts(id).await.unwrap();
    assert_eq!((counts.total, counts.cancelled, counts.pending), (2, 1, 1));
}

#[tokio::test]
async fn due_recipients_come_from_every_shard() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 100).await;
    let mut seen = BTreeSet::new();
    for first_shard in 0..16 {
        let due = test
            .store
            .due_recipients(&campaign.campaign_id, test.now(), first_shard, 20)
            .await
            .unwrap();
        assert_eq!(due.len(), 20);
        assert!(due.iter().all(|r| r.status == RecipientStatus::Pending));
        seen.extend(due.into_iter().map(|r| r.recipient_id));
    }
    assert_eq!(
        seen.len(),
        people.len(),
        "beginning with another shard each time, everybody is reached"
    );
}
