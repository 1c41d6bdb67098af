//! What the numbers and times of a campaign may be.

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{MAX_CONCURRENCY_LIMIT, RetryPolicy};

use crate::checks::Checks;
use crate::limits::MAX_NAME;

/// Longest wait between two attempts.
const MAX_DELAY_SECS: u32 = 7 * 24 * 3_600;
/// How far ahead a campaign may be planned.
const MAX_AHEAD: SignedDuration = SignedDuration::from_hours(366 * 24);

pub(super) fn name(checks: &mut Checks, name: &str) {
    checks.text("name", name, 1..=MAX_NAME);
}

pub(super) fn retry(checks: &mut Checks, retry: &RetryPolicy) {
    checks.range("retry.max_attempts", &retry.max_attempts, 1..=10);
    checks.range("retry.delay_secs", &retry.delay_secs, 1..=MAX_DELAY_SECS);
}

pub(super) fn limit(checks: &mut Checks, limit: u32) {
    checks.range("concurrency_limit", &limit, 1..=MAX_CONCURRENCY_LIMIT);
}

pub(super) fn priority(checks: &mut Checks, priority: i32) {
    checks.range("priority", &priority, -100..=100);
}

/// A moment to come, not too far away.
pub(super) fn ahead(checks: &mut Checks, field: &str, at: Timestamp, now: Timestamp) {
    if at <= now || at.duration_since(now) > MAX_AHEAD {
        checks.wrong(
            field,
            "choose a moment within the next year, as 2026-12-01T09:00:00Z",
        );
    }
}
