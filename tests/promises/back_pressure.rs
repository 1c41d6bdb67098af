//! A provider that cannot take our dials: a slower pace, a rest, a pause. Nobody pays for it.

use std::sync::Arc;

use switchboard_domain::{CampaignStatus, ProviderHealth, ProviderKind};
use switchboard_providers::fake::NextDial;
use switchboard_providers::{ProviderError, Refusal};
use switchboard_testing::Actor;

use crate::world::World;

fn rate_limited() -> NextDial {
    NextDial::Refuse(Refusal::RateLimited {
        code: "system_busy".into(),
    })
}

fn unreachable() -> NextDial {
    NextDial::Refuse(Refusal::NeverSent {
        reason: "connection refused".into(),
    })
}

async fn health(world: &World) -> ProviderHealth {
    let state = world
        .test
        .store
        .provider_state(ProviderKind::Elevenlabs, world.now())
        .await;
    state.unwrap().health
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_provider_is_dialled_more_slowly_and_recovers() {
    let mut world = World::start().await;
    for _ in 0..6 {
        world.provider.script_dial(rate_limited());
    }
    let campaign = world.campaign(25).await;
    for _ in 0..3 {
        world.second().await;
    }
    assert_eq!(health(&world).await, ProviderHealth::Degraded);
    let counts = world.work_until_over(&campaign.campaign_id, 900).await;
    assert_eq!(counts.completed, 25, "nobody is given up for it: {counts:?}");
    assert_eq!(health(&world).await, ProviderHealth::Up);
    for call in world.calls().await {
        assert!(call.attempt <= 1 + 6, "{}", call.attempt);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_costs_a_few_dials_and_no_person() {
    let mut world = World::start().await;
    for _ in 0..1_000 {
        world.provider.script_dial(unreachable());
    }
    let campaign = world.campaign(20).await;
    let down = || ProviderError::Unavailable {
        reason: "down".into(),
        request_id: None,
        source: None::<Arc<_>>,
    };
    for _ in 0..120 {
        // Each look at it fails too.
        world.provider.fail_next_request(down());
        world.second().await;
    }
    assert_eq!(health(&world).await, ProviderHealth::Down);
    let dialled = world.provider.dials().len();
    assert!(dialled <= 12, "{dialled} dials into a provider that is down");
    let counts = world.counts(&campaign.campaign_id).await;
    assert_eq!((counts.failed, counts.total), (0, 20), "{counts:?}");
    let inbox = Actor::viewer()
        .get(&world.api, "/api/attention")
        .await
        .expect(200);
    assert_eq!(inbox["items"][0]["kind"], "provider_down", "{inbox}");

    world.provider.clear_script();
    let counts = world.work_until_over(&campaign.campaign_id, 900).await;
    assert_eq!(counts.completed, 20, "{counts:?}");
    assert_eq!(health(&world).await, ProviderHealth::Up);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_credit_pauses_its_campaigns_with_the_reason() {
    let mut world = World::start().await;
    world.provider.script_dial(NextDial::Place);
    for _ in 0..5 {
        world.provider.script_dial(NextDial::Refuse(Refusal::OutOfCredit));
    }
    let campaign = world.campaign(15).await;
    let id = campaign.campaign_id.clone();
    for _ in 0..60 {
        world.second().await;
    }
    let paused = world.test.store.find_campaign(&id).await.unwrap().unwrap();
    assert_eq!(paused.status, CampaignStatus::Paused);
    assert!(
        paused.failure.as_deref().unwrap().contains("credit"),
        "{paused:?}"
    );
    let dialled = world.provider.dials().len();
    assert!(dialled <= 7, "{dialled} dials without credit");
    let counts = world.counts(&id).await;
    assert_eq!((counts.failed, counts.pending), (0, 14), "{counts:?}");

    world.provider.clear_script();
    Actor::operator()
        .act(&world.api, &format!("/api/campaigns/{id}/resume"))
        .await
        .expect(200);
    let counts = world.work_until_over(&id, 900).await;
    assert_eq!(counts.completed, 15, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_gone_pauses_its_own_campaign_only() {
    let mut world = World::start().await;
    let gone = Refusal::NotFound {
        code: "agent_not_found".into(),
    };
    for _ in 0..5 {
        world.provider.script_dial(NextDial::Refuse(gone.clone()));
    }
    let campaign = world.campaign(5).await;
    for _ in 0..20 {
        world.second().await;
    }
    let paused = world
        .test
        .store
        .find_campaign(&campaign.campaign_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(paused.status, CampaignStatus::Paused);
    assert_eq!(world.counts(&campaign.campaign_id).await.pending, 5);
}
