//! Recordings: asked for by their SID only, in our account.

use reqwest::StatusCode;
use serde::Deserialize;

use super::account::is_sid;
use super::client::{Twilio, no_account, refused, signed};
use crate::failure::network;
use crate::recording::read_recording;
use crate::{ProviderError, RecordingStream};

/// A recording, as Twilio has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwilioRecording {
    /// Its SID: `RE…`.
    pub sid: String,
    /// Of which call.
    pub call_sid: String,
    /// Whether it is whole and can be had.
    pub is_ready: bool,
    /// Whether it never will be: nothing was recorded, or it was deleted.
    pub is_absent: bool,
    /// Length in seconds, as Twilio counts it.
    pub duration_secs: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Body {
    sid: String,
    call_sid: String,
    status: String,
    #[serde(default)]
    duration: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Bodies {
    recordings: Vec<Body>,
}

impl From<Body> for TwilioRecording {
    fn from(body: Body) -> Self {
        Self {
            is_ready: body.status == "completed",
            is_absent: matches!(body.status.as_str(), "absent" | "deleted" | "failed"),
            duration_secs: body.duration.and_then(|text| text.parse().ok()),
            sid: body.sid,
            call_sid: body.call_sid,
        }
    }
}

/// Whether a text is the SID of a recording, so that it may stand in an address.
pub fn is_recording_sid(text: &str) -> bool {
    is_sid("RE", text)
}

impl Twilio {
    /// What Twilio says of a recording; none when it does not know it.
    ///
    /// # Errors
    /// When Twilio could not be asked.
    pub async fn recording_state(
        &self,
        recording_sid: &str,
    ) -> Result<Option<TwilioRecording>, ProviderError> {
        if !is_recording_sid(recording_sid) {
            return Ok(None);
        }
        let body: Option<Body> = self
            .get(&format!("/Recordings/{recording_sid}.json"), &[])
            .await?;
        Ok(body.map(TwilioRecording::from))
    }

    /// The recordings of a call, newest first; of a call that Twilio does not know, none.
    ///
    /// # Errors
    /// When Twilio could not be asked.
    pub async fn recordings_of(&self, call_sid: &str) -> Result<Vec<TwilioRecording>, ProviderError> {
        if !is_sid("CA", call_sid) {
            return Ok(Vec::new());
        }
        let body: Option<Bodies> = self
            .get(&format!("/Calls/{call_sid}/Recordings.json"), &[])
            .await?;
        let bodies = body.map(|body| body.recordings).unwrap_or_default();
        Ok(bodies.into_iter().map(TwilioRecording::from).collect())
    }

    /// A recording's audio as a stream: MP3, both sides in channels of their own where they were recorded so. None
    /// while it is not there: just after Twilio told of it that happens.
    ///
    /// # Errors
    /// When Twilio could not be asked. The stream itself can also end in an error.
    pub async fn recording(&self, recording_sid: &str) -> Result<Option<RecordingStream>, ProviderError> {
        if !is_recording_sid(recording_sid) {
            return Ok(None);
        }
        let account = self.account().await.ok_or_else(no_account)?;
        let url = self.url(&account, &format!("/Recordings/{recording_sid}.mp3"));
        let request = self.streaming.get(url).query(&[("RequestedChannels", "2")]);
        let response = signed(request, &account).send().await.map_err(network)?;
        match response.status() {
            status if status.is_success() => read_recording(response, "audio/mpeg").await,
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(refused(response).await),
        }
    }
}
