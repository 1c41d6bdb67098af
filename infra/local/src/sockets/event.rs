//! What happens on a socket, as functions are told of it.

use std::collections::BTreeMap;

use http::HeaderMap;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clock;

/// What is the same in every event of a socket.
#[derive(Debug, Clone)]
pub(super) struct Context {
    pub id: String,
    pub stage: String,
    pub domain: String,
    pub user_agent: String,
    pub connected_at: Timestamp,
}

impl Context {
    fn request(&self, route: &str, kind: &str) -> Value {
        let now = clock::now();
        let request = format!("{:016x}", rand::random::<u64>());
        json!({
            "routeKey": route,
            "eventType": kind,
            "extendedRequestId": request,
            "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "messageDirection": "IN",
            "stage": self.stage,
            "connectedAt": self.connected_at.as_millisecond(),
            "requestTimeEpoch": now.as_millisecond(),
            "identity": { "userAgent": self.user_agent, "sourceIp": "127.0.0.1" },
            "requestId": request,
            "domainName": self.domain,
            "connectionId": self.id,
            "apiId": "local",
        })
    }

    /// Somebody wants to open it.
    pub(super) fn connect(&self, headers: &HeaderMap, query: &str) -> Value {
        let mut event = json!({
            "requestContext": self.request("$connect", "CONNECT"),
            "isBase64Encoded": false,
        });
        let (mut first, mut all) = (BTreeMap::new(), BTreeMap::<String, Vec<String>>::new());
        for (name, value) in headers {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            first.insert(name.as_str().to_owned(), value.clone());
            all.entry(name.as_str().to_owned()).or_default().push(value);
        }
        event["headers"] = json!(first);
        event["multiValueHeaders"] = json!(all);
        let (mut last, mut all) = (BTreeMap::new(), BTreeMap::<String, Vec<String>>::new());
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            last.insert(name.clone().into_owned(), value.clone().into_owned());
            all.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        if !last.is_empty() {
            event["queryStringParameters"] = json!(last);
            event["multiValueQueryStringParameters"] = json!(all);
        }
        event
    }

    /// Somebody says something.
    pub(super) fn message(&self, route: &str, body: &str) -> Value {
        let mut event = json!({
            "requestContext": self.request(route, "MESSAGE"),
            "body": body,
            "isBase64Encoded": false,
        });
        event["requestContext"]["messageId"] = json!(format!("{:016x}", rand::random::<u64>()));
        event
    }

    /// It is closed.
    pub(super) fn disconnect(&self, code: u16, reason: &str) -> Value {
        let mut event = json!({
            "headers": { "Host": self.domain, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": "" },
            "requestContext": self.request("$disconnect", "DISCONNECT"),
            "isBase64Encoded": false,
        });
        event["requestContext"]["disconnectStatusCode"] = json!(code);
        event["requestContext"]["disconnectReason"] = json!(reason);
        event
    }
}
