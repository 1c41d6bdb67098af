//! Wires the upload parser; the work is in the library.

use jiff::SignedDuration;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use switchboard_service::{deadline_less, start};
use upload_parser::{Answer, Invocation, Parser, requests_of};

/// Largest file that is read: what the API gives a link for.
const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Most rows of one file.
const MAX_ROWS: u64 = 2_000_000;
/// How long before Lambda ends the invocation no more rows are begun.
const MARGIN: SignedDuration = SignedDuration::from_secs(30);

#[tokio::main]
async fn main() -> Result<(), Error> {
    let start = start("upload-parser", &[]).await?;
    let parser = Parser::new(start.store.clone(), start.clock.clone(), MAX_BYTES, MAX_ROWS);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let parser = parser.clone();
        async move {
            let mut answer = Answer::Done;
            let invocation = Invocation {
                id: &event.context.request_id,
                work_until: deadline_less(event.context.deadline, MARGIN),
            };
            for request in requests_of(event.payload)? {
                answer = Box::pin(parser.handle(request, invocation)).await?;
            }
            Ok::<_, Error>(answer)
        }
    }))
    .await
}
