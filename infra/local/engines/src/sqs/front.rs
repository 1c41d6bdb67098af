use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::Service;
use rustack_sqs_core::handler::RustackSqsHandler;
use rustack_sqs_http::body::SqsResponseBody;
use rustack_sqs_http::dispatch::SqsHandler;
use rustack_sqs_http::response::json_response;
use rustack_sqs_http::service::{SqsHttpConfig, SqsHttpService};
use rustack_sqs_model::error::SqsError;
use rustack_sqs_model::operations::SqsOperation;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::core::Core;
use super::fault::SqsFault;
use crate::meter::{self, Metered, Usage};

type Answer = Response<SqsResponseBody>;

/// What clients speak to.
#[derive(Clone)]
pub(super) struct Front {
    wire: SqsHttpService<Handler>,
    core: Arc<Core>,
}

/// Ends a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("a fault closes this connection without an answer")]
pub(super) struct AnswerLost;

/// On a response: it must not be sent.
#[derive(Clone)]
struct Unsent;

impl Front {
    pub(super) fn new(core: Arc<Core>) -> Self {
        let handler = Handler {
            engine: Arc::new(RustackSqsHandler::new(Arc::clone(&core.engine))),
            core: Arc::clone(&core),
        };
        Self {
            core,
            wire: SqsHttpService::new(Arc::new(handler), SqsHttpConfig::default()),
        }
    }
}

impl Front {
    fn count(&self, request: &Request<Incoming>) {
        let target = request.headers().get("x-amz-target");
        let target = target.and_then(|target| target.to_str().ok()).unwrap_or_default();
        let what = Metered {
            service: "sqs",
            caller: meter::caller(request.headers()),
            operation: target.rsplit('.').next().unwrap_or_default().to_owned(),
            resource: String::new(),
        };
        let one = Usage {
            requests: 1,
            ..Usage::default()
        };
        self.core.meter.count(what, one);
    }
}

impl Service<Request<Incoming>> for Front {
    type Response = Answer;
    type Error = AnswerLost;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, AnswerLost>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.count(&request);
        let answer = self.wire.call(request);
        Box::pin(async move {
            match answer.await {
                Ok(answer) if answer.extensions().get::<Unsent>().is_none() => Ok(answer),
                Ok(_) => Err(AnswerLost),
                Err(never) => match never {},
            }
        })
    }
}

/// Carries out what the wire layer has read.
#[derive(Clone)]
struct Handler {
    core: Arc<Core>,
    engine: Arc<RustackSqsHandler>,
}

impl SqsHandler for Handler {
    fn handle_operation(
        &self,
        operation: SqsOperation,
        body: Bytes,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, SqsError>> + Send>> {
        let handler = self.clone();
        Box::pin(async move {
            let fault = handler
                .core
                .faults
                .draw_if(operation.as_str(), SqsFault::of_a_request);
            match fault {
                Some(SqsFault::InternalErrorBefore) => Err(injected()),
                Some(SqsFault::InternalErrorAfter) => {
                    let _carried_out = handler.carry_out(operation, body).await;
                    Err(injected())
                }
                Some(SqsFault::AnswerLost) => {
                    let _carried_out = handler.carry_out(operation, body).await;
                    let mut unsent = Response::new(SqsResponseBody::empty());
                    unsent.extensions_mut().insert(Unsent);
                    Ok(unsent)
                }
                Some(SqsFault::BatchEntryFails | SqsFault::DeliverTwice) | None => {
                    handler.carry_out(operation, body).await
                }
            }
        })
    }
}

impl Handler {
    async fn carry_out(&self, operation: SqsOperation, body: Bytes) -> Result<Answer, SqsError> {
        let core = &self.core;
        match operation {
            SqsOperation::SendMessage => answer(core.send(read(&body)?).await),
            SqsOperation::SendMessageBatch => answer(core.send_batch(read(&body)?).await),
            SqsOperation::ReceiveMessage => answer(core.receive(read(&body)?).await),
            SqsOperation::DeleteMessage => answer(core.delete(read(&body)?).await),
            SqsOperation::DeleteMessageBatch => answer(core.delete_batch(read(&body)?).await),
            SqsOperation::ChangeMessageVisibilityBatch => {
                answer(core.change_visibility_batch(read(&body)?).await)
            }
            SqsOperation::ChangeMessageVisibility => answer(core.change_visibility(read(&body)?).await),
            SqsOperation::StartMessageMoveTask => answer(core.start_move(read(&body)?).await),
            SqsOperation::ListMessageMoveTasks => answer(Ok(core.moves.list(&read(&body)?))),
            other => self.engine.handle_operation(other, body).await,
        }
    }
}

fn injected() -> SqsError {
    SqsError::internal_error("The request processing has failed because of an unknown error.")
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, SqsError> {
    serde_json::from_slice(body)
        .map_err(|error| SqsError::invalid_parameter_value(format!("The request cannot be read: {error}")))
}

fn answer<T: Serialize>(output: Result<T, SqsError>) -> Result<Answer, SqsError> {
    let json = serde_json::to_vec(&output?)
        .map_err(|error| SqsError::internal_error(format!("The answer cannot be written: {error}")))?;
    // The wire layer sets its own request id over this one only where none is set.
    let request_id = hex::encode(rand::random::<[u8; 16]>());
    Ok(json_response(json, &request_id))
}
