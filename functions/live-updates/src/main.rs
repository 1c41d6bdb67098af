//! Wires live updates; the work is in the library.

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use live_updates::{LiveEvent, LiveUpdates};
use switchboard_service::{GatewayConnections, Starting};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut starting = Starting::new("live-updates");
    let endpoint = GatewayConnections::endpoint(&mut starting.settings);
    let start = starting.finish(&[]).await?;
    let connections = Arc::new(GatewayConnections::new(&start.sdk, &endpoint));
    let updates = LiveUpdates::new(start.store, connections, start.clock);
    lambda_runtime::run(service_fn(|event: LambdaEvent<LiveEvent>| {
        let updates = updates.clone();
        async move { Ok::<_, Error>(Box::pin(updates.handle(event.payload)).await?) }
    }))
    .await
}
