use std::collections::HashMap;

use serde_json::{Value, json};

use crate::error::EngineError;

/// Properties of `AWS::SQS::Queue` that are attributes of the queue under the same name.
const PLAIN: [&str; 12] = [
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
];

/// The engine takes no greater message; AWS takes 1 MiB.
const ENGINE_MESSAGE_BYTES: u64 = 262_144;

/// Reads the properties of an `AWS::SQS::Queue`, intrinsic functions resolved.
pub(super) fn parse(queue: &str, properties: &Value) -> Result<HashMap<String, String>, EngineError> {
    let mut attributes = HashMap::new();
    for name in PLAIN {
        if let Some(value) = properties.get(name) {
            let text = text(value)
                .ok_or_else(|| EngineError::properties(queue, format!("{name} must be a plain value")))?;
            attributes.insert(name.to_owned(), text);
        }
    }
    if let Some(size) = attributes.get_mut("MaximumMessageSize")
        && size
            .parse::<u64>()
            .is_ok_and(|bytes| bytes > ENGINE_MESSAGE_BYTES)
    {
        *size = ENGINE_MESSAGE_BYTES.to_string();
    }
    if let Some(policy) = properties.get("RedrivePolicy") {
        attributes.insert("RedrivePolicy".to_owned(), redrive(queue, policy)?);
    }
    if let Some(policy) = properties.get("RedriveAllowPolicy") {
        let policy = match policy {
            Value::String(policy) => policy.clone(),
            policy => policy.to_string(),
        };
        attributes.insert("RedriveAllowPolicy".to_owned(), policy);
    }
    Ok(attributes)
}

fn redrive(queue: &str, policy: &Value) -> Result<String, EngineError> {
    let target = policy.get("deadLetterTargetArn").and_then(Value::as_str);
    let receives = policy
        .get("maxReceiveCount")
        .and_then(text)
        .and_then(|count| count.parse::<u32>().ok())
        .filter(|count| (1..=1_000).contains(count));
    match (target, receives) {
        (Some(target), Some(receives)) => {
            Ok(json!({"deadLetterTargetArn": target, "maxReceiveCount": receives}).to_string())
        }
        (None, _) => Err(EngineError::properties(
            queue,
            "RedrivePolicy needs a deadLetterTargetArn",
        )),
        (_, None) => Err(EngineError::properties(
            queue,
            "RedrivePolicy needs a maxReceiveCount from 1 to 1000",
        )),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_become_attributes_in_text() {
        let properties = json!({
            "QueueName": "work",
            "VisibilityTimeout": 5400,
            "MessageRetentionPeriod": "1209600",
            "MaximumMessageSize": 1_048_576,
            "SqsManagedSseEnabled": true,
            "RedrivePolicy": {"deadLetterTargetArn": "arn:dead", "maxReceiveCount": "20"},
            "Tags": [],
        });
        let attributes = parse("work", &properties).unwrap();
        assert_eq!(attributes["VisibilityTimeout"], "5400");
        assert_eq!(attributes["MaximumMessageSize"], "262144");
        assert_eq!(attributes["SqsManagedSseEnabled"], "true");
        assert_eq!(
            attributes["RedrivePolicy"],
            r#"{"deadLetterTargetArn":"arn:dead","maxReceiveCount":20}"#
        );
        assert_eq!(attributes.len(), 5);
    }

    #[test]
    fn a_redrive_policy_out_of_range_is_refused() {
        for count in [json!(0), json!(1_001), json!("many")] {
            let policy = json!({"RedrivePolicy": {"deadLetterTargetArn": "a", "maxReceiveCount": count}});
            assert!(parse("work", &policy).is_err());
        }
    }
}
