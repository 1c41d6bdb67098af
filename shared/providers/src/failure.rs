//! Answers that are not a success: five shapes of error body, one meaning.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::Response;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde_json::{Map, Value};

use crate::shown::shown;
use crate::transport::read_error_body;
use crate::{ProviderError, Refusal, Secret};

const REQUEST_ID_HEADERS: [&str; 3] = ["request-id", "x-request-id", "x-trace-id"];
/// OpenAI's, beside the usual one.
const RETRY_AFTER_MS: &str = "retry-after-ms";
const LONGEST_CODE: usize = 64;
/// A shorter text is no key, and may be part of any word.
const SHORTEST_KEY: usize = 8;
/// Of a failure that names what is wrong field by field.
const MOST_MESSAGES: usize = 5;
const MOST_DEPTH: u8 = 4;
const LONGEST_REQUEST_ID: usize = 128;
const LONGEST_RETRY_AFTER_SECS: u64 = 3_600;
/// Out of credit comes as 402, but also as a legacy 401 that says nothing against the key.
const OUT_OF_CREDIT_CODES: [&str; 3] = ["quota_exceeded", "insufficient_credits", "payment_required"];

/// An answer that is not a success, normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
}

impl Failure {
    pub(crate) async fn read(response: Response, key: &Secret) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = read_error_body(response).await;
        Self::from_parts(status, &headers, &body, key)
    }

    pub(crate) fn from_parts(status: u16, headers: &HeaderMap, body: &[u8], key: &Secret) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        // OpenAI's stands under `error`.
        let is_object = |value: &&Value| value.is_object();
        let detail = body.get("detail").or_else(|| body.get("error").filter(is_object));
        let has_detail = detail.is_some();
        let detail = detail.unwrap_or(&Value::Null);
        let (code, message) = match &body {
            Value::Object(fields) if !has_detail => (None, messages_by_field(fields)),
            _ => code_and_message(detail),
        };
        let mut message = message.unwrap_or_else(|| format!("HTTP {status}"));
        let has_key = key.open().len() >= SHORTEST_KEY;
        if has_key {
            message = message.replace(key.open(), "[key]");
        }
        let holds_key = |text: &String| has_key && text.contains(key.open());
        let code = code.and_then(plain_code).filter(|code| !holds_key(code));
        Self {
            status,
            code: code.unwrap_or_else(|| status.to_string()),
            message: shown(&message),
            request_id: request_id(detail, headers).filter(|id| !holds_key(id)),
            retry_after: retry_after(headers),
        }
    }

    /// What it means for a dial: a refusal, or none if the phone may ring all the same.
    ///
    /// Only answers that are given before dialling count as a refusal; everything else is doubt.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        if self.is_out_of_credit() {
            return Some(Refusal::OutOfCredit);
        }
        let (code, message) = (self.code.clone(), self.message.clone());
        match self.status {
            400 | 422 => Some(Refusal::BadRequest { code, message }),
            401 if self.lacks_permission() => Some(Refusal::Forbidden { code, message }),
            401 => Some(Refusal::BadKey),
            403 => Some(Refusal::Forbidden { code, message }),
            404 => Some(Refusal::NotFound { code }),
            429 => Some(Refusal::RateLimited { code }),
            _ => None,
        }
    }

    fn is_out_of_credit(&self) -> bool {
        self.status == 402
            || (self.status == 429 && self.code == "insufficient_quota")
            || (matches!(self.status, 400 | 401 | 403) && OUT_OF_CREDIT_CODES.contains(&self.code.as_str()))
    }

    fn lacks_permission(&self) -> bool {
        self.code == "missing_permissions"
    }
}

