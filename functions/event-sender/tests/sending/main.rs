//! Events from what makes them true to a receiver over HTTP.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod harness;

use jiff::SignedDuration;
use serde_json::Value;
use switchboard_domain::{DeliveryStatus, EVENT_ATTEMPTS, EventType, MAX_RETRY_AFTER, OutgoingEvent};
use switchboard_service::sign;
use switchboard_store::DialLimits;
use switchboard_testing::records;

use crate::harness::{Reply, World};

const A_DAY: SignedDuration = SignedDuration::from_hours(24);

async fn opt_out(world: &World, n: u64) {
    let entry = records::do_not_call(&records::number(n), world.test.now());
    assert!(world.test.store.add_do_not_call(&entry).await.unwrap());
}

#[tokio::test]
async fn an_opt_out_is_told_once_and_its_signature_can_be_checked() {
    let world = World::start().await;
    let target = world.target("a", &[EventType::OptOutCreated]).await;
    opt_out(&world, 1).await;
    assert_eq!(world.tick().await.delivered, 1);
    world.pass(A_DAY);
    assert_eq!(world.tick().await.attempted, 0);

    let requests = world.requests();
    assert_eq!(requests.len(), 1);
    let header = |name: &str| requests[0].headers[name].to_str().unwrap();
    let secret = world.signing(&target).await.remove(0);
    let timestamp = header("webhook-timestamp").parse().unwrap();
    let expected = sign(&[&secret], header("webhook-id"), timestamp, &requests[0].body).unwrap();
    assert_eq!(header("webhook-signature"), expected);
    let body: Value = serde_json::from_str(&requests[0].body).unwrap();
    assert_eq!(body["id"], header("webhook-id"));
    assert_eq!(body["data"]["phone_number"], records::number(1).as_str());
    assert_eq!(world.log(&target).await[0].status, DeliveryStatus::Delivered);
}

#[tokio::test]
async fn what_nobody_wants_is_not_written_and_each_who_wants_it_is_told() {
    let world = World::start().await;
    opt_out(&world, 1).await;
    world.target("calls", &[EventType::CallEnded]).await;
    opt_out(&world, 2).await;
    assert_eq!(world.tick().await.events, 0);
    world.target("a", &[EventType::OptOutCreated]).await;
    world.target("b", &[EventType::OptOutCreated]).await;
    opt_out(&world, 3).await;
    assert_eq!(world.tick().await.delivered, 2);
    let ids: Vec<_> = world
        .requests()
        .iter()
        .map(|r| r.headers["webhook-id"].clone())
        .collect();
    assert_eq!(ids[0], ids[1], "one event, however many are told");
}

