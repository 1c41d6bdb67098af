//! Event source mappings: pollers that read a queue for a function.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use switchboard_local_engines::sqs::{Message, QueueRef};
use switchboard_local_engines::{REGION, Sqs};
use tokio_util::sync::CancellationToken;

use crate::lambda::{InvokeError, InvokeOutcome, Lambda};
use crate::metering;
use crate::template::MappingSpec;

/// How long a poller waits for a message in one request.
const POLL: Duration = Duration::from_secs(1);
/// Between looks when nothing may run.
const REST: Duration = Duration::from_millis(50);
/// How long a change of a mapping takes.
const CHANGE: Duration = Duration::from_millis(300);
/// Most invocations at one time where the mapping sets no maximum.
const UNBOUNDED: u32 = 1_000;

/// What a mapping is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MappingState {
    /// Whether it reads the queue.
    pub enabled: bool,
    /// Most invocations at one time.
    pub maximum_concurrency: Option<u32>,
    /// A change is under way.
    pub changing: bool,
}

/// A queue that feeds a function.
pub struct Mapping {
    /// What the template says of it.
    pub spec: MappingSpec,
    queue: QueueRef,
    state: Mutex<MappingState>,
    running: AtomicU32,
}

impl Mapping {
    fn state_mut(&self) -> MutexGuard<'_, MappingState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it is set to now.
    pub fn state(&self) -> MappingState {
        *self.state_mut()
    }

    /// Changes it; answers false while an earlier change is under way.
    pub fn change(self: &Arc<Self>, enabled: Option<bool>, maximum_concurrency: Option<Option<u32>>) -> bool {
        let mut state = self.state_mut();
        if state.changing {
            return false;
        }
        state.changing = true;
        state.enabled = enabled.unwrap_or(state.enabled);
        state.maximum_concurrency = maximum_concurrency.unwrap_or(state.maximum_concurrency);
        let mapping = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(CHANGE).await;
            mapping.state_mut().changing = false;
        });
        true
    }

    fn has_room(&self) -> bool {
        let state = self.state();
        state.enabled && self.running.load(Ordering::SeqCst) < state.maximum_concurrency.unwrap_or(UNBOUNDED)
    }
}

/// All mappings.
#[derive(Clone, Default)]
pub struct Mappings {
    by_uuid: BTreeMap<String, Arc<Mapping>>,
}

impl Mappings {
    pub(crate) fn new(specs: Vec<MappingSpec>, queues: &BTreeMap<String, QueueRef>) -> Self {
        let mapping = |spec: MappingSpec| {
            let queue = queues.get(&spec.queue_arn)?.clone();
            let state = MappingState {
                enabled: spec.enabled,
                maximum_concurrency: spec.maximum_concurrency,
                changing: false,
            };
            let mapping = Mapping {
                queue,
                state: Mutex::new(state),
                running: AtomicU32::new(0),
                spec,
            };
            Some((mapping.spec.uuid.clone(), Arc::new(mapping)))
        };
        Self {
            by_uuid: specs.into_iter().filter_map(mapping).collect(),
        }
    }

    /// The mapping with this id.
    pub fn find(&self, uuid: &str) -> Option<&Arc<Mapping>> {
        self.by_uuid.get(uuid)
    }

    /// Every mapping.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Mapping>> {
        self.by_uuid.values()
    }

    /// Starts every poller.
    pub(crate) fn start(&self, sqs: &Arc<Sqs>, lambda: &Lambda, stop: &CancellationToken) {
        for mapping in self.all() {
            tokio::spawn(poll(mapping.clone(), sqs.clone(), lambda.clone(), stop.clone()));
        }
    }
}

async fn poll(mapping: Arc<Mapping>, sqs: Arc<Sqs>, lambda: Lambda, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if !mapping.has_room() {
            tokio::time::sleep(REST).await;
            continue;
        }
        let received = tokio::select! {
            () = stop.cancelled() => return,
            received = sqs.receive(&mapping.queue, mapping.spec.batch_size.min(10), POLL, None) => received,
        };
        match received {
            Ok(messages) if messages.is_empty() => {}
            Ok(messages) => {
                mapping.running.fetch_add(1, Ordering::SeqCst);
                let (mapping, sqs, lambda) = (mapping.clone(), sqs.clone(), lambda.clone());
                tokio::spawn(async move {
                    work(&mapping, &sqs, &lambda, messages).await;
                    mapping.running.fetch_sub(1, Ordering::SeqCst);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a queue could not be read");
                tokio::time::sleep(POLL).await;
            }
        }
    }
}

/// Gives a batch to the function. What it does not report as failed is deleted; what fails stays
/// invisible until its visibility time-out, or as long as the function set itself.
async fn work(mapping: &Mapping, sqs: &Sqs, lambda: &Lambda, messages: Vec<Message>) {
    let records: Vec<Value> = messages
        .iter()
        .map(|message| record(message, &mapping.queue))
        .collect();
    metering::batch(lambda.meter(), &mapping.spec.function);
    let event = bytes::Bytes::from(json!({ "Records": records }).to_string());
    let outcome = loop {
        // Lambda itself holds on to a throttled batch.
        match lambda.invoke(&mapping.spec.function, event.clone()).await {
            Err(InvokeError::Throttled(_)) => tokio::time::sleep(REST).await,
            other => break other,
        }
    };
    let failed: Vec<String> = match outcome {
        Ok(InvokeOutcome::Answer(answer)) if mapping.spec.reports_failures => {
            match failed_ids(&answer, &messages) {
                Some(failed) => failed,
                None => return,
            }
        }
        Ok(InvokeOutcome::Answer(_)) => Vec::new(),
        Ok(InvokeOutcome::Failed(_)) => return,
        Err(error) => {
            tracing::error!(%error, "a batch could not be given to its function");
            return;
        }
    };
    for message in messages
        .iter()
        .filter(|message| !failed.contains(&message.message_id))
    {
        if let Err(error) = sqs.delete(&mapping.queue, &message.receipt_handle).await {
            tracing::debug!(%error, "a message could not be deleted; it comes again");
        }
    }
}

/// The messages reported as failed; none when the report is malformed, which fails the whole batch.
fn failed_ids(answer: &[u8], messages: &[Message]) -> Option<Vec<String>> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    let Some(failures) = answer.get("batchItemFailures") else {
        return Some(Vec::new());
    };
    let mut failed = Vec::new();
    for failure in failures.as_array().into_iter().flatten() {
        let id = failure.get("itemIdentifier")?.as_str()?;
        if !messages.iter().any(|message| message.message_id == id) {
            return None;
        }
        failed.push(id.to_owned());
    }
    Some(failed)
}

fn record(message: &Message, queue: &QueueRef) -> Value {
    let attributes: serde_json::Map<String, Value> = message
        .message_attributes
        .iter()
        .map(|(name, attribute)| {
            let value = json!({ "dataType": attribute.data_type, "stringValue": attribute.string_value });
            (name.clone(), value)
        })
        .collect();
    json!({
        "messageId": message.message_id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": message.attributes,
        "messageAttributes": attributes,
        "md5OfBody": message.md5_of_body,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.arn,
        "awsRegion": REGION,
    })
}
