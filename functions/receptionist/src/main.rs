//! Wires the receptionist; the work is in the library.

use std::sync::Arc;

use jiff::SignedDuration;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use receptionist::{Needs, Pace, Receptionist, Request, WebSockets};
use switchboard_service::{Poster, Starting, TargetSecrets, address_rules, deadline};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut starting = Starting::new("receptionist");
    let rules = address_rules(&mut starting.settings);
    let prefix = TargetSecrets::prefix(&mut starting.settings);
    let clock_factor = starting.settings.parsed("RECEPTION_CLOCK_FACTOR", 1.0f64, "1");
    // 0: as long as Lambda allows.
    let longest_hold = starting.settings.parsed("RECEPTION_HANDOVER_SECS", 0i64, "0");
    let start = starting.finish(&[]).await?;
    let keys = start.keys().await;
    let openai = start.openai(&keys)?;
    let needs = Needs {
        twilio: start.twilio(&keys)?,
        sideband: Arc::new(WebSockets::new(openai.clone())?),
        openai,
        poster: Poster::new(rules)?,
        secrets: Arc::new(TargetSecrets::in_secrets_manager(&start.sdk, prefix)),
        store: start.store,
        clock: start.clock,
    };
    let pace = Pace {
        clock_factor,
        longest_hold: (longest_hold > 0).then(|| SignedDuration::from_secs(longest_hold)),
        ..Pace::default()
    };
    let receptionist = Receptionist::new(needs, pace);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Request>| {
        let receptionist = receptionist.clone();
        async move {
            let deadline = deadline(event.context.deadline);
            Ok::<_, Error>(
                Box::pin(receptionist.handle(&event.payload, &event.context.request_id, deadline)).await?,
            )
        }
    }))
    .await
}
