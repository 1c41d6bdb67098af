//! Campaigns that behave: not too often, not too dear, each its share, and paused when something is wrong.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{CallOutcome, CampaignAction, CampaignId, CampaignStatus, FrequencyCap};
use switchboard_testing::{Actor, records};

use crate::world::World;

/// When each number was dialled, in order.
async fn dials_by_number(world: &World) -> HashMap<String, Vec<Timestamp>> {
    let mut dials = HashMap::<String, Vec<Timestamp>>::new();
    for call in world.calls().await {
        if let (Some(number), Some(at)) = (&call.phone_number, call.placing_at) {
            dials.entry(number.as_str().to_owned()).or_default().push(at);
        }
    }
    dials.values_mut().for_each(|times| times.sort());
    dials
}

async fn status(world: &World, id: &CampaignId) -> (CampaignStatus, String) {
    let campaign = world.test.store.find_campaign(id).await.unwrap().unwrap();
    (campaign.status, campaign.failure.unwrap_or_default())
}

async fn resume(world: &World, id: &CampaignId) {
    let (store, now) = (&world.test.store, world.now());
    let resumed = store.act_on_campaign(id, CampaignAction::Resume, now).await;
    resumed.unwrap().unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_called_more_often_than_allowed_by_two_campaigns_together() {
    let mut world = World::start().await;
    let mut campaigns = Vec::new();
    for name in ["renewals", "reminders"] {
        let mut plan = records::campaign(name, world.now());
        plan.rules.frequency_caps = vec![FrequencyCap { calls: 1, hours: 24 }];
        campaigns.push(world.campaign_like(plan, 5).await.campaign_id);
    }
    for _ in 0..60 {
        world.second().await;
    }
    let dials = dials_by_number(&world).await;
    assert!(
        dials.len() == 5 && dials.values().all(|times| times.len() == 1),
        "{dials:?}"
    );
    world.pass(24 * 3_600);
    for id in &campaigns {
        let counts = world.work_until_over(id, 300).await;
        assert_eq!(counts.completed, 5, "{counts:?}");
    }
    for times in dials_by_number(&world).await.values() {
        assert!(
            times.len() == 2 && times[1].duration_since(times[0]) >= SignedDuration::from_hours(24),
            "{times:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_pauses_before_a_call_could_cost_more_than_it_may() {
    let mut world = World::start().await;
    let mut plan = records::campaign("renewals", world.now());
    // Ten minutes at 15 cents are reserved for each call, and nobody tells what it did cost.
    plan.rules.spend_cap_cents = Some(400);
    let id = world.campaign_like(plan, 4).await.campaign_id;
    for second in 0..90 {
        world.second().await;
        let spent = world.test.store.spent_by_campaign(&id).await.unwrap();
        assert!(spent.committed <= 4_000_000, "{spent:?}");
        if second == 15 {
            let due = world.test.store.due_recipients(&id, world.now(), 0, 10).await;
            assert_eq!(
                due.unwrap(),
                [],
                "who found the cap reached is not queued every second"
            );
        }
    }
    assert_eq!(world.provider.dials().len(), 2);
    let (paused, why) = status(&world, &id).await;
    assert!(
        paused == CampaignStatus::Paused && why.contains("spend cap"),
        "{paused:?} {why}"
    );

    let raised = world.test.store.edit_campaign(&id, |campaign| {
        campaign.rules.spend_cap_cents = Some(10_000);
        Ok::<_, ()>(true)
    });
    raised.await.unwrap().unwrap().unwrap();
    resume(&world, &id).await;
    assert_eq!(world.work_until_over(&id, 300).await.completed, 4);
    let spent = world.test.store.spent_by_campaign(&id).await.unwrap();
    assert_eq!(
        (spent.committed, spent.settled),
        (6_000_000, 6_000_000),
        "nothing stays reserved"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_whose_calls_fail_pauses_with_the_reason_until_it_is_resumed() {
    let mut world = World::start().await;
    let id = world.campaign(40).await.campaign_id;
    for _ in 0..30 {
        world.second().await;
        for call in world.calls().await {
            if let Some(conversation) = world.provider.conversation_of(&call.call_id)
                && !conversation.state.is_over()
            {
                world
                    .provider
                    .end(&conversation.conversation_id, CallOutcome::Failed, 1);
            }
        }
        if status(&world, &id).await.0 == CampaignStatus::Paused {
            break;
        }
    }
    let (paused, why) = status(&world, &id).await;
    assert!(
        paused == CampaignStatus::Paused && why.contains("failed"),
        "{paused:?} {why}"
    );
    let dialled = world.provider.dials().len();
    for _ in 0..20 {
        world.second().await;
    }
    assert_eq!(
        world.provider.dials().len(),
        dialled,
        "nobody is dialled while it is paused"
    );
    resume(&world, &id).await;
    for _ in 0..10 {
        world.second().await;
    }
    assert_eq!(
        status(&world, &id).await.0,
        CampaignStatus::Running,
        "what was known is no reason any more"
    );
    assert!(world.provider.dials().len() > dialled);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_person_is_called_when_a_line_is_free_not_when_the_provider_is_done_with_the_call() {
    let mut world = World::start().await;
    world.test.queue().await;
    let now = world.now();
    world.test.store.set_concurrency_limit(1, now).await.unwrap();
    world.talk = SignedDuration::from_hours(1);
    let id = world.campaign(2).await.campaign_id;
    let dials = async |world: &mut World, wanted: usize| {
        for _ in 0..20 {
            world.second().await;
            if world.provider.dials().len() >= wanted {
                break;
            }
        }
        assert_eq!(world.provider.dials().len(), wanted);
    };
    dials(&mut world, 1).await;
    for _ in 0..5 {
        world.second().await;
    }
    assert_eq!(world.provider.dials().len(), 1, "there is one slot");
    let first = world.provider.dials()[0].attempt.clone();
    let conversation = world.provider.conversation_of(&first).unwrap().conversation_id;
    world.provider.hang_up(&conversation);
    dials(&mut world, 2).await;
    assert!(
        !world.call(&first).await.status.is_final(),
        "its outcome is not known yet"
    );
    assert_eq!(world.provider.peak_live(), 1);

    world.provider.end(&conversation, CallOutcome::Completed, 20);
    world.talk = SignedDuration::from_secs(20);
    assert_eq!(world.work_until_over(&id, 300).await.completed, 2);
    world.nobody_holds_a_slot().await;
    let proof = format!("/api/campaigns/{id}/proof");
    let proof = Actor::viewer().get(&world.api, &proof).await.expect(200);
    let limit = proof["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["check"] == "limit_held");
    assert_eq!(
        (&limit.unwrap()["holds"], &proof["peak_calls"]),
        (&true.into(), &1.into()),
        "{proof}"
    );
}
