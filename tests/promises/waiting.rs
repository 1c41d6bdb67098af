//! Dialers that wait for a slot: it costs next to nothing, and nobody is forgotten or called by two of them.

use std::time::Duration;

use jiff::SignedDuration;
use switchboard_domain::{CallStatus, Campaign, CampaignStatus, DialSettings, RecipientStatus};
use switchboard_testing::{LIMIT, records};

use crate::world::World;

/// Every slot is taken, and a dialer with one more call finds that out.
async fn one_waits(world: &mut World) -> Campaign {
    world.dialer = world.patient_dialer();
    world.talk = SignedDuration::from_hours(1);
    let campaign = world.campaign(u64::from(LIMIT) + 1).await;
    let id = &campaign.campaign_id;
    for _ in 0..400 {
        world.second().await;
        let counts = world.counts(id).await;
        if counts.calling == u64::from(LIMIT) && counts.queued == 1 {
            break;
        }
    }
    assert_eq!(world.in_status(id, RecipientStatus::Queued).await, 1);
    campaign
}

/// Real time in which the dialer looks dozens of times.
async fn a_while() {
    tokio::time::sleep(Duration::from_millis(400)).await;
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..500 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what} did not come");
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_a_slot_writes_nothing_but_a_sign_of_life() {
    let mut world = World::start().await;
    one_waits(&mut world).await;
    // Its message is old by now: the first sign of life was given.
    world.pass(15);
    a_while().await;
    let meter = world.test.meter();
    meter.turn_on();
    a_while().await;
    let used = meter.take();
    // Calls in progress are watched beside it, and give signs of life themselves.
    let of_waiting = used.iter().filter(|(what, _)| what.operation == "GetItem");
    let looks: u64 = of_waiting.map(|(_, used)| used.requests).sum();
    let written: f64 = used.values().map(|used| used.write_units).sum();
    assert!(looks >= 10, "{used:?}");
    assert_eq!(written, 0.0, "{used:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_a_dialer_waits_with_is_not_sent_again_until_the_dialer_dies() {
    let mut world = World::start().await;
    one_waits(&mut world).await;
    let store = world.test.store.clone();
    for _ in 0..4 {
        world.pass(15);
        let now = world.now();
        until("a sign of life", async || {
            !store.waited_with(now).await.unwrap().is_empty()
        })
        .await;
        a_while().await;
        world.scheduler.one_step().await.unwrap();
        assert_eq!(world.test.take_dials().await, [], "nothing is lost");
    }
    world.dialers.abort_all();
    while world.dialers.join_next().await.is_some() {}
    let mut sent = Vec::new();
    for _ in 0..20 {
        world.pass(15);
        world.scheduler.one_step().await.unwrap();
        sent.extend(world.test.take_dials().await);
        if !sent.is_empty() {
            break;
        }
    }
    let queued = world
        .calls()
        .await
        .into_iter()
        .find(|call| call.status == CallStatus::Queued);
    assert_eq!(
        sent.first().map(|message| &message.call_id),
        queued.as_ref().map(|call| &call.call_id)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_is_called_when_a_call_ends_and_leaves_no_sign() {
    let mut world = World::start().await;
    let campaign = one_waits(&mut world).await;
    let id = campaign.campaign_id;
    world.pass(15);
    let (store, now) = (world.test.store.clone(), world.now());
    until("a sign of life", async || {
        !store.waited_with(now).await.unwrap().is_empty()
    })
    .await;
    world.talk = SignedDuration::from_secs(20);
    let counts = world.work_until_over(&id, 300).await;
    assert_eq!(counts.completed, u64::from(LIMIT) + 1, "{counts:?}");
    assert_eq!(world.most_dials_to_one_number(), 1);
    assert!(store.waited_with(now).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_bites_while_a_dialer_waits() {
    let mut world = World::start().await;
    let campaign = one_waits(&mut world).await;
    let id = &campaign.campaign_id;
    let store = world.test.store.clone();
    let paused = store
        .pause_because(id, "Somebody wants it.", world.now())
        .await
        .unwrap();
    assert!(paused);
    until("the way back", async || {
        world.in_status(id, RecipientStatus::Pending).await == 1
    })
    .await;
    let now = store.find_campaign(id).await.unwrap().unwrap();
    assert_eq!(now.status, CampaignStatus::Paused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_its_agent_holds_a_call_back_without_a_write_too() {
    let mut world = World::start().await;
    let campaign = records::campaign("renewals", world.now());
    let settings = DialSettings {
        agent_limits: [(campaign.agent_id.clone(), 2)].into(),
        ..DialSettings::default()
    };
    world.test.store.put_dial_settings(&settings).await.unwrap();
    world.dialer = world.patient_dialer();
    world.talk = SignedDuration::from_hours(1);
    let campaign = world.campaign_like(campaign, 4).await;
    let id = &campaign.campaign_id;
    for _ in 0..10 {
        world.second().await;
    }
    assert_eq!(world.in_status(id, RecipientStatus::Calling).await, 2);
    assert_eq!(world.in_status(id, RecipientStatus::Queued).await, 2);
    world.pass(15);
    a_while().await;
    let meter = world.test.meter();
    meter.turn_on();
    a_while().await;
    let used = meter.take();
    let written: f64 = used.values().map(|used| used.write_units).sum();
    assert_eq!(written, 0.0, "{used:?}");
}
