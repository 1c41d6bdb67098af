//! Every dial, to be held against what the dialler believes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Platform;

/// One dial request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Dial {
    /// Where it was asked for.
    #[serde(default)]
    pub platform: Platform,
    /// When, RFC 3339 with milliseconds.
    pub at: String,
    /// Conversation, or call at Ultravox, when it was placed.
    pub conversation_id: Option<String>,
    /// What the caller sent as `user_id`, or as `metadata.attempt_id` at Ultravox.
    pub user_id: Option<String>,
    /// What came of it.
    pub outcome: String,
    /// Whether a phone rang.
    pub placed: bool,
    /// When the line was free again.
    pub ended_at: Option<String>,
}

/// Webhooks that were sent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct WebhookCounts {
    /// Requests sent.
    pub sent: u64,
    /// Answered 200, or any 2xx where Ultravox sent it.
    pub delivered: u64,
    /// Not answered, or otherwise.
    pub failed: u64,
    /// Requests by type.
    pub by_type: BTreeMap<String, u64>,
    /// Switched off after too many failures in a row.
    pub auto_disabled: bool,
}

/// What one platform was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformCounts {
    /// Dial requests.
    pub dials_total: u64,
    /// Those at which a phone rang.
    pub placed_total: u64,
    /// Its calls ringing or talking now.
    pub live_now: u32,
    /// Most of them at one time.
    pub peak_live: u32,
}

/// Every dial.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ledger {
    /// Dial requests.
    pub dials_total: u64,
    /// Those at which a phone rang.
    pub placed_total: u64,
    /// Calls ringing or talking now.
    pub live_now: u32,
    /// Most of them at one time.
    pub peak_live: u32,
    /// When that was.
    pub peak_at: Option<String>,
    /// The same counts for each platform alone.
    #[serde(default)]
    pub by_platform: BTreeMap<Platform, PlatformCounts>,
    /// Dials by number, of both platforms.
    pub by_number: BTreeMap<String, Vec<Dial>>,
    /// Webhooks.
    pub webhooks: WebhookCounts,
}

impl Ledger {
    pub(crate) fn add(&mut self, to: &str, dial: Dial) {
        let counts = self.by_platform.entry(dial.platform).or_default();
        self.dials_total += 1;
        counts.dials_total += 1;
        if dial.placed {
            self.placed_total += 1;
            counts.placed_total += 1;
        }
        self.by_number.entry(to.to_owned()).or_default().push(dial);
    }
}

/// Milliseconds since 1970 as RFC 3339.
pub(crate) fn time_of(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map(|at| format!("{at:.3}"))
        .unwrap_or_default()
}
