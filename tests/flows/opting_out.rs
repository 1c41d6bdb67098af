//! A person asks the agent not to be called again, and nobody calls them again.

use std::time::Duration;

use serde_json::json;
use switchboard_tests::{App, CampaignPlan, start_campaign_of};

const NUMBER: &str = "+12015550188";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_tells_the_agent_is_called_by_no_other_campaign() {
    let app = App::start(60.0).await.unwrap();
    let simulator = app.local.simulator().unwrap().address();
    let scenario = json!({ "rules": [{ "suffix": "88", "behaviour": "opts_out" }], "talk_secs": [60, 60] });
    let http = switchboard_http::bare_builder().build().unwrap();
    let set = http
        .put(format!("http://{simulator}/sim/scenario"))
        .json(&scenario)
        .send()
        .await
        .unwrap();
    assert!(set.status().is_success(), "{}", set.status());
    let csv = format!("phone_number,name,company,renewal_date\n{NUMBER},Ana,Acme,2026-12-24\n");
    let upload = app.api.upload("one.csv", csv.into_bytes()).await.unwrap();
    let plan = CampaignPlan {
        limit: 2,
        max_attempts: 1,
    };

    // Both wait for the same person; the other one is paused before anybody is called.
    app.api.post("/api/queue/stop", &json!({})).await.unwrap();
    let first = start_campaign_of(&app.api, &upload, &plan).await.unwrap();
    let other = start_campaign_of(&app.api, &upload, &plan).await.unwrap();
    let other_recipients = format!("/api/campaigns/{other}/recipients");
    for _ in 0..150 {
        let people = app.api.get(&other_recipients).await.unwrap();
        if people["items"].as_array().is_some_and(|items| !items.is_empty()) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    app.api
        .post(&format!("/api/campaigns/{other}/pause"), &json!({}))
        .await
        .unwrap();
    app.api.post("/api/queue/start", &json!({})).await.unwrap();
    let progress = app.finish(&first, Duration::from_secs(120)).await.unwrap();
    assert_eq!(progress["counts"]["completed"], 1, "{progress}");

    let entry = app.api.get("/api/do-not-call/%2B12015550188").await.unwrap();
    assert_eq!(
        entry["way"], "tool",
        "during the call, not by its analysis: {entry}"
    );
    let people = app.api.get(&other_recipients).await.unwrap();
    let person = &people["items"][0];
    assert_eq!(
        (&person["status"], &person["skip_reason"]),
        (&json!("skipped"), &json!("do_not_call")),
        "although its campaign is paused"
    );
    let trail = app.api.get("/api/audit?action=do_not_call").await.unwrap();
    assert_eq!(trail["items"].as_array().map(Vec::len), Some(1), "{trail}");
    assert_eq!(trail["items"][0]["actor"], "tool");

    app.api
        .post(&format!("/api/campaigns/{other}/resume"), &json!({}))
        .await
        .unwrap();
    app.finish(&other, Duration::from_secs(60)).await.unwrap();
    assert_eq!(app.ledger().by_number[NUMBER].len(), 1, "one call in all");
    app.stop().await;
}
