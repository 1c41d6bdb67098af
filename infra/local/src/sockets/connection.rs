//! The sockets that are open.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use switchboard_local_engines::Meter;
use tokio::sync::mpsc;

use crate::clock;
use crate::metering;

/// Messages to one socket that wait to be written. Whoever is slower is closed, as nothing may be left out.
const WAITING: usize = 1_000;

/// What is done to a socket from outside.
pub(super) enum Order {
    /// This is said on it.
    Say(String),
    /// It is closed.
    Close,
}

/// What is known of an open socket.
#[derive(Debug, Clone)]
pub(super) struct Open {
    pub connected_at: Timestamp,
    pub last_active_at: Timestamp,
    pub user_agent: String,
    orders: mpsc::Sender<Order>,
}

/// The sockets that are open, by id.
#[derive(Clone, Default)]
pub(crate) struct Connections {
    open: Arc<Mutex<BTreeMap<String, Open>>>,
    meter: Meter,
}

impl Connections {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// None yet; what is said to them is counted by `meter`.
    pub(super) fn metered(meter: Meter) -> Self {
        Self {
            meter,
            ..Self::default()
        }
    }

    /// An id as API Gateway makes them: 15 characters and a `=`.
    pub(super) fn new_id() -> String {
        let bytes: [u8; 11] = rand::random();
        STANDARD.encode(bytes).replace(['+', '/'], "x")
    }

    /// Notes a socket; answers what is to be done to it from now on.
    pub(super) fn add(&self, id: &str, user_agent: &str) -> mpsc::Receiver<Order> {
        let (orders, receiver) = mpsc::channel(WAITING);
        let now = clock::now();
        let open = Open {
            connected_at: now,
            last_active_at: now,
            user_agent: user_agent.to_owned(),
            orders,
        };
        self.all().insert(id.to_owned(), open);
        receiver
    }

    pub(super) fn remove(&self, id: &str) {
        self.all().remove(id);
    }

    pub(super) fn find(&self, id: &str) -> Option<Open> {
        self.all().get(id).cloned()
    }

    /// Notes that something was said.
    pub(super) fn active(&self, id: &str) {
        if let Some(open) = self.all().get_mut(id) {
            open.last_active_at = clock::now();
        }
    }

    /// Gives an order; answers whether there is such a socket.
    pub(super) fn order(&self, id: &str, order: Order) -> bool {
        let Some(open) = self.find(id) else { return false };
        if let Order::Say(text) = &order {
            metering::message(&self.meter, "sent", text.len());
        }
        // One that does not read is closed: dropping its sender ends it.
        if open.orders.try_send(order).is_err() {
            self.remove(id);
            return false;
        }
        true
    }
}
