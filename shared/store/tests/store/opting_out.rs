//! People who do not want to be called, whoever says so, and people who ask to be called later.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use switchboard_domain::{
    Call, CallFacts, CallId, CallOutcome, CallResults, CallStatus, Campaign, CampaignAction, Direction,
    DoNotCallEntry, Ending, OptOutWay, PhoneNumber, Recipient, RecipientStatus, RetryPolicy, SkipReason,
};
use switchboard_store::{AuditFilter, Finished, OptedOut};
use switchboard_testing::{DynamoDbFault, TestStore, records};

use crate::harness::{begin, campaign_of, ended, enqueued, recipient, slots};

/// It took place, and this was found out.
fn found_out(outcome: CallOutcome, field: &str, value: Value) -> Ending {
    Ending::Ended {
        outcome,
        facts: Box::new(CallFacts {
            results: CallResults {
                collected: [(field.to_owned(), value)].into(),
                ..CallResults::default()
            },
            results_complete: true,
            ..CallFacts::default()
        }),
    }
}

/// Somebody's call in a campaign, in progress.
async fn in_progress(test: &TestStore, campaign: &Campaign, person: &Recipient) -> Call {
    let (call, person) = enqueued(test, campaign, &person.recipient_id).await;
    begin(&test.store, &call, Some(&person), Some(campaign), test.now())
        .await
        .unwrap();
    test.store.find_call(&call.call_id).await.unwrap().unwrap()
}

/// Names of what the trail says happened, newest first.
async fn trail(test: &TestStore) -> Vec<(String, String, String)> {
    let page = test
        .store
        .list_audit_entries(&AuditFilter::default(), None, 50)
        .await
        .unwrap();
    let told = |entry: switchboard_domain::AuditEntry| (entry.action, entry.actor, entry.thing);
    page.items.into_iter().map(told).collect()
}

async fn listed(test: &TestStore, number: &PhoneNumber) -> Option<DoNotCallEntry> {
    test.store.find_do_not_call(number).await.unwrap()
}

async fn finish(test: &TestStore, id: &CallId, ending: &Ending) -> Finished {
    test.store.finish_call(id, ending, test.now()).await.unwrap()
}

fn opts_out() -> Ending {
    found_out(CallOutcome::Completed, "opt_out", json!(true))
}

#[tokio::test]
async fn an_opt_out_in_a_call_lists_the_number_and_ends_the_persons_waiting_recipients_at_once() {
    let test = TestStore::start().await;
    let (here, people) = campaign_of(&test, records::campaign("here", test.now()), 2).await;
    let (queue, queued) = campaign_of(&test, records::campaign("queued", test.now()), 2).await;
    let (paused, _) = campaign_of(&test, records::campaign("paused", test.now()), 2).await;
    test.store
        .act_on_campaign(&paused.campaign_id, CampaignAction::Pause, test.now())
        .await
        .unwrap();
    let (waiting_call, _) = enqueued(&test, &queue, &queued[0].recipient_id).await;
    let call = in_progress(&test, &here, &people[0]).await;

    finish(&test, &call.call_id, &opts_out()).await;

    let number = records::number(0);
    let entry = listed(&test, &number).await.unwrap();
    assert_eq!((entry.way, entry.source.as_str()), (OptOutWay::Call, "call"));
    for campaign in [&queue, &paused] {
        let recipients = test
            .store
            .list_recipients(&campaign.campaign_id, None, None, 10)
            .await
            .unwrap();
        for person in recipients.items {
            let expected = match person.phone_number == number {
                true => (RecipientStatus::Skipped, Some(SkipReason::DoNotCall)),
                false => (RecipientStatus::Pending, None),
            };
            assert_eq!((person.status, person.skip_reason), expected, "{}", campaign.name);
        }
        let counts = test.store.campaign_counts(&campaign.campaign_id).await.unwrap();
        assert_eq!((counts.skipped, counts.pending, counts.sum()), (1, 1, 2));
    }
    let given_up = test
        .store
        .find_call(&waiting_call.call_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(given_up.status, CallStatus::Cancelled);
    let called = recipient(&test.store, &here, &people[0].recipient_id).await;
    assert_eq!(called.status, RecipientStatus::Completed, "its call took place");
    assert_eq!(slots(&test).await, 0);
    assert_eq!(
        trail(&test).await,
        [(
            "do_not_call.opted_out".to_owned(),
            "call".to_owned(),
            call.call_id.to_string()
        )]
    );
}

#[tokio::test]
async fn a_repeat_of_the_same_call_does_not_undo_that_the_number_was_taken_off_the_list() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 1).await;
    let call = in_progress(&test, &campaign, &people[0]).await;
    let number = records::number(0);

    // The tool during the call, the end of it, and its analysis: one wish.
    let during = test
        .store
        .opt_out_of_call(&call, OptOutWay::Tool, test.now())
        .await
        .unwrap();
    assert_eq!(during, OptedOut::Now { ended: 0 });
    assert_eq!(listed(&test, &number).await.unwrap().way, OptOutWay::Tool);
    finish(&test, &call.call_id, &ended(CallOutcome::Completed)).await;
    test.store.remove_do_not_call(&number).await.unwrap();
    for _ in 0..2 {
        finish(&test, &call.call_id, &opts_out()).await;
        assert_eq!(listed(&test, &number).await, None);
    }
    let again = test
        .store
        .opt_out_of_call(&call, OptOutWay::Tool, test.now())
        .await;
    assert_eq!(again.unwrap(), OptedOut::Before);
    assert_eq!(listed(&test, &number).await, None);
    assert_eq!(trail(&test).await.len(), 1);

    // Another call's wish counts.
    let mut other = records::call("other", test.now());
    other.phone_number = Some(number.clone());
    let taken = test
        .store
        .opt_out_of_call(&other, OptOutWay::Tool, test.now())
        .await;
    assert_eq!(taken.unwrap(), OptedOut::Now { ended: 0 });
    assert!(listed(&test, &number).await.is_some());
}

