//! The eight promises.

use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::json;
use switchboard_domain::{CallStatus, CampaignAction, QueueState, RecipientStatus, SkipReason, ZoneSource};
use switchboard_providers::fake::NextDial;
use switchboard_testing::{Actor, DynamoDbFault, LIMIT, SqsFault, records};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn promise_1_nobody_is_dialled_twice_by_accident() {
    const PEOPLE: u64 = 12;
    let mut world = World::start().await;
    // Every second answer to a dial is lost, some of them with the call placed; every message comes
    // three times; the table conflicts and loses answers.
    for n in 0..PEOPLE {
        world.provider.script_dial(match n % 4 {
            0 => NextDial::LoseAnswer,
            1 => NextDial::LoseRequest,
            _ => NextDial::Place,
        });
    }
    let faults = world.test.db_faults();
    faults.fraction("TransactWriteItems", DynamoDbFault::TransactionConflict, 0.1, 1);
    faults.fraction("TransactWriteItems", DynamoDbFault::AnswerLost, 0.02, 2);
    world
        .test
        .queue_faults()
        .fraction("ReceiveMessage", SqsFault::DeliverTwice, 0.5, 3);
    let campaign = world.campaign(PEOPLE).await;
    let counts = world.work_until_over(&campaign.campaign_id, 900).await;
    assert_eq!(counts.completed, PEOPLE, "{counts:?}");
    for call in world.calls().await {
        let asked = world
            .provider
            .dials()
            .iter()
            .filter(|d| d.attempt == call.call_id)
            .count();
        assert!(asked <= 1, "one attempt asks the provider once");
    }
    // Whoever was asked for twice had a first dial that never arrived, and was looked up in between.
    let rang = |number: &str| {
        let dials = world.provider.dials();
        let to_it = dials.iter().filter(|d| d.to.as_str() == number);
        to_it
            .filter(|d| world.provider.conversation_of(&d.attempt).is_some())
            .count()
    };
    for n in 0..PEOPLE {
        assert_eq!(rang(records::number(n).as_str()), 1, "one phone call to each");
    }
    world.nobody_holds_a_slot().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_2_nobody_is_forgotten() {
    let mut world = World::start().await;
    let campaign = world.campaign(25).await;
    let id = &campaign.campaign_id;
    for round in 0..6 {
        // The queue loses everything, and every dialer dies where it stands.
        world.scheduler.one_step().await.unwrap();
        let lost = world.test.take_dials().await;
        if round % 2 == 0 {
            for message in lost {
                world.dial(message);
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            world.dialers.abort_all();
        }
        world.counts(id).await;
        world.pass(1);
    }
    let counts = world.work_until_over(id, 1_500).await;
    assert_eq!(counts.finished(), 25, "{counts:?}");
    assert!(
        world.most_dials_to_one_number() <= 2,
        "a dial that never left may be made again"
    );
    for call in world.calls().await {
        assert!(call.status.is_final() && call.dial_before.is_some(), "{call:?}");
    }
    world.nobody_holds_a_slot().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_3_the_limit_is_the_limit() {
    let mut world = World::start().await;
    let campaign = world.campaign(40).await;
    for _ in 0..12 {
        world.provider.script_dial(NextDial::LoseAnswer);
    }
    world
        .test
        .queue_faults()
        .fraction("ReceiveMessage", SqsFault::DeliverTwice, 0.3, 3);
    for second in 0..1_500 {
        world.second().await;
        if second % 7 == 3 {
            // Half of the dialers die: their calls go on and keep their slots.
            world.dialers.abort_all();
        }
        if world.counts(&campaign.campaign_id).await.is_finished() {
            break;
        }
    }
    assert!(world.counts(&campaign.campaign_id).await.is_finished());
    assert!(
        world.provider.peak_live() <= u64::from(LIMIT),
        "{} at one time",
        world.provider.peak_live()
    );
    assert!(
        world.provider.peak_live() >= u64::from(LIMIT) - 1,
        "the slots are used"
    );
    world.nobody_holds_a_slot().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_4_stop_means_stop() {
    let mut world = World::start().await;
    let campaign = world.campaign(30).await;
    let id = campaign.campaign_id.clone();
    for _ in 0..3 {
        world.second().await;
    }
    let operator = Actor::operator();
    // Each kind of stop: nothing is asked of the provider after its acknowledgement.
    for stop in ["pause", "queue", "stop-all", "cancel"] {
        let (path, resume) = match stop {
            "queue" => ("/api/queue/stop".to_owned(), "/api/queue/start".to_owned()),
            "stop-all" => (
                "/api/campaigns/stop-all".to_owned(),
                format!("/api/campaigns/{id}/resume"),
            ),
            stop => (
                format!("/api/campaigns/{id}/{stop}"),
                format!("/api/campaigns/{id}/resume"),
            ),
        };
        operator.act(&world.api, &path).await.expect(200);
        let dialled = world.provider.dials().len();
        for _ in 0..40 {
            world.second().await;
        }
        assert_eq!(world.provider.dials().len(), dialled, "dialled after {stop}");
        if stop != "cancel" {
            operator.act(&world.api, &resume).await.expect(200);
            for _ in 0..10 {
                world.second().await;
            }
            assert!(
                world.provider.dials().len() > dialled,
                "dialling goes on after {stop}"
            );
        }
    }
    let counts = world.work_until_over(&id, 300).await;
    assert!(counts.cancelled > 0 && counts.is_finished(), "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_4_a_dial_that_was_held_up_on_its_way_is_not_made_after_a_stop() {
    let mut world = World::start().await;
    let campaign = world.campaign(1).await;
    world.scheduler.one_step().await.unwrap();
    let message = world.test.take_dials().await.remove(0);
    // The table is slow to answer: while the dialer waits, somebody pauses the campaign.
    world
        .test
        .db_faults()
        .next("TransactWriteItems", DynamoDbFault::TransactionConflict, 4);
    world.dial(message);
    let store = world.test.store.clone();
    for _ in 0..200 {
        if world.test.queue().await.slots_in_use > 0 {
            break;
        }
        world.pass(1);
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    store
        .act_on_campaign(&campaign.campaign_id, CampaignAction::Pause, world.now())
        .await
        .unwrap();
    for _ in 0..20 {
        world.second().await;
    }
    // Either it was made before the pause, or not at all.
    let counts = world.counts(&campaign.campaign_id).await;
    assert_eq!(
        world.provider.dials().len() as u64,
        counts.total - counts.pending,
        "{counts:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_5_nobody_is_called_at_the_wrong_time_or_against_their_wish() {
    let mut world = World::start().await;
    let mut plan = records::campaign("renewals", world.now());
    // It is Friday noon in UTC and four o'clock where the people are: their hours are over in a minute.
    let days = ["mon", "tue", "wed", "thu", "fri"].map(|day| format!(r#""{day}":["01:00-04:01"]"#));
    let hours = format!(r#"{{"windows":{{{}}},"rules":{{"only":[]}}}}"#, days.join(","));
    plan.rules.calling_hours = serde_json::from_str(&hours).unwrap();
    let campaign = world.campaign_like(plan, 30).await;
    let unwilling = records::do_not_call(&records::number(3), world.now());
    world.test.store.add_do_not_call(&unwilling).await.unwrap();
    for _ in 0..180 {
        world.second().await;
    }
    for call in world
        .calls()
        .await
        .iter()
        .filter(|call| call.placing_at.is_some())
    {
        let there = call.placing_at.unwrap().in_tz("America/Los_Angeles").unwrap();
        assert!(
            (1..4).contains(&there.hour()) || there.hour() == 4 && there.minute() < 1,
            "{there}"
        );
        let hours = call.hours.as_ref().unwrap();
        assert_eq!(hours.zones, ["America/Los_Angeles"]);
        assert_eq!(
            hours.source,
            ZoneSource::Number,
            "it is written down where the zone came from"
        );
    }
    let counts = world.counts(&campaign.campaign_id).await;
    assert!(
        counts.pending > 0 && counts.queued == 0,
        "they wait for Monday: {counts:?}"
    );
    world.pass(69 * 3_600 - 180);
    let counts = world.work_until_over(&campaign.campaign_id, 900).await;
    assert_eq!((counts.completed, counts.skipped), (29, 1), "{counts:?}");
    assert!(
        world
            .provider
            .dials()
            .iter()
            .all(|dial| dial.to != unwilling.phone_number)
    );
    let skipped = world
        .test
        .store
        .list_recipients(&campaign.campaign_id, Some(RecipientStatus::Skipped), None, 9)
        .await
        .unwrap();
    assert_eq!(skipped.items[0].skip_reason, Some(SkipReason::DoNotCall));
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_6_what_a_provider_tells_is_kept() {
    let world = World::start().await;
    let body = include_str!("../../events/provider-webhooks/post_call_transcription.json");
    // Not answered 200 before it is durable, and nothing is lost by asking again.
    world
        .test
        .db_faults()
        .next("PutItem", DynamoDbFault::InternalErrorBefore, 99);
    assert_eq!(world.webhook(body).await, 503);
    world.test.db_faults().clear();
    let id = world.live_sample_call().await;
    // Many at once, and again later: it is applied once.
    let statuses = join_all((0..8).map(|_| world.webhook(body))).await;
    assert!(statuses.iter().any(|status| *status == 200), "{statuses:?}");
    assert_eq!(world.webhook(body).await, 200);
    let ended = world.call(&id).await;
    assert_eq!(ended.status, CallStatus::Completed);
    assert!(!world.test.store.transcript(&id).await.unwrap().is_empty());
    let total = world.test.store.stats_of_all_time().await.unwrap();
    assert_eq!(
        total.iter().map(|row| row.stats.calls).sum::<u64>(),
        1,
        "counted once"
    );
    // What cannot be read is kept and shown.
    assert_eq!(
        world
            .webhook("{\"type\":\"post_call_transcription\",\"data\":5}")
            .await,
        200
    );
    let inbox = Actor::viewer()
        .get(&world.api, "/api/attention")
        .await
        .expect(200);
    assert_eq!(inbox["items"][0]["kind"], "unparsed_webhook", "{inbox}");
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_7_whoever_has_no_right_gets_nothing() {
    let world = World::start().await;
    let campaign = world.campaign(1).await;
    let pause = format!("/api/campaigns/{}/pause", campaign.campaign_id);
    Actor::anonymous().act(&world.api, &pause).await.expect(401);
    Actor::viewer().act(&world.api, &pause).await.expect(403);
    let body = include_str!("../../events/provider-webhooks/post_call_transcription.json");
    assert_eq!(world.signed_webhook(body, "t=1,v0=00").await, 401);
    let old = world.now() - SignedDuration::from_hours(2);
    let stale = switchboard_providers::elevenlabs::webhook::sign(
        &switchboard_providers::Secret::new(crate::world::SECRET),
        body.as_bytes(),
        old,
    );
    assert_eq!(world.signed_webhook(body, &stale).await, 401);
    let kept = world
        .test
        .store
        .list_webhooks(switchboard_store::WebhookList::Settled, None, 9)
        .await
        .unwrap();
    assert!(kept.items.is_empty(), "nothing of it is kept");
    assert_eq!(world.test.queue().await.state, QueueState::Running);
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_8_bad_input_gets_a_clear_answer() {
    let world = World::start().await;
    let bad = json!({ "agent_id": "../../etc", "phone_line_id": 7, "phone_number": "call me" });
    let problem = Actor::operator()
        .post(&world.api, "/api/calls", bad)
        .await
        .expect(400);
    assert_eq!(problem["type"], "/problems/invalid");
    assert!(
        problem["detail"]
            .as_str()
            .is_some_and(|detail| !detail.is_empty()),
        "{problem}"
    );
    let deep = "[".repeat(100_000);
    for body in ["", "{", "null", deep.as_str(), "\u{0}"] {
        let status = world.webhook(body).await;
        assert_eq!(status, 200, "signed, so it is kept for a look");
    }
}
