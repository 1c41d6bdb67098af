//! Ending a call that is in progress.

use reqwest::{Method, StatusCode};
use serde_json::json;
use switchboard_domain::ProviderId;

use super::wire::call::CallBody;
use crate::transport::{Query, Transport};
use crate::{EndedCall, ProviderError};

/// A call that nobody has picked up yet is not live there either, and cannot be ended: the refusal does not tell the
/// two apart, so the call is asked for.
pub(super) async fn end(transport: &Transport, id: &ProviderId) -> Result<EndedCall, ProviderError> {
    let path = format!("/api/calls/{id}/send_data_message");
    let body = json!({ "type": "hang_up" });
    let answers = |status: StatusCode| status.is_success() || is_not_live(status);
    let response = transport
        .change_answered(Method::POST, &path, Some(&body), answers)
        .await?;
    match response.status() {
        StatusCode::UNPROCESSABLE_ENTITY => why_not_live(transport, id).await,
        status if is_not_live(status) => Ok(EndedCall::NotLive),
        _ => Ok(EndedCall::Ended),
    }
}

async fn why_not_live(transport: &Transport, id: &ProviderId) -> Result<EndedCall, ProviderError> {
    match transport
        .get_json::<CallBody>(&format!("/api/calls/{id}"), &Query::new())
        .await
    {
        Ok(call) if call.still_rings() => Ok(EndedCall::NotPickedUp),
        Ok(_) | Err(ProviderError::NotFound { .. }) => Ok(EndedCall::NotLive),
        Err(error) => Err(error),
    }
}

fn is_not_live(status: StatusCode) -> bool {
    matches!(status, StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY)
}
