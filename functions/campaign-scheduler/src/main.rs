//! Wires the scheduler; the work is in the library.

use campaign_scheduler::{Pace, PhoneLines, Scheduler};
use jiff::SignedDuration;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use switchboard_service::{Need, Starting, deadline_less};

/// How long before Lambda ends the invocation a tick ends by itself.
const MARGIN: SignedDuration = SignedDuration::from_secs(10);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut starting = Starting::new("campaign-scheduler");
    let limit = starting.settings.parsed("CONCURRENCY_LIMIT", 5u32, "15");
    let needs = [
        Need::DialQueue,
        Need::DeadLetterQueue,
        Need::DialerControl,
        Need::Sync,
        Need::Provider,
    ];
    let start = starting.finish(&needs).await?;
    let keys = start.keys().await;
    let phone = PhoneLines {
        twilio: start.twilio(&keys)?,
        openai: start.openai(&keys)?,
    };
    let reserve = start.config.store.reserve_concurrency;
    let scheduler = Scheduler::new(
        start.store.clone(),
        start.providers(&keys)?,
        start.clock.clone(),
        limit,
        reserve,
        Pace::default(),
    )
    .with_phone(phone);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let scheduler = scheduler.clone();
        async move {
            let deadline = deadline_less(event.context.deadline, MARGIN);
            Ok::<_, Error>(Box::pin(scheduler.tick(&event.context.request_id, deadline)).await?)
        }
    }))
    .await
}
