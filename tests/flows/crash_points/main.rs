//! Every point at which a function can die, one after the other: killed right there, and what
//! happens next. Whoever answers the phone has to be reached, by one dial, and what was said has to
//! be there.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and its table is for people"
)]

mod dialer;
mod scheduler;
mod webhooks;

use std::time::Duration;

use switchboard_tests::crash::{
    Aftermath, Crash, Crashes, Ended, Point, World, aftermath_of, everybody_was_reached, table,
};

/// Recovery has bounds of a minute and more, and a call that never rang is followed by another.
const PATIENCE: Duration = Duration::from_secs(400);

/// Looks at what came of each point, and prints it. The call that a crash was about has the crash's
/// victim under `id`.
async fn judge(title: &str, world: World, ended: Ended, crashes: &Crashes, points: &[Point], id: &str) {
    let left = crashes.left();
    // How often a wait looks depends on the moment, so the last of its looks may not come again.
    assert!(
        left.len() * 5 <= points.len(),
        "nobody came to these points: {left:?}"
    );
    everybody_was_reached(&world, &ended).await.unwrap();
    let crashed = crashes.crashes();
    let mut aftermaths: Vec<Aftermath> = Vec::new();
    for point in points.iter().filter(|point| !left.contains(point)) {
        let crash: &Crash = crashed.iter().find(|crash| crash.point == *point).unwrap();
        let mut calls = ended.calls.iter().chain(&ended.withdrawn);
        let call = calls.find(|call| call[id] == *crash.victim).unwrap();
        aftermaths.push(aftermath_of(&world, &ended, crash, call).await.unwrap());
    }
    println!("{}", table(title, &aftermaths));
    look_around(&world, &ended.campaign_id).await;
    world.app.stop().await;
}

/// No slot is taken, no message is given up, nobody is asked for help, the campaign's own proof holds,
/// and whatever was applied again was counted once.
async fn look_around(world: &World, campaign_id: &str) {
    let api = &world.app.api;
    let queue = api.get("/api/queue").await.unwrap();
    assert_eq!(queue["slots_in_use"], 0, "{queue}");
    assert_eq!(queue["dead_letters"], 0, "{queue}");
    let attention = api.get("/api/attention").await.unwrap();
    assert_eq!(attention["total"], 0, "{attention}");
    let proof = api
        .get(&format!("/api/campaigns/{campaign_id}/proof"))
        .await
        .unwrap();
    for part in ["holds", "is_final", "complete"] {
        assert_eq!(proof[part], true, "{proof}");
    }
    let stats = api.get("/api/calls/stats").await.unwrap();
    let placed = world.app.ledger().placed_total;
    assert_eq!(stats["all_time"]["calls"], placed, "{stats}");
}
