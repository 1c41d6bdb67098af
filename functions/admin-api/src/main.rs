//! Wires the API; the work is in the library.

use admin_api::{Deps, router};
use lambda_http::{Error, run};
use switchboard_service::{Need, Starting, rng};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut starting = Starting::new("admin-api");
    let limit = starting.settings.parsed("CONCURRENCY_LIMIT", 5u32, "15");
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
    run(router(Deps::new(
        start.store,
        start.providers,
        start.clock,
        limit,
        rng(),
    )))
    .await
}
