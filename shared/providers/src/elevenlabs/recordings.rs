//! Recordings.

use futures::{StreamExt, TryStreamExt};
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use switchboard_domain::ProviderId;

use crate::failure::{network, unreadable};
use crate::transport::{Query, Transport};
use crate::{ProviderError, RecordingStream};

const DEFAULT_CONTENT_TYPE: &str = "audio/mpeg";

/// What the route answers when there is no audio is not documented: 404, 400, 422 and an empty
/// success are all taken as none.
pub(super) async fn get(
    transport: &Transport,
    id: &ProviderId,
) -> Result<Option<RecordingStream>, ProviderError> {
    let path = format!("/v1/convai/conversations/{id}/audio");
    match transport.get(&path, &Query::new(), None).await {
        Ok(response) => read(response).await,
        Err(ProviderError::NotFound { .. } | ProviderError::Rejected { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn read(response: Response) -> Result<Option<RecordingStream>, ProviderError> {
    // Judged after the first bytes: an empty answer is no recording, whatever it calls itself.
    let content_type = content_type(&response);
    let content_length = response.content_length();
    let mut stream = response.bytes_stream().map_err(network).boxed();
    let first = loop {
        match stream.next().await {
            None => return Ok(None),
            Some(Ok(bytes)) if bytes.is_empty() => continue,
            Some(first) => break first?,
        }
    };
    let bytes = futures::stream::once(async { Ok(first) }).chain(stream).boxed();
    Ok(Some(RecordingStream {
        content_type: content_type?,
        content_length,
        bytes,
    }))
}

/// Anything but audio is some gateway's page, not a recording.
fn content_type(response: &Response) -> Result<String, ProviderError> {
    let Some(value) = response.headers().get(CONTENT_TYPE) else {
        return Ok(DEFAULT_CONTENT_TYPE.to_owned());
    };
    let text = value.to_str().unwrap_or_default();
    let kind = text
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match kind.as_str() {
        "application/octet-stream" | "binary/octet-stream" => Ok(DEFAULT_CONTENT_TYPE.to_owned()),
        audio if audio.starts_with("audio/") => Ok(audio.to_owned()),
        _ => Err(unreadable("the recording is not audio")),
    }
}
