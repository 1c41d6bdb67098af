//! What the account may still use, and how many calls it has in progress.

use super::wire::account::Account;
use crate::transport::{Query, Transport};
use crate::{ProviderError, Quota};

pub(super) async fn live_count(transport: &Transport) -> Result<u64, ProviderError> {
    Ok(me(transport).await?.active_calls)
}

pub(super) async fn subscription(transport: &Transport) -> Result<Quota, ProviderError> {
    Ok(me(transport).await?.into())
}

async fn me(transport: &Transport) -> Result<Account, ProviderError> {
    transport.get_json("/api/accounts/me", &Query::new()).await
}
