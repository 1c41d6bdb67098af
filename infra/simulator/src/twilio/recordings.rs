//! Recordings: made by calls, told, read once they are there, deleted.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use futures::stream;
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::TWILIO_ACCOUNT_SID;
use super::account::{is_ours, missing, refused};
use super::call::rfc_2822;
use super::callbacks::tell_once;
use super::flow::{faults_of, pause};
use super::twiml::Callback;
use crate::clock::now_ms;
use crate::journal::Entry;
use crate::server::Shared;
use crate::{recording, ultravox};

/// Seconds from the end of what is recorded until the recording is told.
const PROCESSING_SECS: f64 = 2.0;
/// Times that the sound is not found at first.
const NOT_YET: u32 = 1;

/// One recording.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Recording {
    pub sid: String,
    pub call_sid: String,
    /// The vendor's word for what made it.
    pub source: String,
    pub channels: u8,
    pub started_ms: i64,
    /// `in-progress`, `processing`, `completed`.
    pub status: String,
    pub duration_secs: u32,
    /// How often its sound was asked for in vain.
    #[serde(default)]
    pub asked: u32,
    #[serde(skip)]
    pub callback: Option<Callback>,
}

/// What a recording is made of.
pub(super) struct Order<'a> {
    pub call_sid: &'a str,
    pub source: &'a str,
    pub is_dual: bool,
    pub callback: Option<Callback>,
}

impl Recording {
    fn resource(&self) -> Value {
        let account = format!("/2010-04-01/Accounts/{TWILIO_ACCOUNT_SID}");
        let is_done = self.status == "completed";
        json!({
            "sid": self.sid, "account_sid": TWILIO_ACCOUNT_SID, "call_sid": self.call_sid,
            "status": self.status, "channels": self.channels, "source": self.source, "error_code": null,
            "duration": is_done.then(|| self.duration_secs.to_string()),
            "start_time": rfc_2822(self.started_ms), "date_created": rfc_2822(self.started_ms),
            "date_updated": rfc_2822(self.started_ms), "price": null, "price_unit": "USD",
            "api_version": "2010-04-01", "uri": format!("{account}/Recordings/{}.json", self.sid),
            "media_url": format!("{account}/Recordings/{}", self.sid),
        })
    }
}

/// Where a recording is, as the vendor names it: without an ending.
pub(super) fn address(shared: &Shared, sid: &str) -> String {
    let account = format!("/2010-04-01/Accounts/{TWILIO_ACCOUNT_SID}");
    format!("http://{}{account}/Recordings/{sid}", shared.address)
}

/// Begins to record.
pub(super) fn begin(shared: &Shared, order: Order<'_>) -> String {
    let recording = Recording {
        sid: format!("RE{:032x}", rand::random::<u128>()),
        call_sid: order.call_sid.to_owned(),
        source: order.source.to_owned(),
        channels: if order.is_dual { 2 } else { 1 },
        started_ms: now_ms(),
        status: "in-progress".to_owned(),
        duration_secs: 0,
        asked: 0,
        callback: order.callback,
    };
    let sid = recording.sid.clone();
    let mut state = shared.lock();
    if let Some(call) = state.twilio.find_mut(order.call_sid) {
        call.recordings.push(sid.clone());
    }
    state.twilio.recordings.insert(sid.clone(), recording);
    sid
}

/// Ends a recording: after a while it is there, and told.
pub(super) fn complete(shared: &Shared, sid: &str) {
    let mut state = shared.lock();
    let factor = state.clock_factor;
    let Some(recording) = state.twilio.recordings.get_mut(sid) else {
        return;
    };
    if recording.status != "in-progress" {
        return;
    }
    recording.status = "processing".to_owned();
    let secs = (now_ms() - recording.started_ms) as f64 * factor / 1_000.0;
    // A recording of a call that was answered has a second at least.
    recording.duration_secs = (secs.round() as u32).max(1);
    let (shared, sid) = (shared.clone(), sid.to_owned());
    tokio::spawn(async move {
        pause(&shared, PROCESSING_SECS).await;
        finish(&shared, &sid).await;
    });
}

