//! Wires the API; the work is in the library.

use admin_api::{Deps, Retention, router};
use lambda_http::{Error, run};
use switchboard_service::{Need, ProviderSetup, Starting, TargetSecrets, address_rules, live_url, rng};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut starting = Starting::new("admin-api");
    let limit = starting.settings.parsed("CONCURRENCY_LIMIT", 5u32, "15");
    let files = starting.settings.parsed("FILE_RETENTION_DAYS", 30u32, "30");
    let webhooks = starting.settings.parsed("WEBHOOK_RETENTION_DAYS", 90u32, "90");
    let secrets_prefix = TargetSecrets::prefix(&mut starting.settings);
    let rules = address_rules(&mut starting.settings);
    let live = live_url(&mut starting.settings);
    let needs = [
        Need::DialQueue,
        Need::DeadLetterQueue,
        Need::DialerControl,
        Need::Scheduler,
        Need::Sync,
        Need::Exporter,
        Need::Parser,
        Need::Provider,
    ];
    let start = starting.finish(&needs).await?;
    let secrets = TargetSecrets::in_secrets_manager(&start.sdk, secrets_prefix);
    let keys = start.keys().await;
    let (twilio, providers) = (start.twilio(&keys)?, start.providers(&keys)?);
    let setup = ProviderSetup::checked_at_the_provider(keys.secrets, start.config);
    let deps = Deps::new(start.store, providers, start.clock, limit, rng())
        .with_retention(Retention::of(files, webhooks))
        .with_event_targets(secrets, rules)
        .with_provider_setup(setup)
        .with_live_updates(live)
        .with_carrier(twilio, keys.carrier);
    run(router(deps)).await
}
