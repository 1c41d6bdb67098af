//! A light look at a provider: does it answer, and what has our account left?

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{
    Measurement, ProviderEvent, ProviderHealth, ProviderState, ProviderWatch, QuotaAlert, QuotaFigures,
};
use switchboard_providers::{ProviderError, Quota, VoiceProvider};
use switchboard_store::{Store, StoreError};

/// How long an answer may take: somebody may be waiting for it in front of a page.
const PATIENCE: Duration = Duration::from_secs(8);
/// A provider that was slow or failed on a dial takes its next ones by their own answers for so long.
const DIALS_SPEAK_FOR: SignedDuration = SignedDuration::from_secs(60);
/// The key may place calls and may not read what is left: that is a pity, and no failure.
const MAY_NOT_READ: &str = "missing_permissions";

/// Asks a provider for what our account has left, unless somebody asked within `patience`; writes down what came of
/// it, and answers what is known then. Whoever asks first asks for all.
///
/// A failure counts among those of the dials, so that a provider which is down is known to be before anybody is
/// dialled; an answer brings one that is down back.
///
/// # Errors
/// When the store does not answer.
pub async fn watch_provider(
    store: &Store,
    provider: &dyn VoiceProvider,
    patience: SignedDuration,
    now: Timestamp,
) -> Result<ProviderWatch, StoreError> {
    let kind = provider.kind();
    let Some(mut watch) = store.take_watch(kind, patience, now).await? else {
        return store.provider_watch(kind).await;
    };
    let asked = tokio::time::timeout(PATIENCE, provider.get_subscription()).await;
    let answer = asked.unwrap_or_else(|_| {
        Err(ProviderError::Unavailable {
            reason: "no answer in time".to_owned(),
            request_id: None,
            source: None,
        })
    });
    let state = store.provider_state(kind, now).await?;
    let event = match &answer {
        Ok(_) => came_back(&state, now).then_some(ProviderEvent::Answered),
        Err(error @ ProviderError::Unavailable { .. }) => Some(ProviderEvent::Failed {
            error: error.explain_at(kind),
        }),
        Err(_) => None,
    };
    if let Some(event) = event {
        store.note_provider_event(kind, &event, now).await?;
    }
    match answer {
        Ok(quota) => {
            watch.answered(figures(&quota), &store.alert_settings().await?, now);
            tell(store, &watch, now).await;
        }
        Err(error) => watch.failed(
            error.explain_at(kind),
            error.request_id().map(str::to_owned),
            keeps_calls_from(&error),
            now,
        ),
    }
    if !store.put_provider_watch(&watch).await? {
        // Somebody who asked later was faster, and knows better.
        return store.provider_watch(kind).await;
    }
    watch.version += 1;
    Ok(watch)
}

/// Whether an answer that is none of a dial says something new of a provider.
fn came_back(state: &ProviderState, now: Timestamp) -> bool {
    let rested = state
        .last_error_at
        .is_none_or(|at| now.duration_since(at) >= DIALS_SPEAK_FOR);
    match state.health {
        ProviderHealth::Down => true,
        ProviderHealth::Degraded => rested,
        // Failures that were not yet enough.
        ProviderHealth::Up => state.failures > 0 && rested,
    }
}

fn keeps_calls_from(error: &ProviderError) -> bool {
    match error {
        ProviderError::Unauthorized { code, .. } => code != MAY_NOT_READ,
        ProviderError::Unavailable { .. } | ProviderError::OutOfCredit { .. } => true,
        // It answers; what it says of the account cannot be used.
        ProviderError::RateLimited { .. }
        | ProviderError::NotFound { .. }
        | ProviderError::Rejected { .. }
        | ProviderError::Unreadable { .. } => false,
    }
}

async fn tell(store: &Store, watch: &ProviderWatch, now: Timestamp) {
    let provider = watch.provider;
    if let Some(figures) = watch.quota.clone() {
        let seen = Measurement::QuotaSeen { provider, figures };
        store.measure(&seen, now).await;
    }
    for alert in QuotaAlert::ALL {
        let is_low = watch.low.iter().any(|low| low.alert == alert);
        let low = Measurement::QuotaLow {
            provider,
            alert,
            is_low,
        };
        store.measure(&low, now).await;
    }
}

fn figures(quota: &Quota) -> QuotaFigures {
    QuotaFigures {
        credits_used: quota.credits.map(|credits| credits.used),
        credits_limit: quota.credits.map(|credits| credits.limit),
        resets_at: quota.credits.and_then(|credits| credits.resets_at),
        calls_in_progress: quota.calls_in_progress,
        most_calls: quota.most_calls,
    }
}