#[tokio::test]
async fn an_analysis_that_comes_after_the_end_is_taken_as_well() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 1).await;
    let (other, _) = campaign_of(&test, records::campaign("other", test.now()), 1).await;
    let call = in_progress(&test, &campaign, &people[0]).await;
    finish(&test, &call.call_id, &ended(CallOutcome::Completed)).await;
    assert_eq!(listed(&test, &records::number(0)).await, None);
    finish(&test, &call.call_id, &opts_out()).await;
    assert!(listed(&test, &records::number(0)).await.is_some());
    let counts = test.store.campaign_counts(&other.campaign_id).await.unwrap();
    assert_eq!((counts.skipped, counts.pending), (1, 0));
}

#[tokio::test]
async fn an_opt_out_that_breaks_off_is_whole_when_the_end_is_told_again() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 1).await;
    let (other, _) = campaign_of(&test, records::campaign("other", test.now()), 1).await;
    let call = in_progress(&test, &campaign, &people[0]).await;
    let faults = test.db_faults();
    // The entry is written; ending the other recipient fails for good.
    faults.fraction("TransactWriteItems", DynamoDbFault::InternalErrorBefore, 1.0, 1);
    let broken = test
        .store
        .finish_call(&call.call_id, &opts_out(), test.now())
        .await;
    assert!(broken.is_err());
    faults.clear();
    assert!(
        listed(&test, &records::number(0)).await.is_some(),
        "nobody is dialled already"
    );
    finish(&test, &call.call_id, &opts_out()).await;
    let counts = test.store.campaign_counts(&other.campaign_id).await.unwrap();
    assert_eq!((counts.skipped, counts.pending), (1, 0));
    assert_eq!(trail(&test).await.len(), 1);
}

#[tokio::test]
async fn whoever_is_being_called_when_the_number_is_listed_does_not_wait_for_a_retry() {
    let test = TestStore::start().await;
    let mut campaign = records::campaign("c", test.now());
    campaign.retry = RetryPolicy {
        max_attempts: 3,
        ..RetryPolicy::default()
    };
    let (campaign, people) = campaign_of(&test, campaign, 2).await;
    let call = in_progress(&test, &campaign, &people[0]).await;
    let other = in_progress(&test, &campaign, &people[1]).await;
    let entry = records::do_not_call(&records::number(0), test.now());
    assert!(test.store.opt_out(&entry).await.unwrap());
    assert!(!test.store.opt_out(&entry).await.unwrap(), "it is there already");

    finish(&test, &call.call_id, &ended(CallOutcome::NoAnswer)).await;
    finish(&test, &other.call_id, &ended(CallOutcome::NoAnswer)).await;

    let person = recipient(&test.store, &campaign, &people[0].recipient_id).await;
    assert_eq!(
        (person.status, person.skip_reason),
        (RecipientStatus::Skipped, Some(SkipReason::DoNotCall))
    );
    let another = recipient(&test.store, &campaign, &people[1].recipient_id).await;
    assert_eq!(
        another.status,
        RecipientStatus::Pending,
        "the others are tried again"
    );
    let counts = test.store.campaign_counts(&campaign.campaign_id).await.unwrap();
    assert_eq!((counts.sum(), counts.total), (2, 2));
}

