//! Event source mappings of streams: what is written into a table, given to a function in order.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use switchboard_local_engines::TableStream;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::lambda::{InvokeError, InvokeOutcome, Lambda};
use crate::template::StreamMappingSpec;

/// Between two readings of a stream. Lambda asks each shard about four times a second; half that is waited on
/// average by what is written meanwhile.
const PACE: Duration = Duration::from_millis(100);
/// Before a batch that failed, or was throttled, is tried again.
const REST: Duration = Duration::from_millis(100);

/// Follows a stream until the end.
pub(crate) async fn follow(
    spec: StreamMappingSpec,
    mut stream: TableStream,
    lambda: Lambda,
    stop: CancellationToken,
) {
    let limit = spec.batch_size as usize;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            more = stream.written() => if !more { return },
        }
        loop {
            let records = match stream.read(limit).await {
                Ok(records) => records,
                Err(error) => {
                    tracing::warn!(%error, table = spec.table, "a stream could not be read");
                    break;
                }
            };
            if records.is_empty() {
                break;
            }
            let mut wanted: Vec<Value> = records.into_iter().filter(|record| spec.wants(record)).collect();
            for record in &mut wanted {
                record["eventSourceARN"] = json!(spec.stream_arn);
            }
            if !wanted.is_empty() {
                give(&spec, &lambda, wanted).await;
            }
            if stop.is_cancelled() {
                return;
            }
        }
        tokio::time::sleep(PACE).await;
    }
}

impl StreamMappingSpec {
    /// Whether a record goes to the function.
    fn wants(&self, record: &Value) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| filter.fits(record))
    }

    fn is_too_old(&self, record: &Value) -> bool {
        let written = record.pointer("/dynamodb/ApproximateCreationDateTime");
        let written = written.and_then(Value::as_f64).unwrap_or(f64::MAX);
        let now = clock::now().as_second() as f64;
        self.maximum_age_secs
            .is_some_and(|most| now - written > f64::from(most))
    }
}

/// Gives a batch to the function. What fails is tried again, split where the mapping wants that, until it is
/// passed over: nothing behind it may wait for ever.
async fn give(spec: &StreamMappingSpec, lambda: &Lambda, records: Vec<Value>) {
    let mut batches = vec![(records, 0u32)];
    while let Some((mut batch, failures)) = batches.pop() {
        batch.retain(|record| !spec.is_too_old(record));
        if batch.is_empty() {
            continue;
        }
        let event = Bytes::from(json!({ "Records": batch }).to_string());
        let outcome = loop {
            match lambda.invoke(&spec.function, event.clone()).await {
                Err(InvokeError::Throttled(_)) => tokio::time::sleep(REST).await,
                other => break other,
            }
        };
        if matches!(outcome, Ok(InvokeOutcome::Answer(_))) {
            continue;
        }
        let failures = failures + 1;
        if spec.maximum_retries.is_some_and(|most| failures > most) {
            tracing::warn!(
                function = spec.function,
                records = batch.len(),
                "records of a stream are passed over"
            );
            continue;
        }
        tokio::time::sleep(REST).await;
        if spec.bisects && batch.len() > 1 {
            let later = batch.split_off(batch.len() / 2);
            batches.push((later, failures));
        }
        batches.push((batch, failures));
    }
}
