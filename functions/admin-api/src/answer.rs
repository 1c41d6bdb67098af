//! What every route answers with when it refuses, and a few plain answers.

use std::collections::BTreeMap;

use axum::Json;
use http::StatusCode;
use serde::Serialize;
use switchboard_service::Problem;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::documented::refusal;

/// What a handler answers.
pub(crate) type Answer<T> = Result<Json<T>, Problem>;
/// What a handler answers that made something.
pub(crate) type Made<T> = Result<(StatusCode, Json<T>), Problem>;

/// What every route can be refused with, whatever it does. What follows from its arguments and its method is added
/// by [`crate::documented`]; the types below are for what only its handler knows.
pub(crate) struct Refusals;
/// Also where nothing is changed: the thing is in a state in which there is no answer.
pub(crate) struct Conflicts;
/// Also where the address names nothing: a part of it is missing, or another thing that it needs.
pub(crate) struct Missing;
/// It asks a platform or the carrier, which may refuse.
pub(crate) struct PlatformRefusals;

/// The name of the description of a status.
pub(crate) fn component(status: StatusCode) -> String {
    format!("Problem{}", status.as_str())
}

fn refused(statuses: &[StatusCode]) -> BTreeMap<String, RefOr<Response>> {
    let each = statuses.iter();
    each.map(|status| (status.as_str().to_owned(), refusal(*status)))
        .collect()
}

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refused(&[
            StatusCode::UNAUTHORIZED,
            StatusCode::FORBIDDEN,
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::INTERNAL_SERVER_ERROR,
            StatusCode::SERVICE_UNAVAILABLE,
        ])
    }
}

impl IntoResponses for Conflicts {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refused(&[StatusCode::CONFLICT])
    }
}

impl IntoResponses for Missing {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refused(&[StatusCode::NOT_FOUND])
    }
}

impl IntoResponses for PlatformRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refused(&[
            StatusCode::NOT_FOUND,
            StatusCode::CONFLICT,
            StatusCode::UNPROCESSABLE_ENTITY,
            StatusCode::BAD_GATEWAY,
        ])
    }
}

/// A file to download.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Download {
    /// The link; good for 15 minutes.
    pub(crate) url: String,
}
