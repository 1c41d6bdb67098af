//! Wires the call exporter; the work is in the library.

use call_exporter::{CallExporter, ExportRequest, Pace};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use switchboard_service::{deadline, start};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let start = start("call-exporter", &[]).await?;
    let exporter = CallExporter::new(start.store, start.clock, Pace::default());
    lambda_runtime::run(service_fn(|event: LambdaEvent<ExportRequest>| {
        let exporter = exporter.clone();
        async move {
            let deadline = deadline(event.context.deadline);
            Ok::<_, Error>(Box::pin(exporter.run(&event.payload.export_id, deadline)).await?)
        }
    }))
    .await
}
