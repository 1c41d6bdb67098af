//! Every cause for which a campaign pauses by itself, end to end: it pauses with the reason, nobody else of it is
//! dialled, and one request lets it go on.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_tests::{App, assert_dials_within, people};

/// What goes wrong in a campaign, and what it says of it.
struct Cause {
    area: u32,
    /// The last two digits of its people, which decide how the simulator plays them.
    last_digits: usize,
    rules: Value,
    says: &'static str,
}

fn causes() -> Vec<Cause> {
    let cause = |area, last_digits, rules, says| Cause {
        area,
        last_digits,
        rules,
        says,
    };
    vec![
        // By default: half of at least five within two minutes.
        cause(201, 6, json!({}), "failed"),
        cause(
            202,
            3,
            json!({ "auto_pause": { "voicemail_percent": 80 } }),
            "reached a machine",
        ),
        cause(
            203,
            2,
            json!({ "auto_pause": { "no_answer_percent": 80 } }),
            "were not answered",
        ),
        cause(
            204,
            20,
            json!({ "auto_pause": { "shortest_average_secs": 300 } }),
            "on average",
        ),
        cause(205, 21, json!({ "spend_cap_cents": 400 }), "spend cap"),
        // More than the account has in a month.
        cause(
            207,
            22,
            json!({ "auto_pause": { "least_credits": 50_000_000 } }),
            "credits are left",
        ),
    ]
}

async fn change_rules(app: &App, id: &str, rules: Value) {
    let path = format!("/api/campaigns/{id}");
    let changed = json!({ "rules": rules });
    let (status, answer) = app.api.send("PATCH", &path, Some(&changed)).await.unwrap();
    assert_eq!(status, 200, "{answer}");
}

async fn campaign(app: &App, id: &str) -> Value {
    app.api.get(&format!("/api/campaigns/{id}")).await.unwrap()
}

/// Waits until it is paused for what is said. Some causes are looked for once a minute.
async fn paused(app: &App, id: &str, says: &str) {
    for _ in 0..1_500 {
        let seen = campaign(app, id).await;
        assert_ne!(seen["status"], "completed", "nothing stopped it ({says}): {seen}");
        if seen["status"] == "paused" {
            let why = seen["failure"].as_str().unwrap_or_default();
            assert!(why.contains(says), "{why:?} instead of {says:?}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("it never paused ({says}): {}", campaign(app, id).await);
}

fn dials(app: &App, area: u32) -> usize {
    let prefix = format!("+1{area}");
    let ledger = app.ledger().by_number;
    let of_it = ledger.iter().filter(|(number, _)| number.starts_with(&prefix));
    of_it.map(|(_, dials)| dials.len()).sum()
}

/// Waits until it dials again. Whoever was put off because nothing was left to spend is due a minute later.
async fn goes_on(app: &App, cause: &Cause, before: usize) {
    for _ in 0..3_000 {
        if dials(app, cause.area) > before {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{}: resumed, it does not go on", cause.says);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_cause_pauses_a_campaign_with_its_reason_until_somebody_resumes_it() {
    let app = App::start(60.0).await.unwrap();
    let mut begun = Vec::new();
    for cause in causes() {
        let mut plan = app.plain_campaign(cause.says, 20).await.unwrap();
        // Credits are asked for every fifty seconds: everybody must not be called by then.
        let asks = cause.rules["auto_pause"]["least_credits"].is_u64();
        plan["concurrency_limit"] = if asks { 1 } else { 3 }.into();
        let rules = cause.rules.as_object().unwrap().clone();
        plan["rules"].as_object_mut().unwrap().extend(rules);
        let hundred = (0..100).flat_map(|n| {
            let last = n * 100 + cause.last_digits;
            people(cause.area, last..last + 1)
        });
        plan["recipients"] = hundred.collect();
        let made = app.api.post("/api/campaigns", &plan).await.unwrap();
        begun.push((cause, made["campaign_id"].as_str().unwrap().to_owned()));
    }
    for (cause, id) in &begun {
        paused(&app, id, cause.says).await;
    }
    // What was being placed is placed by now.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before: Vec<usize> = begun.iter().map(|(cause, _)| dials(&app, cause.area)).collect();
    tokio::time::sleep(Duration::from_secs(6)).await;
    for ((cause, id), before) in begun.iter().zip(&before) {
        let area = cause.area;
        assert_eq!(
            dials(&app, area),
            *before,
            "{}: dialled while it is paused",
            cause.says
        );
        if cause.rules["spend_cap_cents"].is_u64() {
            change_rules(&app, id, json!({ "spend_cap_cents": 100_000 })).await;
        }
        if cause.rules["auto_pause"]["least_credits"].is_u64() {
            change_rules(&app, id, json!({ "auto_pause": { "least_credits": null } })).await;
        }
        app.api
            .post(&format!("/api/campaigns/{id}/resume"), &json!({}))
            .await
            .unwrap();
    }
    for ((cause, id), before) in begun.iter().zip(&before) {
        goes_on(&app, cause, *before).await;
        let path = format!("/api/campaigns/{id}/cancel");
        let (status, answer) = app.api.send("POST", &path, Some(&json!({}))).await.unwrap();
        // It may have called everybody while others were waited for.
        let is_over = campaign(&app, id).await["status"] == "completed";
        assert!(status < 300 || is_over, "{status}: {answer}");
    }
    for (_, id) in &begun {
        app.finish(id, Duration::from_secs(60)).await.unwrap();
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_stays_away_pauses_its_campaign_and_nobody_is_called_twice_for_it() {
    let app = App::start(60.0).await.unwrap();
    let (area, limit) = (208, 3);
    let mut plan = app.plain_campaign("Away", limit).await.unwrap();
    plan["rules"]["auto_pause"] = json!({ "provider_down_secs": 30, "failed_percent": null });
    plan["recipients"] = people(area, 20..60).into();
    let made = app.api.post("/api/campaigns", &plan).await.unwrap();
    let id = made["campaign_id"].as_str().unwrap();
    while dials(&app, area) < 3 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    app.local.simulator().unwrap().set_down(true);
    paused(&app, id, "has not answered").await;
    let before = dials(&app, area);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(dials(&app, area), before, "dialled while it is paused");

    app.local.simulator().unwrap().set_down(false);
    app.api
        .post(&format!("/api/campaigns/{id}/resume"), &json!({}))
        .await
        .unwrap();
    let progress = app.finish(id, Duration::from_secs(240)).await.unwrap();
    assert_eq!(progress["counts"]["completed"], 40, "{progress}");
    assert_dials_within(&app.ledger(), |_| 1, limit);
    app.stop().await;
}
