//! A provider is looked at while nobody is called through it.

use switchboard_domain::{ProviderHealth, ProviderKind};
use switchboard_providers::{ProviderError, Quota};

use crate::world::World;

const KIND: ProviderKind = ProviderKind::Elevenlabs;

fn no_answer() -> ProviderError {
    ProviderError::Unavailable {
        reason: "HTTP 503".into(),
        request_id: None,
        source: None,
    }
}

async fn health(world: &World) -> ProviderHealth {
    let state = world.test.store.provider_state(KIND, world.now()).await;
    state.unwrap().health
}

#[tokio::test]
async fn a_provider_that_goes_away_while_nobody_is_called_is_known_to_be_down_and_comes_back() {
    let world = World::start().await;
    world.provider.set_quota(Quota::default());
    world.scheduler.one_step().await.unwrap();
    for _ in 0..5 {
        world.provider.fail_next_request(no_answer());
    }
    let failing = async || {
        let watch = world.test.store.provider_watch(KIND).await.unwrap();
        watch.failing_since
    };
    for _ in 0..4 {
        world.pass(60);
        world.scheduler.one_step().await.unwrap();
        assert_eq!(
            failing().await,
            None,
            "it is asked every five minutes while it is well"
        );
    }
    world.pass(60);
    let gone_at = world.now();
    for _ in 0..5 {
        assert_eq!(health(&world).await, ProviderHealth::Up);
        world.scheduler.one_step().await.unwrap();
        assert_eq!(
            failing().await,
            Some(gone_at),
            "it is asked every minute while it is not"
        );
        world.pass(60);
    }
    assert_eq!(health(&world).await, ProviderHealth::Down);
    for _ in 0..8 {
        world.scheduler.one_step().await.unwrap();
        world.pass(60);
    }
    assert_eq!(
        (health(&world).await, failing().await),
        (ProviderHealth::Up, None)
    );
}
