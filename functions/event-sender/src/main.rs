//! Wires the event sender; the work is in the library.

use std::sync::Arc;

use event_sender::{EventSender, Pace, SenderEvent};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use switchboard_service::{Poster, Starting, TargetSecrets, address_rules, deadline, rng};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut starting = Starting::new("event-sender");
    let rules = address_rules(&mut starting.settings);
    let prefix = TargetSecrets::prefix(&mut starting.settings);
    let clock_factor = starting.settings.parsed("EVENT_CLOCK_FACTOR", 1.0f64, "1");
    let start = starting.finish(&[]).await?;
    let secrets = Arc::new(TargetSecrets::in_secrets_manager(&start.sdk, prefix));
    let pace = Pace {
        clock_factor,
        ..Pace::default()
    };
    let sender = EventSender::new(
        start.store,
        secrets,
        Poster::new(rules)?,
        start.clock,
        rng(),
        pace,
    );
    lambda_runtime::run(service_fn(|event: LambdaEvent<SenderEvent>| {
        let sender = sender.clone();
        async move {
            let deadline = deadline(event.context.deadline);
            Ok::<_, Error>(Box::pin(sender.handle(event.payload, deadline)).await?)
        }
    }))
    .await
}
