//! What is said, into the table: at once, in order.

use std::time::Duration;

use switchboard_domain::{KeptTurn, TurnState};
use switchboard_service::Causes;
use switchboard_store::TurnPut;
use tokio::time::sleep;

use super::holder::Holder;

/// How often a turn is written anew because somebody else wrote at its place.
const MOST_RACES: u32 = 8;
/// How often the table is asked for what is kept, when it does not answer.
const MOST_READS: u32 = 20;
const READ_AGAIN: Duration = Duration::from_millis(250);

impl Holder<'_> {
    /// Writes what is new. What the table does not take now is written with the next turn.
    pub(super) async fn write(&mut self) {
        for _ in 0..MOST_RACES {
            if self.write_all().await {
                return;
            }
            let kept = self.kept_turns().await;
            self.session.book.join(kept);
        }
        tracing::error!(call.id = %self.hold.call_id, "turns of a call are contested; they are written later");
    }

    /// Writes everything that is known, turns that wait for their predecessor included: whoever takes over may never
    /// hear of them. Those that are kept already, by whomever, have their place.
    pub(super) async fn write_what_waits(&mut self) {
        self.write().await;
        if !self.session.book.has_waiting() {
            return;
        }
        let kept = self.kept_turns().await;
        self.session.book.join(kept);
        self.session.book.settle(u64::MAX);
        self.write().await;
    }

    /// Writes until somebody else's turn is in the way; answers whether none was.
    async fn write_all(&mut self) -> bool {
        for turn in self.session.book.to_write() {
            match self.receptionist.store.put_turn(&self.hold.call_id, &turn).await {
                Ok(TurnPut::Written) => {
                    self.session.book.written(&turn);
                    if turn.state != TurnState::Open {
                        self.turns_written.insert(turn.index);
                    }
                }
                Ok(TurnPut::Elsewhere) => return false,
                Err(error) => {
                    tracing::warn!(call.id = %self.hold.call_id, error = %Causes(&error), "a turn could not be written; it is tried again");
                    return true;
                }
            }
        }
        true
    }

    /// What is kept of the call. Without it nothing can be written: the table is asked until it answers.
    pub(super) async fn kept_turns(&mut self) -> Vec<KeptTurn> {
        for _ in 0..MOST_READS {
            match self.receptionist.store.kept_turns(&self.hold.call_id).await {
                Ok(kept) => return kept,
                Err(error) => {
                    tracing::warn!(call.id = %self.hold.call_id, error = %Causes(&error), "what is kept of a call could not be read");
                    sleep(READ_AGAIN).await;
                }
            }
        }
        Vec::new()
    }
}
