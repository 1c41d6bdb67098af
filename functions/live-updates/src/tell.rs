//! From records of a stream to messages on sockets.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use serde::Serialize;
use switchboard_domain::{LiveMessage, Topic, live_messages};
use switchboard_service::{Causes, Posted};
use switchboard_store::{StoreError, StreamRecord, Subscriber};

use crate::event::StreamEvent;
use crate::updates::LiveUpdates;

/// Sockets that are written to at one time.
const SOCKETS_AT_ONCE: usize = 32;
/// Topics whose subscribers are read at one time.
const TOPICS_AT_ONCE: usize = 8;

/// What became of a batch of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Told {
    /// Messages that are on their way.
    pub messages: u64,
    /// Sockets that were written to.
    pub sockets: u64,
    /// Sockets that were not there any more.
    pub gone: u64,
}

impl LiveUpdates {
    /// Tells everybody who asked what these records mean. A message that a socket does not take is lost: to give
    /// the records again would tell all others twice.
    pub(crate) async fn tell(&self, event: &StreamEvent) -> Result<Told, StoreError> {
        let now = self.clock.now();
        let changes: Vec<_> = event.records.iter().filter_map(StreamRecord::change).collect();
        if changes.is_empty() || !self.store.may_have_listeners(now).await? {
            return Ok(Told::default());
        }
        let messages = live_messages(&changes);
        let topics: BTreeSet<&Topic> = messages.iter().filter_map(LiveMessage::topic).collect();
        let subscribers: BTreeMap<&Topic, Vec<Subscriber>> =
            stream::iter(topics)
                .map(|topic| async move {
                    Ok::<_, StoreError>((topic, self.store.live_subscribers(topic).await?))
                })
                .buffer_unordered(TOPICS_AT_ONCE)
                .try_collect()
                .await?;

        // Written once each, however many sockets get it.
        let texts: Vec<(&Topic, String)> = messages
            .iter()
            .filter_map(|message| Some((message.topic()?, serde_json::to_string(message).ok()?)))
            .collect();
        let mut sockets: BTreeMap<&str, Socket<'_>> = BTreeMap::new();
        for (topic, text) in &texts {
            for subscriber in subscribers.get(topic).into_iter().flatten() {
                let socket = sockets
                    .entry(&subscriber.connection_id)
                    .or_insert_with(|| Socket {
                        id: &subscriber.connection_id,
                        until: subscriber.until,
                        texts: Vec::new(),
                    });
                socket.texts.push(text);
            }
        }
        let told = stream::iter(sockets.into_values())
            .map(|socket| self.write(socket, now))
            .buffer_unordered(SOCKETS_AT_ONCE)
            .fold(Told::default(), |sum, one| async move {
                Told {
                    messages: sum.messages + one.messages,
                    sockets: sum.sockets + one.sockets,
                    gone: sum.gone + one.gone,
                }
            })
            .await;
        tracing::debug!(
            told.messages,
            told.sockets,
            told.gone,
            records = event.records.len(),
            "told"
        );
        Ok(told)
    }

    /// Writes to one socket, in order.
    async fn write(&self, socket: Socket<'_>, now: Timestamp) -> Told {
        if socket.until <= now {
            self.expire(socket.id).await;
            return Told::default();
        }
        let mut told = Told::default();
        for text in socket.texts {
            match self.connections.post(socket.id, text).await {
                Posted::Yes => told.messages += 1,
                Posted::Failed => {}
                Posted::Gone => {
                    self.forget(socket.id).await;
                    told.gone = 1;
                    break;
                }
            }
        }
        told.sockets = u64::from(told.messages > 0);
        told
    }

    /// Tells a browser that its sign-in has expired, and closes its socket.
    pub(crate) async fn expire(&self, connection_id: &str) {
        if let Ok(text) = serde_json::to_string(&LiveMessage::Expired) {
            self.connections.post(connection_id, &text).await;
        }
        self.connections.end(connection_id).await;
        self.forget(connection_id).await;
    }

    /// Forgets a connection. When that fails, the next message or the table itself does it.
    pub(crate) async fn forget(&self, connection_id: &str) {
        if let Err(error) = self.store.close_live_connection(connection_id).await {
            tracing::warn!(error = %Causes(&error), "a connection could not be forgotten");
        }
    }
}

/// What one socket is told.
struct Socket<'a> {
    id: &'a str,
    until: Timestamp,
    texts: Vec<&'a str>,
}
