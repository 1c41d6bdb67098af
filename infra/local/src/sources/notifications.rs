//! Objects that functions are told of.

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use switchboard_local_engines::{ObjectCreated, REGION};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::clock;
use crate::lambda::Lambda;
use crate::template::NotificationSpec;

/// S3 keeps these as they are in the keys of its events; a space becomes `+`.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'*')
    .remove(b' ');

/// Tells functions of new objects, as each bucket's configuration wants it.
pub(crate) async fn forward(
    mut events: UnboundedReceiver<ObjectCreated>,
    notifications: Vec<NotificationSpec>,
    lambda: Lambda,
) {
    while let Some(event) = events.recv().await {
        let concerned = notifications.iter().filter(|n| {
            n.bucket == event.bucket && event.key.starts_with(&n.prefix) && event.key.ends_with(&n.suffix)
        });
        for notification in concerned {
            let payload = Bytes::from(s3_event(&event).to_string());
            if let Err(error) = lambda.invoke_async(&notification.function_arn, payload) {
                tracing::error!(%error, "a notification could not be delivered");
            }
        }
    }
}

fn s3_event(event: &ObjectCreated) -> serde_json::Value {
    let key = utf8_percent_encode(&event.key, KEPT)
        .to_string()
        .replace(' ', "+");
    json!({ "Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": clock::now().to_string(),
        "eventName": event.event_name,
        "userIdentity": { "principalId": "LOCAL" },
        "requestParameters": { "sourceIPAddress": "127.0.0.1" },
        "responseElements": { "x-amz-request-id": "0000000000000000", "x-amz-id-2": "local" },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "local",
            "bucket": {
                "name": event.bucket,
                "ownerIdentity": { "principalId": "LOCAL" },
                "arn": format!("arn:aws:s3:::{}", event.bucket),
            },
            "object": { "key": key, "size": event.size, "eTag": event.etag, "sequencer": event.sequencer },
        },
    }] })
}
