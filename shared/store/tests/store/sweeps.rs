//! Telling the scheduler to move a campaign's recipients.

use switchboard_domain::{CampaignAction, CampaignStatus};
use switchboard_testing::{DynamoDbFault, TestStore, records};

use crate::harness::campaign_of;

#[tokio::test]
async fn a_cancel_and_its_sweep_are_written_together_or_not_at_all() {
    let test = TestStore::start().await;
    let (campaign, _) = campaign_of(&test, records::campaign("c", test.now()), 1).await;
    let id = &campaign.campaign_id;
    let faults = test.db_faults();
    faults.next("TransactWriteItems", DynamoDbFault::InternalErrorBefore, 99);
    test.store
        .act_on_campaign(id, CampaignAction::Cancel, test.now())
        .await
        .unwrap_err();
    faults.clear();
    assert_eq!(test.store.sweeps().await.unwrap(), []);
    assert_eq!(
        test.store.find_campaign(id).await.unwrap().unwrap().status,
        CampaignStatus::Running
    );

    let cancelled = test
        .store
        .act_on_campaign(id, CampaignAction::Cancel, test.now())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert_eq!(test.store.sweeps().await.unwrap(), std::slice::from_ref(id));
    test.store.finish_sweep(id, cancelled.version).await.unwrap();
    assert_eq!(test.store.sweeps().await.unwrap(), []);
}

#[tokio::test]
async fn a_sweep_asked_for_while_another_ends_is_not_forgotten() {
    let test = TestStore::start().await;
    let (campaign, _) = campaign_of(&test, records::campaign("c", test.now()), 1).await;
    let id = &campaign.campaign_id;
    let retried = test
        .store
        .ask_retry_failed(id, test.now())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    // The scheduler is done with what it saw, and somebody cancels before it says so.
    test.store
        .act_on_campaign(id, CampaignAction::Cancel, test.now())
        .await
        .unwrap();
    test.store.finish_sweep(id, retried.version).await.unwrap();
    assert_eq!(test.store.sweeps().await.unwrap(), std::slice::from_ref(id));
}

#[tokio::test]
async fn cancelling_again_asks_again_and_keeps_the_end() {
    let test = TestStore::start().await;
    let (campaign, _) = campaign_of(&test, records::campaign("c", test.now()), 1).await;
    let id = &campaign.campaign_id;
    let cancel = async || {
        let done = test
            .store
            .act_on_campaign(id, CampaignAction::Cancel, test.now())
            .await;
        done.unwrap().unwrap().unwrap()
    };
    let first = cancel().await;
    test.store.finish_sweep(id, first.version).await.unwrap();
    test.clock.advance(jiff::SignedDuration::from_secs(60));
    let second = cancel().await;
    assert_eq!(second.finished_at, first.finished_at);
    assert_eq!(test.store.sweeps().await.unwrap(), std::slice::from_ref(id));
}
