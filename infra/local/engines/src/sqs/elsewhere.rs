use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::fault::SqsFault;
use crate::error::EngineError;
use crate::faults::Faults;
use crate::listen::serve;

/// More than ten messages of the largest kind.
const BODY_BYTES: usize = 16 * 1024 * 1024;

/// An SQS of somebody else, with our faults before it: for tests that are run against a second engine.
#[derive(Clone, Debug)]
pub struct SqsElsewhere {
    address: SocketAddr,
    faults: Faults<SqsFault>,
}

impl SqsElsewhere {
    /// Passes requests at `listener` on to `engine` until `shutdown`.
    ///
    /// # Errors
    /// When the listener has no address.
    pub fn start(
        engine: SocketAddr,
        listener: TcpListener,
        shutdown: CancellationToken,
    ) -> Result<Self, EngineError> {
        let address = listener
            .local_addr()
            .map_err(EngineError::io("reading the address of SQS"))?;
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let faults = Faults::default();
        let front = Front {
            engine,
            client: Client::builder(TokioExecutor::new()).build(connector),
            faults: faults.clone(),
            again: Arc::default(),
        };
        tokio::spawn(serve(listener, front, shutdown));
        Ok(Self { address, faults })
    }

    /// What an SDK client takes as its endpoint.
    #[must_use]
    pub fn endpoint_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Faults for the next requests.
    #[must_use]
    pub fn faults(&self) -> Faults<SqsFault> {
        self.faults.clone()
    }
}

type Answer = Response<Full<Bytes>>;

/// Ends a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("this connection closes without an answer")]
struct AnswerLost;

#[derive(Clone)]
struct Front {
    engine: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
    faults: Faults<SqsFault>,
    /// Messages to be delivered a second time, by queue.
    again: Arc<Mutex<HashMap<String, Vec<Value>>>>,
}

impl Front {
    async fn answer(self, request: Request<Incoming>) -> Result<Answer, AnswerLost> {
        let (parts, body) = request.into_parts();
        let body = read(body).await?;
        let operation = operation(&parts).to_owned();
        match self.faults.draw_if(&operation, SqsFault::of_a_request) {
            Some(SqsFault::InternalErrorBefore) => Ok(failed()),
            Some(SqsFault::InternalErrorAfter) => self.pass(parts, body).await.map(|_| failed()),
            Some(SqsFault::AnswerLost) => {
                let _unsent = self.pass(parts, body).await?;
                Err(AnswerLost)
            }
            Some(SqsFault::BatchEntryFails | SqsFault::DeliverTwice) | None => match operation.as_str() {
                "SendMessageBatch" => self.send_batch(parts, body).await,
                "ReceiveMessage" => self.receive(parts, body).await,
                _ => self.pass(parts, body).await,
            },
        }
    }

    async fn pass(&self, mut parts: Parts, body: Bytes) -> Result<Answer, AnswerLost> {
        let path = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        parts.uri = Uri::builder()
            .scheme("http")
            .authority(self.engine.to_string())
            .path_and_query(path)
            .build()
            .map_err(|_| AnswerLost)?;
        // It may be another body by now.
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.remove(header::TRANSFER_ENCODING);
        let request = Request::from_parts(parts, Full::new(body));
        let answer = self.client.request(request).await.map_err(|error| {
            tracing::error!(%error, "the engine of SQS did not answer");
            AnswerLost
        })?;
        let status = answer.status();
        Ok(json_answer(status, read(answer.into_body()).await?))
    }

    /// Entries that are made to fail are not passed on.
    async fn send_batch(&self, parts: Parts, body: Bytes) -> Result<Answer, AnswerLost> {
        let mut request: Value = serde_json::from_slice(&body).map_err(|_| AnswerLost)?;
        let entries = request["Entries"].as_array().cloned().unwrap_or_default();
        let fails = |_: &Value| {
            let fault = |fault| fault == SqsFault::BatchEntryFails;
            self.faults.draw_if("SendMessageBatch", fault).is_some()
        };
        let (failing, passed): (Vec<_>, Vec<_>) = entries.into_iter().partition(fails);
        if failing.is_empty() {
            return self.pass(parts, body).await;
        }
        let mut told = json!({ "Successful": [] });
        if !passed.is_empty() {
            request["Entries"] = passed.into();
            let answer = self.pass(parts, request.to_string().into()).await?;
            if !answer.status().is_success() {
                return Ok(answer);
            }
            told = value(answer).await?;
        }
        let failing = failing.iter().map(|entry| {
            json!({ "Id": entry["Id"], "SenderFault": false, "Code": "InternalError", "Message": "This entry was made to fail." })
        });
        let mut failed = told["Failed"].as_array().cloned().unwrap_or_default();
        failed.extend(failing);
        told["Failed"] = failed.into();
        Ok(json_answer(StatusCode::OK, told.to_string().into()))
    }

    /// Messages that are to be delivered twice are kept for the next receive.
    async fn receive(&self, parts: Parts, body: Bytes) -> Result<Answer, AnswerLost> {
        let request: Value = serde_json::from_slice(&body).map_err(|_| AnswerLost)?;
        let queue = request["QueueUrl"].as_str().unwrap_or_default();
        if let Some(again) = self.again().remove(queue) {
            return Ok(json_answer(
                StatusCode::OK,
                json!({ "Messages": again }).to_string().into(),
            ));
        }
        let answer = self.pass(parts, body).await?;
        if !answer.status().is_success() {
            return Ok(answer);
        }
        let told = value(answer).await?;
        for message in told["Messages"].as_array().into_iter().flatten() {
            let twice = |fault| fault == SqsFault::DeliverTwice;
            if self.faults.draw_if("ReceiveMessage", twice).is_some() {
                let mut again = self.again();
                again.entry(queue.to_owned()).or_default().push(message.clone());
            }
        }
        Ok(json_answer(StatusCode::OK, told.to_string().into()))
    }

    fn again(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<Value>>> {
        self.again.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service<Request<Incoming>> for Front {
    type Response = Answer;
    type Error = AnswerLost;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, AnswerLost>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        Box::pin(self.clone().answer(request))
    }
}

async fn read(body: Incoming) -> Result<Bytes, AnswerLost> {
    let body = Limited::new(body, BODY_BYTES).collect().await;
    body.map(http_body_util::Collected::to_bytes)
        .map_err(|_| AnswerLost)
}

async fn value(answer: Answer) -> Result<Value, AnswerLost> {
    let body = answer.into_body().collect().await.map_err(|_| AnswerLost)?;
    serde_json::from_slice(&body.to_bytes()).map_err(|_| AnswerLost)
}

fn failed() -> Answer {
    let body = json!({
        "__type": "com.amazonaws.sqs#InternalError",
        "message": "The request processing has failed because of an unknown error.",
    });
    json_answer(StatusCode::INTERNAL_SERVER_ERROR, body.to_string().into())
}

fn json_answer(status: StatusCode, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    let json = HeaderValue::from_static("application/x-amz-json-1.0");
    answer.headers_mut().insert(header::CONTENT_TYPE, json);
    answer
}

/// `SendMessage` of `X-Amz-Target: AmazonSQS.SendMessage`.
fn operation(parts: &Parts) -> &str {
    let target = parts.headers.get("x-amz-target");
    let target = target.and_then(|target| target.to_str().ok());
    target
        .and_then(|target| target.rsplit('.').next())
        .unwrap_or_default()
}