#[tokio::test]
async fn many_recipients_of_one_number_are_ended_each_once() {
    let test = TestStore::start().await;
    let campaign = records::campaign("c", test.now());
    test.store.create_campaign(&campaign).await.unwrap();
    let people: Vec<Recipient> = (0..120)
        .map(|n| {
            Recipient::new(
                campaign.campaign_id.clone(),
                records::number(7),
                Default::default(),
                Some(format!("row {n}")),
                test.now(),
                test.now(),
            )
        })
        .collect();
    test.store
        .add_recipients(&campaign.campaign_id, people)
        .await
        .unwrap();
    let ended = test.store.end_waiting(&records::number(7), test.now()).await;
    assert_eq!(ended.unwrap(), 120);
    let ended = test.store.end_waiting(&records::number(7), test.now()).await;
    assert_eq!(ended.unwrap(), 0, "final recipients leave the index");
    let counts = test.store.campaign_counts(&campaign.campaign_id).await.unwrap();
    assert_eq!((counts.skipped, counts.total), (120, 120));
}

fn inbound(test: &TestStore, name: &str, results: Option<Value>) -> Call {
    let mut call = records::call(name, test.now());
    call.status = CallStatus::Completed;
    call.direction = Direction::Inbound;
    call.conversation_id = Some(records::provider_id(&format!("conv_{name}")));
    call.ended_at = Some(test.now());
    call.results.collected = results
        .map(|said| ("opt_out".to_owned(), said))
        .into_iter()
        .collect();
    call
}

#[tokio::test]
async fn whoever_calls_in_and_says_so_is_not_called_again() {
    let test = TestStore::start().await;
    let (campaign, _) = campaign_of(&test, records::campaign("c", test.now()), 3).await;
    let mut call = inbound(&test, "in", Some(json!("yes")));
    call.phone_number = Some(records::number(2));
    assert!(test.store.import_call(&call, false).await.unwrap());
    let entry = listed(&test, &records::number(2)).await.unwrap();
    assert_eq!(entry.way, OptOutWay::InboundCall);
    let counts = test.store.campaign_counts(&campaign.campaign_id).await.unwrap();
    assert_eq!((counts.skipped, counts.pending), (1, 2));
    assert_eq!(trail(&test).await[0].1, "inbound_call");

    test.store.remove_do_not_call(&records::number(2)).await.unwrap();
    assert!(!test.store.import_call(&call, false).await.unwrap());
    assert_eq!(listed(&test, &records::number(2)).await, None, "imported before");

    let silent = inbound(&test, "silent", None);
    assert!(test.store.import_call(&silent, false).await.unwrap());
    assert_eq!(listed(&test, silent.phone_number.as_ref().unwrap()).await, None);
}

#[tokio::test]
async fn a_wish_that_was_noted_before_the_call_was_known_is_taken_when_it_is() {
    let test = TestStore::start().await;
    let call = inbound(&test, "later", None);
    let conversation = call.conversation_id.clone().unwrap();
    test.store
        .note_opt_out_wish(&conversation, test.now())
        .await
        .unwrap();
    assert!(test.store.import_call(&call, false).await.unwrap());
    let entry = listed(&test, call.phone_number.as_ref().unwrap()).await.unwrap();
    assert_eq!(entry.way, OptOutWay::Tool);
}

#[tokio::test]
async fn a_call_that_ended_badly_and_opts_out_is_not_tried_again() {
    let test = TestStore::start().await;
    let mut campaign = records::campaign("c", test.now());
    campaign.retry = RetryPolicy {
        max_attempts: 3,
        ..RetryPolicy::default()
    };
    let (campaign, people) = campaign_of(&test, campaign, 1).await;
    let call = in_progress(&test, &campaign, &people[0]).await;
    let ending = found_out(CallOutcome::Failed, "opt_out", json!(true));
    finish(&test, &call.call_id, &ending).await;
    let person = recipient(&test.store, &campaign, &people[0].recipient_id).await;
    assert_eq!(person.status, RecipientStatus::Failed);
}

