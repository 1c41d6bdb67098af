//! Who may open a socket, and what may be asked on it.

use jiff::SignedDuration;
use switchboard_domain::{LiveMessage, MAX_TOPICS, TICKET_LIFE, Topic};

use crate::world::{World, call_changed, call_id};

#[tokio::test]
async fn a_ticket_opens_one_socket_and_in_time() {
    let world = World::start().await;
    world.ticket("good").await;
    world.ticket("late").await;
    assert_eq!(world.connect("a", None).await, 401);
    assert_eq!(world.connect("a", Some("")).await, 401);
    assert_eq!(world.connect("a", Some("guessed")).await, 401);
    assert_eq!(world.connect("a", Some(&"x".repeat(100_000))).await, 401);
    assert_eq!(world.connect("a", Some("good")).await, 200);
    assert_eq!(world.connect("b", Some("good")).await, 401, "it was used");
    world.test.clock.advance(TICKET_LIFE);
    assert_eq!(world.connect("c", Some("late")).await, 401, "its time is over");
}

#[tokio::test]
async fn of_two_who_come_with_one_ticket_one_is_let_in() {
    let world = World::start().await;
    world.ticket("one").await;
    let both = [("a", Some("one")), ("b", Some("one"))].map(|(id, ticket)| world.connect(id, ticket));
    let mut statuses = futures::future::join_all(both).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[tokio::test]
async fn a_socket_has_at_most_fifty_topics_and_only_topics() {
    let world = World::start().await;
    world.follow("a", &["queue"]).await;
    let calls: Vec<String> = (0..50).map(|n| format!("call:{}", call_id(n))).collect();
    let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
    let refused = world.ask("a", "subscribe", &calls).await;
    assert!(matches!(refused, Some(LiveMessage::Error { .. })), "{refused:?}");
    let Some(LiveMessage::Subscribed { topics }) = world.ask("a", "subscribe", &calls[1..]).await else {
        panic!("49 and one are allowed");
    };
    assert_eq!(topics.len(), MAX_TOPICS);
    let Some(LiveMessage::Subscribed { topics }) = world.ask("a", "unsubscribe", &calls).await else {
        panic!("whoever has topics can give them back");
    };
    assert_eq!(topics, [Topic::Queue]);
    for body in [
        r#"{"action":"subscribe","topics":["call:x"]}"#,
        r#"{"action":"subscribe","topics":"queue"}"#,
        r#"{"action":"shout"}"#,
        "queue",
        "",
    ] {
        let refused = world.say("a", body).await;
        assert!(
            matches!(refused, Some(LiveMessage::Error { .. })),
            "{body}: {refused:?}"
        );
    }
    let long = format!(r#"{{"action":"ping","x":"{}"}}"#, "x".repeat(10_000));
    assert!(matches!(
        world.say("a", &long).await,
        Some(LiveMessage::Error { .. })
    ));
    assert_eq!(
        world.say("a", r#"{"action":"ping"}"#).await,
        Some(LiveMessage::Pong)
    );
}

#[tokio::test]
async fn a_socket_ends_with_the_sign_in_behind_it() {
    let world = World::start().await;
    world.follow("a", &["calls"]).await;
    world.follow("b", &["calls"]).await;
    world.test.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(world.say("a", r#"{"action":"ping"}"#).await, None);
    assert_eq!(world.sockets.told("a"), [LiveMessage::Expired]);
    // Somebody who listens on keeps the others' changes coming.
    world.follow("c", &["calls"]).await;
    world.records(vec![call_changed(1, 2)]).await;
    assert_eq!(world.sockets.told("b"), [LiveMessage::Expired]);
    assert_eq!(world.sockets.told("c").len(), 1);
    assert_eq!(world.sockets.ended(), ["a", "b"]);
    assert!(
        world
            .test
            .store
            .find_live_connection("b")
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_socket_that_nobody_knows_any_more_is_ended() {
    let world = World::start().await;
    assert_eq!(world.ask("x", "subscribe", &["calls"]).await, None);
    assert_eq!(world.sockets.ended(), ["x"]);
}
