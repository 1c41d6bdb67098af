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

/// Sends a message, so that something of this function can be seen outside.
async fn send(queue: &str) -> Result<Value, Error> {
    #[expect(clippy::disallowed_methods, reason = "what the runner gives its functions")]
    let address = std::env::var("AWS_ENDPOINT_URL_SQS")?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let answer = http
        .post(address)
        .header("x-amz-target", "AmazonSQS.SendMessage")
        .header("content-type", "application/x-amz-json-1.0")
        .body(json!({ "QueueUrl": queue, "MessageBody": "sent" }).to_string())
        .send()
        .await?;
    Ok(json!({ "status": answer.status().as_u16() }))
}
