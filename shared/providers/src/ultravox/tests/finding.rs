//! Looking for the call of an attempt.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::server::{AGENT, Asked, Server, attempt, id, json as answer};
use crate::{ProviderError, VoiceProvider};

fn since() -> Timestamp {
    "2026-11-20T23:59:30Z".parse().unwrap()
}

/// A call that began so many seconds after the look-up's begin.
fn row(n: usize, secs: i64, of: Value) -> Value {
    let created = Timestamp::from_second(since().as_second() + secs).unwrap();
    json!({ "callId": format!("c{n}"), "agentId": AGENT, "created": created.to_string(), "joined": null, "ended": null,
            "metadata": of })
}

fn ours() -> Value {
    json!({ "attempt_id": attempt().as_str() })
}

fn others() -> Value {
    json!({ "attempt_id": "call_01kexample000000000000000z", "note": "x" })
}

/// Answers the list page by page, whatever is asked for, and each call by itself.
async fn serving(rows: Vec<Value>, page_size: usize) -> Server {
    Server::answering(move |asked: &Asked| match asked.path.strip_prefix("/api/calls") {
        Some("") => {
            let at = asked
                .query
                .split("cursor=p")
                .nth(1)
                .map_or(0, |n| n.parse().unwrap());
            let page: Vec<_> = rows.iter().skip(at).take(page_size).collect();
            let next = at + page_size;
            let next = (next < rows.len())
                .then(|| format!("https://elsewhere.example/api/calls?cursor=p{next}&pageSize=3"));
            answer(
                200,
                json!({ "next": next, "previous": null, "results": page }).to_string(),
            )
        }
        Some(path) => {
            let call = rows.iter().find(|row| row["callId"] == path[1..]);
            call.map_or_else(|| answer(404, "{}"), |call| answer(200, call.to_string()))
        }
        None => answer(404, "{}"),
    })
    .await
}

async fn look_up(server: &Server) -> Result<Option<String>, ProviderError> {
    let found = server
        .provider
        .find_conversation(&attempt(), &id(AGENT), since())
        .await?;
    Ok(found.map(|c| c.conversation_id.to_string()))
}

#[tokio::test]
async fn the_call_is_found_by_its_own_metadata() {
    let server = serving(vec![row(1, 2, ours())], 50).await;
    assert_eq!(look_up(&server).await.unwrap().as_deref(), Some("c1"));
    let asked = server.asked();
    assert_eq!(
        asked[0].query,
        format!(
            "agentIds={AGENT}&metadata.attempt_id=call_01kexample000000000000000a&fromDate=2026-11-20&pageSize=50\
             &sort=-created"
        )
    );
    assert_eq!((asked.len(), asked[1].path.as_str()), (2, "/api/calls/c1"));
}

#[tokio::test]
async fn a_server_that_ignores_the_filter_does_not_fool_the_look_up() {
    let mut rows: Vec<_> = (0..7)
        .map(|n| row(n, 60 - i64::try_from(n).unwrap(), others()))
        .collect();
    let foreign = serving(rows.clone(), 3).await;
    assert_eq!(look_up(&foreign).await.unwrap(), None);
    assert_eq!(foreign.asked().len(), 3, "three pages, and no call by itself");
    rows.push(row(7, 1, ours()));
    let crowded = serving(rows, 3).await;
    assert_eq!(look_up(&crowded).await.unwrap().as_deref(), Some("c7"));
    assert!(
        crowded
            .asked()
            .iter()
            .all(|asked| asked.headers["host"].to_str().unwrap().starts_with("127.0.0.1")),
        "the next page is asked of the address that is set"
    );
}

#[tokio::test]
async fn pages_from_before_the_dial_are_not_walked() {
    let rows = vec![
        row(1, 5, others()),
        row(2, -61, ours()),
        row(3, -3_600, others()),
        row(4, -9_000, others()),
    ];
    let server = serving(rows, 2).await;
    assert_eq!(
        look_up(&server).await.unwrap(),
        None,
        "nobody dials before they dial"
    );
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_row_that_does_not_tell_whose_it_is_is_asked_itself() {
    let server = Server::answering(|asked| {
        let whole = |of: Value| answer(200, row(1, 1, of).to_string());
        match asked.path.as_str() {
            "/api/calls" => {
                let silent = [row(1, 2, Value::Null), row(2, 1, Value::Null)];
                answer(200, json!({ "results": silent }).to_string())
            }
            "/api/calls/c1" => whole(others()),
            _ => whole(ours()),
        }
    })
    .await;
    assert!(look_up(&server).await.unwrap().is_some());
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn a_row_that_lies_is_not_believed() {
    let server = Server::answering(|asked| match asked.path.as_str() {
        "/api/calls" => answer(200, json!({ "results": [row(1, 1, ours())] }).to_string()),
        _ => answer(200, row(1, 1, others()).to_string()),
    })
    .await;
    assert_eq!(look_up(&server).await.unwrap(), None);
}

#[tokio::test]
async fn a_look_up_that_cannot_be_finished_is_no_proof_of_absence() {
    let crowded = serving((0..3_000).map(|n| row(n, 9, others())).collect(), 50).await;
    assert!(look_up(&crowded).await.is_err());
    let silent = serving((0..100).map(|n| row(n, 9, Value::Null)).collect(), 50).await;
    assert!(look_up(&silent).await.is_err());
    for odd in [
        r#"{"results":[{"id":7}]}"#,
        r#"{"results":[],"next":7}"#,
        r#"{"results":[],"next":"https://api.ultravox.ai/api/calls"}"#,
        r#"{"next":null}"#,
        "[]",
    ] {
        let server = Server::answering(move |_| answer(200, odd)).await;
        assert!(look_up(&server).await.is_err(), "{odd}");
    }
    let stuck = Server::answering(|_| answer(200, r#"{"results":[],"next":"?cursor=same"}"#)).await;
    assert!(look_up(&stuck).await.is_err());
    assert_eq!(stuck.asked().len(), 2);
    let down = Server::in_order(vec![(503, "{}")]).await;
    assert!(look_up(&down).await.unwrap_err().is_passing());
}
