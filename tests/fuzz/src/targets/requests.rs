//! Requests of people and scripts: through the gateway's event, and at the API itself.

use std::sync::{Arc, LazyLock};

use admin_api::{Deps, router};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Method, Request};
use lambda_http::tower::ServiceExt;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;
use switchboard_local::event_of;
use switchboard_local::template::RouteSpec;
use switchboard_providers::fake::FakeProvider;
use switchboard_service::Providers;
use switchboard_testing::{Actor, LIMIT, TestStore};
use tokio::runtime::Runtime;

const MAX_ANSWER: usize = 10_000_000;

/// A request as text: `METHOD path`, headers, an empty line, the body.
fn request_of(input: &[u8]) -> Option<Request<Bytes>> {
    let end = input
        .windows(2)
        .position(|two| two == b"\n\n")
        .unwrap_or(input.len());
    let (head, body) = (&input[..end], input.get(end + 2..).unwrap_or_default());
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = std::str::from_utf8(lines.next()?).ok()?;
    let (method, path) = first.split_once(' ')?;
    let mut request = Request::builder().method(method).uri(path);
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        request = request.header(&line[..colon], line[colon + 1..].trim_ascii());
    }
    request.body(Bytes::copy_from_slice(body)).ok()
}

pub(super) fn gateway_samples() -> Vec<Vec<u8>> {
    [
        "GET /api/calls/call_1?status=ended&status=ringing&q=a%20b HTTP/1.1\nhost: api.example.com\ncookie: a=b; c=d\n\n",
        "GET /api/calls?cursor=%22%2b&limit=10&name=%ff\nhost: x\naccept: a\naccept: b\n\n",
        "POST /api/calls\ncontent-type: application/json; charset=utf-8\nhost: localhost:8080\nuser-agent: x\n\n{\"to\":\"+1\"}",
        "PUT /api/uploads/../%2e%2e//a?x\ncontent-type: application/octet-stream\n\n\u{1}\u{2}",
    ]
    .map(|text| text.replace(" HTTP/1.1", "").into_bytes())
    .to_vec()
}

/// What the gateway hands over is read by the functions' own runtime, with the body as it came.
pub(super) fn gateway_event(input: &[u8]) {
    let Some(request) = request_of(input) else {
        return;
    };
    let routes = [RouteSpec {
        method: "ANY".to_owned(),
        path: "/api/{proxy+}".to_owned(),
        function: "admin-api".to_owned(),
        authorized: false,
    }];
    let (parts, body) = request.into_parts();
    let Some(event) = event_of(&routes, &parts, &body) else {
        return;
    };
    let read = lambda_http::request::from_str(&event.to_string()).unwrap();
    assert_eq!(read.method(), parts.method);
    assert_eq!(read.body().as_ref(), body.as_ref());
    // The runtime spells a path as browsers do: `..` is gone, and what is odd is percent-encoded.
    if parts
        .uri
        .path()
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"/-_".contains(&b))
    {
        assert_eq!(read.uri().path(), parts.uri.path());
    }
}

struct Api {
    runtime: Runtime,
    router: Router,
    _test: TestStore,
}

static API: LazyLock<Api> = LazyLock::new(|| {
    let runtime = Runtime::new().unwrap();
    let test = runtime.block_on(TestStore::start());
    let clock = Arc::new(test.clock.clone());
    let providers = Providers::only(Arc::new(FakeProvider::new(clock.clone())));
    let deps = Deps::new(
        test.store.clone(),
        providers,
        clock,
        LIMIT,
        StdRng::seed_from_u64(7),
    );
    let router = runtime.block_on(async { router(deps) });
    Api {
        runtime,
        router,
        _test: test,
    }
});

