//! A sideband in memory: the test plays OpenAI's side of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use receptionist::{Closed, ConnectError, Heard, Sideband, Socket};
use serde_json::{Value, json};
use switchboard_domain::ProviderId;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

#[derive(Default)]
struct Inner {
    /// Those who are attached.
    attached: Vec<UnboundedSender<String>>,
    /// How often somebody attached.
    attaches: usize,
    /// How often somebody tried.
    tries: usize,
    /// OpenAI does not know the call.
    is_gone: bool,
    /// Only one may be attached at one time.
    is_single: bool,
    /// What was sent, by whom.
    sent: Vec<Value>,
    /// Items that may be asked for.
    items: Vec<Value>,
}

/// The other side of a sideband.
#[derive(Clone, Default)]
pub(crate) struct FakeSideband(Arc<Mutex<Inner>>);

impl FakeSideband {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells everybody who is attached; whoever has gone is forgotten.
    pub(crate) fn emit(&self, event: &Value) {
        let mut inner = self.inner();
        inner
            .attached
            .retain(|socket| socket.send(event.to_string()).is_ok());
    }

    /// Every socket breaks.
    pub(crate) fn drop_all(&self) {
        self.inner().attached.clear();
    }

    /// From now on OpenAI knows the call, or does not; whoever is attached is closed then.
    pub(crate) fn set_gone(&self, is_gone: bool) {
        let mut inner = self.inner();
        inner.is_gone = is_gone;
        if is_gone {
            inner.attached.clear();
        }
    }

    /// From now on one socket at a time is let in.
    pub(crate) fn set_single(&self) {
        self.inner().is_single = true;
    }

    /// What can be asked for.
    pub(crate) fn keep_item(&self, item: Value) {
        self.inner().items.push(item);
    }

    pub(crate) fn attached(&self) -> usize {
        let mut inner = self.inner();
        inner.attached.retain(|socket| !socket.is_closed());
        inner.attached.len()
    }

    pub(crate) fn attaches(&self) -> usize {
        self.inner().attaches
    }

    pub(crate) fn tries(&self) -> usize {
        self.inner().tries
    }

    /// Everything of this type that was sent.
    pub(crate) fn sent(&self, kind: &str) -> Vec<Value> {
        let inner = self.inner();
        inner
            .sent
            .iter()
            .filter(|event| event["type"] == kind)
            .cloned()
            .collect()
    }

    fn heard(&self, text: &str) {
        let event: Value = serde_json::from_str(text).unwrap();
        let mut inner = self.inner();
        let mut answers = Vec::new();
        match event["type"].as_str().unwrap() {
            "conversation.item.retrieve" => {
                let found = inner.items.iter().find(|item| item["id"] == event["item_id"]);
                answers.push(match found {
                    Some(item) => json!({ "type": "conversation.item.retrieved", "item": item }),
                    None => json!({ "type": "error", "error": { "code": "item_not_found" } }),
                });
            }
            "conversation.item.create" => {
                let mut item = event["item"].clone();
                item["id"] = json!(format!("item_{}", inner.sent.len()));
                answers.push(json!({ "type": "conversation.item.added", "item": item }));
            }
            _ => {}
        }
        inner.sent.push(event);
        for answer in answers {
            inner
                .attached
                .retain(|socket| socket.send(answer.to_string()).is_ok());
        }
    }
}

#[async_trait]
impl Sideband for FakeSideband {
    async fn attach(&self, _call: &ProviderId) -> Result<Box<dyn Socket>, ConnectError> {
        let mut inner = self.inner();
        inner.tries += 1;
        inner.attached.retain(|socket| !socket.is_closed());
        if inner.is_gone {
            return Err(ConnectError::NoSuchCall);
        }
        if inner.is_single && !inner.attached.is_empty() {
            return Err(ConnectError::Refused(409));
        }
        let (told, events) = unbounded_channel();
        told.send(json!({ "type": "session.created" }).to_string())
            .unwrap();
        inner.attached.push(told);
        inner.attaches += 1;
        Ok(Box::new(FakeSocket {
            sideband: self.clone(),
            events,
        }))
    }
}

struct FakeSocket {
    sideband: FakeSideband,
    events: UnboundedReceiver<String>,
}

#[async_trait]
impl Socket for FakeSocket {
    async fn send(&mut self, text: String) -> Result<(), Closed> {
        if self.events.is_closed() {
            return Err(Closed);
        }
        self.sideband.heard(&text);
        Ok(())
    }

    async fn next(&mut self) -> Option<Heard> {
        self.events.recv().await.map(Heard::Text)
    }

    async fn ping(&mut self) -> Result<(), Closed> {
        Ok(())
    }

    async fn close(&mut self) {
        self.events.close();
    }
}
