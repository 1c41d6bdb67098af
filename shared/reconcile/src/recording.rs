//! Recordings, fetched into our own bucket.

use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{Call, CallId, Recording, RecordingState};
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
        return settle(store, call_id, RecordingState::None, now).await;
    };
    match provider.get_recording(conversation).await? {
        Some(stream) => match fetch(stream).await? {
            Some(fetched) => {
                put(store, call_id, &fetched).await?;
                settle_read(store, &call, RecordingState::Stored, Some(fetched), now).await
            }
            None => not_there_yet(store, &call, now).await,
        },
        None => not_there_yet(store, &call, now).await,
    }
}

/// Stores a recording of the carrier's, and settles the call's recording. A call whose recording is settled keeps
/// what it has, unless this one is longer: of a caller who was put through, each part is recorded for itself.
///
/// # Errors
/// When the carrier, the store or the disk fails; the recording stays due.
pub async fn keep_recording(
    store: &Store,
    call_id: &CallId,
    stream: RecordingStream,
    now: Timestamp,
) -> Result<RecordingState, ReconcileError> {
    let Some(fetched) = fetch(stream).await? else {
        return Ok(RecordingState::Pending);
    };
    let Some(call) = store.find_call(call_id).await? else {
        store.settle_recording(call_id).await?;
        return Ok(RecordingState::None);
    };
    if !is_wanted(&call.recording, fetched.secs) {
        store.settle_recording(call_id).await?;
        return Ok(call.recording.state);
    }
    put(store, call_id, &fetched).await?;
    let change = |call: &mut Call| {
        let is_wanted = is_wanted(&call.recording, fetched.secs);
        let is_another = call.recording.state == RecordingState::Stored;
        if is_wanted {
            take_recording(call, RecordingState::Stored, Some(&fetched), now);
            // The longest part is not all of the call, and none is missing for that.
            call.recording.whole = call.recording.whole.filter(|_| !is_another);
        }
        is_wanted
    };
    let outcome = store.update_call(call_id, change).await?;
    settled(store, call_id, outcome, now).await
}

/// Whether a recording of this length is kept rather than what there is.
fn is_wanted(kept: &Recording, secs: Option<f64>) -> bool {
    match kept.state {
        RecordingState::Pending => true,
        RecordingState::Stored => secs
            .zip(kept.duration_secs)
            .is_some_and(|(secs, kept)| secs > kept),
        RecordingState::None | RecordingState::Lost => false,
    }
}

/// A recording in a temporary file, which is gone with this.
struct Fetched {
    path: tempfile::TempPath,
    content_type: String,
    bytes: u64,
    secs: Option<f64>,
}

async fn put(store: &Store, call_id: &CallId, fetched: &Fetched) -> Result<(), ReconcileError> {
    let key = FileStore::recording_key(call_id);
    let put = store.files().put_file(&key, &fetched.content_type, &fetched.path);
    Ok(put.await?)
}

async fn fetch(mut stream: RecordingStream) -> Result<Option<Fetched>, ReconcileError> {
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
    Ok(Some(Fetched {
        path,
        content_type: stream.content_type,
        bytes,
        secs,
    }))
}

/// The provider has none now: it may come, until we have waited long enough.
async fn not_there_yet(store: &Store, call: &Call, now: Timestamp) -> Result<RecordingState, ReconcileError> {
    let waited = now.duration_since(call.ended_at.unwrap_or(call.updated_at));
    if call.recording.attempts + 1 >= MAX_ATTEMPTS && waited > PATIENCE {
        tracing::error!(call.id = %call.call_id, "a recording was promised and never came");
        return settle(store, &call.call_id, RecordingState::Lost, now).await;
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
    now: Timestamp,
) -> Result<RecordingState, ReconcileError> {
    let change = |call: &mut Call| take_recording(call, state, None, now);
    let outcome = store.update_call(call_id, change).await?;
    settled(store, call_id, outcome, now).await
}

/// The same for a call that was just read.
async fn settle_read(
    store: &Store,
    read: &Call,
    state: RecordingState,
    stored: Option<Fetched>,
    now: Timestamp,
) -> Result<RecordingState, ReconcileError> {
    let change = |call: &mut Call| take_recording(call, state, stored.as_ref(), now);
    let outcome = store.update_call_as_read(read, change).await?;
    settled(store, &read.call_id, outcome, now).await
}

fn take_recording(call: &mut Call, state: RecordingState, stored: Option<&Fetched>, now: Timestamp) -> bool {
    let wanted = call.recording.state == RecordingState::Pending;
    call.recording.state = state;
    if let Some(stored) = stored {
        call.recording.bytes = Some(stored.bytes);
        call.recording.stored_at = Some(now);
        call.recording.duration_secs = stored.secs;
        call.recording.whole = stored.secs.and_then(|secs| call.has_whole(secs));
    }
    call.updated_at = now;
    wanted
}

async fn settled(
    store: &Store,
    call_id: &CallId,
    outcome: UpdateOutcome,
    now: Timestamp,
) -> Result<RecordingState, ReconcileError> {
    if let UpdateOutcome::Changed(call) = &outcome {
        store.note_recording(call, now).await?;
    }
    store.settle_recording(call_id).await?;
    Ok(match outcome {
        UpdateOutcome::Changed(call) | UpdateOutcome::Unchanged(call) => call.recording.state,
        UpdateOutcome::NotFound => RecordingState::None,
    })
}