impl From<Failure> for ProviderError {
    fn from(failure: Failure) -> Self {
        let out_of_credit = failure.is_out_of_credit();
        let Failure {
            status,
            code,
            message,
            request_id,
            retry_after,
        } = failure;
        match status {
            _ if out_of_credit => Self::OutOfCredit { request_id },
            401 | 403 => Self::Unauthorized { code, request_id },
            404 => Self::NotFound { code, request_id },
            429 => Self::RateLimited {
                code,
                retry_after,
                request_id,
            },
            // Down for as long as it says itself.
            503 if retry_after.is_some() => Self::RateLimited {
                code,
                retry_after,
                request_id,
            },
            // 425: not there yet.
            408 | 425 | 500.. => Self::Unavailable {
                reason: format!("HTTP {status} {code}"),
                request_id,
                source: None,
            },
            // Nothing we ask for is answered by another success or by a redirect.
            ..=399 => Self::Unreadable {
                reason: format!("HTTP {status}"),
                request_id,
            },
            _ => Self::Rejected {
                code,
                message,
                request_id,
            },
        }
    }
}

/// A request that got no answer. The address is left out: it can name whom we look for.
pub(crate) fn network(error: reqwest::Error) -> ProviderError {
    let error = error.without_url();
    let reason = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke off"
    };
    ProviderError::Unavailable {
        reason: reason.to_owned(),
        request_id: None,
        source: Some(Arc::new(error)),
    }
}

pub(crate) fn unreadable(reason: impl Into<String>) -> ProviderError {
    ProviderError::Unreadable {
        reason: reason.into(),
        request_id: None,
    }
}

/// `detail` is an object (current and legacy), a list (schema validation) or a bare text.
fn code_and_message(detail: &Value) -> (Option<String>, Option<String>) {
    let text = |value: &Value, field: &str| value.get(field).and_then(Value::as_str).map(str::to_owned);
    match detail {
        Value::Object(_) => (
            text(detail, "code")
                .or_else(|| text(detail, "status"))
                .or_else(|| text(detail, "type")),
            text(detail, "message"),
        ),
        Value::Array(problems) => {
            let said: Vec<String> = problems.iter().take(5).map(validation_message).collect();
            (Some("validation_error".to_owned()), Some(said.join("; ")))
        }
        Value::String(message) => (None, Some(message.clone())),
        _ => (None, None),
    }
}

fn validation_message(problem: &Value) -> String {
    let place = problem.get("loc").and_then(Value::as_array).map(|parts| {
        let part = |part: &Value| part.as_str().map_or_else(|| part.to_string(), str::to_owned);
        parts.iter().map(part).collect::<Vec<_>>().join(".")
    });
    let message = problem.get("msg").and_then(Value::as_str).unwrap_or("not valid");
    match place {
        Some(place) => format!("{place}: {message}"),
        None => message.to_owned(),
    }
}

/// A name to a message or a list of messages, at any depth: `{"medium":{"twilio":["..."]}}`.
fn messages_by_field(fields: &Map<String, Value>) -> Option<String> {
    let mut said = Vec::new();
    for (name, value) in fields {
        add_messages(name, value, MOST_DEPTH, &mut said);
    }
    (!said.is_empty()).then(|| said.join("; "))
}

fn add_messages(place: &str, value: &Value, depth: u8, said: &mut Vec<String>) {
    if said.len() >= MOST_MESSAGES {
        return;
    }
    match value {
        Value::String(message) => said.push(format!("{place}: {message}")),
        Value::Array(messages) if depth > 0 => {
            for message in messages {
                add_messages(place, message, depth - 1, said);
            }
        }
        Value::Object(fields) if depth > 0 => {
            for (name, value) in fields {
                add_messages(&format!("{place}.{name}"), value, depth - 1, said);
            }
        }
        _ => {}
    }
}

/// The code, if it is a name and no phone number.
fn plain_code(code: String) -> Option<String> {
    let plain = (1..=LONGEST_CODE).contains(&code.len())
        && shown(&code) == code
        && code
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    plain.then_some(code)
}

