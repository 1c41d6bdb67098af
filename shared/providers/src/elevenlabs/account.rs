//! What the account may still use, and how many calls it has in progress.

use super::wire::account::{LiveCount, Subscription};
use crate::transport::{Query, Transport};
use crate::{ProviderError, Quota};

pub(super) async fn live_count(transport: &Transport) -> Result<u64, ProviderError> {
    let answer: LiveCount = transport
        .get_json("/v1/convai/analytics/live-count", &Query::new())
        .await?;
    Ok(answer.count)
}

pub(super) async fn subscription(transport: &Transport) -> Result<Quota, ProviderError> {
    let answer: Subscription = transport.get_json("/v1/user/subscription", &Query::new()).await?;
    Ok(answer.into())
}
