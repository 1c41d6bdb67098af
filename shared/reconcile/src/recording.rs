//! Recordings, fetched into our own bucket.

use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{Call, CallId, RecordingState};
use switchboard_providers::{RecordingStream, VoiceProvider};
use switchboard_store::{FileStore, Store, UpdateOutcome};
use tokio::io::AsyncWriteExt;

use crate::{ReconcileError, audio_duration_secs};

/// Largest recording that is taken.
const MAX_BYTES: u64 = 1 << 30;
/// After this many tries without one, a recording that was promised is given up.
const MAX_ATTEMPTS: u32 = 12;
/// How long a recording may be on its way before it is given up.
const PATIENCE: SignedDuration = SignedDuration::from_hours(6);

/// Fetches the recording of a call that is over, streaming through a temporary file, and settles
/// the call's recording. Repeating it changes nothing.
///
/// # Errors
/// When the provider, the store or the disk fails; the recording stays due.
pub async fn pull_recording(
    store: &Store,
    provider: &dyn VoiceProvider,
    call_id: &CallId,
    now: Timestamp,
) -> Result<RecordingState, ReconcileError> {
    let Some(call) = store.find_call(call_id).await? else {
        store.settle_recording(call_id).await?;
        return Ok(RecordingState::None);
    };
    if call.recording.state != RecordingState::Pending {
        store.settle_recording(call_id).await?;
        return Ok(call.recording.state);
    }
    let Some(conversation) = &call.conversation_id else {
        return settle(store, call_id, RecordingState::None, None, now).await;
    };
    match provider.get_recording(conversation).await? {
        Some(stream) => match store_stream(store, call_id, stream).await? {
            Some(stored) => settle(store, call_id, RecordingState::Stored, Some(stored), now).await,
            None => not_there_yet(store, &call, now).await,
        },
        None => not_there_yet(store, &call, now).await,
    }
}

/// Stores a recording of the carrier's, and settles the call's recording. A call whose recording is settled keeps
/// what it has.
///
/// # Errors
/// When the carrier, the store or the disk fails; the recording stays due.
pub async fn keep_recording(
    store: &Store,
    call_id: &CallId,
    stream: RecordingStream,
    now: Timestamp,
) -> Result<RecordingState, ReconcileError> {
    match store_stream(store, call_id, stream).await? {
        Some(stored) => settle(store, call_id, RecordingState::Stored, Some(stored), now).await,
        None => Ok(RecordingState::Pending),
    }
}

struct Stored {
    bytes: u64,
    secs: Option<f64>,
}

async fn store_stream(
    store: &Store,
    call_id: &CallId,
    mut stream: RecordingStream,
) -> Result<Option<Stored>, ReconcileError> {
    let (file, path) = tempfile::NamedTempFile::new()?.into_parts();
    let mut file = tokio::fs::File::from_std(file);
    let mut bytes = 0u64;
    while let Some(chunk) = stream.bytes.next().await {
        let chunk = chunk?;
        bytes += chunk.len() as u64;
        if bytes > MAX_BYTES {
            return Err(std::io::Error::other("the recording is larger than a gigabyte").into());
        }
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    if bytes == 0 {
        return Ok(None);
    }
    let secs = audio_duration_secs(std::io::BufReader::new(std::fs::File::open(&path)?))?;
    store
        .files()
        .put_file(&FileStore::recording_key(call_id), &stream.content_type, &path)
        .await?;
    Ok(Some(Stored { bytes, secs }))
}

/// The provider has none now: it may come, until we have waited long enough.
async fn not_there_yet(store: &Store, call: &Call, now: Timestamp) -> Result<RecordingState, ReconcileError> {
    let waited = now.duration_since(call.ended_at.unwrap_or(call.updated_at));
    if call.recording.attempts + 1 >= MAX_ATTEMPTS && waited > PATIENCE {
        tracing::error!(call.id = %call.call_id, "a recording was promised and never came");
        return settle(store, &call.call_id, RecordingState::Lost, None, now).await;
    }
    store
        .update_call(&call.call_id, |call| {
            call.recording.attempts += 1;
            call.updated_at = now;
            call.recording.state == RecordingState::Pending
        })
        .await?;
    Ok(RecordingState::Pending)
}

async fn settle(
    store: &Store,
    call_id: &CallId,
    state: RecordingState,
    stored: Option<Stored>,
    now: Timestamp,
) -> Result<RecordingState, ReconcileError> {
    let outcome = store
        .update_call(call_id, |call| {
            let wanted = call.recording.state == RecordingState::Pending;
            call.recording.state = state;
            if let Some(stored) = &stored {
                call.recording.bytes = Some(stored.bytes);
                call.recording.stored_at = Some(now);
                call.recording.duration_secs = stored.secs;
                call.recording.whole = stored.secs.and_then(|secs| call.has_whole(secs));
            }
            call.updated_at = now;
            wanted
        })
        .await?;
    if let UpdateOutcome::Changed(call) = &outcome {
        store.note_recording(call, now).await?;
    }
    store.settle_recording(call_id).await?;
    Ok(match outcome {
        UpdateOutcome::Changed(call) | UpdateOutcome::Unchanged(call) => call.recording.state,
        UpdateOutcome::NotFound => RecordingState::None,
    })
}
