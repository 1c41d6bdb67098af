//! The real sideband: a WebSocket to OpenAI.
//!
//! The upgrade is an ordinary request of the HTTP client that everything else uses, so that TLS and name resolution
//! are the same.

use std::time::Duration;

use async_trait::async_trait;
use futures::{SinkExt, StreamExt};
use reqwest::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use reqwest::{Client, StatusCode, Upgraded};
use switchboard_domain::ProviderId;
use switchboard_providers::openai::OpenAi;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::socket::{Closed, ConnectError, Heard, Sideband, Socket};

/// For name, connection, TLS and the answer to the upgrade.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Nobody waits longer for a message to be taken.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);
/// Largest message that is taken, in bytes. Pieces of audio, which are passed over, are the largest there are.
const MAX_MESSAGE_BYTES: usize = 2 * 1024 * 1024;

/// Sidebands at OpenAI.
pub struct WebSockets {
    http: Client,
    openai: OpenAi,
}

impl WebSockets {
    /// Attaches by the account of `openai`.
    ///
    /// # Errors
    /// When the machine's TLS cannot be set up.
    pub fn new(openai: OpenAi) -> Result<Self, reqwest::Error> {
        let http = switchboard_http::bare_builder()
            .user_agent(concat!("Switchboard/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            // Few of them let a socket through.
            .no_proxy()
            // A socket is a connection of its own.
            .pool_max_idle_per_host(0)
            .http1_only()
            .build()?;
        Ok(Self { http, openai })
    }

    async fn upgrade(&self, call: &ProviderId) -> Result<Upgraded, ConnectError> {
        let unreachable = |error: reqwest::Error| {
            // The address is left out: it names the call.
            ConnectError::Unreachable(error.without_url().to_string())
        };
        let no_key = |_| ConnectError::Unreachable("the API key could not be read".to_owned());
        let sideband = self.openai.sideband(call).await.map_err(no_key)?;
        let mut url = sideband.url;
        let scheme = if url.scheme() == "ws" { "http" } else { "https" };
        // The client upgrades by itself: to it, the address is one of HTTP, which these schemes stand for.
        let url = match url.set_scheme(scheme) {
            Ok(()) => url,
            Err(()) => {
                return Err(ConnectError::Unreachable(
                    "the address is none of a WebSocket".to_owned(),
                ));
            }
        };
        let nonce = generate_key();
        let request = self
            .http
            .get(url)
            .bearer_auth(sideband.key.open())
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_VERSION, "13")
            .header(SEC_WEBSOCKET_KEY, &nonce);
        let response = request.send().await.map_err(unreachable)?;
        match response.status() {
            StatusCode::SWITCHING_PROTOCOLS => {}
            StatusCode::NOT_FOUND => return Err(ConnectError::NoSuchCall),
            status => return Err(ConnectError::Refused(status.as_u16())),
        }
        let accepted = response.headers().get(SEC_WEBSOCKET_ACCEPT);
        let expected = derive_accept_key(nonce.as_bytes());
        if accepted.is_none_or(|accepted| accepted.as_bytes() != expected.as_bytes()) {
            return Err(ConnectError::Unreachable(
                "the answer is none of a WebSocket".to_owned(),
            ));
        }
        response.upgrade().await.map_err(unreachable)
    }
}

#[async_trait]
impl Sideband for WebSockets {
    async fn attach(&self, call: &ProviderId) -> Result<Box<dyn Socket>, ConnectError> {
        let late = |_| ConnectError::Unreachable("no answer in time".to_owned());
        let stream = timeout(CONNECT_TIMEOUT, self.upgrade(call))
            .await
            .map_err(late)??;
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE_BYTES))
            .max_frame_size(Some(MAX_MESSAGE_BYTES));
        let socket = WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await;
        Ok(Box::new(WebSocket { socket }))
    }
}

struct WebSocket {
    socket: WebSocketStream<Upgraded>,
}

impl WebSocket {
    async fn deliver(&mut self, message: Message) -> Result<(), Closed> {
        match timeout(SEND_TIMEOUT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Closed),
        }
    }
}

#[async_trait]
impl Socket for WebSocket {
    async fn send(&mut self, text: String) -> Result<(), Closed> {
        self.deliver(Message::text(text)).await
    }

    async fn next(&mut self) -> Option<Heard> {
        match self.socket.next().await? {
            Ok(Message::Text(text)) => Some(Heard::Text(text.as_str().to_owned())),
            // A ping is answered by the library as the next message is read.
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_)) => {
                Some(Heard::Alive)
            }
            Ok(Message::Close(_)) => None,
            Err(error) => {
                tracing::debug!(%error, "a sideband broke off");
                None
            }
        }
    }

    async fn ping(&mut self) -> Result<(), Closed> {
        self.deliver(Message::Ping(Vec::new().into())).await
    }

    async fn close(&mut self) {
        // Whoever does not answer is left all the same.
        drop(timeout(Duration::from_secs(1), self.socket.close(None)).await);
    }
}
