//! The simulator as a server.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::state::State;
use crate::{Ledger, Platform, SimulatorConfig, clock, elevenlabs, routes, ultravox};

/// What every route shares.
#[derive(Clone)]
pub(crate) struct Shared {
    state: Arc<Mutex<State>>,
    pub http: reqwest::Client,
    pub address: SocketAddr,
}

impl Shared {
    /// The account. Never held over an await.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running simulator.
pub struct Simulator {
    shared: Shared,
    server: JoinHandle<()>,
}

impl Simulator {
    /// Starts on a listener. Calls that a journal says are under way go on to their end.
    ///
    /// # Errors
    /// When the journal cannot be read or written.
    pub async fn start(listener: TcpListener, config: SimulatorConfig) -> anyhow::Result<Self> {
        let address = listener.local_addr().context("the listener has no address")?;
        let state = State::open(&config).context("the journal could not be opened")?;
        let http = switchboard_http::bare_builder()
            .timeout(Duration::from_secs(30))
            .build()
            .context("no HTTP client could be made")?;
        let shared = Shared {
            state: Arc::new(Mutex::new(state)),
            http,
            address,
        };
        let under_way = shared.lock().unsettled();
        for conversation in under_way {
            match conversation.platform() {
                Platform::ElevenLabs => elevenlabs::webhooks::schedule(&shared, conversation, false),
                Platform::Ultravox => ultravox::schedule_events(&shared, &conversation.id),
                // Their calls are no conversations of ours.
                Platform::Twilio | Platform::OpenAi => {}
            }
        }
        let routes = routes::all(shared.clone());
        // With Nagle's algorithm each small answer would wait some 40 ms.
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY could not be set");
            }
        });
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                tracing::error!(%error, "the simulator ended");
            }
        });
        Ok(Self { shared, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// Sets where webhooks of ElevenLabs go.
    pub fn set_webhook_url(&self, url: Option<String>) {
        self.shared.lock().webhook_url = url;
    }

    /// Sets where the account's webhook of Ultravox goes.
    pub fn set_ultravox_webhook_url(&self, url: Option<&str>) {
        let mut state = self.shared.lock();
        let secret = state.ultravox.webhook_secret.clone();
        state.ultravox.set_own_webhook(url, &secret);
    }

    /// Sets where Switchboard is in public, for webhooks of the carrier and of OpenAI.
    pub fn set_public_url(&self, url: Option<String>) {
        self.shared.lock().twilio.public_url = url;
    }

    /// From now on no request to any platform is answered, or each is again.
    pub fn set_down(&self, is_down: bool) {
        for platform in Platform::ALL {
            self.set_platform_down(platform, is_down);
        }
    }

    /// From now on no request to this platform is answered, or each is again.
    pub fn set_platform_down(&self, platform: Platform, is_down: bool) {
        self.shared.lock().set_down(platform, is_down);
    }

    /// Every dial so far.
    pub fn ledger(&self) -> Ledger {
        self.shared.lock().ledger(None, clock::now_ms())
    }

    /// Ends it. Calls under way end in the journal only.
    pub async fn shutdown(self) {
        self.server.abort();
        // Aborted just now, which is what it answers.
        let _ = self.server.await;
    }
}
