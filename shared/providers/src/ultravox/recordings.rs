//! Recordings.

use switchboard_domain::ProviderId;

use crate::recording::read_recording;
use crate::transport::Transport;
use crate::{ProviderError, RecordingStream};

const USUAL_CONTENT_TYPE: &str = "audio/wav";

/// What the route answers when there is no audio, or none yet, is not documented: 404, 425, other refusals
/// of the request and an empty success are all taken as none. The audio mostly lies elsewhere.
pub(super) async fn get(
    transport: &Transport,
    id: &ProviderId,
) -> Result<Option<RecordingStream>, ProviderError> {
    match transport
        .get_file(&format!("/api/calls/{id}/recording"), None)
        .await
    {
        Ok(response) => read_recording(response, USUAL_CONTENT_TYPE).await,
        Err(ProviderError::NotFound { .. } | ProviderError::Rejected { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
