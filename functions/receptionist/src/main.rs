//! Wires the receptionist; the work is in the library.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use receptionist::{Needs, Pace, Receptionist, Request, WebSockets};
use switchboard_domain::ProviderKind;
use switchboard_providers::openai::OpenAi;
use switchboard_service::{Poster, Starting, TargetSecrets, address_rules};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut starting = Starting::new("receptionist");
    let rules = address_rules(&mut starting.settings);
    let prefix = TargetSecrets::prefix(&mut starting.settings);
    let clock_factor = starting.settings.parsed("RECEPTION_CLOCK_FACTOR", 1.0f64, "1");
    // 0: as long as Lambda allows.
    let longest_hold = starting.settings.parsed("RECEPTION_HANDOVER_SECS", 0i64, "0");
    let start = starting.finish(&[]).await?;
    let openai = OpenAi::new(
        start.config.provider(ProviderKind::Openai).base_url.clone(),
        start.secrets.get(ProviderKind::Openai).clone(),
    )?;
    let needs = Needs {
        twilio: start.twilio()?,
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
            let deadline = i64::try_from(event.context.deadline).unwrap_or(i64::MAX);
            let deadline = Timestamp::from_millisecond(deadline).unwrap_or(Timestamp::MAX);
            Ok::<_, Error>(
                Box::pin(receptionist.handle(&event.payload, &event.context.request_id, deadline)).await?,
            )
        }
    }))
    .await
}
