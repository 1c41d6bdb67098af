//! One execution environment: a process that asks for one invocation after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::process::Child;
use tokio::sync::{Mutex, Notify, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::InvokeOutcome;

/// One invocation on its way into an environment.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    pub request_id: String,
    pub payload: Bytes,
    pub deadline: Timestamp,
    pub function_arn: String,
}

struct Current {
    request_id: String,
    event: Bytes,
    answer: oneshot::Sender<InvokeOutcome>,
}

/// One execution environment.
pub(crate) struct Environment {
    pub id: String,
    work: mpsc::Sender<Invocation>,
    next: Mutex<mpsc::Receiver<Invocation>>,
    current: std::sync::Mutex<Option<Current>>,
    kill: Notify,
    dead: AtomicBool,
    ended: CancellationToken,
}

impl Environment {
    /// An environment around a started process, which is watched until it ends.
    pub(crate) fn around(id: String, child: Child) -> Arc<Self> {
        let (work, next) = mpsc::channel(1);
        let environment = Arc::new(Self {
            id,
            work,
            next: Mutex::new(next),
            current: std::sync::Mutex::new(None),
            kill: Notify::new(),
            dead: AtomicBool::new(false),
            ended: CancellationToken::new(),
        });
        tokio::spawn(environment.clone().watch(child));
        environment
    }

    async fn watch(self: Arc<Self>, mut child: Child) {
        let ended = tokio::select! {
            status = child.wait() => match status {
                Ok(status) => format!("Runtime exited with {status}"),
                Err(error) => format!("Runtime exited: {error}"),
            },
            () = self.kill.notified() => {
                // It may have ended by itself in the same moment.
                let _ = child.kill().await;
                "Runtime exited with signal: killed".to_owned()
            }
        };
        self.dead.store(true, Ordering::SeqCst);
        self.answer_current(None, InvokeOutcome::failed("Runtime.ExitError", &ended));
        self.ended.cancel();
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    /// Ends the process at once.
    pub(crate) fn kill(&self) {
        self.dead.store(true, Ordering::SeqCst);
        self.kill.notify_one();
    }

    /// Runs one invocation to its end, at most for `timeout`.
    pub(crate) async fn run(&self, invocation: Invocation, timeout: Duration) -> InvokeOutcome {
        let (answer, answered) = oneshot::channel();
        let request_id = invocation.request_id.clone();
        *self.lock() = Some(Current {
            request_id: request_id.clone(),
            event: invocation.payload.clone(),
            answer,
        });
        if self.is_dead() || self.work.send(invocation).await.is_err() {
            self.lock().take();
            return InvokeOutcome::failed("Runtime.ExitError", "Runtime exited before the invocation");
        }
        match tokio::time::timeout(timeout, answered).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => InvokeOutcome::failed("Runtime.ExitError", "Runtime exited without an answer"),
            Err(_) => {
                self.lock().take();
                self.kill();
                let secs = timeout.as_secs();
                let message =
                    format!("RequestId: {request_id} Error: Task timed out after {secs}.00 seconds");
                InvokeOutcome::failed("Sandbox.Timedout", &message)
            }
        }
    }

    /// The next invocation, when there is one. The runtime asks this.
    pub(crate) async fn next(&self) -> Option<Invocation> {
        self.next.lock().await.recv().await
    }

    /// Request id and event of the invocation that runs now.
    pub(crate) fn current_invocation(&self) -> Option<(String, Bytes)> {
        let current = self.lock();
        current
            .as_ref()
            .map(|current| (current.request_id.clone(), current.event.clone()))
    }

    /// Resolves when the process is gone.
    pub(crate) async fn ended(&self) {
        self.ended.cancelled().await;
    }

    /// The answer of the runtime to an invocation; none for the request id means the present one.
    /// Answers whether it was still waited for.
    pub(crate) fn answer_current(&self, request_id: Option<&str>, outcome: InvokeOutcome) -> bool {
        let mut current = self.lock();
        let fits = current
            .as_ref()
            .is_some_and(|c| request_id.is_none_or(|id| id == c.request_id));
        match current.take_if(|_| fits) {
            Some(current) => current.answer.send(outcome).is_ok(),
            None => false,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Current>> {
        self.current
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
