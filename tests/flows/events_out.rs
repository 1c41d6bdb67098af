//! Events on their way to a receiver that fails at random, from a sender that is killed at random:
//! none is lost, and each comes under the one id that it has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use switchboard_local::client::ApiClient;
use switchboard_local::oidc::Role;
use switchboard_local::{Local, LocalConfig};
use switchboard_tests::{binaries, root};

/// Opt-outs in one request.
const AT_ONCE: usize = 100;

/// The customer's system: what it took, by `webhook-id`, and how often it was asked.
#[derive(Clone)]
struct Receiver(Arc<Mutex<Received>>);

struct Received {
    taken: BTreeMap<String, BTreeSet<String>>,
    asked: u64,
    rng: StdRng,
    signed: bool,
}

impl Receiver {
    async fn start(seed: u64) -> (Self, String) {
        let receiver = Self(Arc::new(Mutex::new(Received {
            taken: BTreeMap::new(),
            asked: 0,
            rng: StdRng::seed_from_u64(seed),
            signed: true,
        })));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/events", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/events", post(take))
            .with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (receiver, url)
    }

    fn look<T>(&self, look: impl FnOnce(&mut Received) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    receiver.look(|received| {
        received.asked += 1;
        received.signed &= header("webhook-signature").starts_with("v1,");
        if received.rng.random_bool(0.3) {
            return StatusCode::INTERNAL_SERVER_ERROR;
        }
        let text = String::from_utf8_lossy(&body).into_owned();
        received
            .taken
            .entry(header("webhook-id").to_owned())
            .or_default()
            .insert(text);
        StatusCode::OK
    })
}

/// Takes `count` people off for good while the sender dies again and again.
async fn none_is_lost(count: usize, patience: Duration) {
    let data = tempfile::tempdir().unwrap();
    let environment = [("EVENT_ALLOW_LOOPBACK", "true"), ("EVENT_CLOCK_FACTOR", "20000")];
    let config = LocalConfig {
        binaries: binaries(),
        environment: environment
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..LocalConfig::for_tests(root(), data.path().to_owned())
    };
    let local = Local::start(config).await.unwrap();
    let api = ApiClient::new(&local, Role::Admin).unwrap();
    let (receiver, url) = Receiver::start(7).await;
    let target = json!({ "url": url, "types": ["opt_out.created"] });
    let made = api.post("/api/event-targets", &target).await.unwrap();
    let id = made["target"]["target_id"].as_str().unwrap();

    let sender = local.lambda().find("event-sender").unwrap();
    let mut rng = StdRng::seed_from_u64(11);
    let numbers: Vec<String> = (0..count).map(|n| format!("+1415{:07}", 5_550_000 + n)).collect();
    for some in numbers.chunks(AT_ONCE) {
        let added = api
            .post("/api/do-not-call", &json!({ "phone_numbers": some }))
            .await
            .unwrap();
        assert_eq!(added["added"], some.len(), "{added}");
        sender.kill_busy(true);
        tokio::time::sleep(Duration::from_millis(rng.random_range(50..400))).await;
    }
    let (mut moved, mut before) = (Instant::now(), 0);
    let mut kills = 0;
    while receiver.look(|received| received.taken.len()) < count {
        let came = receiver.look(|received| received.taken.len());
        if came != before {
            (moved, before) = (Instant::now(), came);
        }
        if moved.elapsed() > patience {
            let (taken, asked) = receiver.look(|received| (received.taken.len(), received.asked));
            let dead = api
                .get(&format!("/api/event-targets/{id}/dead-letters"))
                .await
                .unwrap();
            panic!("{taken} of {count} came, after {asked} attempts; given up: {dead}");
        }
        if kills < 20 {
            sender.kill_busy(true);
            kills += 1;
        }
        tokio::time::sleep(Duration::from_millis(rng.random_range(100..700))).await;
    }
    let told: BTreeSet<String> = receiver.look(|received| {
        assert!(received.signed, "every request is signed");
        for (id, bodies) in &received.taken {
            assert_eq!(bodies.len(), 1, "{id} always says the same");
            let body: Value = serde_json::from_str(bodies.first().unwrap()).unwrap();
            assert_eq!(body["id"], *id);
        }
        let number = |bodies: &BTreeSet<String>| {
            let body: Value = serde_json::from_str(bodies.first().unwrap()).unwrap();
            body["data"]["phone_number"].as_str().unwrap().to_owned()
        };
        received.taken.values().map(number).collect()
    });
    assert_eq!(told, numbers.into_iter().collect::<BTreeSet<_>>());
    local.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_events_arrive_though_sender_and_receiver_fail() {
    none_is_lost(300, Duration::from_secs(240)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "ten thousand events take many minutes: run it with `--run-ignored only`"]
async fn ten_thousand_events_arrive_though_sender_and_receiver_fail() {
    none_is_lost(10_000, Duration::from_secs(3_600)).await;
}
