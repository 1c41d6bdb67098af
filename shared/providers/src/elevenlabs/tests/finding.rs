//! Looking for the conversation of an attempt; the same for the provider in memory.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard_domain::{CallId, Carrier, ManualClock};

use super::server::{Asked, Server, attempt, call, id, json as answer};
use crate::fake::{FakeProvider, NextDial};
use crate::{ProviderError, VoiceProvider};

const SINCE: i64 = 1_790_000_000;

fn since() -> Timestamp {
    Timestamp::from_second(SINCE).unwrap()
}

fn row(n: usize, start: i64) -> Value {
    json!({ "conversation_id": format!("conv_{n}"), "agent_id": "agent_01kexampleagent0000000001",
            "status": "initiated", "start_time_unix_secs": start, "direction": "outbound" })
}

fn whole(n: &str, user_id: Option<&str>, variable: Option<&str>) -> Value {
    json!({ "conversation_id": n, "agent_id": "agent_01kexampleagent0000000001", "status": "initiated",
            "user_id": user_id, "metadata": { "start_time_unix_secs": SINCE, "call_duration_secs": 0 }, "transcript": [],
            "conversation_initiation_client_data": { "dynamic_variables": { "attempt_id": variable } } })
}

async fn serving(rows: Vec<Value>, detail: impl Fn(&str) -> Value + Send + Sync + 'static) -> Server {
    Server::answering(
        move |asked: &Asked| match asked.path.strip_prefix("/v1/convai/conversations") {
            Some("") => answer(
                200,
                json!({ "conversations": rows, "has_more": false }).to_string(),
            ),
            Some(path) => answer(200, detail(&path[1..]).to_string()),
            None => answer(404, "{}"),
        },
    )
    .await
}

async fn look_up(server: &Server) -> Result<Option<String>, ProviderError> {
    let agent = id("agent_01kexampleagent0000000001");
    let found = server
        .provider
        .find_conversation(&attempt(), &agent, since())
        .await?;
    Ok(found.map(|c| c.conversation_id.to_string()))
}

#[tokio::test]
async fn either_echo_of_our_id_is_enough() {
    for (user_id, variable) in [(Some(attempt()), None), (None, Some(attempt()))] {
        let rows = vec![row(1, SINCE), row(2, SINCE)];
        let server = serving(rows, move |n| match n {
            "conv_2" => whole(
                n,
                user_id.as_ref().map(CallId::as_str),
                variable.as_ref().map(CallId::as_str),
            ),
            _ => whole(n, Some("somebody"), None),
        })
        .await;
        assert_eq!(look_up(&server).await.unwrap().as_deref(), Some("conv_2"));
        assert_eq!(
            server.asked()[0].query,
            "agent_id=agent_01kexampleagent0000000001&user_id=call_01kexample000000000000000a\
             &call_start_after_unix=1789999940&page_size=100&sort_direction=asc"
        );
    }
}

#[tokio::test]
async fn a_server_that_ignores_the_filter_does_not_fool_the_look_up() {
    let mut foreign = vec![row(1, SINCE), row(2, SINCE - 3_600)];
    let mut other_agent = row(3, SINCE);
    other_agent["agent_id"] = json!("agent_other");
    foreign.push(other_agent);
    let server = serving(foreign, |n| {
        whole(n, Some("call_01kexample000000000000000b"), None)
    })
    .await;
    assert_eq!(look_up(&server).await.unwrap(), None);
    assert_eq!(
        server.asked().len(),
        2,
        "old rows and other agents' are not asked about"
    );
}

#[tokio::test]
async fn a_look_up_that_cannot_be_finished_is_no_proof_of_absence() {
    let rows = (0..100).map(|n| row(n, SINCE)).collect();
    let crowded = serving(rows, |n| whole(n, None, None)).await;
    assert!(look_up(&crowded).await.is_err());
    let unreadable = serving(vec![json!({ "id": 7 })], |_| Value::Null).await;
    assert!(look_up(&unreadable).await.is_err());
    let down = Server::in_order(vec![(503, "{}")]).await;
    assert!(look_up(&down).await.unwrap_err().is_passing());
}

#[tokio::test]
async fn the_fake_loses_answers_before_and_after_the_effect() {
    let fake = FakeProvider::new(Arc::new(ManualClock::at(since())));
    let request = call(Carrier::Twilio);
    let find = || fake.find_conversation(&request.attempt, &request.provider_agent_id, since());
    fake.script_dial(NextDial::LoseRequest);
    assert!(!fake.place_call(&request).await.unwrap_err().nothing_rang());
    assert_eq!(find().await.unwrap(), None);
    fake.script_dial(NextDial::LoseAnswer);
    assert!(!fake.place_call(&request).await.unwrap_err().nothing_rang());
    assert_eq!(
        find().await.unwrap().unwrap().attempt,
        Some(request.attempt.clone())
    );
    assert_eq!((fake.dials().len(), fake.live_count().await.unwrap()), (2, 1));
}
