//! Live updates through the whole system: from a write of any function to a browser's socket.

use serde_json::{Value, json};
use switchboard_tests::{App, LiveSocket, people};

/// The delays of the simulator are divided by this.
const CLOCK: f64 = 60.0;

async fn set_limit(app: &App, limit: u32) {
    let settings = json!({ "concurrency_limit": limit });
    app.api.put("/api/queue/settings", &settings).await.unwrap();
}

fn is_changed(topic: &str) -> impl Fn(&Value) -> bool {
    move |message| message["type"] == "changed" && message["topic"] == topic
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_sees_a_campaign_and_its_calls_as_they_happen() {
    let app = App::start(CLOCK).await.unwrap();
    let mut plan = app.plain_campaign("Live", 2).await.unwrap();
    let mut socket = LiveSocket::open(&app.api).await.unwrap();
    socket.subscribe(&["queue", "calls", "campaigns"]).await.unwrap();
    set_limit(&app, 3).await;
    socket.until(is_changed("queue")).await.unwrap();

    plan["recipients"] = json!(people(201, 110..111));
    let campaign = app.api.post("/api/campaigns", &plan).await.unwrap();
    let campaign = campaign["campaign_id"].as_str().unwrap();
    let changed = socket.until(is_changed("campaigns")).await.unwrap();
    assert_eq!(changed["id"], campaign, "{changed}");
    let call = socket.until(is_changed("calls")).await.unwrap();
    assert!(call["version"].as_u64().is_some(), "{call}");

    // What was said comes with the call's end: whoever looks at it is told, and reads it.
    let (topic, path) = (
        format!("call:{}", call["id"].as_str().unwrap()),
        format!("/api/calls/{}", call["id"].as_str().unwrap()),
    );
    let mut page = LiveSocket::open(&app.api).await.unwrap();
    page.subscribe(&[&topic]).await.unwrap();
    while app.api.get(&path).await.unwrap()["status"] != "completed" {
        page.until(is_changed(&topic)).await.unwrap();
    }
    let said = app.api.get(&format!("{path}/transcript")).await.unwrap();
    assert!(
        said["turns"].as_array().is_some_and(|turns| turns.len() > 1),
        "{said}"
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_that_breaks_resumes_without_a_gap() {
    let app = App::start(CLOCK).await.unwrap();
    app.plain_campaign("Nobody", 2).await.unwrap();
    let mut socket = LiveSocket::open(&app.api).await.unwrap();
    socket.subscribe(&["queue"]).await.unwrap();
    set_limit(&app, 3).await;
    socket.until(is_changed("queue")).await.unwrap();
    socket.break_off();

    // While nobody listens: the browser reads it when it has its topics again.
    set_limit(&app, 4).await;
    let mut socket = LiveSocket::open(&app.api).await.unwrap();
    socket.subscribe(&["queue"]).await.unwrap();
    let queue = app.api.get("/api/queue").await.unwrap();
    assert_eq!(queue["concurrency_limit"], 4, "{queue}");
    set_limit(&app, 5).await;
    socket.until(is_changed("queue")).await.unwrap();
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_opens_one_socket_and_nothing_else_does() {
    let app = App::start(CLOCK).await.unwrap();
    let ticket = app.api.post("/api/live/tickets", &json!({})).await.unwrap();
    let url = ticket["url"].as_str().unwrap();
    let (bare, _) = url.split_once('?').unwrap();
    for wrong in [
        bare.to_owned(),
        format!("{bare}?ticket=guessed"),
        format!("{url}x"),
    ] {
        let refused = LiveSocket::at(&wrong).await.err().unwrap().to_string();
        assert!(refused.contains("401"), "{refused}");
    }
    let mut socket = LiveSocket::at(url).await.unwrap();
    let refused = LiveSocket::at(url).await.err().unwrap().to_string();
    assert!(refused.contains("401"), "{refused}");
    socket.say(&json!({ "action": "ping" })).await.unwrap();
    assert_eq!(socket.next().await.unwrap(), json!({ "type": "pong" }));
    socket
        .say(&json!({ "action": "subscribe", "topics": ["everything"] }))
        .await
        .unwrap();
    let error = socket.next().await.unwrap();
    assert_eq!(error["type"], "error", "{error}");
    app.stop().await;
}
