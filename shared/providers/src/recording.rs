//! A recording on its way from the provider.

use std::fmt;

use bytes::Bytes;
use futures::stream::BoxStream;

use crate::ProviderError;

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
