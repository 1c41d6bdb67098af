//! A recording on its way from the provider.

use std::fmt;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;

use crate::ProviderError;
use crate::failure::{network, unreadable};

/// The bytes of a recording, as they come.
pub struct RecordingStream {
    /// Kind of audio, e.g. `audio/mpeg`.
    pub content_type: String,
    /// Size in bytes, when the provider tells it beforehand.
    pub content_length: Option<u64>,
    /// The bytes. A stream that breaks off ends in an error, never silently short.
    pub bytes: BoxStream<'static, Result<Bytes, ProviderError>>,
}

impl fmt::Debug for RecordingStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordingStream")
            .field("content_type", &self.content_type)
            .field("content_length", &self.content_length)
            .finish_non_exhaustive()
    }
}

/// The recording in an answer, or none if it is empty. `usual` is the kind of audio where none is said.
pub(crate) async fn read_recording(
    response: Response,
    usual: &str,
) -> Result<Option<RecordingStream>, ProviderError> {
    // Judged after the first bytes: an empty answer is no recording, whatever it calls itself.
    let content_type = content_type(&response, usual);
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
fn content_type(response: &Response, usual: &str) -> Result<String, ProviderError> {
    let Some(value) = response.headers().get(CONTENT_TYPE) else {
        return Ok(usual.to_owned());
    };
    let text = value.to_str().unwrap_or_default();
    let kind = text
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match kind.as_str() {
        "application/octet-stream" | "binary/octet-stream" => Ok(usual.to_owned()),
        audio if audio.starts_with("audio/") => Ok(audio.to_owned()),
        _ => Err(unreadable("the recording is not audio")),
    }
}
