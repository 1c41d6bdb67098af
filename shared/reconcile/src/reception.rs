//! A call that came in and that a platform's agent had: what the platform tells of it is its conclusion.

use jiff::Timestamp;
use switchboard_domain::{Call, ProviderKind, ReceptionSettings, TranscriptTurn, Urgency, urgent_word};
use switchboard_store::{Store, StoreError, UpdateOutcome};

/// Concludes a call that has ended, with what the reception makes of its words, and marks its line as free. One that
/// did not come in stays as it is. Doing it again changes nothing.
pub(crate) async fn conclude_told(
    store: &Store,
    call: Box<Call>,
    turns: &[TranscriptTurn],
    now: Timestamp,
) -> Result<Box<Call>, StoreError> {
    let is_told = matches!(
        call.provider,
        Some(ProviderKind::Elevenlabs | ProviderKind::Ultravox)
    );
    let is_left = call
        .reception
        .as_ref()
        .is_some_and(|reception| !reception.concluded);
    if !is_told || !is_left {
        return Ok(call);
    }
    let settings = store.reception_settings().await?;
    let concluded = store
        .update_call(&call.call_id, |call| conclude(call, &settings, turns, now))
        .await?;
    store.end_inbound(&call.call_id, None, now).await?;
    Ok(match concluded {
        UpdateOutcome::Changed(call) | UpdateOutcome::Unchanged(call) => call,
        UpdateOutcome::NotFound => call,
    })
}

fn conclude(call: &mut Call, settings: &ReceptionSettings, turns: &[TranscriptTurn], now: Timestamp) -> bool {
    let Some(reception) = call.reception.as_mut().filter(|reception| !reception.concluded) else {
        return false;
    };
    reception.concluded = true;
    if let Some(word) = urgent_word(settings, turns) {
        reception.raise(Urgency::High, &format!("The caller said \u{201c}{word}\u{201d}."));
    }
    reception.urgency = reception.urgency.or(Some(Urgency::Normal));
    call.updated_at = now;
    true
}
