//! What is known of a provider from questions that are no dials: whether it answers, and what its account has left.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{AlertSettings, LowQuota, ProviderKind, QuotaFigures};

/// What is known of how a provider answers questions that are no dials, and of what its account has left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderWatch {
    /// The platform.
    pub provider: ProviderKind,
    /// When it was last asked; whoever asks writes this first, so that one asks for all.
    pub asked_at: Option<Timestamp>,
    /// When it last answered.
    #[serde(default)]
    pub answered_at: Option<Timestamp>,
    /// Since when it does not answer, or does not serve our account; none while it does.
    #[serde(default)]
    pub failing_since: Option<Timestamp>,
    /// What it said instead of an answer the last time, for people.
    #[serde(default)]
    pub error: Option<String>,
    /// The provider's id of that request, for its support.
    #[serde(default)]
    pub request_id: Option<String>,
    /// What the account may still use, as it last said.
    #[serde(default)]
    pub quota: Option<QuotaFigures>,
    /// When it said so.
    #[serde(default)]
    pub quota_at: Option<Timestamp>,
    /// What runs out.
    #[serde(default)]
    pub low: Vec<LowQuota>,
    /// Counts changes; every write is conditional on it.
    #[serde(default)]
    pub version: u64,
}

impl ProviderWatch {
    /// Of a provider that was never asked.
    pub fn fresh(provider: ProviderKind) -> Self {
        Self {
            provider,
            asked_at: None,
            answered_at: None,
            failing_since: None,
            error: None,
            request_id: None,
            quota: None,
            quota_at: None,
            low: Vec::new(),
            version: 0,
        }
    }

    /// Whether it was last asked longer than `patience` ago.
    pub fn is_due(&self, patience: SignedDuration, now: Timestamp) -> bool {
        self.asked_at
            .is_none_or(|asked| now.duration_since(asked) >= patience)
    }

    /// It answered, and said what is left.
    pub fn answered(&mut self, figures: QuotaFigures, settings: &AlertSettings, now: Timestamp) {
        self.answered_at = Some(now);
        (self.failing_since, self.error, self.request_id) = (None, None, None);
        self.judge(&figures, settings, now);
        self.quota = Some(figures);
        self.quota_at = Some(now);
    }

    /// Judges by other settings what it last said.
    pub fn judge_again(&mut self, settings: &AlertSettings, now: Timestamp) {
        if let Some(figures) = self.quota.clone() {
            self.judge(&figures, settings, now);
        }
    }

    fn judge(&mut self, figures: &QuotaFigures, settings: &AlertSettings, now: Timestamp) {
        let since = |alert| {
            let before = self.low.iter().find(|low| low.alert == alert);
            before.map_or(now, |low| low.since)
        };
        self.low = settings
            .alerts(self.provider, figures)
            .into_iter()
            .map(|alert| LowQuota {
                alert,
                since: since(alert),
            })
            .collect();
    }

    /// It did not answer as hoped. `is_failing`: nobody can be called through it until that changes.
    pub fn failed(&mut self, error: String, request_id: Option<String>, is_failing: bool, now: Timestamp) {
        match is_failing {
            true => self.failing_since = self.failing_since.or(Some(now)),
            false => {
                self.failing_since = None;
                self.answered_at = Some(now);
            }
        }
        (self.error, self.request_id) = (Some(error), request_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_fails_since_its_first_failure_until_it_answers() {
        let at = |secs| Timestamp::from_second(secs).unwrap();
        let mut watch = ProviderWatch::fresh(ProviderKind::Elevenlabs);
        watch.failed("No answer.".into(), None, true, at(10));
        watch.failed("No answer.".into(), Some("req_1".into()), true, at(40));
        assert_eq!(watch.failing_since, Some(at(10)));
        assert_eq!(watch.request_id.as_deref(), Some("req_1"));
        watch.answered(QuotaFigures::default(), &AlertSettings::default(), at(70));
        assert_eq!((watch.failing_since, watch.error), (None, None));
    }
}
