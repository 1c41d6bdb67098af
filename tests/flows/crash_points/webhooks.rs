//! The flow of a webhook: keep the body, apply what it says, answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use switchboard_tests::crash::{Begin, Crashes, Plan, Run, Setting, Subject, World, looks_at_every_point};

use crate::{PATIENCE, judge};

/// Every other person is busy: of them a webhook of another kind tells.
const SETTING: Setting = Setting {
    clock: 20.0,
    talk_secs: 30,
    limit: 40,
    busy: &["1", "3", "5", "7", "9"],
};
/// People of the dry run: enough that one recording is sent before it is fetched.
const DRY: usize = 8;
/// People beyond one for each point, who get to the last ones.
const SPARE: usize = 6;

/// The webhooks that end a call.
const KINDS: [&str; 2] = ["post_call_transcription ", "call_initiation_failure "];
/// How often some people are called for it.
const MOST_TRIES: usize = 8;

/// Kind and conversation of a webhook.
fn conversation_of(event: &[u8]) -> Option<Subject> {
    let event: Value = serde_json::from_slice(event).ok()?;
    let webhook: Value = serde_json::from_str(event["body"].as_str()?).ok()?;
    Some(Subject {
        flow: format!("{} ", webhook["type"].as_str()?),
        victim: webhook["data"]["conversation_id"].as_str()?.to_owned(),
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_whose_process_is_killed_at_any_point_is_neither_lost_nor_counted_twice() {
    let crashes = Arc::new(Crashes::of("provider-webhooks", conversation_of));
    let world = World::start(SETTING, crashes.clone()).await.unwrap();
    world.send_audio().await.unwrap();
    // Where a dialer learns of an end first, its webhook has nothing left to write: then others are called.
    let mut called = 0;
    let kinds = loop {
        assert!(
            called < MOST_TRIES * DRY,
            "no webhook came before the dialer knew"
        );
        let dry = world.campaign(called, DRY, Begin::Now).await.unwrap();
        let dry = world.end_of(&dry, PATIENCE).await.unwrap();
        called += DRY;
        // The last of its webhooks may still be under way.
        let known = dry
            .calls
            .iter()
            .filter_map(|call| call["conversation_id"].as_str());
        crashes.spare(known.map(str::to_owned));
        let kinds = fullest_of_each(&crashes);
        let applies = |kind: &str| {
            kinds
                .get(kind)
                .is_some_and(|run| place(run, "TransactWriteItems").is_some())
        };
        if KINDS.iter().all(|kind| applies(kind)) {
            break kinds;
        }
    };
    for kind in KINDS {
        let run = &kinds[kind];
        let (kept, applied) = (
            place(run, "PUT ").unwrap(),
            place(run, "TransactWriteItems").unwrap(),
        );
        assert!(
            kept < applied,
            "the body is kept before it is applied: {:?}",
            run.steps
        );
    }
    let points: Vec<_> = kinds.values().flat_map(Run::points).collect();
    let least = if looks_at_every_point() { 40 } else { 7 };
    assert!(points.len() >= least, "{points:?}");

    crashes.plan(Plan::First(points.iter().cloned().collect()));
    let most = points.len() + SPARE;
    let id = world.campaign(called, most, Begin::Now).await.unwrap();
    let ended = world.end_of(&id, PATIENCE).await.unwrap();
    nothing_is_left(&world).await;
    judge("The webhooks", world, ended, &crashes, &points, "conversation_id").await;
}

/// A run of each kind that had an end to apply, the longest of them: its process was new.
fn fullest_of_each(crashes: &Crashes) -> BTreeMap<String, Run> {
    let mut kinds: BTreeMap<String, Run> = BTreeMap::new();
    for run in crashes.runs() {
        let known = kinds.entry(run.flow.clone()).or_insert_with(|| run.clone());
        let fullness = |run: &Run| (place(run, "TransactWriteItems").is_some(), run.steps.len());
        if fullness(known) < fullness(&run) {
            *known = run;
        }
    }
    kinds
}

/// Where in a run a request of this name comes first.
fn place(run: &Run, name: &str) -> Option<usize> {
    run.steps.iter().position(|step| step.name.starts_with(name))
}

/// What was kept and not applied is applied by and by, without the sender.
async fn nothing_is_left(world: &World) {
    for state in ["received", "early", "unparsed"] {
        let left = format!("/api/webhooks?state={state}");
        let mut looks = 0;
        while !world.app.api.all(&left).await.unwrap().is_empty() {
            looks += 1;
            assert!(looks < 300, "webhooks stay {state}");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}
