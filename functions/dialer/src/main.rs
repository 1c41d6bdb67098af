//! Wires the dialer; the work is in the library.

use aws_lambda_events::event::sqs::SqsEvent;
use dialer::{Dialer, Pace};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use switchboard_service::{Need, Starting};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut starting = Starting::new("dialer");
    // Only rehearsals set it.
    let clock_factor = starting.settings.parsed("DIALER_CLOCK_FACTOR", 1.0f64, "1");
    let start = starting.finish(&[Need::DialQueue, Need::Provider]).await?;
    let dialer = Dialer::new(
        start.store.clone(),
        start.providers.clone(),
        start.clock.clone(),
        Pace::default().of_faster_calls(clock_factor),
    );
    lambda_runtime::run(service_fn(|event: LambdaEvent<SqsEvent>| {
        let dialer = dialer.clone();
        async move {
            let deadline = i64::try_from(event.context.deadline).unwrap_or(i64::MAX);
            let deadline = Timestamp::from_millisecond(deadline).unwrap_or(Timestamp::MAX);
            Ok::<_, Error>(Box::pin(dialer.handle_batch(event.payload, deadline)).await)
        }
    }))
    .await
}
