//! Wires the scheduler; the work is in the library.

use campaign_scheduler::{Pace, PhoneLines, Scheduler};
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use switchboard_domain::ProviderKind;
use switchboard_providers::openai::OpenAi;
use switchboard_service::{Need, Starting};

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
    let openai = start.config.provider(ProviderKind::Openai).base_url.clone();
    let phone = PhoneLines {
        twilio: start.twilio()?,
        openai: OpenAi::new(openai, start.secrets.get(ProviderKind::Openai).clone())?,
    };
    let reserve = start.config.store.reserve_concurrency;
    let scheduler = Scheduler::new(
        start.store.clone(),
        start.providers,
        start.clock.clone(),
        limit,
        reserve,
        Pace::default(),
    )
    .with_phone(phone);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let scheduler = scheduler.clone();
        async move {
            let deadline = i64::try_from(event.context.deadline).unwrap_or(i64::MAX);
            let deadline = Timestamp::from_millisecond(deadline).unwrap_or(Timestamp::MAX);
            let deadline = deadline.saturating_sub(MARGIN).unwrap_or(Timestamp::MIN);
            Ok::<_, Error>(Box::pin(scheduler.tick(&event.context.request_id, deadline)).await?)
        }
    }))
    .await
}
