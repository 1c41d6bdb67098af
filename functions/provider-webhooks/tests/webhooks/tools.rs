//! What an agent asks for during a call.

use axum::body::Body;
use http::{Request, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};
use switchboard_domain::{CallOutcome, CallStatus, Direction, OptOutWay};
use switchboard_testing::records;

use crate::world::{SAMPLE_CONVERSATION, TOOL_SECRET, World};

impl World {
    async fn ask(&self, secret: Option<&str>, body: &Value) -> (StatusCode, Value) {
        let mut request = Request::post("/tools/do-not-call").header("content-type", "application/json");
        if let Some(secret) = secret {
            request = request.header("X-Switchboard-Tool-Secret", secret);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    async fn admitted(&self, body: Value) -> (StatusCode, Value) {
        self.ask(Some(TOOL_SECRET), &body).await
    }
}

#[tokio::test]
async fn the_person_of_a_live_call_is_taken_off_and_the_agent_has_a_sentence_to_say() {
    let world = World::start().await;
    let id = world.sample_call().await;
    let number = world.find(&id).await.phone_number.unwrap();
    let sample = include_str!("../../../../events/provider-webhooks/do_not_call_tool.json");
    let mut body: Value = serde_json::from_str(sample).unwrap();
    assert_eq!(body["attempt_id"], json!(id));
    body["attempt_id"] = "".into();
    for _ in 0..2 {
        let (status, told) = world.admitted(body.clone()).await;
        assert_eq!(
            (status, &told["result"]),
            (StatusCode::OK, &json!("done")),
            "{told}"
        );
        assert!(told["say"].as_str().unwrap().contains("not call you"));
    }
    let entry = world.test.store.find_do_not_call(&number).await.unwrap().unwrap();
    assert_eq!(entry.way, OptOutWay::Tool);

    // By our own id, after somebody allowed calls again: the wish of this call is taken once.
    world.test.store.remove_do_not_call(&number).await.unwrap();
    let (status, _) = world.admitted(json!({ "attempt_id": id })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(world.test.store.find_do_not_call(&number).await.unwrap(), None);
}

#[tokio::test]
async fn nobody_without_the_secret_takes_anybody_off() {
    let world = World::start().await;
    let id = world.sample_call().await;
    let number = world.find(&id).await.phone_number.unwrap();
    let body = json!({ "conversation_id": SAMPLE_CONVERSATION });
    for secret in [
        None,
        Some(""),
        Some("wrong-secret-of-good-length"),
        Some("wsec_test_secret"),
    ] {
        let (status, problem) = world.ask(secret, &body).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{secret:?}");
        assert_eq!(problem["type"], "/problems/unauthorized");
    }
    assert_eq!(world.test.store.find_do_not_call(&number).await.unwrap(), None);
}

#[tokio::test]
async fn a_number_is_never_believed() {
    let world = World::start().await;
    let id = world.sample_call().await;
    let number = world.find(&id).await.phone_number.unwrap();
    let other = records::number(4);
    let asked = json!({ "conversation_id": SAMPLE_CONVERSATION, "phone_number": other.as_str() });
    let (status, problem) = world.admitted(asked).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
    let (status, _) = world.admitted(json!({ "phone_number": other.as_str() })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    for number in [&number, &other] {
        assert_eq!(world.test.store.find_do_not_call(number).await.unwrap(), None);
    }
    let asked = json!({ "conversation_id": SAMPLE_CONVERSATION, "phone_number": number.as_str() });
    assert_eq!(world.admitted(asked).await.0, StatusCode::OK);
    assert!(
        world
            .test
            .store
            .find_do_not_call(&number)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn a_call_that_ended_long_ago_takes_no_wish_any_more() {
    let world = World::start().await;
    let id = world.sample_call().await;
    let ending = switchboard_domain::Ending::Ended {
        outcome: CallOutcome::Completed,
        facts: Box::default(),
    };
    world
        .test
        .store
        .finish_call(&id, &ending, world.now())
        .await
        .unwrap();
    world.clock.advance(SignedDuration::from_hours(25));
    let (status, problem) = world.admitted(json!({ "attempt_id": id })).await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("by hand"));
}

#[tokio::test]
async fn the_wish_of_an_inbound_call_is_noted_and_taken_when_the_call_is_known() {
    let world = World::start().await;
    let (status, told) = world.admitted(json!({ "conversation_id": "conv_inbound" })).await;
    assert_eq!(
        (status, &told["result"]),
        (StatusCode::OK, &json!("noted")),
        "{told}"
    );
    let mut call = records::call("in", world.now());
    call.status = CallStatus::Completed;
    call.direction = Direction::Inbound;
    call.conversation_id = Some(records::provider_id("conv_inbound"));
    assert!(world.test.store.import_call(&call, false).await.unwrap());
    let number = call.phone_number.unwrap();
    assert!(
        world
            .test
            .store
            .find_do_not_call(&number)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn what_names_no_call_is_refused_with_what_to_send() {
    let world = World::start().await;
    let unknown = records::call("unknown", world.now()).call_id;
    for (body, expected) in [
        (json!({}), StatusCode::BAD_REQUEST),
        (json!({ "conversation_id": "" }), StatusCode::BAD_REQUEST),
        (json!({ "conversation_id": "../../x" }), StatusCode::BAD_REQUEST),
        (json!({ "conversation_id": 7 }), StatusCode::BAD_REQUEST),
        (json!([]), StatusCode::BAD_REQUEST),
        (json!({ "attempt_id": unknown }), StatusCode::NOT_FOUND),
        (
            json!({ "conversation_id": "x".repeat(70_000) }),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
    ] {
        let (status, problem) = world.admitted(body).await;
        assert_eq!(status, expected, "{problem}");
        assert!(problem["detail"].is_string());
    }
}
