//! Phone lines.

use serde_json::Value;
use switchboard_domain::PhoneLine;

use super::wire::phone_line::PhoneNumberItem;
use crate::ProviderError;
use crate::transport::{Query, Transport};

/// All of them: this list has no pages.
pub(super) async fn list(transport: &Transport) -> Result<Vec<PhoneLine>, ProviderError> {
    let items: Vec<Value> = transport
        .get_json("/v1/convai/phone-numbers", &Query::new())
        .await?;
    let line = |item| serde_json::from_value::<PhoneNumberItem>(item).ok()?.into_line();
    let total = items.len();
    let lines: Vec<PhoneLine> = items.into_iter().filter_map(line).collect();
    if lines.len() < total {
        tracing::debug!(
            skipped = total - lines.len(),
            "phone numbers of other carriers were left out"
        );
    }
    Ok(lines)
}
