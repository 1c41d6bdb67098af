//! One holder and its call: turns, greeting, sockets that break, the end.

use receptionist::Pace;
use serde_json::json;
use switchboard_domain::{InboundStage, KeptTurn, TurnState};
use switchboard_testing::DynamoDbFault;

use crate::world::{PACE, World, agent_item};

#[tokio::test]
async fn the_agent_greets_once_and_every_turn_is_written_where_it_was_said() {
    let world = World::start().await;
    let hold = world.held().await;
    world
        .until(|| world.sideband.sent("response.create").len() == 1)
        .await;
    let greeting = world.sideband.sent("response.create")[0]["response"]["instructions"].clone();
    assert!(greeting.as_str().unwrap().contains("Welcome!"), "{greeting}");

    world.agent_says("a", None, "Welcome!");
    world.until_said(&["A: Welcome!"]).await;
    world.caller_speaks("b", Some("a"));
    world.agent_says("c", Some("b"), "Tuesday at three?");
    world.until_said(&["A: Welcome!", "A: Tuesday at three?"]).await;
    // The caller's words come after the answer to them, and stand before it.
    world.written_down("b", "An appointment, please.");
    world
        .until_said(&[
            "A: Welcome!",
            "C: An appointment, please.",
            "A: Tuesday at three?",
        ])
        .await;
    let inbound = world.inbound().await;
    assert_eq!((inbound.stage, inbound.generation), (InboundStage::Answered, 1));
    assert!(inbound.greeted && inbound.attached_at.is_some());

    world.end().await;
    hold.await.unwrap();
    assert_eq!(world.sideband.attached(), 0);
    assert_eq!(world.sideband.sent("response.create").len(), 1);
    assert_eq!(
        world.inbound().await.held_until,
        Some(world.test.now()),
        "nobody holds it any more"
    );
}

#[tokio::test]
async fn a_socket_that_breaks_is_attached_again_and_what_was_missed_is_asked_for() {
    let world = World::start().await;
    let hold = world.held().await;
    world.agent_says("a", None, "Welcome!");
    world.caller_speaks("b", Some("a"));
    world.until_kept(2).await;
    // Written down while nobody is there: the item itself has it.
    world.sideband.keep_item(
        json!({ "id": "b", "type": "message", "role": "user", "status": "completed",
        "content": [{ "type": "input_audio", "transcript": "My tooth broke." }] }),
    );
    // And this one is never told of at all.
    world
        .sideband
        .keep_item(agent_item("c", "completed", Some("Oh dear.")));
    world.sideband.drop_all();
    world.until(|| world.sideband.attaches() == 2).await;
    world.until_said(&["A: Welcome!", "C: My tooth broke."]).await;
    world.caller_speaks("d", Some("c"));
    world.written_down("d", "It hurts.");
    // Nobody says what came before it: after a while it is taken for the next one.
    let asked_for_it = || {
        let asked = world.sideband.sent("conversation.item.retrieve");
        asked.iter().any(|event| event["item_id"] == "c")
    };
    world.until(asked_for_it).await;
    world.test.clock.advance(jiff::SignedDuration::from_secs(10));
    world
        .until_said(&["A: Welcome!", "C: My tooth broke.", "A: Oh dear.", "C: It hurts."])
        .await;
    assert_eq!(
        world.sideband.sent("response.create").len(),
        1,
        "nobody is greeted twice"
    );
    world.end().await;
    hold.await.unwrap();
}

#[tokio::test]
async fn sockets_that_break_all_the_time_lose_and_repeat_nothing() {
    let world = World::start().await;
    let hold = world.held().await;
    let mut expected = Vec::new();
    let mut before: Option<String> = None;
    for turn in 0..30 {
        let (id, text) = (format!("i{turn}"), format!("turn {turn}"));
        world.until(|| world.sideband.attached() == 1).await;
        if turn % 2 == 0 {
            world
                .sideband
                .keep_item(agent_item(&id, "completed", Some(&text)));
            world.agent_says(&id, before.as_deref(), &text);
            expected.push(format!("A: {text}"));
        } else {
            world.sideband.keep_item(
                json!({ "id": id, "type": "message", "role": "user", "status": "completed",
                "content": [{ "type": "input_audio", "transcript": text }] }),
            );
            world.caller_speaks(&id, before.as_deref());
            if turn % 3 == 0 {
                world.sideband.drop_all();
                world.until(|| world.sideband.attached() == 1).await;
            }
            world.written_down(&id, &text);
            expected.push(format!("C: {text}"));
        }
        if turn % 5 == 4 {
            world.sideband.drop_all();
        }
        before = Some(id);
    }
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    world.until_said(&expected).await;
    world.end().await;
    hold.await.unwrap();
    assert_eq!(world.said().await, expected);
}

