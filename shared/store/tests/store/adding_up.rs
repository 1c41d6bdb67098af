//! Whatever happens in whatever order, the counts add up.

use std::collections::{BTreeMap, BTreeSet};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use switchboard_domain::{
    Call, CallFacts, CallId, CallOutcome, CallStatus, CallSuccess, Campaign, CampaignCounts, Desk, Ending,
    PhoneNumber, RecipientEvent, RecipientStatus, RetryPolicy, SkipReason, TryAgain,
};
use switchboard_store::{CallFilter, DialLimits, SpendLimits, Spent, StoreError};
use switchboard_testing::{DynamoDbFault, TestStore, records};

use crate::harness::{campaign_of, ended, not_placed, slots};

const PEOPLE: u64 = 12;
const STEPS: u32 = 300;
/// What a call reserves, in millionths of a US dollar.
const RESERVED: u64 = 1_500_000;

/// One random thing to one random person.
async fn step(test: &TestStore, campaign: &Campaign, rng: &mut StdRng) -> Result<(), StoreError> {
    let (store, now) = (&test.store, test.now());
    let someone = records::recipient(&campaign.campaign_id, rng.random_range(0..2 * PEOPLE), now);
    let Some(person) = store
        .find_recipient(&campaign.campaign_id, &someone.recipient_id)
        .await?
    else {
        store.add_recipients(&campaign.campaign_id, vec![someone]).await?;
        return Ok(());
    };
    let call = match &person.call_id {
        Some(id) => store.find_call(id).await?,
        None => None,
    };
    let Some(call) = call else {
        let call = records::call_of(campaign, &person, now);
        return store.enqueue(&call, &person, now).await.map(drop);
    };
    match rng.random_range(0..18) {
        0..=1 => store
            .enqueue(&records::call_of(campaign, &person, now), &person, now)
            .await
            .map(drop),
        2..=4 => store
            .begin_dial(&call, Some(&person), Some(campaign), &reserving(), now, now)
            .await
            .map(drop),
        5..=6 => store
            .finish_call(&call.call_id, &an_ending(rng), now)
            .await
            .map(drop),
        7 => store.withdraw(&call, &person, now, now).await.map(drop),
        8 => store
            .move_idle_recipient(&person, a_move(rng), now, now)
            .await
            .map(drop),
        9..=10 => mark_or_judge(test, rng).await,
        11 => store.free_line(&call, now).await.map(drop),
        // Whoever has another call waiting by now is the dialer's to sort out.
        12..=13 if person.status != RecipientStatus::Queued => store
            .readmit_call(&call.call_id, &CallFacts::default(), now, now)
            .await
            .map(drop),
        14 if matches!(person.status, RecipientStatus::Pending | RecipientStatus::Queued) => {
            let mut changed = person.clone();
            changed.priority = rng.random_range(0..=100);
            store.edit_recipient(&person, changed, now).await.map(drop)
        }
        _ => store
            .add_recipients(&campaign.campaign_id, vec![someone, person])
            .await
            .map(drop),
    }
}

/// What every call reserves, under caps that are never reached.
fn reserving() -> DialLimits {
    DialLimits {
        spend: Some(SpendLimits {
            reserve: RESERVED,
            campaign: Some(u64::MAX / 4),
            day: Some(u64::MAX / 4),
        }),
        ..DialLimits::default()
    }
}

/// Somebody marks some call as dealt with or not, or its analysis comes late.
async fn mark_or_judge(test: &TestStore, rng: &mut StdRng) -> Result<(), StoreError> {
    let calls = every_call(test).await;
    if calls.is_empty() {
        return Ok(());
    }
    let id = &calls[rng.random_range(0..calls.len())].call_id;
    if rng.random_bool(0.5) {
        let late = judged(an_outcome(rng), rng);
        return test.store.finish_call(id, &late, test.now()).await.map(drop);
    }
    let handled = rng.random_bool(0.5);
    let mark = |call: &mut Call| std::mem::replace(&mut call.handled, handled) != handled;
    test.store.update_call(id, mark).await.map(drop)
}

async fn every_call(test: &TestStore) -> Vec<Call> {
    let all = CallFilter::default();
    test.store.list_calls(&all, None, 10_000).await.unwrap().items
}

fn an_outcome(rng: &mut StdRng) -> CallOutcome {
    match rng.random_range(0..3) {
        0 => CallOutcome::Failed,
        _ => CallOutcome::Completed,
    }
}

/// It took place, ended so, and somebody says how it went.
fn judged(outcome: CallOutcome, rng: &mut StdRng) -> Ending {
    let mut facts = CallFacts::default();
    facts.results.cost_usd = rng.random_bool(0.5).then(|| rng.random_range(0.01..2.0));
    facts.results.success = match rng.random_range(0..3) {
        0 => Some(CallSuccess::Success),
        1 => Some(CallSuccess::Failure),
        _ => None,
    };
    Ending::Ended {
        outcome,
        facts: Box::new(facts),
    }
}

fn an_ending(rng: &mut StdRng) -> Ending {
    match rng.random_range(0..8) {
        0 => not_placed(TryAgain::AFewTimes),
        1 => not_placed(TryAgain::Never),
        2 => ended(CallOutcome::Completed),
        3 => ended(CallOutcome::Busy),
        4 => ended(CallOutcome::Voicemail),
        5..=6 => judged(an_outcome(rng), rng),
        _ => ended(CallOutcome::NoAnswer),
    }
}

