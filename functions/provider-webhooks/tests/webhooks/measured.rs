//! What is counted of the webhooks that come.

use jiff::SignedDuration;
use switchboard_domain::ProviderKind;
use switchboard_store::Measures;

use crate::world::{TRANSCRIPTION, UNKNOWN_TYPE, World};

async fn measured(world: &World) -> Measures {
    let since = world.now() - SignedDuration::from_hours(1);
    let store = &world.test.store;
    let hours = store
        .measures(ProviderKind::Elevenlabs, since, world.now())
        .await
        .unwrap();
    let mut whole = Measures::default();
    hours.values().for_each(|hour| whole.add(hour));
    whole
}

#[tokio::test]
async fn every_delivery_is_counted_by_what_became_of_it_and_how_late_it_came() {
    let world = World::start().await;
    world.sample_call().await;
    world.deliver(TRANSCRIPTION).await;
    world.deliver(TRANSCRIPTION).await;
    world.deliver(UNKNOWN_TYPE).await;
    world.deliver("no event at all").await;
    let (status, _) = world.post(TRANSCRIPTION, Some("v0=00".to_owned())).await;
    assert_eq!(status, 401);
    let measured = measured(&world).await;
    let counts: Vec<(&str, u64)> = measured
        .webhooks
        .iter()
        .map(|(name, count)| (name.as_str(), *count))
        .collect();
    assert_eq!(
        counts,
        [
            ("applied", 1),
            ("ignored", 1),
            ("refused", 1),
            ("repeated", 1),
            ("unparsed", 1)
        ]
    );
    // Half a minute after it was sent.
    assert!(measured.webhook_lag.count() >= 1);
    assert_eq!(measured.webhook_lag.percentile(100), Some(30_000));
    assert_eq!(measured.outcomes["completed"], 1);
}
