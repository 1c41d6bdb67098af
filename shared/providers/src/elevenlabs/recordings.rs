//! Recordings.

use switchboard_domain::ProviderId;

use crate::recording::read_recording;
use crate::transport::{Query, Transport};
use crate::{ProviderError, RecordingStream};

const USUAL_CONTENT_TYPE: &str = "audio/mpeg";

/// What the route answers when there is no audio is not documented: 404, 400, 422 and an empty
/// success are all taken as none.
pub(super) async fn get(
    transport: &Transport,
    id: &ProviderId,
) -> Result<Option<RecordingStream>, ProviderError> {
    let path = format!("/v1/convai/conversations/{id}/audio");
    match transport.get(&path, &Query::new(), None).await {
        Ok(response) => read_recording(response, USUAL_CONTENT_TYPE).await,
        Err(ProviderError::NotFound { .. } | ProviderError::Rejected { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
