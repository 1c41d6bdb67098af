//! What every route answers with when it refuses, and a few plain answers.

use std::collections::BTreeMap;

use axum::Json;
use http::StatusCode;
use serde::Serialize;
use switchboard_service::Problem;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// What a handler answers.
pub(crate) type Answer<T> = Result<Json<T>, Problem>;
/// What a handler answers that made something.
pub(crate) type Made<T> = Result<(StatusCode, Json<T>), Problem>;

/// Every refusal is a problem document.
pub(crate) struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let schema = Ref::from_schema_name("Problem");
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new()
            .description("What is wrong, and what to do (RFC 9457).")
            .content("application/problem+json", content)
            .build();
        BTreeMap::from([("default".to_owned(), RefOr::T(response))])
    }
}

/// A file to download.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Download {
    /// The link; good for 15 minutes.
    pub(crate) url: String,
}
