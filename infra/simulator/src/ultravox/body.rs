//! Request bodies, and where the caller thinks we are.

use axum::extract::{FromRequest, FromRequestParts, Request};
use http::StatusCode;
use http::request::Parts;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::server::Shared;

/// A JSON object.
pub(crate) struct Body(pub Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let wrong = |text| Refusal::detail(StatusCode::BAD_REQUEST, text);
        let bytes = bytes::Bytes::from_request(request, state)
            .await
            .map_err(|_| wrong("The body could not be read."))?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err(wrong("The body must be a JSON object.")),
            Err(_) => Err(wrong("JSON parse error.")),
        }
    }
}

/// The address by which the caller reached us, without a slash at the end: links lead back there.
pub(crate) struct Base(pub String);

impl FromRequestParts<Shared> for Base {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Self::Rejection> {
        let host = parts.headers.get("host").and_then(|host| host.to_str().ok());
        let host = host.map_or_else(|| shared.address.to_string(), str::to_owned);
        Ok(Self(format!("http://{host}")))
    }
}

impl Base {
    /// The same place for WebSockets.
    pub(crate) fn socket(&self) -> String {
        format!("wss{}", self.0.trim_start_matches("http"))
    }
}

/// Seconds of a duration as in `"30s"` or `"1.500s"`.
pub(crate) fn seconds(value: &Value) -> Option<f64> {
    let number = value.as_str()?.strip_suffix('s')?;
    let plain = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    number
        .parse()
        .ok()
        .filter(|secs: &f64| plain && secs.is_finite() && *secs <= 86_400.0)
}

/// The duration in the vendor's words.
pub(crate) fn duration(secs: f64) -> String {
    if (secs - secs.round()).abs() < 0.000_5 {
        format!("{secs:.0}s")
    } else {
        format!("{secs:.3}s")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn durations_are_seconds_with_their_letter() {
        assert_eq!(seconds(&json!("30s")), Some(30.0));
        assert_eq!(seconds(&json!("1.500s")), Some(1.5));
        for wrong in [
            json!("30"),
            json!(30),
            json!("s"),
            json!("-1s"),
            json!("1m"),
            json!("1e3s"),
            json!(null),
        ] {
            assert_eq!(seconds(&wrong), None, "{wrong}");
        }
        assert_eq!(
            (duration(30.0), duration(1.5)),
            ("30s".to_owned(), "1.500s".to_owned())
        );
    }
}
