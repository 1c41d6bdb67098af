//! How long the processor works on our code, and how much of it inside the calls of the store.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tracing::span::Id;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static SINCE: Cell<Option<Duration>> = const { Cell::new(None) };
    static IN_STORE: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// The SDK opens a span for each call, and enters it whenever it works on it.
struct StoreCalls;

impl<S: Subscriber> Layer<S> for StoreCalls {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        let services = ["DynamoDB.", "S3.", "SQS.", "Lambda."];
        metadata.is_span()
            && services
                .iter()
                .any(|service| metadata.name().starts_with(service))
    }

    fn on_enter(&self, _: &Id, _: Context<'_, S>) {
        if DEPTH.replace(DEPTH.get() + 1) == 0 {
            SINCE.set(Some(worked()));
        }
    }

    fn on_exit(&self, _: &Id, _: Context<'_, S>) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
        if DEPTH.get() == 0
            && let Some(since) = SINCE.take()
        {
            IN_STORE.set(IN_STORE.get() + worked().saturating_sub(since));
        }
    }
}

/// For how long the processor has worked on this thread: not while it waits, and not while others have the processor.
pub(crate) fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// Begins to watch the calls of the store.
pub(crate) fn watch_store_calls() {
    tracing_subscriber::registry().with(StoreCalls).init();
}

/// Time for which a future ran.
pub(crate) struct Spent {
    /// In all, while it was not waiting.
    pub(crate) whole: Duration,
    /// Without the calls of the store.
    pub(crate) own: Duration,
}

/// Runs a future, and counts the time in which it runs; not the time in which it waits.
pub(crate) async fn spent<T>(work: impl Future<Output = T>) -> (T, Spent) {
    let mut work = pin!(work);
    let (mut whole, before) = (Duration::ZERO, IN_STORE.get());
    let done = std::future::poll_fn(|context| {
        let begun = worked();
        let polled = work.as_mut().poll(context);
        whole += worked().saturating_sub(begun);
        match polled {
            Poll::Ready(done) => Poll::Ready(done),
            Poll::Pending => Poll::Pending,
        }
    })
    .await;
    let in_store = IN_STORE.get().saturating_sub(before);
    let own = whole.saturating_sub(in_store);
    (done, Spent { whole, own })
}
