//! The few control calls of Lambda that we make, written down instead of done.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// One invocation that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Invocation {
    /// Name of the function.
    pub function: String,
    /// What it was given.
    pub payload: Value,
    /// Nobody waited for its answer.
    pub asynchronous: bool,
}

#[derive(Debug, Default)]
struct Inner {
    invocations: Vec<Invocation>,
    answers: HashMap<String, Value>,
    fails: bool,
    reserved: Option<u64>,
    mapping_maximum: Option<u64>,
    disabled: bool,
}

/// Lambda as far as we control it. Functions do not run; what they answer is set by the test.
#[derive(Debug, Clone)]
pub struct FakeLambda {
    address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
}

impl FakeLambda {
    pub(crate) fn start(listener: TcpListener, shutdown: CancellationToken) -> Self {
        let address = listener.local_addr().unwrap();
        let lambda = Self {
            address,
            inner: Arc::default(),
        };
        let router = Router::new()
            .route("/2015-03-31/functions/{name}/invocations", post(invoke))
            .route("/2017-10-31/functions/{name}/concurrency", put(reserve))
            .route("/2019-09-30/functions/{name}/concurrency", get(reserved))
            .route(
                "/2015-03-31/event-source-mappings/{id}",
                get(mapping).put(set_mapping),
            )
            .with_state(lambda.clone());
        tokio::spawn(async move {
            let serving = axum::serve(listener, router);
            drop(serving.with_graceful_shutdown(shutdown.cancelled_owned()).await);
        });
        lambda
    }

    pub(crate) fn endpoint_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What a function answers to whoever waits.
    pub fn answer(&self, function: &str, answer: Value) {
        self.inner().answers.insert(function.to_owned(), answer);
    }

    /// From now on every control call fails, or works again.
    pub fn set_failing(&self, fails: bool) {
        self.inner().fails = fails;
    }

    /// Everything that was invoked, oldest first.
    pub fn invocations(&self) -> Vec<Invocation> {
        self.inner().invocations.clone()
    }

    /// What a function was given, oldest first.
    pub fn payloads(&self, function: &str) -> Vec<Value> {
        let inner = self.inner();
        let given = inner.invocations.iter().filter(|i| i.function == function);
        given.map(|i| i.payload.clone()).collect()
    }

    /// The dialer's reserved concurrency.
    pub fn reserved(&self) -> Option<u64> {
        self.inner().reserved
    }

    /// The mapping's maximum concurrency, and whether it reads the queue.
    pub fn mapping(&self) -> (Option<u64>, bool) {
        let inner = self.inner();
        (inner.mapping_maximum, !inner.disabled)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asked(&self) -> Result<MutexGuard<'_, Inner>, Response> {
        let inner = self.inner();
        if !inner.fails {
            return Ok(inner);
        }
        let error = [("x-amzn-errortype", "ResourceConflictException")];
        Err((
            StatusCode::CONFLICT,
            error,
            Json(json!({ "Message": "told to fail" })),
        )
            .into_response())
    }
}

async fn invoke(
    State(lambda): State<FakeLambda>,
    Path(function): Path<String>,
    headers: HeaderMap,
    payload: Bytes,
) -> Result<Response, Response> {
    let mut inner = lambda.asked()?;
    let payload = serde_json::from_slice(&payload).unwrap_or_default();
    let asynchronous = headers
        .get("x-amz-invocation-type")
        .is_some_and(|kind| kind == "Event");
    inner.invocations.push(Invocation {
        function: function.clone(),
        payload,
        asynchronous,
    });
    if asynchronous {
        return Ok(StatusCode::ACCEPTED.into_response());
    }
    Ok(Json(inner.answers.get(&function).cloned().unwrap_or_default()).into_response())
}

async fn reserve(State(lambda): State<FakeLambda>, Json(body): Json<Value>) -> Result<Response, Response> {
    let mut inner = lambda.asked()?;
    inner.reserved = body["ReservedConcurrentExecutions"].as_u64();
    Ok(Json(body).into_response())
}

async fn reserved(State(lambda): State<FakeLambda>) -> Result<Response, Response> {
    let inner = lambda.asked()?;
    Ok(Json(json!({ "ReservedConcurrentExecutions": inner.reserved })).into_response())
}

fn shown(id: &str, inner: &Inner) -> Response {
    let state = if inner.disabled { "Disabled" } else { "Enabled" };
    let scaling = json!({ "MaximumConcurrency": inner.mapping_maximum });
    Json(json!({ "UUID": id, "State": state, "ScalingConfig": scaling })).into_response()
}

async fn mapping(State(lambda): State<FakeLambda>, Path(id): Path<String>) -> Result<Response, Response> {
    Ok(shown(&id, &*lambda.asked()?))
}

async fn set_mapping(
    State(lambda): State<FakeLambda>,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Result<Response, Response> {
    let mut inner = lambda.asked()?;
    inner.disabled = body["Enabled"] == json!(false);
    inner.mapping_maximum = body
        .pointer("/ScalingConfig/MaximumConcurrency")
        .and_then(Value::as_u64);
    Ok(shown(&id, &inner))
}
