//! A store, the function, and sockets.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::SignedDuration;
use live_updates::{Answer, LiveEvent, LiveUpdates, SocketAnswer, Told};
use serde_json::{Value, json};
use switchboard_domain::{CallId, LiveMessage, LiveTicket, TICKET_LIFE, ticket_digest};
use switchboard_service::{LiveConnections, Posted};
use switchboard_testing::TestStore;

#[derive(Default)]
struct Inner {
    posted: Vec<(String, String)>,
    gone: BTreeSet<String>,
    ended: Vec<String>,
}

/// Sockets that write down what they are told.
#[derive(Default)]
pub(crate) struct Sockets(Mutex<Inner>);

impl Sockets {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on this one is not there any more.
    pub(crate) fn go(&self, id: &str) {
        self.inner().gone.insert(id.to_owned());
    }

    /// What one was told since the last look.
    pub(crate) fn told(&self, id: &str) -> Vec<LiveMessage> {
        let mut inner = self.inner();
        let (ours, others) = inner.posted.drain(..).partition(|(to, _)| to == id);
        inner.posted = others;
        let ours: Vec<(String, String)> = ours;
        ours.iter()
            .map(|(_, text)| serde_json::from_str(text).unwrap())
            .collect()
    }

    pub(crate) fn ended(&self) -> Vec<String> {
        self.inner().ended.clone()
    }
}

#[async_trait]
impl LiveConnections for Sockets {
    async fn post(&self, connection_id: &str, text: &str) -> Posted {
        let mut inner = self.inner();
        if inner.gone.contains(connection_id) {
            return Posted::Gone;
        }
        inner.posted.push((connection_id.to_owned(), text.to_owned()));
        Posted::Yes
    }

    async fn end(&self, connection_id: &str) {
        self.inner().ended.push(connection_id.to_owned());
    }
}

/// Everything of one test.
pub(crate) struct World {
    pub(crate) test: TestStore,
    pub(crate) sockets: Arc<Sockets>,
    updates: LiveUpdates,
}

impl World {
    pub(crate) async fn start() -> Self {
        let test = TestStore::start().await;
        let sockets = Arc::new(Sockets::default());
        let updates = LiveUpdates::new(test.store.clone(), sockets.clone(), Arc::new(test.clock.clone()));
        Self {
            test,
            sockets,
            updates,
        }
    }

    /// Keeps a ticket for somebody whose sign-in lasts an hour.
    pub(crate) async fn ticket(&self, secret: &str) {
        let now = self.test.now();
        let ticket = LiveTicket {
            subject: "vera".to_owned(),
            session_until: now + SignedDuration::from_hours(1),
            good_until: now + TICKET_LIFE,
        };
        self.test
            .store
            .keep_live_ticket(&ticket_digest(secret), &ticket)
            .await
            .unwrap();
    }

    async fn socket(&self, event: Value) -> SocketAnswer {
        let event: LiveEvent = serde_json::from_value(event).unwrap();
        match self.updates.handle(event).await.unwrap() {
            Answer::Socket(answer) => answer,
            Answer::Told(told) => panic!("a socket's event was taken for a stream's: {told:?}"),
        }
    }

    /// Asks to open a socket; answers the status.
    pub(crate) async fn connect(&self, id: &str, ticket: Option<&str>) -> u16 {
        let mut event = json!({ "requestContext": { "eventType": "CONNECT", "connectionId": id } });
        if let Some(ticket) = ticket {
            event["queryStringParameters"] = json!({ "ticket": ticket });
        }
        self.socket(event).await.status_code
    }

    /// Opens a socket and asks for topics.
    pub(crate) async fn follow(&self, id: &str, topics: &[&str]) {
        self.ticket(id).await;
        assert_eq!(self.connect(id, Some(id)).await, 200);
        let answer = self.ask(id, "subscribe", topics).await;
        assert!(
            matches!(answer, Some(LiveMessage::Subscribed { .. })),
            "{answer:?}"
        );
    }

    /// Says something; answers what is said back.
    pub(crate) async fn say(&self, id: &str, body: &str) -> Option<LiveMessage> {
        let event = json!({ "requestContext": { "eventType": "MESSAGE", "connectionId": id }, "body": body });
        let answer = self.socket(event).await;
        answer.body.map(|body| serde_json::from_str(&body).unwrap())
    }

    pub(crate) async fn ask(&self, id: &str, action: &str, topics: &[&str]) -> Option<LiveMessage> {
        self.say(id, &json!({ "action": action, "topics": topics }).to_string())
            .await
    }

    pub(crate) async fn leave(&self, id: &str) {
        let event = json!({ "requestContext": { "eventType": "DISCONNECT", "connectionId": id } });
        assert_eq!(self.socket(event).await.status_code, 200);
    }

    /// Gives the function records of a stream.
    pub(crate) async fn records(&self, records: Vec<Value>) -> Told {
        let event: LiveEvent = serde_json::from_value(json!({ "Records": records })).unwrap();
        match self.updates.handle(event).await.unwrap() {
            Answer::Told(told) => told,
            Answer::Socket(answer) => panic!("a stream's event was taken for a socket's: {answer:?}"),
        }
    }
}

pub(crate) fn call_id(n: u64) -> CallId {
    CallId::derived(&[&n.to_string()])
}

fn record(pk: &str, sk: &str, image: Value) -> Value {
    json!({
        "eventName": "MODIFY",
        "eventSource": "aws:dynamodb",
        "dynamodb": { "Keys": { "pk": { "S": pk }, "sk": { "S": sk } }, "NewImage": image },
    })
}

/// A call that came in has changed.
pub(crate) fn call_changed(n: u64, version: u64) -> Value {
    let image = json!({ "direction": { "S": "inbound" }, "version": { "N": version.to_string() } });
    record(&format!("CALL#{}", call_id(n)), "META", image)
}

/// Something was said in a call.
pub(crate) fn said(n: u64, index: usize, text: &str) -> Value {
    let image = json!({
        "speaker": { "S": "agent" }, "message": { "S": text }, "at_secs": { "N": "3" },
        "interrupted": { "BOOL": false }, "tools": { "L": [] },
        "item_id": { "S": "item_1" }, "state": { "S": "open" }, "index": { "N": index.to_string() },
    });
    record(
        &format!("CALL#{}", call_id(n)),
        &format!("TURN#{index:06}"),
        image,
    )
}
