//! Leaving a call: nothing that is known is left behind.

use futures::StreamExt;
use switchboard_service::Causes;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use super::holder::{Holder, Left};
use crate::socket::Socket;

impl Holder<'_> {
    /// Leaves: to a successor what it cannot know, to the table everything else.
    pub(super) async fn leave(&mut self, left: Left, mut socket: Box<dyn Socket>) {
        match left {
            Left::Over => self.finish(&mut socket).await,
            Left::HandedOver | Left::OutOfTime | Left::NeverAttached => {
                self.drain(&mut socket).await;
                self.write_what_waits().await;
                self.finish_tools(&mut socket, true).await;
                self.write_what_waits().await;
            }
        }
        socket.close().await;
    }

    /// Hears what lies in the socket already: nobody else does, as a successor hears only what comes after it attached.
    /// A tool that is asked for in it may be asked for there as well, and runs once all the same.
    async fn drain(&mut self, socket: &mut Box<dyn Socket>) {
        let longest = self.receptionist.pace.late_texts;
        let until = (Instant::now() + longest).min(self.last);
        while Instant::now() < until {
            match timeout(longest / 8, socket.next()).await {
                Ok(Some(heard)) => self.heard(socket, heard).await,
                // It is gone, or nothing is left in it.
                Ok(None) | Err(_) => return,
            }
        }
    }

    /// The call is over: texts that are late are waited for a little, and what does not come is lost.
    async fn finish(&mut self, socket: &mut Box<dyn Socket>) {
        self.drain(socket).await;
        self.write().await;
        let until = (Instant::now() + self.receptionist.pace.late_texts).min(self.last);
        while !self.session.book.is_whole() {
            match timeout_at(until, socket.next()).await {
                Ok(Some(heard)) => {
                    self.heard(socket, heard).await;
                    self.write().await;
                }
                // The socket is gone, or the time is up.
                Ok(None) | Err(_) => break,
            }
        }
        self.finish_tools(socket, false).await;
        // A successor that is dead may have written more than this one knows.
        let kept = self.kept_turns().await;
        self.session.book.join(kept);
        self.session.book.close();
        self.write().await;
        self.release().await;
    }

    /// Tools that run are run to their end. While the call goes on, so is what else only this one knows of: the
    /// response to them, a transfer.
    async fn finish_tools(&mut self, socket: &mut Box<dyn Socket>, goes_on: bool) {
        let until = (Instant::now() + self.receptionist.pace.tool).min(self.last);
        self.session.is_leaving = true;
        let mut is_open = goes_on;
        while !self.tools.is_empty() || is_open && !self.session.is_idle() && !self.has_acted {
            tokio::select! {
                Some(ran) = self.tools.next(), if !self.tools.is_empty() => {
                    let steps = self.session.ran(ran);
                    self.take(socket, steps).await;
                }
                heard = socket.next(), if is_open => match heard {
                    Some(heard) => self.heard(socket, heard).await,
                    None => is_open = false,
                },
                () = sleep(self.receptionist.pace.retry) => {}
                () = sleep_until(until) => return,
            }
            if is_open {
                self.watch_ending().await;
            }
        }
    }

    /// Nobody holds the sideband any more: whoever concludes the call need not wait.
    async fn release(&mut self) {
        let now = self.receptionist.clock.now();
        let generation = self.hold.generation;
        let released = self
            .receptionist
            .store
            .update_inbound(&self.hold.call_id, |inbound| {
                let ours =
                    inbound.generation == generation && inbound.held_until.is_some_and(|until| until > now);
                if ours {
                    inbound.held_until = Some(now);
                }
                ours
            })
            .await;
        if let Err(error) = released {
            tracing::warn!(call.id = %self.hold.call_id, error = %Causes(&error), "the sideband could not be released");
        }
    }
}
