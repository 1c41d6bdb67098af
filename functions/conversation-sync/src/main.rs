//! Wires the conversation sync; the work is in the library.

use conversation_sync::{ConversationSync, SyncRequest};
use jiff::SignedDuration;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use switchboard_service::{Need, deadline_less, start};

/// How long before Lambda ends the invocation no more work is begun.
const MARGIN: SignedDuration = SignedDuration::from_secs(30);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start("conversation-sync", &[Need::Provider]).await?;
    let providers = start.providers(&start.keys().await)?;
    let sync = ConversationSync::new(start.store, providers, start.clock);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let sync = sync.clone();
        async move {
            let work_until = deadline_less(event.context.deadline, MARGIN);
            let request = SyncRequest::read(event.payload)?;
            Ok::<_, Error>(Box::pin(sync.run(&request, &event.context.request_id, work_until)).await?)
        }
    }))
    .await
}
