//! Schedules that fire.

use std::time::Duration;

use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::lambda::Lambda;
use crate::template::ScheduleSpec;

/// First time after the start: soon, so that what a restart left behind is taken up at once.
const FIRST: Duration = Duration::from_millis(500);

/// Fires one schedule of a function until the end. For development a minute can last `minute`.
pub(crate) async fn fire(
    function: String,
    schedule: ScheduleSpec,
    minute: Option<Duration>,
    lambda: Lambda,
    stop: CancellationToken,
) {
    let every = minute.map_or(schedule.every, |minute| {
        schedule.every.mul_f64(minute.as_secs_f64() / 60.0)
    });
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
