//! Wires the call exporter; the work is in the library.

use call_exporter::{CallExporter, ExportRequest, Pace};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use switchboard_service::start;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let start = start("call-exporter", &[]).await?;
    let exporter = CallExporter::new(start.store, start.clock, Pace::default());
    lambda_runtime::run(service_fn(|event: LambdaEvent<ExportRequest>| {
        let exporter = exporter.clone();
        async move {
            let deadline = i64::try_from(event.context.deadline).unwrap_or(i64::MAX);
            let deadline = Timestamp::from_millisecond(deadline).unwrap_or(Timestamp::MAX);
            Ok::<_, Error>(Box::pin(exporter.run(&event.payload.export_id, deadline)).await?)
        }
    }))
    .await
}
