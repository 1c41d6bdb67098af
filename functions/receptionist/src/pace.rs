//! How patiently everything is waited for.

use std::time::Duration;

use jiff::SignedDuration;

/// How patiently everything is waited for. Tests are less patient.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The wait before attaching is tried again; doubles, up to a second.
    pub retry: Duration,
    /// A call that nobody can attach to for so long is given up.
    pub attach: Duration,
    /// A successor that cannot attach beside its predecessor for so long has it leave first.
    pub beside: Duration,
    /// How often the table is asked whether the call is over.
    pub look: Duration,
    /// Whoever holds the sideband has it for so long; every third of it is a sign of life.
    pub lease: SignedDuration,
    /// A socket on which nothing came for so long, not even the answer to a ping, is gone.
    pub silence: Duration,
    /// How long texts that are late are waited for when the call is over.
    pub late_texts: Duration,
    /// How long the agent may take for its last words before the call is put through or ended.
    pub last_words: Duration,
    /// A response that was asked for, and of which nothing is heard for so long, is asked for again.
    pub response: Duration,
    /// So long before Lambda ends the invocation, a successor is started.
    pub margin: SignedDuration,
    /// Longest that one invocation stays with a call, whatever Lambda allows; none: as long as it may.
    pub longest_hold: Option<SignedDuration>,
    /// How long a tool of ours, or of the customer's, is waited for that another holder began.
    pub tool: Duration,
    /// The wait before OpenAI is asked again for a summary; doubles.
    pub summary_retry: Duration,
    /// Time runs so many times faster than on a clock on the wall; 1 but for rehearsals.
    pub clock_factor: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            retry: Duration::from_millis(100),
            attach: Duration::from_secs(10),
            beside: Duration::from_secs(3),
            look: Duration::from_secs(2),
            lease: SignedDuration::from_secs(30),
            silence: Duration::from_secs(30),
            late_texts: Duration::from_secs(3),
            last_words: Duration::from_secs(12),
            response: Duration::from_secs(3),
            margin: SignedDuration::from_secs(60),
            longest_hold: None,
            tool: Duration::from_secs(25),
            summary_retry: Duration::from_secs(1),
            clock_factor: 1.0,
        }
    }
}
