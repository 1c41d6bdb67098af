//! What the function is invoked with: messages of its queue, or its schedule.

use aws_lambda_events::event::sqs::SqsEvent;
use serde::Deserialize;
use serde_json::Value;

/// What the function is invoked with.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum SenderEvent {
    /// Messages that say where to look.
    Queue(SqsEvent),
    /// Look through everything that is due. The schedule says nothing more.
    Tick(Value),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> SenderEvent {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn messages_and_the_schedule_are_told_apart() {
        let queue = read(include_str!("../../../events/event-sender/queue.json"));
        assert!(matches!(queue, SenderEvent::Queue(event) if event.records.len() == 1));
        for text in [
            include_str!("../../../events/event-sender/tick.json"),
            "{}",
            "null",
        ] {
            assert!(matches!(read(text), SenderEvent::Tick(_)), "{text}");
        }
    }
}
