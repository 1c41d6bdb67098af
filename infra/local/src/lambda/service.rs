//! All functions, and their synchronous and asynchronous invocations.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Value, json};
use switchboard_local_engines::sqs::QueueRef;
use switchboard_local_engines::{Meter, Sqs};

use super::function::THROTTLE_WAIT;
use super::{Function, InvokeError, InvokeOutcome, MAX_ASYNC_BYTES, MAX_SYNC_BYTES};
use crate::metering;

/// All functions.
#[derive(Clone)]
pub struct Lambda {
    inner: Arc<Inner>,
}

struct Inner {
    functions: BTreeMap<String, Function>,
    queues: BTreeMap<String, QueueRef>,
    sqs: Arc<Sqs>,
    retry_delay: Duration,
    meter: Meter,
}

impl Lambda {
    pub(crate) fn new(
        functions: Vec<Function>,
        queues: BTreeMap<String, QueueRef>,
        sqs: Arc<Sqs>,
        retry_delay: Duration,
    ) -> Self {
        let functions = functions.into_iter().map(|f| (f.spec.name.clone(), f)).collect();
        Self {
            inner: Arc::new(Inner {
                functions,
                queues,
                sqs,
                retry_delay,
                meter: Meter::default(),
            }),
        }
    }

    /// A function by name or ARN.
    pub fn find(&self, name: &str) -> Option<&Function> {
        let name = name.rsplit(':').next().unwrap_or(name);
        let by_given_name = || self.all().find(|f| f.spec.given_name.as_deref() == Some(name));
        self.inner.functions.get(name).or_else(by_given_name)
    }

    /// Counts invocations and how long they took, and what the runner does in AWS's place.
    pub(crate) fn meter(&self) -> &Meter {
        &self.inner.meter
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Function> {
        self.inner.functions.values()
    }

    /// Invokes a function and waits for its answer.
    ///
    /// # Errors
    /// When it does not exist, is throttled, or the event is too large.
    pub async fn invoke(&self, name: &str, payload: Bytes) -> Result<InvokeOutcome, InvokeError> {
        if payload.len() > MAX_SYNC_BYTES {
            return Err(InvokeError::TooLarge {
                bytes: payload.len(),
                limit: MAX_SYNC_BYTES,
            });
        }
        let function = self
            .find(name)
            .ok_or_else(|| InvokeError::NotFound(name.to_owned()))?;
        let begun = Instant::now();
        let outcome = function.invoke(payload).await?;
        metering::invocation(self.meter(), &function.spec.name, begun.elapsed());
        if let InvokeOutcome::Failed(error) = &outcome {
            tracing::warn!(function = name, error = %String::from_utf8_lossy(error), "invocation failed");
        }
        Ok(match outcome {
            InvokeOutcome::Answer(answer) if answer.len() > MAX_SYNC_BYTES => InvokeOutcome::failed(
                "Function.ResponseSizeTooLarge",
                &format!(
                    "Response payload size ({} bytes) exceeded maximum allowed payload size",
                    answer.len()
                ),
            ),
            outcome => outcome,
        })
    }

    /// Takes an event for a function and answers at once; the function runs later, with retries.
    ///
    /// # Errors
    /// When the function does not exist or the event is too large.
    pub fn invoke_async(&self, name: &str, payload: Bytes) -> Result<(), InvokeError> {
        if payload.len() > MAX_ASYNC_BYTES {
            return Err(InvokeError::TooLarge {
                bytes: payload.len(),
                limit: MAX_ASYNC_BYTES,
            });
        }
        let function = self
            .find(name)
            .ok_or_else(|| InvokeError::NotFound(name.to_owned()))?;
        let name = function.spec.name.clone();
        let lambda = self.clone();
        tokio::spawn(async move { lambda.run_async(&name, payload).await });
        Ok(())
    }

    async fn run_async(&self, name: &str, payload: Bytes) {
        let Some(function) = self.find(name) else { return };
        let retries = function.spec.asynchronous.maximum_retries;
        let mut failure = Bytes::new();
        for attempt in 0..=retries {
            if attempt > 0 {
                tokio::time::sleep(self.inner.retry_delay * attempt).await;
            }
            match self.invoke_when_free(name, payload.clone()).await {
                Ok(InvokeOutcome::Answer(_)) => return,
                Ok(InvokeOutcome::Failed(error)) => failure = error,
                Err(error) => failure = Bytes::from(error.to_string()),
            }
        }
        tracing::error!(function = name, "an asynchronous invocation failed for good");
        self.send_to_destination(function, &payload, &failure).await;
    }

    /// Throttled asynchronous events wait; they do not use up retries.
    async fn invoke_when_free(&self, name: &str, payload: Bytes) -> Result<InvokeOutcome, InvokeError> {
        loop {
            match self.invoke(name, payload.clone()).await {
                Err(InvokeError::Throttled(_)) => tokio::time::sleep(THROTTLE_WAIT).await,
                other => return other,
            }
        }
    }

    async fn send_to_destination(&self, function: &Function, payload: &Bytes, failure: &Bytes) {
        let Some(arn) = &function.spec.asynchronous.on_failure else {
            return;
        };
        let Some(queue) = self.inner.queues.get(arn) else {
            return;
        };
        let json_of = |bytes: &Bytes| -> Value { serde_json::from_slice(bytes).unwrap_or(Value::Null) };
        let record = json!({
            "version": "1.0",
            "requestContext": { "functionArn": function.spec.arn, "condition": "RetriesExhausted" },
            "requestPayload": json_of(payload),
            "responsePayload": json_of(failure),
        });
        if let Err(error) = self.inner.sqs.send(queue, &record.to_string()).await {
            tracing::error!(%error, "the failure destination did not take the event");
        }
    }

    pub(crate) fn stop(&self) {
        self.all().for_each(Function::stop);
    }
}
