//! A provider that cannot take our dials: a slower pace, a rest, a pause. Nobody pays for it.

use std::sync::Arc;

use switchboard_domain::{CampaignStatus, ProviderHealth, ProviderKind};
use switchboard_providers::fake::NextDial;
use switchboard_providers::{Credits, ProviderError, Quota, Refusal};
use switchboard_testing::{Actor, records};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_stays_down_pauses_its_campaigns_until_they_are_resumed() {
    let mut world = World::start().await;
    for _ in 0..1_000 {
        world.provider.script_dial(unreachable());
    }
    let id = world.campaign(8).await.campaign_id;
    let down = || ProviderError::Unavailable {
        reason: "down".into(),
        request_id: None,
        source: None::<Arc<_>>,
    };
    let status = async |world: &World| {
        let campaign = world.test.store.find_campaign(&id).await.unwrap().unwrap();
        (campaign.status, campaign.failure.unwrap_or_default())
    };
    for _ in 0..250 {
        world.provider.fail_next_request(down());
        world.second().await;
    }
    assert_eq!(health(&world).await, ProviderHealth::Down);
    assert_eq!(
        status(&world).await.0,
        CampaignStatus::Running,
        "a short outage only holds dials back"
    );
    for _ in 0..150 {
        world.provider.fail_next_request(down());
        world.second().await;
    }
    let (paused, why) = status(&world).await;
    assert_eq!(paused, CampaignStatus::Paused);
    assert!(
        why.starts_with("The provider has not answered for 5 min."),
        "{why}"
    );

    world.provider.clear_script();
    Actor::operator()
        .act(&world.api, &format!("/api/campaigns/{id}/resume"))
        .await
        .expect(200);
    let counts = world.work_until_over(&id, 900).await;
    assert_eq!(counts.completed, 8, "{counts:?}");
    assert_eq!(status(&world).await.1, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_that_wants_credits_pauses_when_few_are_left() {
    let mut world = World::start().await;
    let quota = |used| Quota {
        tier: "pro".into(),
        status: "active".into(),
        credits: Some(Credits {
            used,
            limit: 10_000,
            resets_at: None,
        }),
        ..Quota::default()
    };
    world.provider.set_quota(quota(9_500));
    let mut careful = records::campaign("careful", world.now());
    careful.rules.auto_pause.least_credits = Some(1_000);
    let careful = world.campaign_like(careful, 3).await.campaign_id;
    world.second().await;
    let paused = world.test.store.find_campaign(&careful).await.unwrap().unwrap();
    assert_eq!(paused.status, CampaignStatus::Paused);
    let why = paused.failure.unwrap();
    assert!(why.starts_with("500 credits are left"), "{why}");

    world.provider.set_quota(quota(0));
    Actor::operator()
        .act(&world.api, &format!("/api/campaigns/{careful}/resume"))
        .await
        .expect(200);
    assert_eq!(world.work_until_over(&careful, 300).await.completed, 3);
}
