//! Wires the provider webhooks; the work is in the library.

use provider_webhooks::{OPENAI_SIP_HOST, Patience, Phone, Webhooks, router};
use switchboard_service::{Need, Starting};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let starting = Starting::new("provider-webhooks");
    let public_url = starting.settings.optional("PUBLIC_URL");
    let openai_sip_host = starting.settings.optional("OPENAI_SIP_HOST");
    let start = starting.finish(&[Need::WebhookSecrets]).await?;
    let keys = start.keys().await;
    let phone = Phone {
        twilio: start.twilio(&keys)?,
        openai: start.openai(&keys)?,
        providers: start.providers(&keys)?,
        public_url,
        openai_sip_host: openai_sip_host.unwrap_or_else(|| OPENAI_SIP_HOST.to_owned()),
        patience: Patience::default(),
    };
    let webhooks = Webhooks {
        store: start.store,
        secrets: keys.secrets,
        clock: start.clock,
        phone,
    };
    lambda_http::run(router(webhooks)).await
}