fn asks_for(at: Timestamp) -> Ending {
    found_out(CallOutcome::Completed, "callback_at", json!(at.to_string()))
}

#[tokio::test]
async fn a_callback_that_was_asked_for_lets_the_person_wait_until_then() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 2).await;
    let at = test.now() + SignedDuration::from_hours(26);

    // Known at the end, and known only after it.
    let call = in_progress(&test, &campaign, &people[0]).await;
    finish(&test, &call.call_id, &asks_for(at)).await;
    let call = in_progress(&test, &campaign, &people[1]).await;
    finish(&test, &call.call_id, &ended(CallOutcome::Completed)).await;
    finish(&test, &call.call_id, &asks_for(at)).await;

    for person in &people {
        let person = recipient(&test.store, &campaign, &person.recipient_id).await;
        assert_eq!(
            (person.status, person.not_before, person.due_at),
            (RecipientStatus::Pending, Some(at), at)
        );
    }
    let counts = test.store.campaign_counts(&campaign.campaign_id).await.unwrap();
    assert_eq!((counts.pending, counts.completed, counts.total), (2, 0, 2));

    // Whoever waits for a callback is ended as everybody else.
    let entry = records::do_not_call(&records::number(1), test.now());
    test.store.opt_out(&entry).await.unwrap();
    let person = recipient(&test.store, &campaign, &people[1].recipient_id).await;
    assert_eq!(person.skip_reason, Some(SkipReason::DoNotCall));
}

#[tokio::test]
async fn a_callback_is_kept_though_whoever_wrote_the_analysis_died_before_the_next_step() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 1).await;
    let at = test.now() + SignedDuration::from_hours(26);
    let call = in_progress(&test, &campaign, &people[0]).await;
    finish(&test, &call.call_id, &ended(CallOutcome::Completed)).await;
    let late = asks_for(at);
    let Ending::Ended { facts, .. } = &late else {
        panic!("{late:?}")
    };
    // As far as it came.
    let written = |call: &mut switchboard_domain::Call| {
        call.take_facts(facts);
        true
    };
    test.store.update_call(&call.call_id, written).await.unwrap();
    finish(&test, &call.call_id, &late).await;
    let person = recipient(&test.store, &campaign, &people[0].recipient_id).await;
    assert_eq!(
        (person.status, person.not_before),
        (RecipientStatus::Pending, Some(at))
    );
}

#[tokio::test]
async fn whoever_asks_for_both_is_not_called_back() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 1).await;
    let call = in_progress(&test, &campaign, &people[0]).await;
    let mut ending = asks_for(test.now() + SignedDuration::from_hours(26));
    if let Ending::Ended { facts, .. } = &mut ending {
        facts.results.collected.insert("opt_out".to_owned(), json!("yes"));
    }
    finish(&test, &call.call_id, &ending).await;
    let person = recipient(&test.store, &campaign, &people[0].recipient_id).await;
    assert_eq!(person.status, RecipientStatus::Completed);
    assert!(listed(&test, &records::number(0)).await.is_some());
}

#[tokio::test]
async fn a_register_keeps_the_date_of_its_newest_file() {
    let test = TestStore::start().await;
    let store = &test.store;
    assert_eq!(store.do_not_call_registers().await.unwrap(), []);
    let upload = records::upload("file", test.now());
    let import = |date: &str| switchboard_domain::DoNotCallImport {
        source: "National register".to_owned(),
        source_date: date.parse().unwrap(),
        is_register: true,
    };
    for (date, kept) in [
        ("2026-10-01", "2026-10-01"),
        ("2026-11-02", "2026-11-02"),
        ("2026-09-30", "2026-11-02"),
    ] {
        store
            .note_register(&import(date), &upload, 5, test.now())
            .await
            .unwrap();
        let registers = store.do_not_call_registers().await.unwrap();
        assert_eq!(registers.len(), 1);
        assert_eq!(registers[0].source_date.to_string(), kept);
    }
    store
        .forget_register(&import("2026-10-01").register_id())
        .await
        .unwrap();
    assert_eq!(store.do_not_call_registers().await.unwrap(), []);
}
