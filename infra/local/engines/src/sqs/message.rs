use std::collections::HashMap;

use rustack_sqs_model::types;

/// A queue, as [`ensure_queue`](super::Sqs::ensure_queue) made it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct QueueRef {
    /// Its name.
    pub name: String,
    /// What the SDK calls it by.
    pub url: String,
    /// What other resources call it by.
    pub arn: String,
}

/// A message as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The same on every delivery.
    pub message_id: String,
    /// Of this delivery: deletes the message or changes its visibility.
    pub receipt_handle: String,
    /// The body.
    pub body: String,
    /// MD5 of the body, in hex.
    pub md5_of_body: String,
    /// All system attributes (`SentTimestamp`, `ApproximateReceiveCount`, `MessageGroupId`, …).
    pub attributes: HashMap<String, String>,
    /// How often it has been received, this time included.
    pub receive_count: u32,
    /// All attributes that the sender gave.
    pub message_attributes: HashMap<String, MessageAttribute>,
    /// MD5 of `message_attributes`, if there are any.
    pub md5_of_message_attributes: Option<String>,
}

/// An attribute that the sender gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageAttribute {
    /// `String`, `Number`, `Binary`, or one of those with a label behind a dot.
    pub data_type: String,
    /// For `String` and `Number`.
    pub string_value: Option<String>,
    /// For `Binary`.
    pub binary_value: Option<Vec<u8>>,
}

/// How many messages a queue holds. As at AWS about right: a message whose delay or visibility time-out has just
/// ended is counted as visible within a second, though a receive finds it at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// May be received now.
    pub visible: u64,
    /// Received, not yet deleted, not yet visible again.
    pub in_flight: u64,
    /// Sent with a delay that has not passed.
    pub delayed: u64,
}

impl From<types::Message> for Message {
    fn from(message: types::Message) -> Self {
        let receive_count = message
            .attributes
            .get("ApproximateReceiveCount")
            .and_then(|count| count.parse().ok())
            .unwrap_or(1);
        let attribute = |(name, value): (String, types::MessageAttributeValue)| {
            let value = MessageAttribute {
                data_type: value.data_type,
                string_value: value.string_value,
                binary_value: value.binary_value,
            };
            (name, value)
        };
        Self {
            message_id: message.message_id.unwrap_or_default(),
            receipt_handle: message.receipt_handle.unwrap_or_default(),
            body: message.body.unwrap_or_default(),
            md5_of_body: message.md5_of_body.unwrap_or_default(),
            attributes: message.attributes,
            receive_count,
            message_attributes: message.message_attributes.into_iter().map(attribute).collect(),
            md5_of_message_attributes: message.md5_of_message_attributes,
        }
    }
}

impl Depth {
    pub(super) fn from_attributes(attributes: &HashMap<String, String>) -> Self {
        let count = |name: &str| {
            attributes
                .get(name)
                .and_then(|count| count.parse().ok())
                .unwrap_or(0)
        };
        Self {
            visible: count("ApproximateNumberOfMessages"),
            in_flight: count("ApproximateNumberOfMessagesNotVisible"),
            delayed: count("ApproximateNumberOfMessagesDelayed"),
        }
    }
}
