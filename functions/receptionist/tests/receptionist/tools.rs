//! Tools, as the agent uses them during a call.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use switchboard_domain::{AgentTool, Call, CallbackId, CallbackStatus, RouteTarget, ToolRun, Urgency};
use switchboard_providers::Secret;
use switchboard_service::sign;
use switchboard_testing::records;

use crate::world::{CALL_SID, World};

/// The answer to one use of a tool in a call of its own.
async fn uses(name: &str, arguments: &Value) -> (World, Value) {
    let world = World::start().await;
    let hold = world.held().await;
    world.use_tool("call_1", None, name, arguments);
    let answer = world.answered("call_1").await;
    world.end().await;
    hold.await.unwrap();
    (world, answer)
}

#[tokio::test]
async fn a_message_is_written_down_with_its_callers_name() {
    let (world, answer) = uses(
        "take_message",
        &json!({ "name": " Ana  Ruiz ", "message": "Call me\nback." }),
    )
    .await;
    assert_eq!(answer["result"], "done");
    let reception = world.call().await.reception.unwrap();
    assert_eq!(reception.message.as_deref(), Some("Call me back."));
    assert_eq!(reception.caller_name.as_deref(), Some("Ana Ruiz"));
}

#[tokio::test]
async fn a_callback_is_booked_once_a_call_and_changed_when_it_is_booked_again() {
    let world = World::start().await;
    let hold = world.held().await;
    let book = json!({ "name": "Eva Lind", "reason": "A quote", "due_at": "2026-11-21T10:00" });
    world.use_tool("call_1", None, "book_callback", &book);
    let answer = world.answered("call_1").await;
    assert_eq!(
        (&answer["result"], &answer["booked_for"]),
        (&json!("done"), &json!("Saturday 21 November, 10:00"))
    );
    let id = CallbackId::derived(&["call", world.call_id.as_str()]);
    let booked = world.store().find_callback(&id).await.unwrap().unwrap();
    assert_eq!(booked.due_at.to_string(), "2026-11-21T09:00:00Z");
    assert_eq!(
        (booked.phone_number, booked.status),
        (records::number(7), CallbackStatus::Due)
    );
    assert_eq!(
        world.call().await.reception.unwrap().callback_id,
        Some(id.clone())
    );

    let later = json!({ "reason": "A quote", "due_at": "2026-11-23T12:00:00Z" });
    world.use_tool("call_2", Some("item_call_1"), "book_callback", &later);
    assert_eq!(world.answered("call_2").await["result"], "done");
    let booked = world.store().find_callback(&id).await.unwrap().unwrap();
    assert_eq!(
        (booked.due_at.to_string(), booked.name.as_deref()),
        ("2026-11-23T12:00:00Z".to_owned(), Some("Eva Lind"))
    );
    let all = world.store().list_callbacks(None, None, 10).await.unwrap();
    assert_eq!(all.items.len(), 1);

    world.use_tool(
        "call_3",
        Some("item_call_2"),
        "book_callback",
        &json!({ "reason": "x", "due_at": "last week" }),
    );
    assert_eq!(world.answered("call_3").await["result"], "failed");
    world.end().await;
    hold.await.unwrap();
}

#[tokio::test]
async fn an_urgent_call_is_marked_and_never_less_than_it_was() {
    let (world, answer) = uses(
        "mark_urgent",
        &json!({ "reason": "Broken tooth", "urgency": "critical" }),
    )
    .await;
    assert_eq!(answer["result"], "done");
    let reception = world.call().await.reception.unwrap();
    assert_eq!(
        (reception.urgency, reception.urgent_because.as_deref()),
        (Some(Urgency::Critical), Some("Broken tooth"))
    );
}