fn a_move(rng: &mut StdRng) -> RecipientEvent {
    match rng.random_range(0..4) {
        0 => RecipientEvent::RetryAsked,
        1 => RecipientEvent::Cancelled,
        2 => RecipientEvent::Removed,
        _ => RecipientEvent::Skipped(SkipReason::WindowClosed),
    }
}

/// What the counts must be, from the recipients themselves.
async fn check(test: &TestStore, campaign: &Campaign, seed: u64) {
    let people = test
        .store
        .list_recipients(&campaign.campaign_id, None, None, 1_000)
        .await
        .unwrap()
        .items;
    let mut expected = CampaignCounts {
        total: people.len() as u64,
        ..CampaignCounts::default()
    };
    people.iter().for_each(|person| expected.add(person.status, 1));
    let counts = test.store.campaign_counts(&campaign.campaign_id).await.unwrap();
    assert_eq!(counts, expected, "seed {seed}");

    let calls = every_call(test).await;
    let live = calls.iter().filter(|call| call.status.is_live()).count();
    let holders = test.store.slot_holders().await.unwrap();
    let free_again = holders.iter().filter(|slot| slot.line_free_at.is_some()).count();
    assert_eq!(slots(test).await as usize + free_again, live, "seed {seed}");
    let calling = people
        .iter()
        .filter(|person| person.status == RecipientStatus::Calling);
    for person in calling {
        let call = calls
            .iter()
            .find(|call| Some(&call.call_id) == person.call_id.as_ref());
        assert!(
            call.is_some_and(|call| call.status.is_live()),
            "seed {seed}: {person:?}"
        );
    }
    what_was_spent_and_whom_it_was_for(test, campaign, &calls, seed).await;
    let queued = calls
        .iter()
        .filter(|call| call.status == CallStatus::Queued)
        .count();
    assert_eq!(queued as u64, expected.queued, "seed {seed}");

    let waiting = calls
        .iter()
        .filter(|call| call.desk() == Some(Desk::NeedsAttention))
        .count();
    let on_desk = CallFilter {
        desk: Some(Desk::NeedsAttention),
        ..CallFilter::default()
    };
    let listed = test.store.list_calls(&on_desk, None, 10_000).await.unwrap();
    let counted: u64 = test
        .store
        .stats_of_all_time()
        .await
        .unwrap()
        .iter()
        .map(|row| row.stats.needs_attention)
        .sum();
    assert_eq!(
        (listed.items.len(), counted),
        (waiting, waiting as u64),
        "seed {seed}"
    );
}

/// The money and the memory of whom was called are those of the calls themselves.
async fn what_was_spent_and_whom_it_was_for(
    test: &TestStore,
    campaign: &Campaign,
    calls: &[Call],
    seed: u64,
) {
    let (mut spent, mut placed) = (Spent::default(), BTreeMap::<PhoneNumber, BTreeSet<CallId>>::new());
    for call in calls.iter().filter(|call| call.reserved_micros.is_some()) {
        let cost = call.cost_micros(RESERVED);
        spent.committed += if call.status.is_live() { RESERVED } else { cost };
        spent.settled += if call.status.is_live() { 0 } else { cost };
        let number = call.phone_number.clone().unwrap();
        let known = placed.entry(number).or_default();
        if call.status != CallStatus::NotPlaced {
            known.insert(call.call_id.clone());
        }
    }
    let of_campaign = test.store.spent_by_campaign(&campaign.campaign_id).await.unwrap();
    let of_day = test.store.spent_today(test.now()).await.unwrap();
    assert_eq!((of_campaign, of_day), (spent, spent), "seed {seed}");
    for (number, calls) in placed {
        let remembered = test.store.dialled(&number).await.unwrap().calls;
        assert_eq!(BTreeSet::from_iter(remembered.into_keys()), calls, "seed {seed}");
    }
}

async fn play(seed: u64, faults: bool) {
    let test = TestStore::start().await;
    test.store.set_concurrency_limit(3, test.now()).await.unwrap();
    let mut campaign = records::campaign("c", test.now());
    campaign.retry = RetryPolicy {
        max_attempts: 2,
        ..RetryPolicy::default()
    };
    campaign.concurrency_limit = seed.is_multiple_of(2).then_some(2);
    let (campaign, _) = campaign_of(&test, campaign, PEOPLE).await;
    let mut rng = StdRng::seed_from_u64(seed);
    for number in 0..STEPS {
        if faults {
            test.db_faults().fraction(
                "TransactWriteItems",
                DynamoDbFault::AnswerLost,
                0.2,
                seed + u64::from(number),
            );
            test.db_faults().fraction(
                "TransactWriteItems",
                DynamoDbFault::Throttled,
                0.2,
                u64::from(number),
            );
        }
        let done = step(&test, &campaign, &mut rng).await;
        test.db_faults().clear();
        if !faults {
            done.unwrap();
        }
        if number % 25 == 24 {
            check(&test, &campaign, seed).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_slots_and_calls_agree_after_anything() {
    for seed in 0..2 {
        play(seed, false).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn they_agree_when_writes_fail_and_answers_are_lost() {
    for seed in 10..12 {
        play(seed, true).await;
    }
}
