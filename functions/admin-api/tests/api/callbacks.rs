//! People who are to be called back.

use serde_json::{Value, json};
use switchboard_domain::{CallId, CallStatus, CallbackId};
use switchboard_store::DialMessage;
use switchboard_testing::{Actor, records};

use crate::harness::{TestApi, fields, number};

const PATH: &str = "/api/callbacks";

fn wish(changes: Value) -> Value {
    let mut wish = json!({
        "phone_number": "+1 (415) 555-0100", "name": "Zoe", "reason": "An invoice", "due_at": "2026-11-21T09:00:00Z",
    });
    for (field, value) in changes.as_object().into_iter().flatten() {
        wish[field] = value.clone();
    }
    wish
}

async fn book(api: &TestApi, changes: Value) -> Value {
    Actor::operator()
        .post(&api.router, PATH, wish(changes))
        .await
        .expect(201)
}

fn path(callback: &Value) -> String {
    format!("{PATH}/{}", callback["callback_id"].as_str().unwrap())
}

async fn change(api: &TestApi, callback: &Value, body: Value) -> Value {
    Actor::operator()
        .patch(&api.router, &path(callback), body)
        .await
        .expect(200)
}

#[tokio::test]
async fn a_callback_is_booked_assigned_done_and_due_again() {
    let api = TestApi::start().await;
    let made = book(&api, json!({})).await;
    assert_eq!(made["phone_number"], "+14155550100");
    assert_eq!(
        (&made["status"], &made["origin"]),
        (&json!("due"), &json!("person"))
    );
    assert_eq!(
        Actor::viewer().get(&api.router, &path(&made)).await.expect(200),
        made
    );

    let assigned = change(&api, &made, json!({ "assigned_to": "Ada" })).await;
    assert_eq!(
        (&assigned["status"], &assigned["assigned_to"]),
        (&json!("assigned"), &json!("Ada"))
    );
    let done = change(&api, &made, json!({ "status": "done", "note": "She paid." })).await;
    assert_eq!(
        (&done["status"], &done["note"]),
        (&json!("done"), &json!("She paid."))
    );
    assert_eq!(done["assigned_to"], "Ada");
    let again = change(&api, &made, json!({ "status": "due", "note": "" })).await;
    assert_eq!(
        (&again["status"], &again["assigned_to"]),
        (&json!("due"), &Value::Null)
    );
    assert_eq!(again["note"], Value::Null);
    // Nothing changes, and nothing is written.
    assert_eq!(change(&api, &made, json!({ "status": "due" })).await, again);
}

