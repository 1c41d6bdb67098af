//! References that travel with a call over SIP, so that OpenAI's question about it leads to ours. Only their digests
//! are kept, each is good once, and none for long.

use aws_sdk_dynamodb::types::ReturnValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_domain::CallId;

use crate::error::if_it_held;
use crate::item::{from_item, n, to_item};
use crate::{Store, StoreError, keys};

#[derive(Serialize, Deserialize)]
struct Kept {
    call_id: CallId,
}

impl Store {
    /// Keeps a reference to a call, by the SHA-256 of it in hexadecimal, until `expires_at`.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn keep_reference(
        &self,
        sha256_hex: &str,
        call: &CallId,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut item = to_item(&Kept {
            call_id: call.clone(),
        })?;
        keys::sip_reference(sha256_hex).put_into(&mut item);
        item.insert("until_ms".into(), n(expires_at.as_millisecond()));
        item.insert(
            "expires_at".into(),
            n(expires_at.as_second().saturating_add(3_600)),
        );
        self.put(&self.config.system_table, item).await
    }

    /// The call of a reference, once: whoever asks for it again gets none.
    ///
    /// # Errors
    /// When the table does not answer. Whether it was taken is not known then.
    pub async fn take_reference(
        &self,
        sha256_hex: &str,
        now: Timestamp,
    ) -> Result<Option<CallId>, StoreError> {
        let taken = self
            .db
            .delete_item()
            .table_name(&self.config.system_table)
            .set_key(Some(keys::sip_reference(sha256_hex).item()))
            .condition_expression("until_ms > :now")
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .return_values(ReturnValue::AllOld)
            .send()
            .await;
        let taken = if_it_held(taken, "DeleteItem")?;
        let kept: Option<Kept> = taken
            .and_then(|taken| taken.attributes)
            .map(from_item)
            .transpose()?;
        Ok(kept.map(|kept| kept.call_id))
    }
}
