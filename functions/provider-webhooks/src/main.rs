//! Wires the provider webhooks; the work is in the library.

use provider_webhooks::{Webhooks, router};
use switchboard_service::{Need, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let start = start("provider-webhooks", &[Need::WebhookSecrets]).await?;
    let webhooks = Webhooks {
        store: start.store,
        secrets: start.secrets,
        clock: start.clock,
    };
    lambda_http::run(router(webhooks)).await
}