fn request_id(detail: &Value, headers: &HeaderMap) -> Option<String> {
    let in_header = |name: &&str| headers.get(*name).and_then(|value| value.to_str().ok());
    let id = detail
        .get("request_id")
        .and_then(Value::as_str)
        .or_else(|| REQUEST_ID_HEADERS.iter().find_map(in_header))?;
    // An id has letters. What has none may be a phone number, unless it is too short for one.
    let is_id = id.bytes().any(|b| b.is_ascii_alphabetic()) || shown(id) == id;
    let safe =
        (1..=LONGEST_REQUEST_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()) && is_id;
    safe.then(|| id.to_owned())
}

/// Seconds, or a moment: that is measured by the provider's own clock, which it gives along.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let longest = Duration::from_secs(LONGEST_RETRY_AFTER_SECS);
    let millis = headers
        .get(RETRY_AFTER_MS)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok());
    if let Some(millis) = millis {
        return Some(Duration::from_millis(millis).min(longest));
    }
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(secs) = text.parse() {
        return Some(Duration::from_secs(secs).min(longest));
    }
    let now = headers.get(DATE)?.to_str().ok().and_then(http_date)?;
    let wait = http_date(text)?.duration_since(now);
    // A moment that has passed asks for no wait.
    Some(Duration::try_from(wait).unwrap_or_default().min(longest))
}

fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn failure(status: u16, body: &str) -> Failure {
        Failure::from_parts(
            status,
            &HeaderMap::new(),
            body.as_bytes(),
            &Secret::new("sk_secret_key"),
        )
    }

    #[test]
    fn all_shapes_of_error_body_are_read() {
        let typed = failure(
            404,
            r#"{"detail":{"type":"not_found","code":"agent_not_found","message":"No such agent","status":"agent_not_found","request_id":"9f0c","param":"agent_id"}}"#,
        );
        assert_eq!(typed.code, "agent_not_found");
        assert_eq!(
            (typed.message.as_str(), typed.request_id.as_deref()),
            ("No such agent", Some("9f0c"))
        );

        let legacy = failure(
            400,
            r#"{"detail":{"status":"invalid_provider_config","message":"No Twilio"}}"#,
        );
        assert_eq!(legacy.code, "invalid_provider_config");

        let schema = failure(
            422,
            r#"{"detail":[{"loc":["body","to_number",0],"msg":"Field required","type":"missing","ctx":{}}]}"#,
        );
        assert_eq!(
            (schema.code.as_str(), schema.message.as_str()),
            ("validation_error", "body.to_number.0: Field required")
        );

        let bare = failure(404, r#"{"detail":"Not Found"}"#);
        assert_eq!((bare.code.as_str(), bare.message.as_str()), ("404", "Not Found"));

        for odd in [
            "<html>502</html>",
            "",
            "[]",
            "null",
            r#"{"detail":7}"#,
            r#"{"detail":[7]}"#,
        ] {
            assert!(!failure(502, odd).message.is_empty(), "{odd}");
        }
    }

    #[test]
    fn neither_key_nor_number_is_passed_on() {
        let told = failure(
            400,
            r#"{"detail":{"status":"bad_request","message":"sk_secret_key may not call +1 415 555 0100"}}"#,
        );
        assert_eq!(told.message, "[key] may not call [number]");
    }

    #[test]
    fn neither_key_nor_number_passes_for_a_code_or_an_id() {
        for told in ["+14155550100", "14155550100", "1-415-555-0100", "sk_secret_key"] {
            let body = format!(r#"{{"detail":{{"code":"{told}","request_id":"{told}"}}}}"#);
            let failure = failure(400, &body);
            assert_eq!(
                (failure.code.as_str(), failure.request_id),
                ("400", None),
                "{told}"
            );
        }
        let kept = failure(
            400,
            r#"{"detail":{"code":"error_42","request_id":"12345678-1234-4000-8000-00000000000a"}}"#,
        );
        assert_eq!(kept.code, "error_42");
        assert_eq!(
            kept.request_id.as_deref(),
            Some("12345678-1234-4000-8000-00000000000a")
        );
    }

    #[test]
    fn a_legacy_401_without_credit_says_nothing_against_the_key() {
        let quota = failure(
            401,
            r#"{"detail":{"status":"quota_exceeded","message":"This request exceeds your quota."}}"#,
        );
        assert_eq!(quota.refusal(), Some(Refusal::OutOfCredit));
        assert!(matches!(quota.into(), ProviderError::OutOfCredit { .. }));
        let key = failure(
            401,
            r#"{"detail":{"status":"invalid_api_key","message":"Invalid API key"}}"#,
        );
        assert_eq!(key.refusal(), Some(Refusal::BadKey));
        assert_eq!(failure(402, "{}").refusal(), Some(Refusal::OutOfCredit));
    }

    #[test]
    fn only_answers_given_before_dialling_are_refusals() {
        for status in [400, 401, 402, 403, 404, 422, 429] {
            assert!(failure(status, "").refusal().is_some(), "{status}");
        }
        for status in [301, 302, 405, 408, 409, 410, 413, 499, 500, 502, 503, 504, 520] {
            assert_eq!(failure(status, "").refusal(), None, "{status}");
        }
    }

    #[test]
    fn headers_give_request_id_and_wait() {
        let mut headers = HeaderMap::new();
        headers.insert("x-trace-id", "trace-1".parse().unwrap());
        headers.insert(RETRY_AFTER, "7".parse().unwrap());
        let limited = Failure::from_parts(429, &headers, b"", &Secret::new(""));
        assert_eq!(limited.request_id.as_deref(), Some("trace-1"));
        assert_eq!(limited.retry_after, Some(Duration::from_secs(7)));
        headers.insert(RETRY_AFTER, "Wed, 21 Oct 2026 07:28:00 GMT".parse().unwrap());
        let wait = |headers: &HeaderMap| Failure::from_parts(429, headers, b"", &Secret::new("")).retry_after;
        assert_eq!(wait(&headers), None, "by whose clock?");
        headers.insert(DATE, "Wed, 21 Oct 2026 07:27:30 GMT".parse().unwrap());
        assert_eq!(wait(&headers), Some(Duration::from_secs(30)));
        headers.insert(DATE, "Wed, 21 Oct 2026 07:28:30 GMT".parse().unwrap());
        assert_eq!(wait(&headers), Some(Duration::ZERO));
        headers.insert(RETRY_AFTER, "99999999".parse().unwrap());
        assert_eq!(wait(&headers), Some(Duration::from_secs(3_600)));
    }

    #[test]
    fn messages_by_field_are_read_and_bounded() {
        let told = failure(
            400,
            r#"{"templateContext":["name is missing"],"medium":{"twilio":{"outgoing":["+14155550100 is not yours"]}},"n":7}"#,
        );
        assert_eq!(
            (told.code.as_str(), told.message.as_str()),
            (
                "400",
                "medium.twilio.outgoing: [number] is not yours; templateContext: name is missing"
            )
        );
        let many: Vec<String> = (0..1_000)
            .map(|n| format!(r#""f{n}":["{}"]"#, "x".repeat(99)))
            .collect();
        let told = failure(400, &format!("{{{}}}", many.join(",")));
        assert!(told.message.chars().count() <= 300);
        let deep = format!("{}{}", r#"{"a":"#.repeat(100), "}".repeat(100));
        assert_eq!(failure(400, &deep).message, "HTTP 400");
    }

    #[test]
    fn a_provider_that_says_when_to_come_back_is_asked_then() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, "2".parse().unwrap());
        let down = Failure::from_parts(503, &headers, b"", &Secret::new(""));
        assert!(matches!(
            down.into(),
            ProviderError::RateLimited { retry_after: Some(wait), .. } if wait.as_secs() == 2
        ));
        assert!(matches!(
            failure(425, "").into(),
            ProviderError::Unavailable { .. }
        ));
    }

    proptest! {
        #[test]
        fn any_body_is_survived(status in 300u16..600, body in prop::collection::vec(any::<u8>(), 0..200)) {
            let failure = Failure::from_parts(status, &HeaderMap::new(), &body, &Secret::new("k"));
            prop_assert!(!ProviderError::from(failure).explain().is_empty());
        }
    }
}
