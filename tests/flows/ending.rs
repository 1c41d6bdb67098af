//! A long talk that somebody ends: at its platform, or at the carrier of a platform that cannot.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_simulator::ULTRAVOX_SAMPLE_AGENT_ID;
use switchboard_tests::App;

/// Somebody who talks for half an hour: 150 s at this clock, longer than this test waits.
const TALKER: &str = "05";
const CLOCK: f64 = 12.0;
const PATIENCE: usize = 300;

/// Looks at the only call of a campaign until it is as it should be.
async fn call_that(app: &App, campaign: &Value, is: impl Fn(&Value) -> bool) -> Value {
    let path = format!("/api/calls?campaign_id={}", campaign.as_str().unwrap());
    for _ in 0..PATIENCE {
        let calls = app.api.get(&path).await.unwrap();
        if is(&calls["items"][0]) {
            return calls["items"][0].clone();
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("{}", app.api.get(&path).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_talk_is_ended_on_either_platform_and_its_campaign_with_it() {
    let app = App::start(CLOCK).await.unwrap();
    let mut plan = app.plain_campaign("Talkers", 2).await.unwrap();
    let agents = app.api.all("/api/agents").await.unwrap();
    let ultravox = agents
        .iter()
        .find(|agent| agent["provider_agent_id"] == ULTRAVOX_SAMPLE_AGENT_ID)
        .unwrap();
    let line = json!({ "provider": "ultravox", "phone_number": "+15005550199", "label": "Twilio", "carrier": "twilio" });
    let line = app.api.post("/api/phone-lines", &line).await.unwrap();
    let desks = [
        (plan["agent_id"].clone(), plan["phone_line_id"].clone()),
        (ultravox["agent_id"].clone(), line["phone_line_id"].clone()),
    ];
    for (number, (agent, line)) in desks.into_iter().enumerate() {
        plan["agent_id"] = agent;
        plan["phone_line_id"] = line;
        plan["recipients"] = json!([{ "phone_number": format!("+120255501{TALKER}"), "variables": {
            "name": "Ada", "company": "Meyer", "renewal_date": "1 May" } }]);
        plan["name"] = json!(format!("Talkers {number}"));
        let campaign = app.api.post("/api/campaigns", &plan).await.unwrap()["campaign_id"].clone();
        let talks = |call: &Value| call["status"] == "in_progress" && call["can_be_ended"] == true;
        let call = call_that(&app, &campaign, talks).await;
        // It rings for up to 15 s, and is ended while it talks.
        tokio::time::sleep(Duration::from_secs(4)).await;
        let end = format!("/api/calls/{}/end", call["call_id"].as_str().unwrap());
        let ended = app.api.post(&end, &json!({})).await.unwrap();
        assert_eq!(ended["ended"], true);

        let over = call_that(&app, &campaign, |call| call["results_complete"] == true).await;
        assert_eq!(over["status"], "completed", "{over}");
        let secs = over["duration_secs"].as_u64().unwrap();
        assert!((10..1_000).contains(&secs), "{over}");
        let progress = app
            .finish(campaign.as_str().unwrap(), Duration::from_secs(60))
            .await
            .unwrap();
        assert_eq!(progress["counts"]["completed"], 1, "{progress}");
    }
    let queue = app.api.get("/api/queue").await.unwrap();
    assert_eq!(queue["slots_in_use"], 0, "{queue}");
    app.stop().await;
}
