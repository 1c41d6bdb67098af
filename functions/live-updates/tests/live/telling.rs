//! Who is told what.

use switchboard_domain::{LiveMessage, Topic};

use crate::world::{World, call_changed, call_id, said};

fn topics(messages: &[LiveMessage]) -> Vec<String> {
    messages
        .iter()
        .filter_map(|message| message.topic().map(ToString::to_string))
        .collect()
}

#[tokio::test]
async fn everybody_is_told_what_they_asked_for_and_nothing_else() {
    let world = World::start().await;
    let one = format!("call:{}", call_id(1));
    world.follow("desk", &["inbound", "queue"]).await;
    world.follow("page", &[&one]).await;
    world.follow("campaigns", &["campaigns"]).await;
    let told = world
        .records(vec![call_changed(1, 2), said(1, 0, "Hello"), call_changed(1, 3)])
        .await;
    assert_eq!((told.sockets, told.messages), (2, 3));
    let desk = world.sockets.told("desk");
    assert_eq!(
        desk,
        [LiveMessage::Changed {
            topic: Topic::Inbound,
            id: Some(call_id(1).to_string()),
            version: Some(3),
        }]
    );
    let page = world.sockets.told("page");
    assert_eq!(topics(&page), [one.clone(), one]);
    assert!(matches!(&page[0], LiveMessage::Turn { index: 0, turn, .. } if turn.message == "Hello"));
    assert!(world.sockets.told("campaigns").is_empty());
}

#[tokio::test]
async fn a_popular_topic_reaches_everybody_across_its_shards() {
    let world = World::start().await;
    for n in 0..40 {
        world.follow(&format!("socket{n}"), &["calls"]).await;
    }
    let told = world.records(vec![call_changed(7, 1)]).await;
    assert_eq!((told.sockets, told.messages, told.gone), (40, 40, 0));
}

#[tokio::test]
async fn turns_come_in_their_order_and_a_place_without_words_is_not_told() {
    let world = World::start().await;
    let one = format!("call:{}", call_id(1));
    world.follow("page", &[&one]).await;
    let turns = (0..20).map(|n| said(1, n, if n % 5 == 0 { "" } else { "and so on" }));
    world.records(turns.collect()).await;
    let told: Vec<usize> = world
        .sockets
        .told("page")
        .iter()
        .filter_map(|message| match message {
            LiveMessage::Turn { index, .. } => Some(*index),
            _ => None,
        })
        .collect();
    let expected: Vec<usize> = (0..20).filter(|n| n % 5 != 0).collect();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_socket_that_has_gone_is_forgotten() {
    let world = World::start().await;
    world.follow("a", &["calls", "queue"]).await;
    world.follow("b", &["calls"]).await;
    world.sockets.go("a");
    assert_eq!(world.records(vec![call_changed(1, 1)]).await.gone, 1);
    let told = world.records(vec![call_changed(1, 2)]).await;
    assert_eq!((told.gone, told.sockets), (0, 1));
    assert!(
        world
            .test
            .store
            .live_subscribers(&Topic::Queue)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        world
            .test
            .store
            .find_live_connection("a")
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn whoever_leaves_or_unsubscribes_is_told_nothing_more() {
    let world = World::start().await;
    world.follow("a", &["calls"]).await;
    world.follow("b", &["calls", "queue"]).await;
    world.leave("a").await;
    world.leave("a").await;
    world.ask("b", "unsubscribe", &["calls"]).await;
    assert_eq!(world.records(vec![call_changed(1, 1)]).await.sockets, 0);
    assert!(world.sockets.told("a").is_empty() && world.sockets.told("b").is_empty());
}

#[tokio::test]
async fn while_nobody_is_connected_nothing_is_looked_for() {
    let world = World::start().await;
    let now = world.test.now();
    assert!(!world.test.store.may_have_listeners(now).await.unwrap());
    assert_eq!(world.records(vec![call_changed(1, 1)]).await.sockets, 0);
    world.follow("a", &["calls"]).await;
    assert!(world.test.store.may_have_listeners(now).await.unwrap());
}

#[tokio::test]
async fn what_cannot_be_read_holds_up_nothing() {
    let world = World::start().await;
    world.follow("a", &["calls"]).await;
    let mut broken = call_changed(2, 1);
    broken["dynamodb"]["NewImage"] = serde_json::json!({ "direction": { "S": "sideways" } });
    let mut foreign = call_changed(3, 1);
    foreign["dynamodb"]["Keys"]["pk"]["S"] = "CALL#../../x".into();
    let told = world.records(vec![broken, foreign, call_changed(1, 9)]).await;
    assert_eq!(told.messages, 1);
}
