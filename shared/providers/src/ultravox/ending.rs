//! Ending a call that is in progress.

use reqwest::{Method, StatusCode};
use serde_json::json;
use switchboard_domain::ProviderId;

use crate::transport::Transport;
use crate::{EndedCall, ProviderError};

/// A call that nobody has picked up yet is not live there either, and cannot be ended: it rings out.
pub(super) async fn end(transport: &Transport, id: &ProviderId) -> Result<EndedCall, ProviderError> {
    let path = format!("/api/calls/{id}/send_data_message");
    let body = json!({ "type": "hang_up" });
    let answers = |status: StatusCode| status.is_success() || is_not_live(status);
    let response = transport
        .change_answered(Method::POST, &path, Some(&body), answers)
        .await?;
    Ok(if is_not_live(response.status()) {
        EndedCall::NotLive
    } else {
        EndedCall::Ended
    })
}

fn is_not_live(status: StatusCode) -> bool {
    matches!(status, StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY)
}