pub(super) fn api_samples() -> Vec<Vec<u8>> {
    let bodies = [
        (
            "POST /api/campaigns",
            r#"{"name":"Reminders","agent_id":"agt_00000000000000000000000000","phone_line_id":"phnum_main","recipients":[{"phone_number":"+14155550100","variables":{"name":"Ada"},"external_id":"1"}],"rules":{"calling_hours":{"windows":{"mon":["09:00-20:00"]},"unknown_zone":"skip"}},"retry":{"max_attempts":3,"delay_secs":60,"retry_on":["busy"]},"start_at":"2026-11-21T00:00:00Z","weight":1,"concurrency_limit":3}"#,
        ),
        (
            "POST /api/calls",
            r#"{"agent_id":"agt_00000000000000000000000000","phone_line_id":"phnum_main","phone_number":"600 000 000","default_region":"ES","variables":{"name":"Ada"},"ringing_timeout_secs":30}"#,
        ),
        (
            "POST /api/agents",
            r#"{"provider":"elevenlabs","name":"Anna","prompt":"Be kind","first_message":"Hi {{name}}","language":"en"}"#,
        ),
        (
            "POST /api/agents/import",
            r#"{"provider":"elevenlabs","provider_agent_id":"agent_1"}"#,
        ),
        (
            "POST /api/do-not-call",
            r#"{"phone_numbers":["+14155550100","600 000 000"],"default_region":"ES","note":"asked"}"#,
        ),
        (
            "POST /api/uploads",
            r#"{"file_name":"guests.csv","bytes":100,"default_region":"ES","start":true}"#,
        ),
        (
            "POST /api/call-manager/submit",
            r#"{"call_name":"a","agent_id":"agent_1","agent_phone_number_id":"phnum_main","recipients":[{"phone_number":"+14155550100"}],"scheduled_time_unix":1790000000}"#,
        ),
        (
            "POST /api/contacts/bulk-delete",
            r#"{"list_id":"list_00000000000000000000000000","places":[1,2]}"#,
        ),
        (
            "POST /api/calls/sync",
            r#"{"since":"2026-11-01T00:00:00Z","until":"2026-11-02T00:00:00Z","status":"done"}"#,
        ),
        (
            "POST /api/exports",
            r#"{"since":"2026-11-01T00:00:00Z","until":"2026-11-02T00:00:00Z"}"#,
        ),
        ("POST /api/webhooks/replay", r#"{"since":"2026-11-01T00:00:00Z"}"#),
        ("PUT /api/queue/settings", r#"{"concurrency_limit":5}"#),
    ];
    let paths = [
        "GET /api/calls?status=completed&limit=10&cursor=eyJwIjozfQ",
        "GET /api/campaigns?status=running",
        "GET /api/campaigns/camp_00000000000000000000000000/proof/ledger?limit=2",
        "GET /api/calls/stats?days=7",
        "GET /api/calls/call_00000000000000000000000000/transcript",
        "GET /api/contacts?phone_number=%2B14155550100",
        "DELETE /api/do-not-call/+14155550100",
        "GET /api/attention?limit=3",
        "GET /api/queue/dead-letters",
        "DELETE /api/queue/dead-letters/AAAA",
        "POST /api/webhooks/elevenlabs/00ff/replay",
        "GET /api/voices?search=a&cursor=1",
    ];
    let bodies = bodies.iter().enumerate().map(|(n, (first, body))| {
        let head = format!("{first}\ncontent-type: application/json\nidempotency-key: k{n}\n\n");
        [head.as_bytes(), body.as_bytes()].concat()
    });
    let paths = paths.iter().map(|first| format!("{first}\n\n").into_bytes());
    bodies.chain(paths).collect()
}

/// Whatever is asked, it is answered, and never with an error of ours: who asks wrongly is told so in a
/// problem document.
pub(super) fn api_request(input: &[u8]) {
    let Some(asked) = request_of(input) else {
        return;
    };
    let (asked, body) = asked.into_parts();
    let mut request = Actor::admin()
        .request(Method::GET, "/", None)
        .map(|_| Body::from(body));
    *request.method_mut() = asked.method;
    *request.uri_mut() = asked.uri;
    *request.headers_mut() = asked.headers;
    let what = format!("{} {}", request.method(), request.uri());
    let (status, body) = API.runtime.block_on(async {
        let response = API.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        (status, to_bytes(response.into_body(), MAX_ANSWER).await.unwrap())
    });
    assert!(
        !status.is_server_error(),
        "{what}: {status} {}",
        String::from_utf8_lossy(&body)
    );
    if status.is_client_error() && !body.is_empty() {
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["status"], status.as_u16(), "{what}");
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty()),
            "{what}: {problem}"
        );
    }
}
