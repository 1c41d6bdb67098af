//! A browser's socket for live updates.

use std::time::Duration;

use anyhow::{Context, bail};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use switchboard_local::client::ApiClient;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long a message is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// A socket as a browser opens it: with a ticket of the API, for topics.
pub struct LiveSocket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl LiveSocket {
    /// Asks for a ticket and opens a socket with it.
    ///
    /// # Errors
    /// When either is refused.
    pub async fn open(api: &ApiClient) -> anyhow::Result<Self> {
        let ticket = api.post("/api/live/tickets", &json!({})).await?;
        Self::at(ticket["url"].as_str().context("a ticket has an address")?).await
    }

    /// Opens a socket at an address that has its ticket in it.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn at(url: &str) -> anyhow::Result<Self> {
        let (socket, _) = connect_async(url).await?;
        Ok(Self(socket))
    }

    /// Says something.
    ///
    /// # Errors
    /// When the socket is closed.
    pub async fn say(&mut self, body: &Value) -> anyhow::Result<()> {
        Ok(self.0.send(Message::text(body.to_string())).await?)
    }

    /// Asks for topics, and waits until they are there.
    ///
    /// # Errors
    /// When they are refused.
    pub async fn subscribe(&mut self, topics: &[&str]) -> anyhow::Result<()> {
        self.say(&json!({ "action": "subscribe", "topics": topics }))
            .await?;
        self.until(|message| message["type"] == "subscribed")
            .await
            .map(drop)
    }

    /// The next message.
    ///
    /// # Errors
    /// When none comes in twenty seconds, or the socket is closed.
    pub async fn next(&mut self) -> anyhow::Result<Value> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.0.next()).await;
            match message.context("no message came")? {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text)?),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => bail!("the socket was closed: {other:?}"),
            }
        }
    }

    /// The first message that is as wanted; those before it are passed over.
    ///
    /// # Errors
    /// As [`LiveSocket::next`].
    pub async fn until(&mut self, is: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        loop {
            let message = self.next().await?;
            if is(&message) {
                return Ok(message);
            }
        }
    }

    /// Ends the connection without a word, as a network that breaks does.
    pub fn break_off(self) {
        drop(self);
    }
}
