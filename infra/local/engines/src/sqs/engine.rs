use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustack_sqs_core::config::SqsConfig;
use rustack_sqs_core::provider::RustackSqs;
use rustack_sqs_model::error::SqsError;
use rustack_sqs_model::input::{
    ChangeMessageVisibilityInput, CreateQueueInput, DeleteMessageInput, GetQueueUrlInput, PurgeQueueInput,
    ReceiveMessageInput, SendMessageInput, SetQueueAttributesInput,
};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::attributes;
use super::core::Core;
use super::fault::SqsFault;
use super::front::Front;
use super::message::{Depth, Message, QueueRef};
use crate::error::EngineError;
use crate::faults::Faults;
use crate::identity::{ACCOUNT_ID, REGION};
use crate::listen::serve;
use crate::meter::Meter;

/// A running SQS. Messages are in memory: they do not survive the process.
#[derive(Debug, Clone)]
pub struct Sqs {
    address: SocketAddr,
    core: Arc<Core>,
    stopped: CancellationToken,
}

impl Sqs {
    /// Answers on `listener` until `shutdown`. Receives that still wait then end with an error.
    ///
    /// # Errors
    /// When the listener has no address.
    #[expect(
        clippy::unused_async,
        reason = "all three engines are started alike, on a runtime"
    )]
    pub async fn start(listener: TcpListener, shutdown: CancellationToken) -> Result<Self, EngineError> {
        let address = listener
            .local_addr()
            .map_err(EngineError::io("reading the address of SQS"))?;
        let engine = Arc::new(RustackSqs::new(SqsConfig {
            skip_signature_validation: true,
            default_region: REGION.to_owned(),
            account_id: ACCOUNT_ID.to_owned(),
            host: address.ip().to_string(),
            port: address.port(),
        }));
        let core = Arc::new(Core::new(Arc::clone(&engine)));
        let front = Front::new(Arc::clone(&core));
        let stopped = CancellationToken::new();
        let done = stopped.clone();
        let stopping = shutdown.clone();
        tokio::spawn(async move {
            let end_waiting = async {
                stopping.cancelled().await;
                engine.shutdown_all().await;
            };
            tokio::join!(serve(listener, front, shutdown), end_waiting);
            done.cancel();
        });
        Ok(Self {
            address,
            core,
            stopped,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What an SDK client takes as its endpoint.
    #[must_use]
    pub fn endpoint_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Faults for the next requests.
    #[must_use]
    pub fn faults(&self) -> Faults<SqsFault> {
        self.core.faults.clone()
    }

    /// Counts requests. Those of a runner's own pollers come not over the wire: who polls counts them.
    #[must_use]
    pub fn meter(&self) -> Meter {
        self.core.meter.clone()
    }

    /// Makes the queue of these CloudFormation properties (`AWS::SQS::Queue`, intrinsic functions resolved), or
    /// sets them on the queue of that name. A dead-letter queue may be made after the queues it serves.
    ///
    /// # Errors
    /// When the properties are wrong.
    pub async fn ensure_queue(&self, name: &str, properties: &Value) -> Result<QueueRef, EngineError> {
        let mut attributes = attributes::parse(name, properties)?;
        let refused = |error: SqsError| EngineError::properties(format!("queue {name}"), error.message);
        let there = self
            .core
            .engine
            .get_queue_url(GetQueueUrlInput {
                queue_name: name.to_owned(),
                ..Default::default()
            })
            .await;
        let url = match there.ok().and_then(|there| there.queue_url) {
            Some(url) => {
                attributes.remove("FifoQueue");
                self.core
                    .engine
                    .set_queue_attributes(SetQueueAttributesInput {
                        queue_url: url.clone(),
                        attributes,
                    })
                    .await
                    .map_err(refused)?;
                url
            }
            None => {
                let input = CreateQueueInput {
                    queue_name: name.to_owned(),
                    attributes,
                    ..Default::default()
                };
                let created = self.core.engine.create_queue(input).await.map_err(refused)?;
                created.queue_url.unwrap_or_default()
            }
        };
        Ok(QueueRef {
            name: name.to_owned(),
            url,
            arn: format!("arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{name}"),
        })
    }

    /// Sends a message, without a delay of its own; returns its id.
    ///
    /// # Errors
    /// When SQS refuses it, or has stopped.
    pub async fn send(&self, queue: &QueueRef, body: &str) -> Result<String, EngineError> {
        let input = SendMessageInput {
            queue_url: queue.url.clone(),
            message_body: body.to_owned(),
            ..Default::default()
        };
        let sent = self
            .core
            .send(input)
            .await
            .map_err(refused("sending to", queue))?;
        Ok(sent.message_id.unwrap_or_default())
    }

    /// Receives up to `max` messages (1 to 10), waiting up to `wait` (whole seconds, 20 at most) for the first.
    /// They stay invisible for `visibility`, or as long as the queue says.
    ///
    /// Dropping the future while it waits loses no message.
    ///
    /// # Errors
    /// When SQS refuses, or has stopped.
    pub async fn receive(
        &self,
        queue: &QueueRef,
        max: u32,
        wait: Duration,
        visibility: Option<Duration>,
    ) -> Result<Vec<Message>, EngineError> {
        let all = || vec!["All".to_owned()];
        let input = ReceiveMessageInput {
            queue_url: queue.url.clone(),
            max_number_of_messages: Some(i32::try_from(max).unwrap_or(i32::MAX)),
            wait_time_seconds: Some(seconds(wait)),
            visibility_timeout: visibility.map(seconds),
            message_system_attribute_names: all(),
            message_attribute_names: all(),
            ..Default::default()
        };
        let received = self
            .core
            .receive(input)
            .await
            .map_err(refused("receiving from", queue))?;
        Ok(received.messages.into_iter().map(Message::from).collect())
    }

    /// Deletes a received message. One that became visible again meanwhile stays, and is delivered again.
    ///
    /// # Errors
    /// When SQS has stopped.
    pub async fn delete(&self, queue: &QueueRef, receipt_handle: &str) -> Result<(), EngineError> {
        let input = DeleteMessageInput {
            queue_url: queue.url.clone(),
            receipt_handle: receipt_handle.to_owned(),
        };
        let deleted = self.core.delete(input).await;
        deleted.map(drop).map_err(refused("deleting from", queue))
    }

    /// Makes a received message visible again after `visibility` (whole seconds, 12 hours at most) from now.
    ///
    /// # Errors
    /// When the message is not in flight by this receipt any more, or SQS has stopped.
    pub async fn change_visibility(
        &self,
        queue: &QueueRef,
        receipt_handle: &str,
        visibility: Duration,
    ) -> Result<(), EngineError> {
        let input = ChangeMessageVisibilityInput {
            queue_url: queue.url.clone(),
            receipt_handle: receipt_handle.to_owned(),
            visibility_timeout: seconds(visibility),
        };
        let changed = self.core.change_visibility(input).await;
        changed
            .map(drop)
            .map_err(refused("changing visibility in", queue))
    }

    /// How many messages the queue holds.
    ///
    /// # Errors
    /// When SQS has stopped.
    pub async fn depth(&self, queue: &QueueRef) -> Result<Depth, EngineError> {
        let depth = self.core.depth(&queue.url).await;
        depth.map_err(refused("counting", queue))
    }

    /// Removes every message. As at AWS, once in 60 seconds.
    ///
    /// # Errors
    /// When the last purge is too recent, or SQS has stopped.
    pub async fn purge(&self, queue: &QueueRef) -> Result<(), EngineError> {
        let input = PurgeQueueInput {
            queue_url: queue.url.clone(),
        };
        let purged = self.core.engine.purge_queue(input).await;
        purged.map(drop).map_err(refused("purging", queue))
    }

    /// Resolves when everything has been answered after the shutdown.
    pub async fn stopped(&self) {
        self.stopped.cancelled().await;
    }
}

fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}

fn refused(doing: &'static str, queue: &QueueRef) -> impl FnOnce(SqsError) -> EngineError {
    let doing = format!("{doing} queue {}", queue.name);
    move |error| EngineError::Refused {
        engine: "SQS",
        doing,
        reason: error.message,
    }
}
