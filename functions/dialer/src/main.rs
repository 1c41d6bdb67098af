//! Wires the dialer; the work is in the library.

use aws_lambda_events::event::sqs::SqsEvent;
use dialer::{Dialer, Pace};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use switchboard_service::{Need, Starting, deadline};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut starting = Starting::new("dialer");
    // Only rehearsals set it.
    let clock_factor = starting.settings.parsed("DIALER_CLOCK_FACTOR", 1.0f64, "1");
    let start = starting.finish(&[Need::DialQueue, Need::Provider]).await?;
    let keys = start.keys().await;
    let dialer = Dialer::new(
        start.store.clone(),
        start.providers(&keys)?,
        start.clock.clone(),
        Pace::default().of_faster_calls(clock_factor),
    );
    lambda_runtime::run(service_fn(|event: LambdaEvent<SqsEvent>| {
        let dialer = dialer.clone();
        async move {
            let deadline = deadline(event.context.deadline);
            Ok::<_, Error>(Box::pin(dialer.handle_batch(event.payload, deadline)).await)
        }
    }))
    .await
}
