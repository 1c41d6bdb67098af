use rustack_sqs_model::error::{SqsError, SqsErrorCode};
use rustack_sqs_model::input::{ReceiveMessageInput, SendMessageBatchInput};

const DELAY_SECS: std::ops::RangeInclusive<i32> = 0..=900;
const VISIBILITY_SECS: std::ops::RangeInclusive<i32> = 0..=43_200;
const WAIT_SECS: std::ops::RangeInclusive<i32> = 0..=20;
const RECEIVED_AT_ONCE: std::ops::RangeInclusive<i32> = 1..=10;
const BATCH_ENTRIES: usize = 10;
const BATCH_BYTES: usize = 1024 * 1024;
/// Messages of one standard queue that may be received and not yet deleted.
pub(super) const IN_FLIGHT: u64 = 120_000;

/// SQS's limits that the engine does not hold.
pub(super) fn delay(seconds: Option<i32>) -> Result<(), SqsError> {
    within("DelaySeconds", seconds, &DELAY_SECS)
}

pub(super) fn visibility(seconds: i32) -> Result<(), SqsError> {
    within("VisibilityTimeout", Some(seconds), &VISIBILITY_SECS)
}

pub(super) fn receive(input: &ReceiveMessageInput) -> Result<(), SqsError> {
    within("VisibilityTimeout", input.visibility_timeout, &VISIBILITY_SECS)?;
    within("WaitTimeSeconds", input.wait_time_seconds, &WAIT_SECS)?;
    within(
        "MaxNumberOfMessages",
        input.max_number_of_messages,
        &RECEIVED_AT_ONCE,
    )
}

pub(super) fn batch(input: &SendMessageBatchInput) -> Result<(), SqsError> {
    if input.entries.is_empty() {
        return Err(SqsError::empty_batch_request());
    }
    if input.entries.len() > BATCH_ENTRIES {
        return Err(SqsError::too_many_entries_in_batch());
    }
    let mut ids: Vec<&str> = input.entries.iter().map(|entry| entry.id.as_str()).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(SqsError::batch_entry_ids_not_distinct());
    }
    let bytes: usize = input.entries.iter().map(|entry| entry.message_body.len()).sum();
    if bytes > BATCH_BYTES {
        return Err(SqsError::new(
            SqsErrorCode::BatchRequestTooLong,
            format!("Batch requests cannot be longer than {BATCH_BYTES} bytes. You have sent {bytes} bytes."),
        ));
    }
    Ok(())
}

fn within(name: &str, value: Option<i32>, range: &std::ops::RangeInclusive<i32>) -> Result<(), SqsError> {
    match value {
        Some(value) if !range.contains(&value) => Err(SqsError::invalid_parameter_value(format!(
            "Value {value} for parameter {name} is invalid. Reason: Must be between {} and {}, if provided.",
            range.start(),
            range.end()
        ))),
        _ => Ok(()),
    }
}
