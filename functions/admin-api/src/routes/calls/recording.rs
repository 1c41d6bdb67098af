//! The recording of a call.

use axum::Json;
use serde::Serialize;
use switchboard_domain::{CallId, RecordingState};
use switchboard_service::{Problem, ProblemCode};
use switchboard_store::FileStore;
use utoipa::ToSchema;

use crate::answer::{Answer, Refusals};
use crate::path::{Id, found};
use crate::roles::Viewer;

/// Where a recording can be heard.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordingLink {
    /// A link to an MP3 file; good for 15 minutes, and for ranges.
    url: String,
    /// Length in seconds, measured from the audio itself.
    duration_secs: Option<f64>,
    /// Size in bytes.
    bytes: Option<u64>,
}

/// A link to the recording.
#[utoipa::path(get, path = "/calls/{call_id}/recording", tag = "calls", params(("call_id" = CallId, Path)),
    responses((status = OK, body = RecordingLink), Refusals))]
pub(super) async fn get_recording(Viewer(api): Viewer, Id(id): Id<CallId>) -> Answer<RecordingLink> {
    let call = found(api.store.find_call(&id).await?, "call")?;
    let missing = |detail: &str| Err(Problem::new(ProblemCode::NotFound, detail));
    match call.recording.state {
        RecordingState::Stored => {}
        RecordingState::Pending if !call.status.is_final() => {
            return missing("The call is not over. Ask again when it is.");
        }
        RecordingState::Pending => return missing("The recording has not come yet. Ask again in a minute."),
        RecordingState::None => return missing("There is none: nobody spoke, or the agent does not record."),
        RecordingState::Lost => {
            return missing("The recording is lost: the provider had one, and it could not be fetched.");
        }
    }
    let url = api
        .store
        .files()
        .presign_get(&FileStore::recording_key(&id), None)
        .await?;
    Ok(Json(RecordingLink {
        url,
        duration_secs: call.recording.duration_secs,
        bytes: call.recording.bytes,
    }))
}
