//! The WebSocket API and the streams of tables, with a function that says what it is told.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use switchboard_local::{Local, LocalConfig};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

struct Machine {
    local: Local,
    _data: tempfile::TempDir,
}

async fn machine() -> Machine {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = std::env::current_exe().unwrap();
    let built: PathBuf = own.parent().and_then(Path::parent).unwrap().join("examples");
    let data = tempfile::tempdir().unwrap();
    let config = LocalConfig {
        template: here.join("tests/fixtures/sockets.yaml"),
        binaries: built,
        simulator: None,
        ..LocalConfig::for_tests(here.join("../.."), data.path().to_owned())
    };
    Machine {
        local: Local::start(config).await.unwrap(),
        _data: data,
    }
}

impl Machine {
    fn address(&self) -> String {
        format!("{}/live", self.local.api_url().replace("http://", "ws://"))
    }

    async fn socket(&self) -> Socket {
        connect_async(format!("{}?a=1&a=2", self.address()))
            .await
            .unwrap()
            .0
    }

    /// What the function was told of the stream, as far as it said.
    async fn seen(&self, count: usize) -> Vec<Value> {
        let queue = self.local.queue("SeenQueue").unwrap();
        let mut seen = Vec::new();
        for _ in 0..100 {
            let messages = self
                .local
                .sqs()
                .receive(queue, 10, Duration::from_secs(1), None)
                .await
                .unwrap();
            for message in messages {
                seen.push(serde_json::from_str(&message.body).unwrap());
                self.local
                    .sqs()
                    .delete(queue, &message.receipt_handle)
                    .await
                    .unwrap();
            }
            if seen.len() >= count {
                return seen;
            }
        }
        panic!("{seen:?}");
    }

    async fn put(&self, names: &[&str]) {
        let config = aws_sdk_dynamodb::Config::builder()
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .behavior_version(BehaviorVersion::latest())
            .credentials_provider(Credentials::new("any", "any", None, None, "test"))
            .region(Region::new("us-east-1"))
            .endpoint_url(&self.local.endpoints().dynamodb)
            .build();
        let db = aws_sdk_dynamodb::Client::from_conf(config);
        for name in names {
            db.put_item()
                .table_name("switchboard-Table")
                .item("pk", AttributeValue::S((*name).to_owned()))
                .item("n", AttributeValue::N("1".to_owned()))
                .send()
                .await
                .unwrap();
        }
    }
}

async fn say(socket: &mut Socket, text: &str) {
    socket.send(Message::text(text.to_owned())).await.unwrap();
}

async fn next(socket: &mut Socket) -> Message {
    let message = tokio::time::timeout(Duration::from_secs(20), socket.next())
        .await
        .unwrap();
    message.unwrap().unwrap()
}

async fn answer(socket: &mut Socket) -> Value {
    serde_json::from_str(next(socket).await.to_text().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_is_opened_when_the_function_says_so_and_its_messages_are_answered() {
    let machine = machine().await;
    let refused = connect_async(format!("{}?status=401", machine.address())).await;
    assert!(refused.unwrap_err().to_string().contains("401"));
    let mut socket = machine.socket().await;
    say(&mut socket, "hello").await;
    let told = answer(&mut socket).await;
    assert_eq!(told["body"], "hello");
    let context = &told["requestContext"];
    assert_eq!(
        (&context["eventType"], &context["routeKey"]),
        (&json!("MESSAGE"), &json!("$default"))
    );
    assert_eq!(context["stage"], "live");
    assert_eq!(context["connectionId"].as_str().unwrap().len(), 16);
    say(&mut socket, "error").await;
    assert_eq!(answer(&mut socket).await["message"], "Internal server error");
    machine.local.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn functions_post_to_sockets_and_close_them_and_one_that_is_gone_is_gone() {
    let machine = machine().await;
    let mut socket = machine.socket().await;
    say(&mut socket, "hello").await;
    let id = answer(&mut socket).await["requestContext"]["connectionId"]
        .as_str()
        .unwrap()
        .to_owned();
    say(&mut socket, "post").await;
    assert_eq!(next(&mut socket).await.to_text().unwrap(), "posted");
    assert!(matches!(next(&mut socket).await, Message::Close(_)));
    let at = format!("{}/live/@connections/{id}", machine.local.api_url());
    let gone = switchboard_http::bare_builder()
        .no_proxy()
        .build()
        .unwrap()
        .post(at)
        .body("late")
        .send()
        .await
        .unwrap();
    assert_eq!(gone.status().as_u16(), 410);
    assert_eq!(gone.headers()["x-amzn-errortype"], "GoneException");
    machine.local.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_too_long_closes_the_socket() {
    let machine = machine().await;
    let mut socket = machine.socket().await;
    say(&mut socket, &"x".repeat(30_000)).await;
    assert_eq!(answer(&mut socket).await["body"].as_str().unwrap().len(), 30_000);
    say(&mut socket, &"x".repeat(40_000)).await;
    let Message::Close(Some(frame)) = next(&mut socket).await else {
        panic!("a frame of more than 32 KB is not taken");
    };
    assert_eq!(frame.code, CloseCode::Size);
    machine.local.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_is_told_what_is_written_as_its_filter_has_it_and_in_order() {
    let machine = machine().await;
    machine
        .put(&["wanted-1", "other", "wanted-2", "wanted-1", "wanted-3"])
        .await;
    let seen = machine.seen(3).await;
    let names: Vec<&str> = seen.iter().map(|record| record["pk"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["wanted-1", "wanted-2", "wanted-3"],
        "a change is no insert"
    );
    assert_eq!(seen[0]["new"]["n"]["N"], "1");
    machine.local.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_at_which_the_function_fails_is_passed_over_and_those_around_it_are_not() {
    let machine = machine().await;
    machine.put(&["wanted-1", "wanted-but-broken", "wanted-2"]).await;
    let seen = machine.seen(2).await;
    let mut names: Vec<&str> = seen.iter().map(|record| record["pk"].as_str().unwrap()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names, ["wanted-1", "wanted-2"]);
    machine.local.shutdown().await;
}
