use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustack_sqs_model::types::Message;

/// What is remembered about messages beside the engine.
#[derive(Debug, Default)]
pub(super) struct SideNotes {
    /// Group of a message in a standard queue, by message id: the engine refuses to carry it.
    groups: Mutex<HashMap<String, String>>,
    /// Messages to be delivered once more, by queue URL.
    again: Mutex<HashMap<String, VecDeque<Message>>>,
}

impl SideNotes {
    pub(super) fn note_group(&self, message_id: &str, group: String) {
        self.groups
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(message_id.to_owned(), group);
    }

    /// Adds the group to a received message, if the receiver asks for it.
    pub(super) fn add_group(&self, message: &mut Message, asked: &[&[String]]) {
        let wants = asked
            .iter()
            .flat_map(|names| names.iter())
            .any(|name| name == "All" || name == "MessageGroupId");
        let groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(group) = message.message_id.as_ref().and_then(|id| groups.get(id))
            && wants
        {
            message
                .attributes
                .insert("MessageGroupId".to_owned(), group.clone());
        }
    }

    /// Forgets a message that is deleted.
    pub(super) fn forget(&self, receipt_handle: &str) {
        if let Some(id) = message_id(receipt_handle) {
            self.groups
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&id);
        }
    }

    pub(super) fn deliver_again(&self, queue_url: &str, message: Message) {
        self.again
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(queue_url.to_owned())
            .or_default()
            .push_back(message);
    }

    pub(super) fn take_again(&self, queue_url: &str, at_most: usize) -> Vec<Message> {
        let mut again = self.again.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(waiting) = again.get_mut(queue_url) else {
            return Vec::new();
        };
        let count = waiting.len().min(at_most);
        waiting.drain(..count).collect()
    }
}

/// The engine's receipt handle is Base64 of `message id:time:nonce`.
fn message_id(receipt_handle: &str) -> Option<String> {
    let text = String::from_utf8(STANDARD.decode(receipt_handle).ok()?).ok()?;
    Some(text.split(':').next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_id_is_read_from_the_engines_own_receipt_handle() {
        let handle = rustack_sqs_core::message::generate_receipt_handle("0af5-11");
        assert_eq!(message_id(&handle).as_deref(), Some("0af5-11"));
        assert_eq!(message_id("anything"), None);
    }
}
