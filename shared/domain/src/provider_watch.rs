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

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(secs).unwrap()
    }

    #[test]
    fn it_is_asked_again_once_patience_is_over() {
        let mut watch = ProviderWatch::fresh(ProviderKind::Openai);
        let due = |watch: &ProviderWatch, secs| watch.is_due(SignedDuration::from_secs(60), at(secs));
        assert!(due(&watch, 0), "it was never asked");
        watch.asked_at = Some(at(100));
        assert_eq!([159, 160].map(|secs| due(&watch, secs)), [false, true]);
    }

    #[test]
    fn what_runs_out_does_so_since_it_was_first_seen_by_whatever_settings() {
        let mut watch = ProviderWatch::fresh(ProviderKind::Openai);
        let (usual, never) = (AlertSettings::default(), |credits| {
            let one = crate::ProviderAlerts {
                least_credits_percent: credits,
                most_calls_percent: None,
                ..crate::ProviderAlerts::usual(ProviderKind::Openai)
            };
            AlertSettings { providers: vec![one] }
        });
        watch.judge_again(&usual, at(1));
        assert_eq!(watch.low, [], "it never said what is left");
        let figures = |calls| QuotaFigures {
            credits_used: Some(99),
            credits_limit: Some(100),
            calls_in_progress: Some(calls),
            most_calls: Some(10),
            ..QuotaFigures::default()
        };
        let low = |watch: &ProviderWatch| {
            watch
                .low
                .iter()
                .map(|low| (low.alert, low.since))
                .collect::<Vec<_>>()
        };
        watch.answered(figures(1), &usual, at(10));
        assert_eq!(low(&watch), [(crate::QuotaAlert::Credits, at(10))]);
        assert_eq!((watch.quota_at, watch.answered_at), (Some(at(10)), Some(at(10))));
        watch.answered(figures(10), &usual, at(20));
        let both = [
            (crate::QuotaAlert::Credits, at(10)),
            (crate::QuotaAlert::Calls, at(20)),
        ];
        assert_eq!(low(&watch), both);
        watch.judge_again(&never(Some(10)), at(30));
        assert_eq!(low(&watch), both[..1]);
        watch.judge_again(&never(None), at(40));
        assert_eq!(watch.low, []);
    }

    #[test]
    fn a_question_that_failed_and_stops_no_call_is_an_answer() {
        let mut watch = ProviderWatch::fresh(ProviderKind::Openai);
        watch.failed("No answer.".into(), None, true, at(10));
        assert_eq!((watch.failing_since, watch.answered_at), (Some(at(10)), None));
        watch.failed("Not allowed.".into(), None, false, at(20));
        assert_eq!((watch.failing_since, watch.answered_at), (None, Some(at(20))));
        assert_eq!(watch.error.as_deref(), Some("Not allowed."));
    }
}
