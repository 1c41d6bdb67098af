//! Several campaigns at one time: their shares of the slots, and that each stops when it is told to.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard_simulator::{Ledger, Scenario, SimulatorConfig};
use switchboard_tests::{App, average_live, dials_between, people};

const SLOTS: u32 = 15;
/// Area code and weight of each campaign.
const CAMPAIGNS: [(u32, u32); 3] = [(201, 1), (202, 2), (203, 3)];
/// An order to a campaign is acknowledged within this, at the most.
const ACKNOWLEDGED: Duration = Duration::from_secs(2);
/// What had begun to be placed before the acknowledgement reaches the provider within this.
const UNDER_WAY: Duration = Duration::from_millis(500);
/// Nothing is dialled for so long after an order.
const WATCHED: Duration = Duration::from_secs(4);
/// What the shares are averages of: about ten calls after one another, or several times as many.
const SPAN: Duration = Duration::from_secs(60);
/// Spans that are added up, at the most.
const SPANS: u32 = 4;

#[expect(clippy::disallowed_methods, reason = "the ledger has the real time")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// Everybody answers; calls last 5 to 8 seconds with a clock that is three times as fast.
fn simulated() -> SimulatorConfig {
    SimulatorConfig {
        clock_factor: 3.0,
        scenario: Scenario {
            rules: Vec::new(),
            talk_secs: (15, 20),
            ring_secs: (2, 5),
        },
        ..SimulatorConfig::default()
    }
}

/// Sends an order, which is acknowledged in time; then no number that begins with `prefix` is dialled.
async fn silenced_by(app: &App, path: &str, body: Value, prefix: &str) {
    let begun = Instant::now();
    app.api.post(path, &body).await.unwrap();
    let took = begun.elapsed();
    assert!(took <= ACKNOWLEDGED, "{path} was acknowledged after {took:?}");
    let from = now() + jiff::SignedDuration::try_from(UNDER_WAY).unwrap();
    tokio::time::sleep(WATCHED).await;
    let dialled = dials_between(&app.ledger(), prefix, from, now());
    assert_eq!(dialled, 0, "dialled after {path} was acknowledged");
}

/// At least `count` more dials follow. How long they take is up to the machine.
async fn dials_go_on(app: &App, prefix: &str, count: usize) {
    let from = now();
    for _ in 0..300 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        if dials_between(&app.ledger(), prefix, from, now()) >= count {
            return;
        }
    }
    panic!("hardly anybody with {prefix} is dialled any more");
}

/// Each campaign has its share of the calls in progress, to 5 %. A machine that is busy with something else cannot
/// fill the slots for a while, so it is looked at for longer then; a share that is wrong stays wrong however long.
async fn shared_as_they_weigh(app: &App) -> Ledger {
    let mut seen = Vec::new();
    let from = now();
    for _ in 0..SPANS {
        tokio::time::sleep(SPAN).await;
        let (ledger, to) = (app.ledger(), now());
        let all = average_live(&ledger, "+1", from, to);
        let shares = CAMPAIGNS.map(|(area, weight)| {
            let share = average_live(&ledger, &format!("+1{area}"), from, to) / all;
            (share, f64::from(weight) / 6.0)
        });
        if shares
            .iter()
            .all(|(share, due)| (share - due).abs() <= 0.05 * due)
        {
            return ledger;
        }
        seen.push((all, shares));
    }
    panic!("the campaigns did not have what they weigh: {seen:?}");
}

/// Puts `count` people on the do-not-call list who were not called yet: the campaign goes on without them.
async fn do_not_call(app: &App, prefix: &str, count: usize) {
    let called = app.ledger().by_number;
    let numbers: Vec<String> = (0..1_000)
        .map(|last| format!("{prefix}555{last:04}"))
        .filter(|number| !called.contains_key(number))
        .take(count)
        .collect();
    assert_eq!(numbers.len(), count, "enough are left");
    // One entry is a stop like any other; how long a hundred take is up to the machine.
    let (one, others) = numbers.split_first().unwrap();
    let begun = Instant::now();
    let body = json!({ "phone_numbers": [one] });
    app.api.post("/api/do-not-call", &body).await.unwrap();
    let took = begun.elapsed();
    assert!(took <= ACKNOWLEDGED, "an entry was acknowledged after {took:?}");
    let body = json!({ "phone_numbers": others });
    app.api.post("/api/do-not-call", &body).await.unwrap();
    let from = now() + jiff::SignedDuration::try_from(UNDER_WAY).unwrap();
    tokio::time::sleep(2 * WATCHED).await;
    let ledger = app.ledger();
    for number in &numbers {
        assert_eq!(
            dials_between(&ledger, number, from, now()),
            0,
            "dialled after it was on the list"
        );
    }
    dials_go_on(app, prefix, 5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_campaigns_share_the_slots_and_each_stops_when_it_is_told_to() {
    let app = App::start_with(simulated()).await.unwrap();
    let mut ids = Vec::new();
    for (area, weight) in CAMPAIGNS {
        let mut plan = app.plain_campaign(&format!("Area {area}"), SLOTS).await.unwrap();
        plan["weight"] = weight.into();
        plan["recipients"] = people(area, 0..1_000).into();
        plan["start"] = "draft".into();
        let made = app.api.post("/api/campaigns", &plan).await.unwrap();
        ids.push(made["campaign_id"].as_str().unwrap().to_owned());
    }
    for id in &ids {
        let path = format!("/api/campaigns/{id}/start");
        app.api.post(&path, &json!({})).await.unwrap();
    }
    // Every slot is held by a call that began after all three had started.
    tokio::time::sleep(Duration::from_secs(20)).await;
    let ledger = shared_as_they_weigh(&app).await;
    assert!(ledger.peak_live <= SLOTS, "{} at one time", ledger.peak_live);

    // People added while it runs are called, once, however often they are sent.
    let added = json!({ "recipients": people(204, 0..3).into_iter().enumerate().map(|(n, mut person)| {
        person["external_id"] = format!("crm-{n}").into();
        person["details"] = json!({ "priority": 100 });
        person
    }).collect::<Vec<_>>() });
    let path = format!("/api/campaigns/{}/recipients", ids[2]);
    let answers = [
        app.api.post(&path, &added).await.unwrap(),
        app.api.post(&path, &added).await.unwrap(),
    ];
    assert_eq!(
        (&answers[0]["added"], &answers[1]["added"]),
        (&json!(3), &json!(0)),
        "{answers:?}"
    );

    let (one, two) = (&ids[0], &ids[1]);
    silenced_by(&app, &format!("/api/campaigns/{one}/pause"), json!({}), "+1201").await;
    dials_go_on(&app, "+1202", 1).await;
    silenced_by(&app, &format!("/api/campaigns/{two}/cancel"), json!({}), "+1202").await;
    dials_go_on(&app, "+1203", 1).await;
    do_not_call(&app, "+1203", 100).await;
    let (ledger, added) = (app.ledger(), "+1204");
    let called = ledger
        .by_number
        .iter()
        .filter(|(number, _)| number.starts_with(added));
    assert_eq!(
        called.map(|(_, dials)| dials.len()).collect::<Vec<_>>(),
        [1, 1, 1],
        "those added were called"
    );

    app.api
        .post(&format!("/api/campaigns/{one}/resume"), &json!({}))
        .await
        .unwrap();
    dials_go_on(&app, "+1201", 1).await;
    silenced_by(&app, "/api/campaigns/stop-all", json!({}), "+1").await;
    app.stop().await;
}
