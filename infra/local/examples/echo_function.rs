//! A function for the runner's own tests: does what its event says.

use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(handle)).await
}

async fn handle(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let event = event.payload;
    // Over HTTP the order is in the path, from a queue in the first message, else in the event itself.
    let over_http = event["rawPath"]
        .as_str()
        .map(|path| path.trim_matches('/').to_owned());
    if let Some(kind) = event["requestContext"]["eventType"].as_str() {
        return socket(kind, &event).await;
    }
    if event["Records"][0]["dynamodb"].is_object() {
        return stream(&event).await;
    }
    let message = event["Records"][0]["body"].as_str().map(str::to_owned);
    let order = over_http
        .or(message)
        .or_else(|| event["do"].as_str().map(str::to_owned))
        .unwrap_or_default();
    match order.as_str() {
        "error" => Err("asked for an error".into()),
        "crash" => std::process::exit(3),
        "send" => send(event["queue"].as_str().unwrap_or_default()).await,
        "sleep" => {
            tokio::time::sleep(Duration::from_secs(20)).await;
            Ok(Value::Null)
        }
        "fail-second" => {
            let records = event["Records"].as_array().cloned().unwrap_or_default();
            let failed: Vec<Value> = records
                .iter()
                .skip(1)
                .map(|r| json!({ "itemIdentifier": r["messageId"] }))
                .collect();
            Ok(json!({ "batchItemFailures": failed }))
        }
        _ => Ok(json!({ "pid": std::process::id(), "event": event })),
    }
}

/// Opens a socket unless its address says otherwise; says what it was told, or says it itself to the socket.
async fn socket(kind: &str, event: &Value) -> Result<Value, Error> {
    let context = &event["requestContext"];
    let text = |name: &str| context[name].as_str().unwrap_or_default().to_owned();
    match (kind, event["body"].as_str()) {
        ("CONNECT", _) => {
            let status = event["queryStringParameters"]["status"].as_str().unwrap_or("200");
            Ok(json!({ "statusCode": status.parse::<u16>()? }))
        }
        ("MESSAGE", Some("error")) => Err("asked for an error".into()),
        ("MESSAGE", Some(order)) if order.contains("post") => {
            let http = switchboard_http::bare_builder().no_proxy().build()?;
            let id = text("connectionId").replace('=', "%3D");
            let at = format!(
                "http://{}/{}/@connections/{id}",
                text("domainName"),
                text("stage")
            );
            let posted = http.post(&at).body("posted").send().await?.status().as_u16();
            let found = http.get(&at).send().await?.status().as_u16();
            let ended = http.delete(&at).send().await?.status().as_u16();
            Ok(json!({ "statusCode": 200, "body": json!([posted, found, ended]).to_string() }))
        }
        _ => Ok(json!({ "statusCode": 200, "body": event.to_string() })),
    }
}

/// Fails at a record that says so; tells each other one to the queue of its table's name.
async fn stream(event: &Value) -> Result<Value, Error> {
    let records = event["Records"].as_array().cloned().unwrap_or_default();
    let text = |record: &Value| {
        record["dynamodb"]["Keys"]["pk"]["S"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    if records.iter().any(|record| text(record) == "wanted-but-broken") {
        return Err("asked for an error".into());
    }
    #[expect(clippy::disallowed_methods, reason = "what the template gives this function")]
    let queue = std::env::var("SEEN_QUEUE")?;
    for record in &records {
        send_text(
            &queue,
            &json!({ "pk": text(record), "new": record["dynamodb"]["NewImage"] }).to_string(),
        )
        .await?;
    }
    Ok(Value::Null)
}

/// Sends a message, so that something of this function can be seen outside.
async fn send(queue: &str) -> Result<Value, Error> {
    send_text(queue, "sent").await
}

async fn send_text(queue: &str, text: &str) -> Result<Value, Error> {
    #[expect(clippy::disallowed_methods, reason = "what the runner gives its functions")]
    let address = std::env::var("AWS_ENDPOINT_URL_SQS")?;
    let http = switchboard_http::bare_builder().no_proxy().build()?;
    let answer = http
        .post(address)
        .header("x-amz-target", "AmazonSQS.SendMessage")
        .header("content-type", "application/x-amz-json-1.0")
        .body(json!({ "QueueUrl": queue, "MessageBody": text }).to_string())
        .send()
        .await?;
    Ok(json!({ "status": answer.status().as_u16() }))
}
