//! `POST /webhooks/twilio/recording`: the recording of a call is there.

use axum::extract::{Request, State};
use http::StatusCode;
use serde_json::json;
use switchboard_providers::twilio::is_recording_sid;
use switchboard_service::{Causes, Problem};

use super::leg::Leg;
use crate::Webhooks;

/// Has the recording fetched. Its address is not taken from here: only its id, in our own account.
pub(crate) async fn recording(
    State(webhooks): State<Webhooks>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let admitted = webhooks.admit_twilio(request).await?;
    let form = &admitted.form;
    let sid = form.get("RecordingSid").filter(|sid| is_recording_sid(sid));
    let (Some(leg), Some(sid)) = (Leg::read(&admitted), sid) else {
        let note = "What was told of a recording names no call, or no recording.";
        webhooks.keep_unparsed("twilio", &admitted.raw, note).await;
        return Ok(StatusCode::NO_CONTENT);
    };
    // It is being made, or there is none: nothing is to be fetched.
    if form
        .get("RecordingStatus")
        .is_some_and(|status| status != "completed")
    {
        return Ok(StatusCode::NO_CONTENT);
    }
    let event = json!({ "recording": {
        "call_id": leg.call_id,
        "recording_sid": sid,
        "duration_secs": form.number("RecordingDuration"),
    } });
    match webhooks.store.functions().start_receptionist(&event).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(error) => {
            tracing::error!(call.id = %leg.call_id, error = %Causes(&error), "a recording could not be sent for");
            Err(Problem::unavailable())
        }
    }
}
