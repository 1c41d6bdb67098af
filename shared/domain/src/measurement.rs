//! What is measured of the service: happenings that are counted, and levels that are looked at.

use jiff::Timestamp;

use crate::{Call, CallStatus, ProviderKind, QuotaAlert, QuotaFigures};

/// What somebody did to an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentAction {
    /// It was made, here or by taking it over from the provider.
    Created,
    /// It was changed.
    Updated,
    /// It was deleted.
    Deleted,
}

impl AgentAction {
    /// Every change there is.
    pub const ALL: [Self; 3] = [Self::Created, Self::Updated, Self::Deleted];

    /// The name in counters and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

/// What became of a webhook delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WebhookResult {
    /// What it said is written.
    Applied,
    /// Kept until its conversation is known.
    Early,
    /// Of a kind that we do nothing with.
    Ignored,
    /// It came before.
    Repeated,
    /// Kept, and it could not be read.
    Unparsed,
    /// It could not be kept or applied: the provider sends it again.
    Failed,
    /// It was not signed with a secret of ours, and turned away.
    Refused,
}

impl WebhookResult {
    /// Every result there is.
    pub const ALL: [Self; 7] = [
        Self::Applied,
        Self::Early,
        Self::Ignored,
        Self::Repeated,
        Self::Unparsed,
        Self::Failed,
        Self::Refused,
    ];

    /// The name in counters and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Early => "early",
            Self::Ignored => "ignored",
            Self::Repeated => "repeated",
            Self::Unparsed => "unparsed",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }

    /// Somebody should look when there are many of them.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Unparsed | Self::Failed | Self::Refused)
    }
}

/// What came of a tool that an agent used in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ToolResult {
    /// It ran, and its answer was given to the agent.
    Done,
    /// It did not work: no such tool, or whatever it needs did not answer as it should.
    Failed,
    /// It was begun by a holder that is gone, and nobody knows how it ended.
    InDoubt,
}

impl ToolResult {
    /// Every result there is.
    pub const ALL: [Self; 3] = [Self::Done, Self::Failed, Self::InDoubt];

    /// The name in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::InDoubt => "in_doubt",
        }
    }
}

/// What happened while the receptionist stayed with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceptionEvent {
    /// Somebody is on the sideband, for the first time in this call.
    Attached {
        /// Milliseconds from when the call was accepted.
        delay_ms: Option<u64>,
    },
    /// Nobody could attach: the call went on to the next target.
    NotAttached,
    /// The socket was lost and is there again.
    Reconnected,
    /// A successor has the call.
    HandedOver,
    /// A holder leaves.
    Left {
        /// Turns that it wrote whole.
        turns: u64,
    },
    /// A tool was used.
    ToolRan(ToolResult),
}

/// One thing that was measured. It names no person, no number and no id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measurement {
    /// A call is over, or was not placed.
    CallEnded {
        /// The platform.
        provider: ProviderKind,
        /// How it ended.
        outcome: CallStatus,
        /// Length in seconds, of one that was answered.
        duration_secs: Option<u64>,
        /// Milliseconds from its person being due to its dial.
        dial_delay_ms: Option<u64>,
        /// Milliseconds that the provider took to answer the dial.
        answer_ms: Option<u64>,
    },
    /// A provider did not answer a request as hoped.
    ProviderFailed {
        /// The platform.
        provider: ProviderKind,
        /// What kind of failure, one of a closed list.
        class: &'static str,
    },
    /// A webhook came.
    Webhook {
        /// Who sent it.
        provider: ProviderKind,
        /// What became of it.
        result: WebhookResult,
        /// Milliseconds from what it tells of to its coming, where it says when.
        lag_ms: Option<u64>,
    },
    /// Somebody changed an agent.
    AgentChanged {
        /// Where it lives.
        provider: ProviderKind,
        /// What was done.
        change: AgentAction,
    },
    /// How many slots are taken at this moment.
    Slots {
        /// Taken.
        in_use: u32,
        /// The concurrency limit.
        limit: u32,
    },
    /// What an account may still use at this moment.
    QuotaSeen {
        /// The platform.
        provider: ProviderKind,
        /// What it told.
        figures: QuotaFigures,
    },
    /// Whether an account comes to its end at this moment.
    QuotaLow {
        /// The platform.
        provider: ProviderKind,
        /// What runs out.
        alert: QuotaAlert,
        /// Whether it does: told both ways, so that an alarm clears by itself.
        is_low: bool,
    },
    /// Something happened while the receptionist stayed with a call.
    Reception(ReceptionEvent),
}

impl Measurement {
    /// Somebody is on the sideband of a call that was accepted at `accepted`.
    pub fn attached(accepted: Option<Timestamp>, now: Timestamp) -> Self {
        let delay_ms = accepted.map(|accepted| millis(now, accepted));
        Self::Reception(ReceptionEvent::Attached { delay_ms })
    }

    /// What the end of a call says; none of one that was cancelled or is still live.
    pub fn of_call(call: &Call) -> Option<Self> {
        let is_measured = call.status.is_final() && call.status != CallStatus::Cancelled;
        // What no platform had a part in says nothing of one.
        let provider = call.provider.filter(|_| is_measured)?;
        Some(Self::CallEnded {
            provider,
            outcome: call.status,
            duration_secs: call
                .duration_secs
                .filter(|_| call.status == CallStatus::Completed),
            dial_delay_ms: call
                .placing_at
                .zip(call.due_at)
                .map(|(placing, due)| millis(placing, due)),
            answer_ms: call.answer_ms,
        })
    }
}

fn millis(later: Timestamp, earlier: Timestamp) -> u64 {
    u64::try_from(later.duration_since(earlier).as_millis()).unwrap_or(0)
}

