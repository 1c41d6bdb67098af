//! Request bodies and query parameters, with the provider's complaints.

use axum::extract::{FromRequest, Request};
use serde_json::Value;

use super::refusal::Refusal;
pub(super) use crate::query::Query;

/// A JSON object.
pub(crate) struct Body(pub Value);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let invalid = || Refusal::field("body", "0", "JSON decode error", "json_invalid");
        let bytes = bytes::Bytes::from_request(request, state)
            .await
            .map_err(|_| invalid())?;
        match serde_json::from_slice(&bytes) {
            Ok(value @ Value::Object(_)) => Ok(Self(value)),
            Ok(_) => Err(Refusal::field(
                "body",
                "0",
                "Input should be a valid dictionary",
                "model_type",
            )),
            Err(_) => Err(invalid()),
        }
    }
}

impl Body {
    /// A text that must be there.
    pub(crate) fn text(&self, name: &str) -> Result<String, Refusal> {
        match &self.0[name] {
            Value::String(text) => Ok(text.clone()),
            Value::Null => Err(Refusal::missing(name)),
            _ => Err(Refusal::field(
                "body",
                name,
                "Input should be a valid string",
                "string_type",
            )),
        }
    }
}

impl Query {
    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let invalid = |_| Refusal::field("query", name, "Input should be a valid integer", "int_parsing");
        self.get(name).map(str::parse).transpose().map_err(invalid)
    }

    /// A page size in range.
    pub(crate) fn page_size(&self, name: &str, default: i64, most: i64) -> Result<usize, Refusal> {
        let size = self.number(name)?.unwrap_or(default);
        if !(1..=most).contains(&size) {
            let message = format!("Input should be between 1 and {most}");
            return Err(Refusal::field("query", name, &message, "less_than_equal"));
        }
        Ok(usize::try_from(size).unwrap_or(1))
    }
}
