//! A call that is longer than one invocation.

use std::time::Duration;

use jiff::SignedDuration;
use receptionist::Pace;
use serde_json::json;
use switchboard_testing::RECEPTIONIST;

use crate::world::{PACE, World};

fn short() -> Pace {
    Pace {
        longest_hold: Some(SignedDuration::from_millis(100)),
        ..PACE
    }
}

#[tokio::test]
async fn a_successor_attaches_beside_its_predecessor_and_nothing_is_lost_repeated_or_said_twice() {
    let world = World::start().await;
    let first = world.hold(1, "one", short());
    world.until(|| world.sideband.attached() == 1).await;
    world.agent_says("a", None, "Welcome!");
    world.caller_speaks("b", Some("a"));
    world
        .until(|| !world.test.lambda.payloads(RECEPTIONIST).is_empty())
        .await;
    let event = world.test.lambda.payloads(RECEPTIONIST)[0].clone();
    assert_eq!(
        event,
        json!({ "hold": { "call_id": world.call_id, "generation": 2 } })
    );
    assert_eq!(
        world.sideband.attached(),
        1,
        "it stays until somebody has the call"
    );

    let second = world.hold(2, "two", PACE);
    world.until(|| world.sideband.attaches() == 2).await;
    // Both hear this.
    world.written_down("b", "A table, please.");
    world.agent_says("c", Some("b"), "For how many?");
    first.await.unwrap();
    world.caller_speaks("d", Some("c"));
    world.written_down("d", "Two.");
    let said = [
        "A: Welcome!",
        "C: A table, please.",
        "A: For how many?",
        "C: Two.",
    ];
    world.until_said(&said).await;
    assert_eq!(world.sideband.sent("response.create").len(), 1);
    world.end().await;
    second.await.unwrap();
    assert_eq!(world.said().await, said);
    assert_eq!(world.inbound().await.generation, 2);
}

#[tokio::test]
async fn what_waits_for_the_turn_before_it_is_kept_when_somebody_takes_over() {
    let world = World::start().await;
    let first = world.hold(1, "one", short());
    world.until(|| world.sideband.attached() == 1).await;
    world.agent_says("a", None, "Welcome!");
    // Nobody ever tells of b.
    world.agent_says("c", Some("b"), "For how many?");
    world
        .until(|| !world.test.lambda.payloads(RECEPTIONIST).is_empty())
        .await;
    let second = world.hold(2, "two", PACE);
    world.until(|| world.sideband.attaches() == 2).await;
    first.await.unwrap();
    let said = ["A: Welcome!", "A: For how many?"];
    world.until_said(&said).await;
    world.end().await;
    second.await.unwrap();
    assert_eq!(world.said().await, said);
}

#[tokio::test]
async fn where_only_one_may_be_attached_the_predecessor_leaves_first() {
    let world = World::start().await;
    world.sideband.set_single();
    let first = world.held().await;
    world.agent_says("a", None, "Welcome!");
    world.caller_speaks("b", Some("a"));
    world.until_kept(2).await;
    let item = json!({ "id": "b", "type": "message", "role": "user", "status": "completed",
        "content": [{ "type": "input_audio", "transcript": "Hello?" }] });
    world.sideband.keep_item(item);
    let second = world.hold(2, "two", PACE);
    first.await.unwrap();
    world.until(|| world.sideband.attaches() == 2).await;
    world.until_said(&["A: Welcome!", "C: Hello?"]).await;
    world.end().await;
    second.await.unwrap();
}

#[tokio::test]
async fn a_tool_that_both_are_asked_for_runs_once() {
    let world = World::start().await;
    let first = world.hold(
        1,
        "one",
        Pace {
            look: Duration::from_secs(5),
            lease: SignedDuration::from_secs(60),
            ..PACE
        },
    );
    world.until(|| world.sideband.attached() == 1).await;
    world.agent_says("a", None, "Welcome!");
    world.until_said(&["A: Welcome!"]).await;
    let second = world.hold(2, "two", PACE);
    world.until(|| world.sideband.attached() == 2).await;
    world.use_tool(
        "call_1",
        Some("a"),
        "take_message",
        &json!({ "message": "Call Ana." }),
    );
    assert_eq!(world.answered("call_1").await["result"], "done");
    world
        .until(|| world.sideband.sent("response.create").len() >= 2)
        .await;
    world.agent_says("b", Some("item_call_1"), "I have written that down.");
    world.end().await;
    first.await.unwrap();
    second.await.unwrap();
    let answers = world.sideband.sent("conversation.item.create");
    assert_eq!(answers.len(), 1, "{answers:?}");
    let message = world.call().await.reception.unwrap().message;
    assert_eq!(message.as_deref(), Some("Call Ana."));
}

#[tokio::test]
async fn a_holder_that_dies_is_replaced_and_its_successor_goes_on() {
    let world = World::start().await;
    let first = world.held().await;
    world.agent_says("a", None, "Welcome!");
    world.caller_speaks("b", Some("a"));
    world.until_kept(2).await;
    first.abort();
    world.until(|| world.sideband.attached() == 0).await;
    // Whoever looks after open calls starts the next one.
    world.test.clock.advance(SignedDuration::from_secs(45));
    let second = world.hold(2, "two", PACE);
    world.until(|| world.sideband.attached() == 1).await;
    world.written_down("b", "Hello?");
    world.until_said(&["A: Welcome!", "C: Hello?"]).await;
    assert_eq!(
        world.sideband.sent("response.create").len(),
        1,
        "nobody is greeted twice"
    );
    world.end().await;
    second.await.unwrap();
}
