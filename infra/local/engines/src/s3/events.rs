use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

/// An object was written; told after it is in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectCreated {
    /// The bucket.
    pub bucket: String,
    /// The key as written, not URL-encoded.
    pub key: String,
    /// Bytes of the content.
    pub size: u64,
    /// Without quotes.
    pub etag: String,
    /// Later writes of a key have a greater one, as text.
    pub sequencer: String,
    /// `ObjectCreated:Put`, `ObjectCreated:CompleteMultipartUpload` or `ObjectCreated:Copy`.
    pub event_name: &'static str,
}

/// Everyone who wants to know.
#[derive(Debug, Clone, Default)]
pub(super) struct Listeners {
    senders: Arc<Mutex<Vec<mpsc::UnboundedSender<ObjectCreated>>>>,
}

impl Listeners {
    pub(super) fn subscribe(&self) -> mpsc::UnboundedReceiver<ObjectCreated> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.senders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sender);
        receiver
    }

    pub(super) fn tell(&self, event: &ObjectCreated) {
        self.senders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|sender| sender.send(event.clone()).is_ok());
    }
}