#[tokio::test]
async fn whoever_does_not_want_to_be_called_is_on_the_list_by_the_calls_own_number() {
    let (world, answer) = uses("add_to_do_not_call", &json!({ "phone_number": "+14155550100" })).await;
    assert_eq!(answer["result"], "done");
    assert!(
        world
            .store()
            .find_do_not_call(&records::number(7))
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        world
            .store()
            .find_do_not_call(&records::number(100))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_caller_is_known_by_earlier_calls() {
    let (_, answer) = uses("look_up_caller", &json!({})).await;
    assert_eq!(answer["result"], "unknown");

    let world = World::start().await;
    let mut earlier = Call {
        phone_number: Some(records::number(7)),
        ..records::call("earlier", world.test.now() - SignedDuration::from_hours(24))
    };
    earlier.results.summary = Some("Wanted a crown.".to_owned());
    world.store().create_call(&earlier).await.unwrap();
    let hold = world.held().await;
    world.use_tool("call_1", None, "look_up_caller", &json!({}));
    let answer = world.answered("call_1").await;
    assert_eq!(answer["earlier_calls"][0]["summary"], "Wanted a crown.");
    assert_eq!(
        answer["earlier_calls"].as_array().unwrap().len(),
        1,
        "not the call itself"
    );
    world.end().await;
    hold.await.unwrap();
}

#[tokio::test]
async fn a_caller_is_put_through_when_the_agent_has_said_so() {
    let world = World::start().await;
    let hold = world.held().await;
    world.agent_says("a", None, "Welcome!");
    world.use_tool(
        "call_1",
        Some("a"),
        "transfer_to_person",
        &json!({ "reason": "asked" }),
    );
    assert_eq!(world.answered("call_1").await["result"], "done");
    let targets = world.inbound().await.targets;
    assert!(matches!(targets[1], RouteTarget::Person { .. }), "{targets:?}");
    assert!(
        world.platforms.requests(".json").is_empty(),
        "not before the last words"
    );

    world.agent_says("b", Some("item_call_1"), "I am putting you through.");
    world
        .until(|| {
            !world
                .platforms
                .requests(&format!("/Calls/{CALL_SID}.json"))
                .is_empty()
        })
        .await;
    let request = world
        .platforms
        .requests(&format!("/Calls/{CALL_SID}.json"))
        .remove(0);
    assert_eq!(request.method, Method::POST);
    let form: Vec<(String, String)> = url::form_urlencoded::parse(request.body.as_bytes())
        .into_owned()
        .collect();
    let (name, twiml) = &form[0];
    assert_eq!(name, "Twiml");
    assert!(
        twiml.contains(&format!("<Number>{}</Number>", records::number(42).as_str())),
        "{twiml}"
    );
    let action = format!(
        "https://api.example.test/webhooks/twilio/dial?call={}&amp;at=1",
        world.call_id
    );
    assert!(twiml.contains(&action), "{twiml}");
    // The redirect ends OpenAI's leg.
    world.sideband.set_gone(true);
    hold.await.unwrap();
    let inbound = world.inbound().await;
    assert_eq!(inbound.at_target, 1);
    assert!(inbound.is_open(), "the person has it now");
    let reception = world.call().await.reception.unwrap();
    assert!(matches!(reception.target, RouteTarget::Person { .. }));
    assert_eq!(
        world.said().await,
        ["A: Welcome!", "A: ", "A: I am putting you through."]
    );
}

#[tokio::test]
async fn where_nobody_can_take_calls_the_agent_is_told_so() {
    let world = World::start_with(|(_, _, settings)| settings.person = None).await;
    let hold = world.held().await;
    world.use_tool("call_1", None, "transfer_to_person", &json!({}));
    assert_eq!(world.answered("call_1").await["result"], "nobody");
    world.end().await;
    hold.await.unwrap();
    assert_eq!(world.inbound().await.targets.len(), 2);
}

#[tokio::test]
async fn a_transfer_that_the_carrier_refuses_leaves_the_caller_with_the_agent() {
    let world = World::start().await;
    world.platforms.set_call_status(500);
    let hold = world.held().await;
    world.use_tool("call_1", None, "transfer_to_person", &json!({}));
    world.answered("call_1").await;
    world.agent_says("b", Some("item_call_1"), "I am putting you through.");
    world.until(|| world.platforms.requests(".json").len() == 3).await;
    world.agent_says("c", Some("b"), "Nobody answers.");
    world
        .until_said(&["A: ", "A: I am putting you through.", "A: Nobody answers."])
        .await;
    assert_eq!(world.inbound().await.at_target, 0);
    world.end().await;
    hold.await.unwrap();
}

#[tokio::test]
async fn the_agent_can_end_the_call_after_its_goodbye() {
    let world = World::start().await;
    let hold = world.held().await;
    world.use_tool("call_1", None, "end_call", &json!({}));
    world.answered("call_1").await;
    assert!(world.platforms.requests("/hangup").is_empty());
    world.agent_says("b", Some("item_call_1"), "Goodbye!");
    world
        .until(|| world.platforms.requests("/hangup").len() == 1)
        .await;
    world.sideband.set_gone(true);
    hold.await.unwrap();
}

#[tokio::test]
async fn an_agent_without_last_words_does_not_keep_the_call_open() {
    let world = World::start().await;
    let hold = world.held().await;
    world.use_tool("call_1", None, "end_call", &json!({}));
    world
        .until(|| world.platforms.requests("/hangup").len() == 1)
        .await;
    world.sideband.set_gone(true);
    hold.await.unwrap();
}

#[tokio::test]
async fn a_customers_tool_is_asked_with_a_signature_and_its_answer_is_the_agents() {
    let world = World::start().await;
    let tool = AgentTool {
        name: "stock".to_owned(),
        description: "How many there are.".to_owned(),
        parameters: json!({ "type": "object" }),
        url: world.platforms.url.join("/tool").unwrap().to_string(),
        timeout_secs: 5,
        secret_version: 1,
        updated_at: world.test.now(),
    };
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let signer = AgentTool::signer(&world.agent.agent_id, &tool.name);
    world.secrets.create(&signer, &Secret::new(secret)).await.unwrap();
    world
        .store()
        .put_agent_tool(&world.agent.agent_id, &tool)
        .await
        .unwrap();
    world.platforms.set_tool(200, r#"{"in_stock":3}"#);
    let hold = world.held().await;
    world.use_tool("call_1", None, "stock", &json!({ "item": "chair" }));
    assert_eq!(world.answered("call_1").await, json!({ "in_stock": 3 }));
    let request = world.platforms.requests("/tool").remove(0);
    let header = |name: &str| request.headers[name].to_str().unwrap().to_owned();
    let timestamp = header("webhook-timestamp").parse().unwrap();
    assert_eq!(header("webhook-id"), format!("{}.call_1", world.call_id));
    assert_eq!(
        header("webhook-signature"),
        sign(&[secret], &header("webhook-id"), timestamp, &request.body).unwrap()
    );
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body["arguments"], json!({ "item": "chair" }));

    world.platforms.set_tool(500, "no");
    world.use_tool("call_2", Some("item_call_1"), "stock", &json!({}));
    assert_eq!(world.answered("call_2").await["result"], "failed");
    world.use_tool("call_3", Some("item_call_2"), "nonsense", &json!({}));
    assert_eq!(world.answered("call_3").await["result"], "failed");
    world.end().await;
    hold.await.unwrap();
}

#[tokio::test]
async fn a_tool_that_somebody_began_and_never_finished_is_in_doubt_and_not_run_again() {
    let world = World::start().await;
    let hold = world.held().await;
    let begun = ToolRun {
        run_id: "call_1".to_owned(),
        tool: "take_message".to_owned(),
        output: None,
        began_at: world.test.now(),
    };
    world
        .store()
        .claim_tool_run(&world.call_id, &begun)
        .await
        .unwrap();
    world.use_tool("call_1", None, "take_message", &json!({ "message": "Twice?" }));
    assert_eq!(world.answered("call_1").await["result"], "unknown");
    assert_eq!(world.call().await.reception.unwrap().message, None);
    world.end().await;
    hold.await.unwrap();
}
