//! What functions answer, as HTTP.

use axum::body::Body;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;

/// API Gateway's limit on an answer, in bytes.
const MAX_ANSWER_BYTES: usize = 10 * 1024 * 1024;

/// The HTTP answer that a function's result means; none when the result is not one.
pub(crate) fn answer(result: &[u8]) -> Option<Response> {
    let result: Value = serde_json::from_slice(result).ok()?;
    let Some(status) = result.get("statusCode") else {
        // A plain value is the body of a 200.
        return response(
            StatusCode::OK,
            result.to_string().into_bytes(),
            Some("application/json"),
            &Value::Null,
        );
    };
    let status = status
        .as_u64()
        .and_then(|code| StatusCode::from_u16(u16::try_from(code).ok()?).ok())?;
    let text = result["body"].as_str().unwrap_or_default();
    let body = match result["isBase64Encoded"].as_bool() {
        Some(true) => STANDARD.decode(text).ok()?,
        _ => text.as_bytes().to_vec(),
    };
    response(status, body, None, &result)
}

fn response(status: StatusCode, body: Vec<u8>, kind: Option<&str>, result: &Value) -> Option<Response> {
    if body.len() > MAX_ANSWER_BYTES {
        return None;
    }
    let mut response = Response::builder().status(status).body(Body::from(body)).ok()?;
    let headers = response.headers_mut();
    if let Some(kind) = kind {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(kind).ok()?);
    }
    let mut add = |name: &str, value: &Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let name = HeaderName::from_bytes(name.as_bytes()).ok();
        if let (Some(name), Ok(value)) = (name, HeaderValue::from_str(&text))
            && name != header::CONTENT_LENGTH
            && name != header::TRANSFER_ENCODING
        {
            headers.append(name, value);
        }
    };
    for (name, value) in result["headers"].as_object().into_iter().flatten() {
        add(name, value);
    }
    for (name, values) in result["multiValueHeaders"].as_object().into_iter().flatten() {
        if result["headers"].get(name).is_none() {
            values
                .as_array()
                .into_iter()
                .flatten()
                .for_each(|value| add(name, value));
        }
    }
    for cookie in result["cookies"].as_array().into_iter().flatten() {
        add("set-cookie", cookie);
    }
    Some(response)
}
