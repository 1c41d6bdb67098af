//! Wires the conversation sync; the work is in the library.

use conversation_sync::{ConversationSync, SyncRequest};
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use switchboard_service::{Need, start};

/// How long before Lambda ends the invocation no more work is begun.
const MARGIN: SignedDuration = SignedDuration::from_secs(30);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start("conversation-sync", &[Need::Provider]).await?;
    let sync = ConversationSync::new(start.store, start.providers, start.clock);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let sync = sync.clone();
        async move {
            let deadline = i64::try_from(event.context.deadline).unwrap_or(i64::MAX);
            let deadline = Timestamp::from_millisecond(deadline).unwrap_or(Timestamp::MAX);
            let work_until = deadline.saturating_sub(MARGIN).unwrap_or(Timestamp::MIN);
            let request = SyncRequest::read(event.payload)?;
            Ok::<_, Error>(Box::pin(sync.run(&request, &event.context.request_id, work_until)).await?)
        }
    }))
    .await
}