/// Upper bounds of the classes in which lengths of time are counted, in milliseconds. What is longer than the last
/// one has a class of its own.
const BOUNDS_MS: [u64; 19] = [
    50, 100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 15_000, 30_000, 60_000,
    120_000, 300_000, 900_000,
];

/// How many lengths of time fell into each of 20 classes. It can be added up, and tells percentiles to the width of a
/// class, whatever number of values there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Latencies([u64; Latencies::CLASSES]);

impl Latencies {
    /// How many classes there are.
    pub const CLASSES: usize = BOUNDS_MS.len() + 1;

    /// The class of a length of time.
    pub fn class_of(ms: u64) -> usize {
        BOUNDS_MS.partition_point(|bound| *bound < ms)
    }

    /// Adds `count` values of one class; a class that does not exist is left out.
    pub fn add(&mut self, class: usize, count: u64) {
        if let Some(counted) = self.0.get_mut(class) {
            *counted = counted.saturating_add(count);
        }
    }

    /// Adds what another one counted.
    pub fn merge(&mut self, other: &Self) {
        for (class, count) in other.0.iter().enumerate() {
            self.add(class, *count);
        }
    }

    /// How many values there are.
    pub fn count(&self) -> u64 {
        self.0.iter().sum()
    }

    /// A time in milliseconds that `percent` of the values did not exceed: the bound of its class. None without
    /// values. Of what is longer than 15 minutes it says 15 minutes.
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        let wanted = (self.count() * percent.min(100)).div_ceil(100).max(1);
        let mut seen = 0;
        let class = self.0.iter().position(|count| {
            seen += count;
            seen >= wanted
        })?;
        Some(BOUNDS_MS[class.min(BOUNDS_MS.len() - 1)])
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::call;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_percentile_is_never_below_the_value_that_it_stands_for(values in prop::collection::vec(0u64..800_000, 1..200)) {
            let mut latencies = Latencies::default();
            for value in &values {
                latencies.add(Latencies::class_of(*value), 1);
            }
            let mut sorted = values.clone();
            sorted.sort_unstable();
            prop_assert_eq!(latencies.count(), values.len() as u64);
            for percent in [1, 50, 95, 100] {
                let at = (values.len() * percent).div_ceil(100) - 1;
                let told = latencies.percentile(percent as u64).unwrap();
                prop_assert!(told >= sorted[at], "{told} {}", sorted[at]);
                // It is the bound of the class that the value itself is in.
                prop_assert_eq!(Latencies::class_of(told), Latencies::class_of(sorted[at]));
            }
        }
    }

    #[test]
    fn nothing_measured_has_no_percentile_and_the_longest_class_is_told_as_its_beginning() {
        assert_eq!(Latencies::default().percentile(50), None);
        let mut long = Latencies::default();
        long.add(Latencies::class_of(u64::MAX), 1);
        assert_eq!(long.percentile(50), Some(900_000));
    }

    #[test]
    fn what_is_measured_has_its_names() {
        assert_eq!(
            AgentAction::ALL.map(AgentAction::as_str),
            ["created", "updated", "deleted"]
        );
        assert_eq!(
            WebhookResult::ALL.map(WebhookResult::as_str),
            [
                "applied", "early", "ignored", "repeated", "unparsed", "failed", "refused"
            ]
        );
        assert_eq!(
            ToolResult::ALL.map(ToolResult::as_str),
            ["done", "failed", "in_doubt"]
        );
    }

    #[test]
    fn only_a_webhook_that_came_to_nothing_and_should_have_is_a_failure() {
        let failures = WebhookResult::ALL
            .into_iter()
            .filter(|result| result.is_failure());
        assert!(failures.eq([
            WebhookResult::Unparsed,
            WebhookResult::Failed,
            WebhookResult::Refused
        ]));
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    #[test]
    fn a_reception_is_measured_from_the_moment_in_which_it_was_accepted() {
        let attached = |accepted| match Measurement::attached(accepted, at(1_500)) {
            Measurement::Reception(ReceptionEvent::Attached { delay_ms }) => delay_ms,
            other => panic!("{other:?}"),
        };
        assert_eq!(attached(None), None);
        assert_eq!(attached(Some(at(1_000))), Some(500));
        assert_eq!(attached(Some(at(2_000))), Some(0), "clocks differ");
    }

    #[test]
    fn a_call_is_measured_once_it_rang_and_is_over() {
        for status in CallStatus::ALL {
            let mut call = call(status);
            call.duration_secs = Some(61);
            call.answer_ms = Some(900);
            (call.due_at, call.placing_at) = (Some(at(1_000)), Some(at(1_250)));
            let measured = Measurement::of_call(&call);
            let expected =
                (status.is_final() && status != CallStatus::Cancelled).then_some(Measurement::CallEnded {
                    provider: ProviderKind::Elevenlabs,
                    outcome: status,
                    duration_secs: (status == CallStatus::Completed).then_some(61),
                    dial_delay_ms: Some(250),
                    answer_ms: Some(900),
                });
            assert_eq!(measured, expected, "{status:?}");
            call.provider = None;
            assert_eq!(Measurement::of_call(&call), None);
        }
    }

    #[test]
    fn latencies_of_two_places_are_merged_class_by_class() {
        let (mut one, mut other) = (Latencies::default(), Latencies::default());
        one.add(Latencies::class_of(40), 2);
        other.add(Latencies::class_of(40), 1);
        other.add(Latencies::class_of(9_000), 3);
        one.merge(&other);
        assert_eq!(one.count(), 6);
        assert_eq!((one.percentile(50), one.percentile(51)), (Some(50), Some(10_000)));
    }
}