#[tokio::test]
async fn one_that_always_fails_is_given_up_after_its_last_attempt_and_can_be_sent_again() {
    let world = World::start().await;
    let target = world.target("a", &[EventType::OptOutCreated]).await;
    world.answers(500);
    opt_out(&world, 1).await;
    for _ in 0..EVENT_ATTEMPTS + 3 {
        world.tick().await;
        world.pass(A_DAY);
    }
    assert_eq!(world.requests().len(), EVENT_ATTEMPTS as usize);
    let store = &world.test.store;
    let dead = store
        .list_dead_deliveries(&target.target_id, None, 10)
        .await
        .unwrap()
        .items;
    assert_eq!(dead.len(), 1);
    assert_eq!(
        dead[0].log.last().unwrap().response.as_deref(),
        Some("what is said")
    );

    world.answers(204);
    let mut again = dead[0].clone();
    again.replay(world.test.now());
    store.put_delivery(&mut again).await.unwrap();
    assert_eq!(world.tick().await.delivered, 1);
    let dead = store
        .list_dead_deliveries(&target.target_id, None, 10)
        .await
        .unwrap();
    assert!(dead.items.is_empty());
    let requests = world.requests();
    assert!(
        requests
            .iter()
            .all(|r| r.headers["webhook-id"] == requests[0].headers["webhook-id"])
    );
    assert!(requests.iter().all(|r| r.body == requests[0].body));
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_off_visibly_and_gets_nothing_more() {
    let world = World::start().await;
    let target = world.target("a", &[EventType::OptOutCreated]).await;
    world.answers(410);
    opt_out(&world, 1).await;
    assert_eq!(world.tick().await.dead, 1);
    let store = &world.test.store;
    let off = store.find_event_target(&target.target_id).await.unwrap().unwrap();
    assert!(!off.enabled && off.turned_off.is_some());
    opt_out(&world, 2).await;
    assert_eq!(world.tick().await.events, 0);
}

#[tokio::test]
async fn whoever_dies_with_a_delivery_loses_nothing() {
    let world = World::start().await;
    let target = world.target("a", &[EventType::OptOutCreated]).await;
    opt_out(&world, 1).await;
    let store = &world.test.store;
    let event = store.due_events(10).await.unwrap().remove(0);
    let now = world.test.now();
    let mut made = store.make_deliveries(&event, now).await.unwrap();
    assert_eq!(
        store.make_deliveries(&event, now).await.unwrap(),
        [],
        "none twice"
    );
    let claimed = now + SignedDuration::from_secs(30);
    let mut same = made[0].clone();
    assert!(store.claim_delivery(&mut made[0], claimed).await.unwrap());
    assert!(
        !store.claim_delivery(&mut same, claimed).await.unwrap(),
        "one has it"
    );
    assert_eq!(world.tick().await.attempted, 0);
    world.pass(SignedDuration::from_secs(31));
    assert_eq!(world.tick().await.delivered, 1);
    assert_eq!(world.log(&target).await.len(), 1);
}

#[tokio::test]
async fn a_receiver_is_given_the_time_it_asks_for_up_to_a_bound() {
    let world = World::start().await;
    let target = world.target("a", &[EventType::OptOutCreated]).await;
    let wait = async |asked: &str| {
        world.replies(Reply(503, vec![("retry-after", asked.to_owned())], String::new()));
        world.tick().await;
        let delivery = world.log(&target).await.remove(0);
        let wait = delivery.next_attempt_at.unwrap().duration_since(world.test.now());
        world.pass(A_DAY);
        wait
    };
    opt_out(&world, 1).await;
    assert_eq!(wait("3600").await, SignedDuration::from_hours(1));
    assert_eq!(wait("99999999").await, MAX_RETRY_AFTER);
    assert!(wait("soon").await < SignedDuration::from_hours(1));
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_a_long_answer_is_cut() {
    let world = World::start().await;
    let target = world.target("a", &[EventType::OptOutCreated]).await;
    world.replies(Reply(
        302,
        vec![("location", world.url.clone())],
        "x".repeat(100_000),
    ));
    opt_out(&world, 1).await;
    world.tick().await;
    assert_eq!(world.requests().len(), 1);
    let attempt = world.log(&target).await[0].log[0].clone();
    assert_eq!(attempt.status, Some(302));
    assert_eq!(attempt.response.unwrap().len(), 4_096);
    assert!(attempt.error.unwrap().contains("redirect"));
}

#[tokio::test]
async fn an_address_that_is_not_allowed_is_not_contacted_however_it_came_into_the_table() {
    let world = World::start().await;
    let target = world.target("a", &[EventType::OptOutCreated]).await;
    for url in [
        "http://127.0.0.2:1/",
        "https://169.254.169.254/",
        "https://localhost:8443/",
    ] {
        let store = &world.test.store;
        let changed = store.update_event_target(&target.target_id, |target| {
            target.url = url.to_owned();
            true
        });
        changed.await.unwrap();
        opt_out(&world, url.len() as u64).await;
        assert_eq!(world.tick().await.attempted, 1);
        let attempt = world.log(&target).await[0].log[0].clone();
        assert_eq!((attempt.status, attempt.response), (None, None), "{url}");
        world.pass(SignedDuration::from_secs(1));
    }
    assert!(world.requests().is_empty());
}

#[tokio::test]
async fn a_test_goes_to_its_target_alone_whatever_that_is_told_of() {
    let world = World::start().await;
    let target = world.target("a", &[EventType::CallEnded]).await;
    let other = world.target("b", &EventType::ALL).await;
    let event = OutgoingEvent::test(&target, world.test.now(), &mut switchboard_service::rng()).unwrap();
    world.test.store.add_event(&event).await.unwrap();
    assert_eq!(world.tick().await.delivered, 1);
    assert_eq!(
        (world.log(&target).await.len(), world.log(&other).await.len()),
        (1, 0)
    );
}

#[tokio::test]
async fn the_end_of_a_call_tells_of_the_call_and_its_recipient_once() {
    use switchboard_domain::{CallOutcome, CampaignAction, Ending, RecipientEvent};

    let world = World::start().await;
    let types = [
        EventType::CallEnded,
        EventType::RecipientFinal,
        EventType::CampaignFinished,
    ];
    world.target("a", &types).await;
    let (store, now) = (&world.test.store, world.test.now());
    let campaign = records::campaign("reminders", now);
    store.create_campaign(&campaign).await.unwrap();
    let people: Vec<_> = (0..2)
        .map(|n| records::recipient(&campaign.campaign_id, n, now))
        .collect();
    store
        .add_recipients(&campaign.campaign_id, people.clone())
        .await
        .unwrap();
    let call = records::call_of(&campaign, &people[0], now);
    store.enqueue(&call, &people[0], now).await.unwrap();
    let queued = store
        .find_recipient(&campaign.campaign_id, &people[0].recipient_id)
        .await;
    let queued = queued.unwrap().unwrap();
    store
        .begin_dial(
            &call,
            Some(&queued),
            Some(&campaign),
            &DialLimits::default(),
            now,
            now,
        )
        .await
        .unwrap();
    let ending = Ending::Ended {
        outcome: CallOutcome::Completed,
        facts: Box::default(),
    };
    for _ in 0..3 {
        store.finish_call(&call.call_id, &ending, now).await.unwrap();
    }
    let cancelled = store.move_idle_recipient(&people[1], RecipientEvent::Cancelled, now, now);
    assert!(cancelled.await.unwrap());
    for _ in 0..2 {
        let act = store.act_on_campaign(&campaign.campaign_id, CampaignAction::Complete, now);
        drop(act.await.unwrap());
    }
    assert_eq!(world.tick().await.delivered, 4);
    let mut told: Vec<String> = world
        .requests()
        .iter()
        .map(|request| {
            let body: Value = serde_json::from_str(&request.body).unwrap();
            format!(
                "{} {}",
                body["type"].as_str().unwrap(),
                body["data"]["status"].as_str().unwrap()
            )
        })
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            "call.ended completed",
            "campaign.finished completed",
            "recipient.final cancelled",
            "recipient.final completed"
        ]
    );
}
