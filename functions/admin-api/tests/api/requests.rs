//! Requests that cannot be understood.

use axum::body::Body;
use http::{Method, Request};
use lambda_http::tower::ServiceExt;
use serde_json::json;
use switchboard_testing::{Actor, Reply};

use crate::harness::{TestApi, fields};

async fn send_text(api: &TestApi, content_type: &str, body: impl Into<Body>) -> Reply {
    let (mut parts, _) = Actor::operator()
        .request(Method::POST, "/api/exports", None)
        .into_parts();
    parts
        .headers
        .insert("content-type", content_type.parse().unwrap());
    let response = api
        .router
        .clone()
        .oneshot(Request::from_parts(parts, body.into()))
        .await
        .unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 100_000).await.unwrap();
    Reply {
        status: parts.status,
        headers: parts.headers,
        body: serde_json::from_slice(&bytes).unwrap(),
    }
}

#[tokio::test]
async fn an_unknown_route_and_a_wrong_method_are_problems() {
    let api = TestApi::start().await;
    let body = Actor::viewer().get(&api.router, "/api/nothing").await.expect(404);
    insta::assert_json_snapshot!(body);
    let body = Actor::viewer()
        .delete(&api.router, "/api/queue")
        .await
        .expect(405);
    insta::assert_json_snapshot!(body);
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    let api = TestApi::start().await;
    let body = send_text(&api, "application/json", "{\"since\": }")
        .await
        .expect(400);
    insta::assert_json_snapshot!(body);
    send_text(&api, "text/plain", "{}").await.expect(415);
    send_text(&api, "application/json; charset=utf-8", "{}")
        .await
        .expect(202);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let api = TestApi::start().await;
    let body = send_text(&api, "application/json", vec![b' '; (1 << 20) + 1])
        .await
        .expect(413);
    assert_eq!(body["type"], "/problems/too-large");
}

#[tokio::test]
async fn fields_that_we_do_not_know_are_named() {
    let api = TestApi::start().await;
    let body = Actor::operator()
        .post(&api.router, "/api/exports", json!({ "from": "2026-01-01" }))
        .await
        .expect(400);
    assert_eq!(fields(&body), ["from"]);
    let body = Actor::viewer()
        .get(&api.router, "/api/calls?stauts=failed")
        .await
        .expect(400);
    insta::assert_json_snapshot!(body);
    let body = Actor::viewer()
        .get(&api.router, "/api/calls?status=done")
        .await
        .expect(400);
    insta::assert_json_snapshot!(body);
}

#[tokio::test]
async fn pages_have_1_to_200_rows_and_cursors_of_ours() {
    let api = TestApi::start().await;
    for query in [
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=x",
        "limit=",
        "cursor=x",
        "cursor=%FF",
        "cursor=bm8",
    ] {
        let body = Actor::viewer()
            .get(&api.router, &format!("/api/calls?{query}"))
            .await
            .expect(400);
        assert_eq!(fields(&body), [query.split('=').next().unwrap()], "{query}");
    }
    Actor::viewer()
        .get(&api.router, "/api/calls?limit=200&cursor=")
        .await
        .expect(200);
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused_or_harmless() {
    let api = TestApi::start().await;
    api.campaign("one", 3).await;
    api.campaign("two", 0).await;
    let page = Actor::viewer()
        .get(&api.router, "/api/campaigns?limit=1")
        .await
        .expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    for path in ["/api/calls", "/api/agents", "/api/uploads", "/api/exports"] {
        let reply = Actor::viewer()
            .get(&api.router, &format!("{path}?cursor={cursor}"))
            .await;
        assert!(reply.status.as_u16() < 500, "{path}: {}", reply.body);
    }
}

#[tokio::test]
async fn an_id_that_is_none_names_nothing() {
    let api = TestApi::start().await;
    for path in [
        "/api/calls/x",
        "/api/campaigns/call_0",
        "/api/agents/..%2F..%2Fx",
        "/api/uploads/%00",
    ] {
        Actor::viewer().get(&api.router, path).await.expect(404);
    }
}