#[tokio::test]
async fn they_are_listed_by_the_time_at_which_they_are_due() {
    let api = TestApi::start().await;
    let late = book(&api, json!({ "due_at": "2026-11-23T09:00:00Z" })).await;
    let soon = book(&api, json!({ "due_at": "2026-11-20T15:00:00Z" })).await;
    let done = book(&api, json!({ "due_at": "2026-11-20T14:00:00Z" })).await;
    change(&api, &done, json!({ "status": "done" })).await;
    let ids = |list: &Value| -> Vec<Value> {
        let items = list["items"].as_array().unwrap().iter();
        items.map(|callback| callback["callback_id"].clone()).collect()
    };
    let list = async |query: &str| {
        Actor::viewer()
            .get(&api.router, &format!("{PATH}{query}"))
            .await
            .expect(200)
    };
    let due = list("?status=due").await;
    assert_eq!(
        ids(&due),
        [soon["callback_id"].clone(), late["callback_id"].clone()]
    );
    assert_eq!(ids(&list("?status=done").await), [done["callback_id"].clone()]);
    let first = list("?status=due&limit=1").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = list(&format!("?status=due&limit=1&cursor={cursor}")).await;
    assert_eq!(
        (ids(&first), ids(&second)),
        (
            vec![soon["callback_id"].clone()],
            vec![late["callback_id"].clone()]
        )
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_callback_is_named() {
    let api = TestApi::start().await;
    let wrong = wish(json!({
        "phone_number": "tomorrow", "reason": " ", "due_at": "2030-01-01T00:00:00Z",
        "agent_id": format!("agt_{}", "0".repeat(26)), "call_id": format!("call_{}", "0".repeat(26)),
    }));
    let problem = Actor::operator().post(&api.router, PATH, wrong).await.expect(400);
    assert_eq!(
        fields(&problem),
        ["phone_number", "reason", "due_at", "agent_id", "call_id"]
    );
    let made = book(&api, json!({})).await;
    let wrong = json!({ "note": "x".repeat(1_001) });
    let problem = Actor::operator()
        .patch(&api.router, &path(&made), wrong)
        .await
        .expect(400);
    assert_eq!(fields(&problem), ["note"]);
    Actor::viewer()
        .patch(&api.router, &path(&made), json!({}))
        .await
        .expect(403);
}

#[tokio::test]
async fn whoever_asks_twice_calls_once_and_again_when_that_call_is_over() {
    let api = TestApi::start().await;
    let agent = api.agent_that_needs(&["name", "reason"]).await;
    api.line().await;
    let made = book(&api, json!({ "agent_id": agent.agent_id })).await;
    let call = format!("{}/call", path(&made));
    let placed = Actor::operator().act(&api.router, &call).await.expect(202);
    assert_eq!(placed["status"], "assigned");
    let call_id = CallId::parse(placed["placed_call_id"].as_str().unwrap()).unwrap();
    let message = DialMessage {
        call_id: call_id.clone(),
        campaign_id: None,
    };
    assert_eq!(api.test.take_dials().await, [message]);
    let kept = api.test.store.find_call(&call_id).await.unwrap().unwrap();
    assert_eq!(kept.phone_number, Some(number(0)));
    assert_eq!(kept.variables["reason"], "An invoice");
    let its_callback = kept.callback_id.as_ref().map(CallbackId::as_str);
    assert_eq!(its_callback, made["callback_id"].as_str());

    let busy = Actor::operator().act(&api.router, &call).await.expect(409);
    assert!(
        busy["detail"].as_str().unwrap().contains(call_id.as_str()),
        "{busy}"
    );
    // The call was placed and the answer lost before the callback said so: it is the same call.
    let id = CallbackId::parse(made["callback_id"].as_str().unwrap()).unwrap();
    let forget = api
        .test
        .store
        .update_callback(&id, |callback| callback.placed_call_id.take().is_some());
    forget.await.unwrap();
    let again = Actor::operator().act(&api.router, &call).await.expect(202);
    assert_eq!(again["placed_call_id"], placed["placed_call_id"]);

    let over = api.test.store.update_call(&call_id, |call| {
        call.status = CallStatus::NoAnswer;
        true
    });
    over.await.unwrap();
    let next = Actor::operator().act(&api.router, &call).await.expect(202);
    assert_ne!(next["placed_call_id"], placed["placed_call_id"]);

    change(&api, &made, json!({ "status": "done" })).await;
    Actor::operator().act(&api.router, &call).await.expect(409);
}

#[tokio::test]
async fn without_an_agent_or_with_a_choice_of_lines_one_must_be_named() {
    let api = TestApi::start().await;
    let made = book(&api, json!({})).await;
    let call = format!("{}/call", path(&made));
    let refused = Actor::operator().act(&api.router, &call).await.expect(400);
    assert_eq!(fields(&refused), ["agent_id"]);
    let agent = api.agent().await;
    let with = json!({ "agent_id": agent.agent_id });
    let refused = Actor::operator()
        .post(&api.router, &call, with.clone())
        .await
        .expect(400);
    assert_eq!(fields(&refused), ["phone_line_id"]);
    api.line().await;
    api.test
        .store
        .put_phone_line(&records::phone_line("second"))
        .await
        .unwrap();
    let refused = Actor::operator().post(&api.router, &call, with).await.expect(400);
    assert_eq!(fields(&refused), ["phone_line_id"]);
    let with = json!({ "agent_id": agent.agent_id, "phone_line_id": "phnum_main" });
    Actor::operator().post(&api.router, &call, with).await.expect(202);
}
