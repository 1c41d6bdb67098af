//! Failure, rehearsed: faults of the AWS services at a set rate, functions killed at random moments,
//! the dial queue emptied. Off unless `FAULTS` says otherwise.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use switchboard_local_engines::sqs::QueueRef;
use switchboard_local_engines::{ANY_OPERATION, DynamoDb, DynamoDbFault, Sqs, SqsFault};
use tokio_util::sync::CancellationToken;

use crate::lambda::Lambda;

/// What goes wrong, and how often. Fractions are 0 to 1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FaultPlan {
    /// Decides what chance decides.
    pub seed: u64,
    /// Fraction of the requests to DynamoDB that fail, by fault: `throttled`, `transaction_conflict`,
    /// `internal_error_before`, `internal_error_after`, `answer_lost`.
    pub dynamodb: BTreeMap<String, f64>,
    /// Fraction of the requests to SQS that fail, by fault: `internal_error_before`, `internal_error_after`,
    /// `answer_lost`, `batch_entry_fails`, `deliver_twice`.
    pub sqs: BTreeMap<String, f64>,
    /// Which functions are killed while they work.
    pub kill: Option<KillPlan>,
}

/// Which functions are killed while they work, and how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KillPlan {
    /// Their names.
    pub functions: Vec<String>,
    /// Milliseconds between two kills, in the mean.
    pub every_ms: u64,
}

/// A plan that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "FAULTS cannot be read: {0}. Write it as JSON, e.g. {{\"dynamodb\":{{\"throttled\":0.01}}}}, or leave it out."
)]
pub struct InvalidFaultPlan(String);

impl std::str::FromStr for FaultPlan {
    type Err = InvalidFaultPlan;
    fn from_str(text: &str) -> Result<Self, InvalidFaultPlan> {
        let plan: Self = serde_json::from_str(text).map_err(|error| InvalidFaultPlan(error.to_string()))?;
        for name in plan.dynamodb.keys() {
            named::<DynamoDbFault>(name)?;
        }
        for name in plan.sqs.keys() {
            named::<SqsFault>(name)?;
        }
        Ok(plan)
    }
}

fn named<F: DeserializeOwned>(name: &str) -> Result<F, InvalidFaultPlan> {
    serde_json::from_value(name.into()).map_err(|error| InvalidFaultPlan(error.to_string()))
}

/// A plan at work.
pub(crate) struct Rehearsal {
    pub(crate) dynamodb: switchboard_local_engines::Faults<DynamoDbFault>,
    pub(crate) sqs: Arc<Sqs>,
    pub(crate) dial_queue: Option<QueueRef>,
    killed: AtomicU64,
}

impl Rehearsal {
    pub(crate) fn begin(
        plan: &FaultPlan,
        dynamodb: &DynamoDb,
        sqs: &Arc<Sqs>,
        dial_queue: Option<QueueRef>,
        lambda: &Lambda,
        stop: &CancellationToken,
    ) -> Arc<Self> {
        let rehearsal = Arc::new(Self {
            dynamodb: dynamodb.faults(),
            sqs: sqs.clone(),
            dial_queue,
            killed: AtomicU64::new(0),
        });
        for (index, (name, fraction)) in plan.dynamodb.iter().enumerate() {
            // Names were checked when the plan was read.
            let Ok(fault) = named::<DynamoDbFault>(name) else {
                continue;
            };
            let operation = match fault {
                DynamoDbFault::TransactionConflict => "TransactWriteItems",
                _ => ANY_OPERATION,
            };
            let seed = plan.seed.wrapping_add(index as u64);
            rehearsal.dynamodb.fraction(operation, fault, *fraction, seed);
        }
        for (index, (name, fraction)) in plan.sqs.iter().enumerate() {
            let Ok(fault) = named::<SqsFault>(name) else {
                continue;
            };
            let seed = plan.seed.wrapping_add(100 + index as u64);
            sqs.faults().fraction(ANY_OPERATION, fault, *fraction, seed);
        }
        if let Some(kill) = &plan.kill {
            let killer = rehearsal.clone().kill(kill.clone(), plan.seed, lambda.clone());
            let stop = stop.clone();
            tokio::spawn(async move {
                tokio::select! {
                    () = killer => {}
                    () = stop.cancelled() => {}
                }
            });
        }
        rehearsal
    }

    async fn kill(self: Arc<Self>, plan: KillPlan, seed: u64, lambda: Lambda) {
        let mut chance = StdRng::seed_from_u64(seed);
        loop {
            let wait = chance.random_range(plan.every_ms / 2..=plan.every_ms.saturating_mul(3) / 2);
            tokio::time::sleep(Duration::from_millis(wait)).await;
            if plan.functions.is_empty() {
                return;
            }
            let name = &plan.functions[chance.random_range(0..plan.functions.len())];
            let Some(function) = lambda.find(name) else {
                continue;
            };
            if function.kill_one_busy(chance.random()) {
                self.killed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// What went wrong so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FaultCounts {
    /// Requests to DynamoDB that failed.
    pub dynamodb: u64,
    /// Requests to SQS that failed, and messages delivered twice.
    pub sqs: u64,
    /// Functions killed while they worked.
    pub killed: u64,
}

/// `GET /faults` and `POST /faults/empty-queue`, on the runner's own address.
pub(crate) fn rehearsal_routes(rehearsal: Arc<Rehearsal>) -> Router {
    Router::new()
        .route("/faults", get(counts))
        .route("/faults/empty-queue", post(empty_queue))
        .with_state(rehearsal)
}

async fn counts(State(rehearsal): State<Arc<Rehearsal>>) -> Json<FaultCounts> {
    Json(FaultCounts {
        dynamodb: rehearsal.dynamodb.injected(),
        sqs: rehearsal.sqs.faults().injected(),
        killed: rehearsal.killed.load(Ordering::Relaxed),
    })
}

async fn empty_queue(State(rehearsal): State<Arc<Rehearsal>>) -> StatusCode {
    match &rehearsal.dial_queue {
        Some(queue) => match rehearsal.sqs.purge(queue).await {
            Ok(()) => StatusCode::NO_CONTENT,
            Err(_) => StatusCode::CONFLICT,
        },
        None => StatusCode::NOT_FOUND,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_and_a_wrong_one_refused_with_a_right_one() {
        let plan: FaultPlan =
            r#"{"seed":3,"dynamodb":{"throttled":0.01},"kill":{"functions":["dialer"],"every_ms":500}}"#
                .parse()
                .unwrap();
        assert_eq!(plan.dynamodb["throttled"], 0.01);
        for wrong in ["", "3", r#"{"dynamodb":{"burnt":1}}"#, r#"{"sea":1}"#] {
            let error = wrong.parse::<FaultPlan>().unwrap_err().to_string();
            assert!(error.contains("\"throttled\""), "{error}");
        }
    }
}
