use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::fault::DynamoDbFault;
use super::front::Front;
use crate::error::EngineError;
use crate::faults::Faults;
use crate::listen::serve;
use crate::meter::Meter;

/// A DynamoDB of somebody else, with our faults before it: for tests that are run against a second engine.
#[derive(Clone, Debug)]
pub struct DynamoDbElsewhere {
    address: SocketAddr,
    faults: Faults<DynamoDbFault>,
}

impl DynamoDbElsewhere {
    /// Passes requests at `listener` on to `engine` until `shutdown`.
    ///
    /// # Errors
    /// When the listener has no address.
    pub fn start(
        engine: SocketAddr,
        listener: TcpListener,
        shutdown: CancellationToken,
    ) -> Result<Self, EngineError> {
        let address = listener
            .local_addr()
            .map_err(EngineError::io("reading DynamoDB's address"))?;
        let faults = Faults::default();
        let (writes, _) = watch::channel(0);
        let front = Front::new(engine, faults.clone(), Meter::default(), writes);
        tokio::spawn(serve(listener, front, shutdown));
        Ok(Self { address, faults })
    }

    /// What an SDK client takes as its endpoint.
    #[must_use]
    pub fn endpoint_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Faults for the next requests.
    #[must_use]
    pub fn faults(&self) -> Faults<DynamoDbFault> {
        self.faults.clone()
    }
}
