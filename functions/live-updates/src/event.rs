//! What the function is invoked with: records of a table's stream, or something about a socket.

use std::collections::BTreeMap;

use serde::Deserialize;
use switchboard_store::StreamRecord;

/// What the function is invoked with.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum LiveEvent {
    /// Something about a socket.
    Socket(Box<SocketEvent>),
    /// Records of a table's stream.
    Stream(StreamEvent),
}

/// Records of a table's stream, in the order in which they were written.
#[derive(Debug, Deserialize)]
pub struct StreamEvent {
    /// The records.
    #[serde(rename = "Records")]
    pub records: Vec<StreamRecord>,
}

/// Something about a socket, as the WebSocket API tells it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketEvent {
    /// What, and of which socket.
    pub request_context: SocketContext,
    /// Parameters of the address, when the socket is opened.
    pub query_string_parameters: Option<BTreeMap<String, String>>,
    /// What the browser says.
    pub body: Option<String>,
}

/// What happened, and to which socket.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketContext {
    /// What happened.
    pub event_type: SocketEventType,
    /// The socket; opaque.
    pub connection_id: String,
}

/// What happened to a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SocketEventType {
    /// Somebody wants to open it. Only an answer of 200 lets them.
    Connect,
    /// The browser says something.
    Message,
    /// It is closed. Not told of every one.
    Disconnect,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> LiveEvent {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn sockets_and_streams_are_told_apart() {
        let LiveEvent::Socket(connect) = read(include_str!("../../../events/live-updates/connect.json"))
        else {
            panic!()
        };
        assert_eq!(connect.request_context.event_type, SocketEventType::Connect);
        assert!(connect.query_string_parameters.unwrap().contains_key("ticket"));
        let LiveEvent::Socket(message) = read(include_str!("../../../events/live-updates/message.json"))
        else {
            panic!()
        };
        assert_eq!(message.request_context.event_type, SocketEventType::Message);
        assert!(message.body.unwrap().contains("subscribe"));
        let LiveEvent::Socket(gone) = read(include_str!("../../../events/live-updates/disconnect.json"))
        else {
            panic!()
        };
        assert_eq!(gone.request_context.event_type, SocketEventType::Disconnect);
    }

    #[test]
    fn records_of_a_stream_are_read_as_changes() {
        let LiveEvent::Stream(stream) = read(include_str!("../../../events/live-updates/stream.json")) else {
            panic!()
        };
        let changes: Vec<_> = stream.records.iter().filter_map(StreamRecord::change).collect();
        let kinds: Vec<String> = changes.iter().map(|c| format!("{c:?}")).collect();
        assert_eq!(stream.records.len(), 5);
        assert_eq!(changes.len(), 4, "a lease is nobody's business: {kinds:?}");
        assert!(
            kinds[0].starts_with("Call {") && kinds[0].contains("inbound: true"),
            "{kinds:?}"
        );
        assert!(
            kinds[1].starts_with("Turn {") && kinds[1].contains("index: 3"),
            "{kinds:?}"
        );
        assert!(kinds[2].starts_with("Campaign("), "{kinds:?}");
        assert_eq!(kinds[3], "Queue");
    }
}
