//! Somebody who sends requests to a router.

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode};
use lambda_http::request::RequestContext;
use lambda_http::tower::ServiceExt;
use serde_json::{Value, json};

/// Most bytes of an answer that are read.
const MAX_ANSWER: usize = 10_000_000;

/// Somebody with, or without, a token. Requests look as behind API Gateway: the token's claims are in
/// the request context.
#[derive(Debug, Clone)]
pub struct Actor {
    claims: Option<Value>,
    headers: Vec<(String, String)>,
}

/// What was answered.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; a string where it is no JSON, null where it is empty.
    pub body: Value,
}

impl Actor {
    /// Nobody: no token.
    pub fn anonymous() -> Self {
        Self {
            claims: None,
            headers: Vec::new(),
        }
    }

    /// May look.
    pub fn viewer() -> Self {
        Self::with_claims(json!({ "sub": "vera", "cognito:groups": "[viewer]" }))
    }

    /// May run campaigns and calls.
    pub fn operator() -> Self {
        Self::with_claims(json!({ "sub": "otto", "cognito:groups": "[operator viewer]" }))
    }

    /// May do everything.
    pub fn admin() -> Self {
        Self::with_claims(json!({ "sub": "ada", "cognito:groups": "[admin]" }))
    }

    /// Somebody with these claims.
    pub fn with_claims(claims: Value) -> Self {
        Self {
            claims: Some(claims),
            headers: Vec::new(),
        }
    }

    /// The same person sending one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The request that this person would send.
    pub fn request(&self, method: Method, path: &str, body: Option<&Value>) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(self.context());
        request
    }

    fn context(&self) -> RequestContext {
        let authorizer = self
            .claims
            .as_ref()
            .map(|claims| json!({ "jwt": { "claims": claims, "scopes": null } }));
        let context = json!({
            "routeKey": "ANY /api/{proxy+}", "accountId": "000000000000", "stage": "$default",
            "requestId": "test", "authorizer": authorizer, "apiId": "test", "domainName": "127.0.0.1",
            "domainPrefix": "127", "time": "20/Nov/2026:12:00:00 +0000", "timeEpoch": 0,
            "http": {
                "method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "test",
            },
        });
        RequestContext::ApiGatewayV2(serde_json::from_value(context).expect("the context of a request"))
    }

    /// Sends a request and reads its answer.
    pub async fn send(&self, router: &Router, method: Method, path: &str, body: Option<Value>) -> Reply {
        let request = self.request(method, path, body.as_ref());
        let response = router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, MAX_ANSWER).await.unwrap();
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap_or_else(|_| text())
        };
        Reply {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// Sends a GET.
    pub async fn get(&self, router: &Router, path: &str) -> Reply {
        self.send(router, Method::GET, path, None).await
    }

    /// Sends a POST.
    pub async fn post(&self, router: &Router, path: &str, body: Value) -> Reply {
        self.send(router, Method::POST, path, Some(body)).await
    }

    /// Sends a POST without a body.
    pub async fn act(&self, router: &Router, path: &str) -> Reply {
        self.send(router, Method::POST, path, None).await
    }

    /// Sends a PUT.
    pub async fn put(&self, router: &Router, path: &str, body: Value) -> Reply {
        self.send(router, Method::PUT, path, Some(body)).await
    }

    /// Sends a PATCH.
    pub async fn patch(&self, router: &Router, path: &str, body: Value) -> Reply {
        self.send(router, Method::PATCH, path, Some(body)).await
    }

    /// Sends a DELETE.
    pub async fn delete(&self, router: &Router, path: &str) -> Reply {
        self.send(router, Method::DELETE, path, None).await
    }
}

impl Reply {
    /// The body, of an answer that must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }
}
