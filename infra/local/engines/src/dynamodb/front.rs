use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt, Either, Full, Limited};
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use tokio::sync::watch;

use super::capacity::{self, Asked};
use super::fault::{DynamoDbFault, error};
use crate::faults::Faults;
use crate::meter::{self, Meter};

/// DynamoDB reads no more than 16 MB of a request.
const REQUEST_BYTES: usize = 16 * 1024 * 1024;

/// Operations after which nothing new is in any stream.
const READS: [&str; 5] = ["GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"];

/// What clients speak to: passes requests on to the engine's own listener, unless a fault is due.
#[derive(Clone)]
pub(super) struct Front {
    engine: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
    faults: Faults<DynamoDbFault>,
    meter: Meter,
    /// Counts requests that may have written something.
    writes: Arc<watch::Sender<u64>>,
}

type Answer = Response<Either<Incoming, Full<Bytes>>>;

/// Ends a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("a fault closes this connection without an answer")]
pub(super) struct AnswerLost;

impl Front {
    pub(super) fn new(
        engine: SocketAddr,
        faults: Faults<DynamoDbFault>,
        meter: Meter,
        writes: watch::Sender<u64>,
    ) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self {
            engine,
            client: Client::builder(TokioExecutor::new()).build(connector),
            faults,
            meter,
            writes: Arc::new(writes),
        }
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Answer, AnswerLost> {
        let (mut parts, body) = request.into_parts();
        let Ok(body) = Limited::new(body, REQUEST_BYTES).collect().await else {
            return Ok(ours(error(
                StatusCode::PAYLOAD_TOO_LARGE,
                "com.amazon.coral.service#RequestEntityTooLargeException",
                json!({"message": "Request is larger than 16 MB"}),
            )));
        };
        let body = body.to_bytes();
        let operation = operation(&parts).to_owned();
        let fault = self.faults.draw(&operation);
        if let Some(fault) = fault.filter(|fault| !fault.has_effect()) {
            return fault.answer(&operation, &body).map(ours).ok_or(AnswerLost);
        }

        let path = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        parts.uri = Uri::builder()
            .scheme("http")
            .authority(self.engine.to_string())
            .path_and_query(path)
            .build()
            .map_err(|_| AnswerLost)?;
        parts.headers.remove(header::TRANSFER_ENCODING);
        let metered = match self.meter.is_on() {
            true => capacity::ask(&operation, meter::caller(&parts.headers), &body),
            false => None,
        };
        let answer = match metered {
            Some((asked, body)) => self.measured(parts, &asked, body).await,
            None => {
                let request = Request::from_parts(parts, Full::new(body.clone()));
                let answer = self.client.request(request).await;
                answer.map(|answer| answer.map(Either::Left))
            }
        };
        if !READS.contains(&operation.as_str()) {
            self.writes.send_modify(|count| *count += 1);
        }
        match (fault, answer) {
            (Some(fault), _) => fault.answer(&operation, &body).map(ours).ok_or(AnswerLost),
            (None, Ok(answer)) => Ok(answer),
            (None, Err(error)) => {
                tracing::error!(%error, operation, "the DynamoDB engine did not answer");
                Err(AnswerLost)
            }
        }
    }
}

impl Front {
    /// Asks the engine, and counts the units that it says were consumed.
    async fn measured(
        &self,
        mut parts: http::request::Parts,
        asked: &Asked,
        body: Bytes,
    ) -> Result<Answer, hyper_util::client::legacy::Error> {
        parts.headers.insert(header::CONTENT_LENGTH, body.len().into());
        let answer = self
            .client
            .request(Request::from_parts(parts, Full::new(body)))
            .await?;
        let (parts, body) = answer.into_parts();
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => {
                tracing::error!(%error, "the DynamoDB engine's answer broke off");
                Bytes::new()
            }
        };
        asked.count(&self.meter, parts.status, &body);
        Ok(ours(Response::from_parts(parts, Full::new(body))))
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

fn ours(response: Response<Full<Bytes>>) -> Answer {
    response.map(Either::Right)
}

/// `PutItem` of `X-Amz-Target: DynamoDB_20120810.PutItem`.
fn operation(parts: &http::request::Parts) -> &str {
    parts
        .headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
        .and_then(|target| target.rsplit('.').next())
        .unwrap_or_default()
}
