//! Misbehaviour on demand.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

use crate::Platform;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// 429 before placing: `concurrent_limit_exceeded`; at Ultravox with `Retry-After`.
    TooManyCalls,
    /// 429 `system_busy` before placing; at Ultravox 503 with `Retry-After`.
    SystemBusy,
    /// 401 `quota_exceeded` before placing; at Ultravox 402.
    QuotaExceeded,
    /// 402 before placing: `insufficient_credits`.
    OutOfCredit,
    /// 422 before placing; at Ultravox 400.
    Invalid,
    /// 500 before placing.
    ErrorBefore,
    /// 500 after placing: the call goes on.
    ErrorAfter,
    /// No answer for `secs` before placing, then 500.
    HangBefore,
    /// Placed; the answer comes after `secs`.
    HangAfter,
    /// 200 with `success: false`; at Ultravox 400.
    SuccessFalse,
    /// The webhook is never sent.
    WebhookLost,
    /// The webhook is sent twice.
    WebhookTwice,
    /// The webhook comes `secs` later.
    WebhookLate,
    /// The webhook comes before the dial's answer.
    WebhookFirst,
    /// The webhook's signature is wrong.
    WebhookForged,
    /// The webhook's signature is two hours old.
    WebhookStale,
    /// The webhook's body is cut off.
    WebhookMalformed,
    /// `call.joined` comes after `call.ended`. Ultravox only.
    WebhookReordered,
    /// The platform breaks down in the middle of the talk: `system_error`. Ultravox only.
    EndsSystemError,
    /// The connection breaks in the middle of the talk: `connection_error`. Ultravox only.
    EndsConnectionError,
    /// There is no recording.
    NoAudio,
    /// The recording is padded to `bytes`.
    LargeAudio,
}

/// A rule: which numbers, how often, what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FaultRule {
    /// The platform it is for; none: every one.
    #[serde(default)]
    pub platform: Option<Platform>,
    /// The webhook event it is for, as in `call.ended`; none: every one. Only where it is about webhooks.
    #[serde(default)]
    pub event: Option<String>,
    /// Last digits of the numbers it is for; none: all.
    #[serde(default)]
    pub suffix: Option<String>,
    /// How likely it is, 0 to 1.
    #[serde(default = "always")]
    pub probability: f64,
    /// How often it happens at most; none: without end.
    #[serde(default)]
    pub count: Option<u32>,
    /// What goes wrong.
    pub kind: FaultKind,
    /// Seconds, where the kind takes some. Not divided by the clock factor.
    #[serde(default)]
    pub secs: f64,
    /// Bytes, where the kind takes some.
    #[serde(default)]
    pub bytes: u64,
}

fn always() -> f64 {
    1.0
}

/// The rules in force.
#[derive(Debug)]
pub(crate) struct Faults {
    rules: Vec<FaultRule>,
    rng: StdRng,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            rules: Vec::new(),
            rng: StdRng::seed_from_u64(seed),
        }
    }

    pub(crate) fn add(&mut self, rules: Vec<FaultRule>) {
        self.rules.extend(rules);
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// The first rule of one of these kinds that strikes this number now.
    pub(crate) fn strike(
        &mut self,
        platform: Platform,
        number: &str,
        kinds: &[FaultKind],
    ) -> Option<FaultRule> {
        self.find(platform, None, number, kinds)
    }

    /// The same for one webhook event.
    pub(crate) fn strike_event(
        &mut self,
        platform: Platform,
        event: &str,
        number: &str,
        kinds: &[FaultKind],
    ) -> Option<FaultRule> {
        self.find(platform, Some(event), number, kinds)
    }

    fn find(
        &mut self,
        platform: Platform,
        event: Option<&str>,
        number: &str,
        kinds: &[FaultKind],
    ) -> Option<FaultRule> {
        for rule in &mut self.rules {
            let concerned = kinds.contains(&rule.kind)
                && rule.platform.is_none_or(|only| only == platform)
                && (rule.event.is_none() || rule.event.as_deref() == event)
                && rule.count != Some(0)
                && rule.suffix.as_ref().is_none_or(|suffix| number.ends_with(suffix));
            if concerned && self.rng.random::<f64>() < rule.probability {
                rule.count = rule.count.map(|count| count - 1);
                return Some(rule.clone());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_strikes_as_often_as_it_says() {
        let mut faults = Faults::new(1);
        let rule = r#"[{"kind":"error_before","count":2,"suffix":"7"}]"#;
        faults.add(serde_json::from_str(rule).unwrap());
        let kinds = [FaultKind::ErrorBefore];
        assert!(faults.strike(Platform::ElevenLabs, "+1455", &kinds).is_none());
        assert!(
            faults
                .strike(Platform::ElevenLabs, "+1457", &[FaultKind::Invalid])
                .is_none()
        );
        assert!(faults.strike(Platform::ElevenLabs, "+1457", &kinds).is_some());
        assert!(faults.strike(Platform::ElevenLabs, "+1457", &kinds).is_some());
        assert!(faults.strike(Platform::ElevenLabs, "+1457", &kinds).is_none());
    }

    #[test]
    fn a_rule_for_one_platform_or_one_event_leaves_the_others_alone() {
        let mut faults = Faults::new(1);
        let rule = r#"[{"kind":"webhook_lost","platform":"ultravox","event":"call.ended"}]"#;
        faults.add(serde_json::from_str(rule).unwrap());
        let kinds = [FaultKind::WebhookLost];
        let mut strikes = |platform, event| faults.strike_event(platform, event, "+1457", &kinds).is_some();
        assert!(!strikes(Platform::ElevenLabs, "call.ended"));
        assert!(!strikes(Platform::Ultravox, "call.joined"));
        assert!(strikes(Platform::Ultravox, "call.ended"));
    }
}
