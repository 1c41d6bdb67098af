//! A store, a sender and a receiver.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use event_sender::{EventSender, Pace, Summary};
use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{AddressRules, Delivery, EventTarget, EventTargetId, EventType};
use switchboard_service::{MemorySecrets, Poster, TargetSecrets, new_target_secret, rng};
use switchboard_testing::TestStore;

/// What the receiver answers: status, headers, body.
#[derive(Clone)]
pub(crate) struct Reply(
    pub(crate) u16,
    pub(crate) Vec<(&'static str, String)>,
    pub(crate) String,
);

/// One request that came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

type Shared = Arc<Mutex<(Reply, Vec<Request>)>>;

/// Everything of one test.
pub(crate) struct World {
    pub(crate) test: TestStore,
    pub(crate) sender: EventSender,
    pub(crate) url: String,
    receiver: Shared,
    secrets: Arc<TargetSecrets>,
}

impl World {
    pub(crate) async fn start() -> Self {
        let test = TestStore::start().await;
        let receiver: Shared = Arc::new(Mutex::new((Reply(200, Vec::new(), String::new()), Vec::new())));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/events", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/events", post(take))
            .with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let secrets = Arc::new(TargetSecrets::new(
            Arc::new(MemorySecrets::default()),
            String::new(),
        ));
        let rules = AddressRules {
            allow_loopback: true,
            ..AddressRules::default()
        };
        let sender = EventSender::new(
            test.store.clone(),
            secrets.clone(),
            Poster::new(rules).unwrap(),
            Arc::new(test.clock.clone()),
            rng(),
            Pace::default(),
        );
        Self {
            test,
            sender,
            url,
            receiver,
            secrets,
        }
    }

    /// A target that is told of these types.
    pub(crate) async fn target(&self, name: &str, types: &[EventType]) -> EventTarget {
        let target = EventTarget {
            target_id: EventTargetId::derived(&[name]),
            url: self.url.clone(),
            description: None,
            types: types.iter().copied().collect(),
            enabled: true,
            turned_off: None,
            secret_version: 1,
            created_at: self.test.now(),
            updated_at: self.test.now(),
            version: 1,
        };
        let secret = new_target_secret(&mut rng());
        self.secrets.create(&target.target_id, &secret).await.unwrap();
        assert!(self.test.store.create_event_target(&target).await.unwrap());
        target
    }

    pub(crate) fn answers(&self, status: u16) {
        self.replies(Reply(status, Vec::new(), "what is said".to_owned()));
    }

    pub(crate) fn replies(&self, reply: Reply) {
        self.receiver.lock().unwrap_or_else(PoisonError::into_inner).0 = reply;
    }

    /// What came so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .1
            .clone()
    }

    pub(crate) async fn tick(&self) -> Summary {
        self.sender.tick(Timestamp::MAX).await.unwrap()
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        self.test.clock.advance(time);
    }

    /// The log of a target, newest first.
    pub(crate) async fn log(&self, target: &EventTarget) -> Vec<Delivery> {
        let page = self
            .test
            .store
            .list_deliveries(&target.target_id, None, None, 50)
            .await;
        page.unwrap().items
    }

    /// The secrets that sign for a target.
    pub(crate) async fn signing(&self, target: &EventTarget) -> Vec<String> {
        let secrets = self.secrets.of(target, self.test.now()).await.unwrap();
        secrets.iter().map(|secret| secret.open().to_owned()).collect()
    }
}

async fn take(State(receiver): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let mut inner = receiver.lock().unwrap_or_else(PoisonError::into_inner);
    let body = String::from_utf8(body.to_vec()).unwrap();
    inner.1.push(Request { headers, body });
    let Reply(status, headers, body) = inner.0.clone();
    let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
