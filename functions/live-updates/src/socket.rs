//! Sockets: who may open one, and what their browsers say.

use serde::Serialize;
use switchboard_domain::{LiveConnection, LiveMessage, LiveRequest, MAX_TOPICS, Topic, ticket_digest};
use switchboard_store::{StoreError, Subscribed};

use crate::event::{SocketEvent, SocketEventType};
use crate::updates::LiveUpdates;

/// Longest ticket that is looked at, in bytes; ours have 43.
const MAX_TICKET_BYTES: usize = 128;
/// Longest request that is read, in bytes: fifty topics have some two thousand.
const MAX_REQUEST_BYTES: usize = 8_192;

/// The answer to the WebSocket API: whether a socket may be opened, or what its browser is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketAnswer {
    /// 200, or 401 where a socket may not be opened.
    pub status_code: u16,
    /// What the browser is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

impl SocketAnswer {
    fn status(status_code: u16) -> Self {
        Self {
            status_code,
            body: None,
        }
    }

    fn message(message: &LiveMessage) -> Self {
        Self {
            status_code: 200,
            body: serde_json::to_string(message).ok(),
        }
    }
}

fn refused(detail: &str) -> LiveMessage {
    LiveMessage::Error {
        detail: detail.to_owned(),
    }
}

impl LiveUpdates {
    pub(crate) async fn socket(&self, event: SocketEvent) -> Result<SocketAnswer, StoreError> {
        let id = event.request_context.connection_id.as_str();
        match event.request_context.event_type {
            SocketEventType::Connect => {
                let ticket = event
                    .query_string_parameters
                    .as_ref()
                    .and_then(|all| all.get("ticket"));
                self.connect(id, ticket.map(String::as_str)).await
            }
            SocketEventType::Message => self.message(id, event.body.as_deref().unwrap_or_default()).await,
            SocketEventType::Disconnect => {
                self.store.close_live_connection(id).await?;
                Ok(SocketAnswer::status(200))
            }
        }
    }

    /// Opens a socket to whoever has a ticket. What is wrong with a ticket is told to nobody.
    async fn connect(&self, id: &str, ticket: Option<&str>) -> Result<SocketAnswer, StoreError> {
        let now = self.clock.now();
        let Some(secret) = ticket.filter(|secret| secret.len() <= MAX_TICKET_BYTES) else {
            return Ok(SocketAnswer::status(401));
        };
        let ticket = self.store.take_live_ticket(&ticket_digest(secret), now).await?;
        let Some(ticket) = ticket.filter(|ticket| ticket.session_until > now) else {
            return Ok(SocketAnswer::status(401));
        };
        let connection = LiveConnection::opened(id, &ticket, now);
        self.store.open_live_connection(&connection).await?;
        Ok(SocketAnswer::status(200))
    }

    async fn message(&self, id: &str, body: &str) -> Result<SocketAnswer, StoreError> {
        let Some(connection) = self.store.find_live_connection(id).await? else {
            // Forgotten while it was open: it could be told of nothing.
            self.connections.end(id).await;
            return Ok(SocketAnswer::status(200));
        };
        if connection.until <= self.clock.now() {
            self.expire(id).await;
            return Ok(SocketAnswer::status(200));
        }
        let answer = match read(body) {
            Ok(request) => self.answer(id, request).await?,
            Err(problem) => problem,
        };
        Ok(SocketAnswer::message(&answer))
    }

    async fn answer(&self, id: &str, request: LiveRequest) -> Result<LiveMessage, StoreError> {
        let subscribed = match request {
            LiveRequest::Ping => return Ok(LiveMessage::Pong),
            LiveRequest::Subscribe { topics } => match parse(&topics) {
                Ok(topics) => self.store.subscribe_live(id, &topics).await?,
                Err(problem) => return Ok(problem),
            },
            LiveRequest::Unsubscribe { topics } => match parse(&topics) {
                Ok(topics) => self.store.unsubscribe_live(id, &topics).await?,
                Err(problem) => return Ok(problem),
            },
        };
        Ok(match subscribed {
            Subscribed::Topics(topics) => LiveMessage::Subscribed { topics },
            Subscribed::TooMany => refused(&format!(
                "A connection has at most {MAX_TOPICS} topics: unsubscribe from some first."
            )),
            Subscribed::NotConnected => refused("The connection is closing: open another one."),
        })
    }
}

fn read(body: &str) -> Result<LiveRequest, LiveMessage> {
    if body.len() > MAX_REQUEST_BYTES {
        return Err(refused("The request is longer than 8 KiB: send several."));
    }
    serde_json::from_str(body).map_err(|_| {
        refused(
            "Not a request: expected {\"action\":\"subscribe\",\"topics\":[…]}, the same with unsubscribe, or \
             {\"action\":\"ping\"}.",
        )
    })
}

fn parse(topics: &[String]) -> Result<Vec<Topic>, LiveMessage> {
    if topics.len() > MAX_TOPICS {
        return Err(refused(&format!("A connection has at most {MAX_TOPICS} topics.")));
    }
    let parsed: Result<Vec<Topic>, _> = topics.iter().map(|topic| topic.parse()).collect();
    parsed.map_err(|problem| refused(&format!("{problem}.")))
}
