//! When somebody is to be told that an account at a provider comes to its end.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ProviderKind;

/// What an account may still use, as its provider told it. What it does not tell is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaFigures {
    /// Credits used in this period.
    pub credits_used: Option<u64>,
    /// Credits of this period.
    pub credits_limit: Option<u64>,
    /// When the next period begins.
    pub resets_at: Option<Timestamp>,
    /// Calls in progress, whoever began them.
    pub calls_in_progress: Option<u64>,
    /// Most calls that may be in progress at one time.
    pub most_calls: Option<u64>,
}

impl QuotaFigures {
    /// Credits left in this period.
    pub fn credits_left(&self) -> Option<u64> {
        Some(self.credits_limit?.saturating_sub(self.credits_used?))
    }

    /// Credits left, in percent of the period's; none where the period has none.
    pub fn credits_left_percent(&self) -> Option<u64> {
        let (left, limit) = (self.credits_left()?, self.credits_limit?);
        (limit > 0).then(|| left.saturating_mul(100) / limit)
    }

    /// Calls in progress, in percent of the most that there may be.
    pub fn calls_percent(&self) -> Option<u64> {
        let (calls, most) = (self.calls_in_progress?, self.most_calls?);
        (most > 0).then(|| calls.saturating_mul(100) / most)
    }
}

/// What runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuotaAlert {
    /// Credits of this period.
    Credits,
    /// Calls that may be in progress at one time.
    Calls,
}

impl QuotaAlert {
    /// Everything that can run out.
    pub const ALL: [Self; 2] = [Self::Credits, Self::Calls];

    /// The name in metrics and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Credits => "credits",
            Self::Calls => "calls",
        }
    }
}

/// Something that runs out, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LowQuota {
    /// What.
    pub alert: QuotaAlert,
    /// Since when.
    pub since: Timestamp,
}

/// When somebody is to be told of one provider's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProviderAlerts {
    /// The platform.
    pub provider: ProviderKind,
    /// When fewer credits than this are left; none: never.
    pub least_credits: Option<u64>,
    /// When fewer percent of the period's credits than this are left, 1 to 99; none: never.
    pub least_credits_percent: Option<u64>,
    /// When calls in progress reach this many percent of the most that the account may have, 1 to 100; none: never.
    pub most_calls_percent: Option<u64>,
}

impl ProviderAlerts {
    /// What holds until somebody sets something else.
    pub fn usual(provider: ProviderKind) -> Self {
        Self {
            provider,
            least_credits: None,
            least_credits_percent: Some(10),
            most_calls_percent: Some(95),
        }
    }
}

/// When somebody is to be told of an account, for each provider.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlertSettings {
    /// Each provider once; one that is left out has what is usual.
    pub providers: Vec<ProviderAlerts>,
}

impl AlertSettings {
    /// What holds for a provider.
    pub fn of(&self, provider: ProviderKind) -> ProviderAlerts {
        let set = self.providers.iter().find(|one| one.provider == provider);
        set.copied().unwrap_or_else(|| ProviderAlerts::usual(provider))
    }

    /// The same, with every provider in it.
    #[must_use]
    pub fn whole(&self) -> Self {
        Self {
            providers: ProviderKind::ALL.map(|kind| self.of(kind)).to_vec(),
        }
    }

    /// What runs out, by what a provider told.
    pub fn alerts(&self, provider: ProviderKind, figures: &QuotaFigures) -> Vec<QuotaAlert> {
        let set = self.of(provider);
        let below = |value: Option<u64>, least: Option<u64>| value.zip(least).is_some_and(|(v, l)| v < l);
        let credits = below(figures.credits_left(), set.least_credits)
            || below(figures.credits_left_percent(), set.least_credits_percent);
        let calls = figures
            .calls_percent()
            .zip(set.most_calls_percent)
            .is_some_and(|(now, most)| now >= most);
        let mut alerts = Vec::new();
        alerts.extend(credits.then_some(QuotaAlert::Credits));
        alerts.extend(calls.then_some(QuotaAlert::Calls));
        alerts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(used: u64, calls: u64) -> QuotaFigures {
        QuotaFigures {
            credits_used: Some(used),
            credits_limit: Some(1_000),
            resets_at: None,
            calls_in_progress: Some(calls),
            most_calls: Some(20),
        }
    }

    fn low(settings: &AlertSettings, figures: &QuotaFigures) -> Vec<QuotaAlert> {
        settings.alerts(ProviderKind::Elevenlabs, figures)
    }

    #[test]
    fn an_account_is_low_below_its_thresholds_and_not_at_them() {
        let usual = AlertSettings::default();
        assert_eq!(low(&usual, &figures(900, 18)), []);
        assert_eq!(low(&usual, &figures(901, 18)), [QuotaAlert::Credits]);
        assert_eq!(low(&usual, &figures(900, 19)), [QuotaAlert::Calls]);
        assert_eq!(low(&usual, &figures(2_000, 19)), QuotaAlert::ALL);
        let absolute = AlertSettings {
            providers: vec![ProviderAlerts {
                least_credits: Some(200),
                least_credits_percent: None,
                most_calls_percent: None,
                ..ProviderAlerts::usual(ProviderKind::Elevenlabs)
            }],
        };
        assert_eq!(low(&absolute, &figures(800, 20)), []);
        assert_eq!(low(&absolute, &figures(801, 20)), [QuotaAlert::Credits]);
    }

    #[test]
    fn what_a_provider_does_not_tell_is_never_low() {
        assert_eq!(low(&AlertSettings::default(), &QuotaFigures::default()), []);
        let nothing_to_use = QuotaFigures {
            credits_limit: Some(0),
            most_calls: Some(0),
            ..figures(0, 0)
        };
        assert_eq!(low(&AlertSettings::default(), &nothing_to_use), []);
    }

    #[test]
    fn a_provider_that_is_left_out_has_what_is_usual() {
        let whole = AlertSettings::default().whole();
        assert_eq!(whole.providers.len(), ProviderKind::ALL.len());
        assert_eq!(
            whole.of(ProviderKind::Ultravox),
            ProviderAlerts::usual(ProviderKind::Ultravox)
        );
    }

    #[test]
    fn an_alert_is_named_in_keys_as_in_json() {
        let names = ["credits", "calls"];
        assert_eq!(QuotaAlert::ALL.map(QuotaAlert::as_str), names);
        assert_eq!(
            serde_json::to_value(QuotaAlert::ALL).unwrap(),
            serde_json::json!(names)
        );
    }

    #[test]
    fn figures_are_told_in_percent_of_what_there_is() {
        let figures = QuotaFigures {
            credits_used: Some(750),
            credits_limit: Some(1_000),
            calls_in_progress: Some(3),
            most_calls: Some(4),
            ..QuotaFigures::default()
        };
        assert_eq!(figures.credits_left(), Some(250));
        assert_eq!(
            (figures.credits_left_percent(), figures.calls_percent()),
            (Some(25), Some(75))
        );
        let of_nothing = QuotaFigures {
            credits_limit: Some(0),
            most_calls: Some(0),
            ..figures.clone()
        };
        assert_eq!(
            (of_nothing.credits_left_percent(), of_nothing.calls_percent()),
            (None, None)
        );
        let overdrawn = QuotaFigures {
            credits_used: Some(2_000),
            ..figures
        };
        assert_eq!(overdrawn.credits_left(), Some(0));
    }
}
