//! Requests as functions get them: payload format 2.0.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, header};
use serde_json::{Value, json};

use super::authorizer::Claims;
use super::route::{self, Matched};
use crate::clock;
use crate::template::RouteSpec;

/// The event that a function gets for a request without a token; none where no route fits or the host is none. What the
/// gateway does itself, reachable without a server.
pub fn event_of(routes: &[RouteSpec], parts: &Parts, body: &Bytes) -> Option<Value> {
    if !has_one_good_host(&parts.headers) {
        return None;
    }
    let matched = route::find(routes, parts.method.as_str(), parts.uri.path())?;
    Some(event(parts, body, &matched, None))
}

/// The event of a request.
pub(crate) fn event(parts: &Parts, body: &Bytes, matched: &Matched<'_>, claims: Option<&Claims>) -> Value {
    let now = clock::now();
    let query = parts.uri.query().unwrap_or_default();
    let mut parameters: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        parameters
            .entry(name.into_owned())
            .and_modify(|all| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    let headers = joined(&parts.headers);
    let route_key = format!("{} {}", matched.route.method, matched.route.path);
    let mut event = json!({
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": parts.uri.path(),
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": headers.get("host"),
            "domainPrefix": "local",
            "http": {
                "method": parts.method.as_str(),
                "path": parts.uri.path(),
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": headers.get("user-agent"),
            },
            "requestId": format!("{:016x}", rand::random::<u64>()),
            "routeKey": route_key,
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.as_millisecond(),
        },
        "isBase64Encoded": false,
    });
    if let Some(cookies) = cookies(&parts.headers) {
        event["cookies"] = cookies;
    }
    if !parameters.is_empty() {
        event["queryStringParameters"] = json!(parameters);
    }
    if !matched.parameters.is_empty() {
        event["pathParameters"] = json!(matched.parameters);
    }
    if let Some(claims) = claims {
        event["requestContext"]["authorizer"] =
            json!({ "jwt": { "claims": claims.claims, "scopes": claims.scopes } });
    }
    if !body.is_empty() {
        match std::str::from_utf8(body) {
            Ok(text) if is_text(&parts.headers) => event["body"] = json!(text),
            _ => {
                event["body"] = json!(STANDARD.encode(body));
                event["isBase64Encoded"] = json!(true);
            }
        }
    }
    event
}

/// Whether an address can be made of the request's host. AWS sees to that before it calls a function,
/// and the functions' runtime panics where it is not so.
pub(super) fn has_one_good_host(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let is_good = |host: &HeaderValue| {
        host.to_str().is_ok_and(|host| {
            !host.contains('@')
                && host.parse::<Authority>().is_ok()
                && url::Url::parse(&format!("http://{host}/")).is_ok()
        })
    };
    hosts.next().is_none_or(is_good) && hosts.next().is_none()
}

fn joined(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| **name != header::COOKIE) {
        let value = String::from_utf8_lossy(value.as_bytes());
        all.entry(name.as_str().to_owned())
            .and_modify(|joined| {
                joined.push(',');
                joined.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    // How the gateway was reached, whatever the request says of it.
    all.insert("x-forwarded-proto".to_owned(), "http".to_owned());
    all
}

fn cookies(headers: &HeaderMap) -> Option<Value> {
    let all: Vec<String> = headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|value| {
            String::from_utf8_lossy(value.as_bytes())
                .split("; ")
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    (!all.is_empty()).then(|| json!(all))
}

/// Text bodies are passed as they are, others in base64.
fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or("application/json");
    let kind = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    kind.starts_with("text/")
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
        || matches!(
            kind.as_str(),
            "application/json"
                | "application/xml"
                | "application/javascript"
                | "application/x-www-form-urlencoded"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_one_that_an_address_can_have() {
        let headers = |hosts: &[&'static str]| -> HeaderMap {
            hosts
                .iter()
                .map(|host| (header::HOST, HeaderValue::from_static(host)))
                .fold(HeaderMap::new(), |mut all, (name, value)| {
                    all.append(name, value);
                    all
                })
        };
        for good in [&[][..], &["localhost:8080"], &["127.0.0.1"], &["[::1]:80"]] {
            assert!(has_one_good_host(&headers(good)), "{good:?}");
        }
        for bad in ["x:99999999", "", "a b", "x/api/campaigns?", "x?", "a@b", "%"] {
            assert!(!has_one_good_host(&headers(&[bad])), "{bad}");
        }
        assert!(!has_one_good_host(&headers(&["a", "a"])));
    }
}