async fn finish(shared: &Shared, sid: &str) {
    let (recording, faults) = {
        let mut state = shared.lock();
        let Some(recording) = state.twilio.recordings.get_mut(sid) else {
            return;
        };
        recording.status = "completed".to_owned();
        let recording = recording.clone();
        state.write(&Entry::TwilioRecording {
            recording: Box::new(recording.clone()),
        });
        let faults = faults_of(&state, &recording.call_sid);
        (recording, faults)
    };
    let Some(callback) = &recording.callback else {
        return;
    };
    let pair = |name: &str, value: String| (name.to_owned(), value);
    let parameters = [
        pair("AccountSid", TWILIO_ACCOUNT_SID.to_owned()),
        pair("CallSid", recording.call_sid.clone()),
        pair("RecordingSid", recording.sid.clone()),
        pair("RecordingUrl", address(shared, sid)),
        pair("RecordingStatus", "completed".to_owned()),
        pair("RecordingDuration", recording.duration_secs.to_string()),
        pair("RecordingChannels", recording.channels.to_string()),
        pair("RecordingStartTime", rfc_2822(recording.started_ms)),
        pair("RecordingSource", recording.source.clone()),
        pair("RecordingTrack", "both".to_owned()),
        pair("ErrorCode", "0".to_owned()),
    ];
    if callback.events.iter().any(|event| event == "completed") {
        tell_once(shared, callback, &parameters, &faults).await;
    }
}

/// Its data (`.json`), or its sound (`.wav`, `.mp3`).
pub(super) async fn one(
    State(shared): State<Shared>,
    Path((account, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let mut state = shared.lock();
    if !is_ours(&account, &headers, &state.twilio_auth_token) {
        return refused(StatusCode::UNAUTHORIZED, 20_003, "Authenticate");
    }
    let (sid, ending) = file.split_once('.').unwrap_or((&file, "wav"));
    let Some(recording) = state.twilio.recordings.get_mut(sid) else {
        return missing();
    };
    if ending == "json" {
        return Json(recording.resource()).into_response();
    }
    // The sound is found a little later than the callback says.
    if recording.status != "completed" || recording.asked < NOT_YET {
        recording.asked += 1;
        return missing();
    }
    let secs = recording.duration_secs;
    match ending {
        "mp3" => {
            let pieces = recording::spoken(secs).map(Ok::<_, std::convert::Infallible>);
            let headers = [(header::CONTENT_TYPE, "audio/mpeg")];
            (headers, Body::from_stream(stream::iter(pieces))).into_response()
        }
        "wav" => {
            let wav = ultravox::Wav::of(secs, None);
            let headers = [
                (header::CONTENT_TYPE, "audio/x-wav".to_owned()),
                (header::CONTENT_LENGTH, wav.bytes().to_string()),
            ];
            let pieces = wav.chunks().map(Ok::<_, std::convert::Infallible>);
            (headers, Body::from_stream(stream::iter(pieces))).into_response()
        }
        _ => missing(),
    }
}

/// Deletes a recording.
pub(super) async fn delete(
    State(shared): State<Shared>,
    Path((account, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let mut state = shared.lock();
    if !is_ours(&account, &headers, &state.twilio_auth_token) {
        return refused(StatusCode::UNAUTHORIZED, 20_003, "Authenticate");
    }
    let sid = file.strip_suffix(".json").unwrap_or_default();
    match state.twilio.recordings.remove(sid) {
        Some(_) => StatusCode::NO_CONTENT.into_response(),
        None => missing(),
    }
}

/// The recordings of one call.
pub(super) async fn of_call(
    State(shared): State<Shared>,
    Path((account, call_sid)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let state = shared.lock();
    if !is_ours(&account, &headers, &state.twilio_auth_token) {
        return refused(StatusCode::UNAUTHORIZED, 20_003, "Authenticate");
    }
    let all = state.twilio.recordings.values();
    let own: Vec<Value> = all
        .filter(|recording| recording.call_sid == call_sid)
        .map(Recording::resource)
        .collect();
    Json(json!({ "recordings": own, "page": 0, "page_size": 50, "next_page_uri": null })).into_response()
}
