//! The dialer's flow: prepare, begin, dial, write the answer, watch, fetch the recording.

use std::sync::Arc;

use serde_json::Value;
use switchboard_simulator::FaultKind;
use switchboard_tests::crash::{Begin, Crashes, Plan, Setting, Subject, World, looks_at_every_point};

use crate::{PATIENCE, judge};

/// A call lasts half a minute of real time: long enough for signs of life and questions to the provider.
const SETTING: Setting = Setting {
    clock: 3.0,
    talk_secs: 60,
    limit: 160,
    busy: &[],
};
/// People beyond one for each point, who get to the last ones.
const SPARE: usize = 6;

/// The call that a message of the dial queue is about.
pub(crate) fn call_of(event: &[u8]) -> Option<Subject> {
    let event: Value = serde_json::from_slice(event).ok()?;
    let message: Value = serde_json::from_str(event["Records"][0]["body"].as_str()?).ok()?;
    Some(Subject {
        flow: String::new(),
        victim: message["call_id"].as_str()?.to_owned(),
    })
}

async fn die_at_every_point(title: &str, faults: &[FaultKind]) {
    let crashes = Arc::new(Crashes::of("dialer", call_of));
    let world = World::start(SETTING, crashes.clone()).await.unwrap();
    world.misbehave(faults).await.unwrap();
    let dry = world.campaign(0, 1, Begin::Now).await.unwrap();
    world.end_of(&dry, PATIENCE).await.unwrap();

    let runs = crashes.runs();
    assert_eq!(runs.len(), 1, "one call is one invocation: {runs:?}");
    let named = |part: &str| runs[0].steps.iter().position(|step| step.name.contains(part));
    let (began, dialled) = (
        named("TransactWriteItems").unwrap(),
        named("outbound-call").unwrap(),
    );
    assert!(
        began < dialled,
        "the dial is written down before it is asked for: {runs:?}"
    );
    assert!(
        named("PUT ").unwrap() > dialled,
        "the recording is fetched: {runs:?}"
    );
    let points = runs[0].points();
    let least = if looks_at_every_point() { 30 } else { 7 };
    assert!(points.len() >= least, "{points:?}");

    crashes.plan(Plan::First(points.iter().cloned().collect()));
    let people = points.len() + SPARE;
    assert!(people <= SETTING.limit);
    let id = world.campaign(1, people, Begin::Now).await.unwrap();
    let ended = world.end_of(&id, PATIENCE).await.unwrap();
    for request in ["TransactWriteItems", "POST ", "PUT "] {
        let left = crashes.left();
        let reached = left.iter().all(|point| !point.step.name.starts_with(request));
        assert!(reached, "nobody came to these points: {left:?}");
    }
    judge(title, world, ended, &crashes, &points, "call_id").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dialer_killed_at_any_point_leaves_nobody_behind_and_dials_nobody_twice() {
    tokio::join!(
        die_at_every_point("The dialer: the webhook comes", &[]),
        die_at_every_point("The dialer: no webhook comes", &[FaultKind::WebhookLost]),
        // Placed, and answered with an error: only a look at the provider tells.
        die_at_every_point(
            "The dialer: the dial is answered with an error, and no webhook comes",
            &[FaultKind::ErrorAfter, FaultKind::WebhookLost],
        ),
    );
}
