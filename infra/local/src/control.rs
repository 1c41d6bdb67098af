//! Lambda's control calls and Secrets Manager, as the real SDK asks them.

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::lambda::{InvokeError, InvokeOutcome, Lambda, MAX_SYNC_BYTES};
use crate::secrets::Secrets;
use crate::sources::{Mapping, Mappings};

/// What the control calls act on.
#[derive(Clone)]
pub(crate) struct Control {
    pub lambda: Lambda,
    pub mappings: Mappings,
    pub secrets: Secrets,
}

pub(crate) fn control_routes(control: Control) -> Router {
    let concurrency = put(put_concurrency).delete(delete_concurrency);
    Router::new()
        .route("/", post(secrets_manager))
        .route("/2015-03-31/functions/{name}/invocations", post(invoke))
        .route("/2017-10-31/functions/{name}/concurrency", concurrency)
        .route("/2019-09-30/functions/{name}/concurrency", get(get_concurrency))
        .route("/2015-03-31/event-source-mappings", get(list_mappings))
        .route("/2015-03-31/event-source-mappings/", get(list_mappings))
        .route(
            "/2015-03-31/event-source-mappings/{uuid}",
            get(get_mapping).put(update_mapping),
        )
        .layer(DefaultBodyLimit::max(MAX_SYNC_BYTES + 1024))
        .with_state(control)
}

fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    let body = Json(json!({ "Type": "User", "Message": message, "message": message }));
    (status, [("x-amzn-errortype", code.to_owned())], body).into_response()
}

fn not_found(what: &str) -> Response {
    refused(
        StatusCode::NOT_FOUND,
        "ResourceNotFoundException",
        &format!("{what} not found"),
    )
}

async fn invoke(
    State(control): State<Control>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = if body.is_empty() {
        Bytes::from_static(b"{}")
    } else {
        body
    };
    let asynchronous = headers
        .get("x-amz-invocation-type")
        .is_some_and(|kind| kind == "Event");
    let result = if asynchronous {
        control.lambda.invoke_async(&name, body).map(|()| None)
    } else {
        control.lambda.invoke(&name, body).await.map(Some)
    };
    match result {
        Ok(None) => StatusCode::ACCEPTED.into_response(),
        Ok(Some(InvokeOutcome::Answer(answer))) => (StatusCode::OK, answer).into_response(),
        Ok(Some(InvokeOutcome::Failed(error))) => {
            (StatusCode::OK, [("x-amz-function-error", "Unhandled")], error).into_response()
        }
        Err(InvokeError::NotFound(name)) => not_found(&format!("Function {name}")),
        Err(error @ InvokeError::Throttled(_)) => refused(
            StatusCode::TOO_MANY_REQUESTS,
            "TooManyRequestsException",
            &error.to_string(),
        ),
        Err(error @ InvokeError::TooLarge { .. }) => refused(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestTooLargeException",
            &error.to_string(),
        ),
    }
}

async fn put_concurrency(
    State(control): State<Control>,
    Path(name): Path<String>,
    Json(body): Json<Value>,
) -> Response {
    let Some(function) = control.lambda.find(&name) else {
        return not_found("Function");
    };
    let wanted = body["ReservedConcurrentExecutions"]
        .as_u64()
        .and_then(|n| u32::try_from(n).ok());
    let Some(wanted) = wanted else {
        return refused(
            StatusCode::BAD_REQUEST,
            "InvalidParameterValueException",
            "ReservedConcurrentExecutions",
        );
    };
    function.reserve(Some(wanted));
    Json(json!({ "ReservedConcurrentExecutions": wanted })).into_response()
}

async fn delete_concurrency(State(control): State<Control>, Path(name): Path<String>) -> Response {
    let Some(function) = control.lambda.find(&name) else {
        return not_found("Function");
    };
    function.reserve(None);
    StatusCode::NO_CONTENT.into_response()
}

async fn get_concurrency(State(control): State<Control>, Path(name): Path<String>) -> Response {
    let Some(function) = control.lambda.find(&name) else {
        return not_found("Function");
    };
    match function.running().reserved {
        Some(reserved) => Json(json!({ "ReservedConcurrentExecutions": reserved })).into_response(),
        None => Json(json!({})).into_response(),
    }
}

fn shown(mapping: &Mapping, function_arn: &str) -> Value {
    let state = mapping.state();
    let name = match (state.enabled, state.changing) {
        (true, false) => "Enabled",
        (false, false) => "Disabled",
        (_, true) => "Updating",
    };
    json!({
        "UUID": mapping.spec.uuid,
        "BatchSize": mapping.spec.batch_size,
        "EventSourceArn": mapping.spec.queue_arn,
        "FunctionArn": function_arn,
        "State": name,
        "StateTransitionReason": "USER_INITIATED",
        "ScalingConfig": { "MaximumConcurrency": state.maximum_concurrency },
    })
}

impl Control {
    fn arn_of(&self, mapping: &Mapping) -> String {
        self.lambda
            .find(&mapping.spec.function)
            .map(|f| f.spec.arn.clone())
            .unwrap_or_default()
    }
}

async fn list_mappings(State(control): State<Control>) -> Response {
    let all: Vec<Value> = control
        .mappings
        .all()
        .map(|m| shown(m, &control.arn_of(m)))
        .collect();
    Json(json!({ "EventSourceMappings": all })).into_response()
}

async fn get_mapping(State(control): State<Control>, Path(uuid): Path<String>) -> Response {
    match control.mappings.find(&uuid) {
        Some(mapping) => Json(shown(mapping, &control.arn_of(mapping))).into_response(),
        None => not_found("The event source mapping"),
    }
}

async fn update_mapping(
    State(control): State<Control>,
    Path(uuid): Path<String>,
    Json(body): Json<Value>,
) -> Response {
    let Some(mapping) = control.mappings.find(&uuid) else {
        return not_found("The event source mapping");
    };
    let scaling = body.get("ScalingConfig").filter(|config| !config.is_null());
    let maximum = scaling.map(|config| {
        config["MaximumConcurrency"]
            .as_u64()
            .and_then(|n| u32::try_from(n).ok())
    });
    if maximum
        .flatten()
        .is_some_and(|maximum| !(2..=1_000).contains(&maximum))
    {
        let message = "MaximumConcurrency must be between 2 and 1000";
        return refused(StatusCode::BAD_REQUEST, "InvalidParameterValueException", message);
    }
    if !mapping.change(body["Enabled"].as_bool(), maximum) {
        let message = "Cannot update the event source mapping because it is in use.";
        return refused(StatusCode::BAD_REQUEST, "ResourceInUseException", message);
    }
    (
        StatusCode::ACCEPTED,
        Json(shown(mapping, &control.arn_of(mapping))),
    )
        .into_response()
}

async fn secrets_manager(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers
        .get("x-amz-target")
        .and_then(|t| t.to_str().ok())
        .unwrap_or_default();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    control.secrets.answer(target, &body)
}
