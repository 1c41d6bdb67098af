//! Reading the body of a request.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use http::Method;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use switchboard_service::{Problem, ProblemCode};

use crate::api::AppState;
use crate::limits::MAX_BODY_BYTES;

/// A JSON body. An empty one of a POST reads as `{}`: it asks for what is usual. To put nothing in the place of
/// something is a mistake. What is wrong with it is named by its path.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &AppState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, MAX_BODY_BYTES)
            .await
            .map_err(|_| Problem::too_large(MAX_BODY_BYTES as u64))?;
        if bytes.is_empty() {
            return match parts.method {
                Method::POST => read(b"{}").map(Self),
                _ => Err(Problem::invalid("Send what is to be set, as JSON in the body.")),
            };
        }
        let kind = parts
            .headers
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(Problem::new(
                ProblemCode::UnsupportedMediaType,
                "Send the body as JSON, with content-type: application/json.",
            ));
        }
        read(&bytes).map(Self)
    }
}

/// Whether a request needs no body.
pub(crate) fn may_be_empty<T: DeserializeOwned>() -> bool {
    read::<T>(b"{}").is_ok()
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        problem(&path, error.inner())
    })?;
    json.end().map_err(|error| problem(".", &error))?;
    Ok(value)
}

fn problem(path: &str, error: &serde_json::Error) -> Problem {
    if error.classify() != Category::Data {
        let (line, column) = (error.line(), error.column());
        return Problem::invalid(format!(
            "The body is not JSON: look at line {line}, column {column}."
        ));
    }
    let message = error.to_string();
    // serde_json ends its messages with the place in the text; the path says more.
    let message = message.split(" at line ").next().unwrap_or_default();
    let named = ["missing field `", "unknown field `"].iter().find_map(|begin| {
        let (name, _) = message.strip_prefix(begin)?.split_once('`')?;
        Some(name)
    });
    let path = path.trim_start_matches('.');
    // The path of an unknown field ends in the field already, or in a question mark.
    let parent = path.strip_suffix('?').unwrap_or(path).trim_end_matches('.');
    let field = match named {
        Some(name) if parent != name && !parent.ends_with(&format!(".{name}")) && !parent.is_empty() => {
            format!("{parent}.{name}")
        }
        Some(name) if parent.is_empty() => name.to_owned(),
        _ => parent.to_owned(),
    };
    Problem::invalid_field(field, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether they can be read matters")]
    struct Outer {
        name: String,
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether they can be read matters")]
    struct Inner {
        count: u32,
    }

    fn fields(text: &str) -> Vec<(String, String)> {
        let problem = read::<Outer>(text.as_bytes()).unwrap_err();
        problem.errors.into_iter().map(|e| (e.field, e.message)).collect()
    }

    #[test]
    fn what_is_wrong_is_named_by_its_path() {
        for (text, field) in [
            (r#"{}"#, "name"),
            (r#"{"name":1}"#, "name"),
            (r#"{"name":"a","nam":1}"#, "nam"),
            (r#"{"name":"a","inner":{}}"#, "inner.count"),
            (r#"{"name":"a","inner":{"count":-1}}"#, "inner.count"),
            (r#"{"name":"a","inner":{"count":1,"cuont":1}}"#, "inner.cuont"),
        ] {
            assert_eq!(fields(text)[0].0, field, "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_said_to_be_none() {
        let problem = read::<Outer>(b"{\"name\": }").unwrap_err();
        assert_eq!(problem.detail, "The body is not JSON: look at line 1, column 10.");
        assert!(read::<Outer>(b"{\"name\":\"a\"} x").is_err());
    }
}
