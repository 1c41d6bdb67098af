//! Limit, pause, stop and cancel while a campaign runs: judged by what the provider saw.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use switchboard_simulator::Ledger;
use switchboard_tests::{App, CampaignPlan, assert_dials_within, contacts_csv, start_campaign_of};

/// Slow enough that calls last while the test acts.
const CLOCK: f64 = 30.0;
/// No dial that began to be placed before an acknowledgement takes longer to reach the provider, on a machine that other
/// tests keep busy.
const UNDER_WAY: Duration = Duration::from_secs(2);

fn dials_between(ledger: &Ledger, from: Timestamp, to: Timestamp) -> usize {
    let at = |dial: &switchboard_simulator::Dial| dial.at.parse::<Timestamp>().unwrap();
    ledger
        .by_number
        .values()
        .flatten()
        .filter(|dial| (from..to).contains(&at(dial)))
        .count()
}

#[expect(clippy::disallowed_methods, reason = "the ledger has the real time")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// Nothing is dialled for a while after `acknowledged`, but for what was already being placed.
async fn assert_silence(app: &App, acknowledged: Timestamp) {
    tokio::time::sleep(3 * UNDER_WAY).await;
    let from = acknowledged + jiff::SignedDuration::try_from(UNDER_WAY).unwrap();
    assert_eq!(
        dials_between(&app.ledger(), from, now()),
        0,
        "dialled after the acknowledgement"
    );
}

async fn assert_dials_go_on(app: &App) {
    let from = now();
    for _ in 0..300 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        if dials_between(&app.ledger(), from, now()) > 0 {
            return;
        }
    }
    panic!("nobody is dialled any more");
}

/// Calls at one time, as the ledger shows it for a moment.
fn live_at(ledger: &Ledger, moment: Timestamp) -> usize {
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    let live = |dial: &&switchboard_simulator::Dial| {
        dial.placed
            && time(&dial.at) <= moment
            && dial.ended_at.as_deref().is_none_or(|end| time(end) > moment)
    };
    ledger.by_number.values().flatten().filter(live).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_limit_holds_at_once_and_comes_back() {
    let app = App::start(CLOCK).await.unwrap();
    let id = app
        .campaign(
            100,
            &CampaignPlan {
                limit: 15,
                max_attempts: 1,
            },
        )
        .await
        .unwrap();
    assert_dials_go_on(&app).await;
    tokio::time::sleep(Duration::from_secs(4)).await;

    app.api
        .put("/api/queue/settings", &json!({ "concurrency_limit": 5 }))
        .await
        .unwrap();
    let lowered = now();
    tokio::time::sleep(Duration::from_secs(8)).await;
    let raised = now();
    // Whoever was called already may finish; every dial since then began below the new limit.
    let ledger = app.ledger();
    let settled = lowered + jiff::SignedDuration::try_from(UNDER_WAY).unwrap();
    let since: Vec<Timestamp> = ledger
        .by_number
        .values()
        .flatten()
        .filter(|dial| dial.placed)
        .map(|dial| dial.at.parse::<Timestamp>().unwrap())
        .filter(|at| (settled..raised).contains(at))
        .collect();
    for at in since {
        assert!(
            live_at(&ledger, at) <= 5,
            "{} calls at one time under a limit of 5",
            live_at(&ledger, at)
        );
    }

    app.api
        .put("/api/queue/settings", &json!({ "concurrency_limit": 15 }))
        .await
        .unwrap();
    app.finish(&id, Duration::from_secs(300)).await.unwrap();
    assert_dials_within(&app.ledger(), |_| 1, 15);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_campaign_and_a_stopped_queue_start_no_dial() {
    let app = App::start(CLOCK).await.unwrap();
    let id = app
        .campaign(
            100,
            &CampaignPlan {
                limit: 10,
                max_attempts: 1,
            },
        )
        .await
        .unwrap();
    assert_dials_go_on(&app).await;

    app.api
        .post(&format!("/api/campaigns/{id}/pause"), &json!({}))
        .await
        .unwrap();
    assert_silence(&app, now()).await;
    app.api
        .post(&format!("/api/campaigns/{id}/resume"), &json!({}))
        .await
        .unwrap();
    assert_dials_go_on(&app).await;

    app.api.post("/api/queue/stop", &json!({})).await.unwrap();
    assert_silence(&app, now()).await;
    app.api.post("/api/queue/start", &json!({})).await.unwrap();
    assert_dials_go_on(&app).await;

    app.finish(&id, Duration::from_secs(300)).await.unwrap();
    assert_dials_within(&app.ledger(), |_| 1, 10);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_campaign_dials_nobody_else_and_everybody_is_final() {
    let app = App::start(CLOCK).await.unwrap();
    let id = app
        .campaign(
            160,
            &CampaignPlan {
                limit: 5,
                max_attempts: 1,
            },
        )
        .await
        .unwrap();
    assert_dials_go_on(&app).await;

    app.api
        .post(&format!("/api/campaigns/{id}/cancel"), &json!({}))
        .await
        .unwrap();
    assert_silence(&app, now()).await;
    let progress = app.finish(&id, Duration::from_secs(120)).await.unwrap();
    assert_eq!(progress["status"], "cancelled");
    assert!(
        progress["counts"]["cancelled"].as_u64().unwrap() > 100,
        "{progress}"
    );
    let queue = app.api.get("/api/queue").await.unwrap();
    assert_eq!(queue["slots_in_use"], 0, "{queue}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_came_on_the_do_not_call_list_after_its_import_is_skipped() {
    let app = App::start(200.0).await.unwrap();
    let number = "+12015550110";
    let upload = app.api.upload("contacts.csv", contacts_csv(20)).await.unwrap();
    app.api
        .post("/api/do-not-call", &json!({ "phone_numbers": [number] }))
        .await
        .unwrap();
    let plan = CampaignPlan {
        limit: 5,
        max_attempts: 1,
    };
    let id = start_campaign_of(&app.api, &upload, &plan).await.unwrap();
    let progress = app.finish(&id, Duration::from_secs(120)).await.unwrap();
    assert_eq!(progress["counts"]["skipped"], 1, "{progress}");
    assert!(!app.ledger().by_number.contains_key(number));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_dialers_leave_no_call_behind_and_dial_nobody_twice() {
    let app = App::start(CLOCK).await.unwrap();
    let id = app
        .campaign(
            60,
            &CampaignPlan {
                limit: 8,
                max_attempts: 1,
            },
        )
        .await
        .unwrap();
    assert_dials_go_on(&app).await;
    for _ in 0..4 {
        let dialer = app.local.lambda().find("dialer").unwrap();
        dialer.kill_busy(true);
        tokio::time::sleep(Duration::from_millis(1_500)).await;
    }
    let progress = app.finish(&id, Duration::from_secs(400)).await.unwrap();
    assert_eq!(progress["counts"]["total"], 60, "{progress}");
    assert_dials_within(&app.ledger(), |_| 1, 8);
    let queue = app.api.get("/api/queue").await.unwrap();
    assert_eq!(queue["slots_in_use"], 0, "{queue}");
    app.stop().await;
}
