//! What these tests begin with.

use jiff::Timestamp;
use switchboard_domain::{Call, CallFacts, CallOutcome, Campaign, Ending, Recipient, RecipientId, TryAgain};
use switchboard_store::{BeginDial, DialLimits, Enqueued, Store, StoreError};
use switchboard_testing::{TestStore, records};

/// A running campaign with `size` pending recipients.
pub(crate) async fn campaign_of(
    test: &TestStore,
    campaign: Campaign,
    size: u64,
) -> (Campaign, Vec<Recipient>) {
    test.store.create_campaign(&campaign).await.unwrap();
    let recipients: Vec<_> = (0..size)
        .map(|n| records::recipient(&campaign.campaign_id, n, test.now()))
        .collect();
    let added = test
        .store
        .add_recipients(&campaign.campaign_id, recipients.clone())
        .await
        .unwrap();
    assert_eq!((added.added, added.present), (size, 0));
    (campaign, recipients)
}

/// The recipient as it is now.
pub(crate) async fn recipient(store: &Store, campaign: &Campaign, id: &RecipientId) -> Recipient {
    store
        .find_recipient(&campaign.campaign_id, id)
        .await
        .unwrap()
        .unwrap()
}

/// Puts a recipient's call onto the dial queue; answers both as they are now.
pub(crate) async fn enqueued(test: &TestStore, campaign: &Campaign, id: &RecipientId) -> (Call, Recipient) {
    let before = recipient(&test.store, campaign, id).await;
    let call = records::call_of(campaign, &before, test.now());
    assert_eq!(
        test.store.enqueue(&call, &before, test.now()).await.unwrap(),
        Enqueued::Yes
    );
    (call, recipient(&test.store, campaign, id).await)
}

/// Begins a dial that is watched for a minute.
pub(crate) async fn begin(
    store: &Store,
    call: &Call,
    recipient: Option<&Recipient>,
    campaign: Option<&Campaign>,
    now: Timestamp,
) -> Result<BeginDial, StoreError> {
    store
        .begin_dial(call, recipient, campaign, &DialLimits::default(), now, now)
        .await
}

/// A queued call of the API's, written.
pub(crate) async fn queued_call(test: &TestStore, name: &str) -> Call {
    let call = records::call(name, test.now());
    test.store.create_call(&call).await.unwrap();
    call
}

/// It took place, and ended so.
pub(crate) fn ended(outcome: CallOutcome) -> Ending {
    Ending::Ended {
        outcome,
        facts: Box::new(CallFacts {
            duration_secs: Some(10),
            ..CallFacts::default()
        }),
    }
}

/// It never took place.
pub(crate) fn not_placed(try_again: TryAgain) -> Ending {
    Ending::NotPlaced {
        try_again,
        failure: "refused".to_owned(),
        request_id: None,
    }
}

/// The settings' count of slots, after making sure that it is the number of holders.
pub(crate) async fn slots(test: &TestStore) -> u32 {
    let in_use = test.queue().await.slots_in_use;
    let holders = test.store.slot_holders().await.unwrap();
    let counted = holders.iter().filter(|slot| slot.line_free_at.is_none());
    assert_eq!(counted.count(), in_use as usize, "every slot has one holder");
    in_use
}
