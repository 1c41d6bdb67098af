//! Dead letters, taken out of their queues: nobody can look into a queue, and nothing in one is the
//! only trace of a person.

use serde_json::Value;
use switchboard_domain::CallStatus;
use switchboard_store::{DeadLetter, DeadLetterSource, DeadMessage, DialMessage, StoreError};

use crate::tick::Scheduler;

/// Characters of a body that are kept: an item of the table holds 400 KB.
const MOST_CHARS: usize = 100_000;

impl Scheduler {
    /// Keeps what lies in the dead-letter queues as records, with the reason.
    pub(crate) async fn collect_dead_letters(&self) -> Result<(), StoreError> {
        for source in DeadLetterSource::ALL {
            for message in self.store.receive_dead_messages(source).await? {
                let letter = match source {
                    DeadLetterSource::Dial => self.undialled(&message).await?,
                    DeadLetterSource::FailedEvents => self.failed_event(&message),
                };
                tracing::error!(letter = %letter.id, reason = %letter.reason, "a message was given up");
                self.store.put_dead_letter(&letter).await?;
                self.store.delete_dead_message(source, &message).await?;
            }
        }
        Ok(())
    }

    fn letter(&self, source: DeadLetterSource, message: &DeadMessage, reason: String) -> DeadLetter {
        DeadLetter {
            id: message.id.clone(),
            source,
            body: message.body.chars().take(MOST_CHARS).collect(),
            reason,
            received: message.received,
            call_id: None,
            campaign_id: None,
            function: None,
            sent_at: message.sent_at,
            arrived_at: self.clock.now(),
        }
    }

    async fn undialled(&self, message: &DeadMessage) -> Result<DeadLetter, StoreError> {
        let Ok(dial) = serde_json::from_str::<DialMessage>(&message.body) else {
            let reason = "It is no message of ours: nobody can be called for it.".to_owned();
            return Ok(self.letter(DeadLetterSource::Dial, message, reason));
        };
        let call = self.store.find_call(&dial.call_id).await?;
        let reason = reason_of(call.map(|call| call.status), message.received);
        Ok(DeadLetter {
            call_id: Some(dial.call_id),
            campaign_id: dial.campaign_id,
            ..self.letter(DeadLetterSource::Dial, message, reason)
        })
    }

    fn failed_event(&self, message: &DeadMessage) -> DeadLetter {
        let record: Value = serde_json::from_str(&message.body).unwrap_or_default();
        let function = record["requestContext"]["functionArn"]
            .as_str()
            .and_then(name_in_arn);
        let error = record["responsePayload"]["errorMessage"]
            .as_str()
            .unwrap_or("no error was told");
        let reason = format!(
            "{} failed on this event again and again: {}",
            function.as_deref().unwrap_or("A function"),
            error.chars().take(500).collect::<String>(),
        );
        DeadLetter {
            function,
            ..self.letter(DeadLetterSource::FailedEvents, message, reason)
        }
    }
}

/// `arn:aws:lambda:region:account:function:name[:version]` names its function.
fn name_in_arn(arn: &str) -> Option<String> {
    arn.split(':')
        .nth(6)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}

/// Why a dial message was given up, and what becomes of the person.
fn reason_of(status: Option<CallStatus>, received: u32) -> String {
    let next = match status {
        None => "Its call was withdrawn, and the person waits for another one. Nothing is left to do.",
        Some(CallStatus::Queued) => {
            "The call still waits and is sent again by itself; nobody was dialled for it yet."
        }
        Some(status) if status.is_live() => "The call is live, and looked after until its end.",
        Some(_) => "The call is over. Nothing is left to do.",
    };
    format!("It was given to a dialer {received} times and never acknowledged. {next}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_is_read_from_its_arn() {
        let arn = "arn:aws:lambda:us-east-1:111122223333:function:switchboard-parser:$LATEST";
        assert_eq!(name_in_arn(arn).as_deref(), Some("switchboard-parser"));
        assert_eq!(name_in_arn("switchboard-parser"), None);
    }

    #[test]
    fn every_reason_says_what_becomes_of_the_person() {
        let statuses = CallStatus::ALL.into_iter().map(Some).chain([None]);
        for status in statuses {
            let reason = reason_of(status, 20);
            assert!(reason.contains("20 times") && reason.ends_with('.'), "{reason}");
        }
        assert!(reason_of(Some(CallStatus::Queued), 1).contains("sent again"));
    }
}