#[tokio::test]
async fn an_agent_that_nobody_can_attach_to_is_given_up() {
    let world = World::start().await;
    world.sideband.set_gone(true);
    world.hold(1, "one", PACE).await.unwrap();
    assert!(world.sideband.tries() > 3);
    assert!(world.inbound().await.gave_up);
    assert_eq!(
        world.platforms.requests("/v1/realtime/calls/rtc_1/hangup").len(),
        1
    );
}

#[tokio::test]
async fn a_call_that_ends_before_anybody_could_attach_is_left_alone() {
    let world = World::start().await;
    world.sideband.set_gone(true);
    let hold = world.hold(
        1,
        "one",
        Pace {
            attach: std::time::Duration::from_secs(60),
            ..PACE
        },
    );
    world.until(|| world.sideband.tries() > 1).await;
    world.end().await;
    hold.await.unwrap();
    assert!(world.platforms.requests("/hangup").is_empty());
    // And one that is over already is not even tried.
    let tries = world.sideband.tries();
    world.hold(2, "two", PACE).await.unwrap();
    assert_eq!(world.sideband.tries(), tries);
}

#[tokio::test]
async fn a_socket_that_closes_before_the_last_words_were_written_down_leaves_them_marked_as_lost() {
    let world = World::start().await;
    let hold = world.held().await;
    world.agent_says("a", None, "Goodbye!");
    world.caller_speaks("b", Some("a"));
    world.until_kept(2).await;
    // The caller hangs up: OpenAI closes at once, and the carrier tells a moment later.
    world.sideband.set_gone(true);
    hold.await.unwrap();
    let kept: Vec<KeptTurn> = world.store().kept_turns(&world.call_id).await.unwrap();
    assert_eq!(kept[1].state, TurnState::Lost);
    assert_eq!(world.said().await, ["A: Goodbye!", "C: "]);
}

#[tokio::test]
async fn texts_that_are_late_are_waited_for_while_there_is_a_socket() {
    let world = World::start().await;
    let hold = world.held().await;
    world.agent_says("a", None, "Goodbye!");
    world.caller_speaks("b", Some("a"));
    world.until_kept(2).await;
    world.end().await;
    world.written_down("b", "Bye!");
    hold.await.unwrap();
    assert_eq!(world.said().await, ["A: Goodbye!", "C: Bye!"]);
}

#[tokio::test]
async fn the_same_event_twice_makes_one_holder() {
    let world = World::start().await;
    let first = world.held().await;
    world.hold(1, "another", PACE).await.unwrap();
    assert_eq!(world.sideband.attached(), 1);
    assert_eq!(world.inbound().await.holder.as_deref(), Some("one"));
    world.end().await;
    first.await.unwrap();
}

#[tokio::test]
async fn a_session_that_expires_ends_the_holders_part() {
    let world = World::start().await;
    let hold = world.held().await;
    world.agent_says("a", None, "Welcome!");
    world.until_said(&["A: Welcome!"]).await;
    world
        .sideband
        .emit(&json!({ "type": "error", "error": { "code": "session_expired" } }));
    world.sideband.set_gone(true);
    hold.await.unwrap();
    assert_eq!(world.said().await, ["A: Welcome!"]);
}

#[tokio::test]
async fn a_call_that_lasts_too_long_is_ended_with_a_goodbye() {
    let world = World::start().await;
    let hold = world.held().await;
    world.agent_says("a", None, "Welcome!");
    world.until_said(&["A: Welcome!"]).await;
    world.test.clock.advance(jiff::SignedDuration::from_secs(3_001));
    world
        .until(|| world.sideband.sent("response.create").len() == 2)
        .await;
    let words = world.sideband.sent("response.create")[1]["response"]["instructions"].clone();
    assert!(words.as_str().unwrap().contains("goodbye"));
    world.agent_says("b", Some("a"), "Goodbye!");
    world
        .until(|| world.platforms.requests("/hangup").len() == 1)
        .await;
    world.sideband.set_gone(true);
    hold.await.unwrap();
    assert_eq!(world.said().await, ["A: Welcome!", "A: Goodbye!"]);
}

#[tokio::test]
async fn a_greeting_that_nobody_hears_of_is_asked_for_again() {
    let world = World::start().await;
    let impatient = Pace {
        response: std::time::Duration::from_millis(60),
        ..PACE
    };
    let hold = world.hold(1, "one", impatient);
    world
        .until(|| world.sideband.sent("response.create").len() > 1)
        .await;
    world.agent_says("a", None, "Welcome!");
    world.until_said(&["A: Welcome!"]).await;
    world.end().await;
    hold.await.unwrap();
}

#[tokio::test]
async fn a_turn_that_the_table_does_not_take_is_written_later() {
    let world = World::start().await;
    let hold = world.held().await;
    world.agent_says("a", None, "Welcome!");
    world.until_said(&["A: Welcome!"]).await;
    world
        .test
        .db_faults()
        .next("TransactWriteItems", DynamoDbFault::InternalErrorBefore, 8);
    world.agent_says("b", Some("a"), "Are you there?");
    world.until_said(&["A: Welcome!", "A: Are you there?"]).await;
    world.end().await;
    hold.await.unwrap();
}
