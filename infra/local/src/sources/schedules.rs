//! Schedules that fire.

use std::time::Duration;

use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::lambda::Lambda;
use crate::template::ScheduleSpec;

/// First time after the start: soon, so that what a restart left behind is taken up at once.
const FIRST: Duration = Duration::from_millis(500);

/// Fires one schedule of a function until the end. `at_most` shortens it, for development.
pub(crate) async fn fire(
    function: String,
    schedule: ScheduleSpec,
    at_most: Option<Duration>,
    lambda: Lambda,
    stop: CancellationToken,
) {
    let every = at_most.map_or(schedule.every, |limit| limit.min(schedule.every));
    let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + FIRST.min(every), every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let payload = Bytes::from(schedule.input.to_string());
        if let Err(error) = lambda.invoke_async(&function, payload) {
            tracing::error!(function, %error, "a schedule could not fire");
        }
    }
}
