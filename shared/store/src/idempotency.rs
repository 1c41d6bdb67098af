//! Kept answers: a repeated request is answered as the first one was.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::{if_it_held, unavailable};
use crate::item::{from_item, n, s};
use crate::{Store, StoreError, keys};

/// How long an answer is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(25);
/// After this long a request that gave no answer is taken for dead.
const ABANDONED: SignedDuration = SignedDuration::from_secs(60);

/// The answer to an earlier request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub body: String,
    /// Content type of the body.
    pub content_type: String,
}

/// What is known of an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Never seen, or abandoned: go on, then keep the answer.
    New,
    /// The same request is being worked on.
    Running,
    /// The same request was answered.
    Answered(KeptAnswer),
    /// The key was used with another request.
    OtherRequest,
}

#[derive(Deserialize)]
struct Stored {
    request: String,
    claimed_ms: i64,
    expires_at: i64,
    answer: Option<KeptAnswer>,
}

impl Store {
    /// Claims a key for a request. `caller` keeps the keys of different callers apart; `request`
    /// is a digest of method, path and body.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn claim_idempotency_key(
        &self,
        caller: &str,
        key: &str,
        request: &str,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        let table = &self.config.system_table;
        let key = keys::idempotency(caller, key);
        // The SDK repeats a request whose answer was lost: it must know its own claim again.
        let claim = format!("{:032x}", rand::random::<u128>());
        let expires = now.saturating_add(KEPT).unwrap_or(Timestamp::MAX).as_second();
        let abandoned = now
            .saturating_sub(ABANDONED)
            .unwrap_or(Timestamp::MIN)
            .as_millisecond();
        let claimed = self
            .db
            .update_item()
            .table_name(table)
            .set_key(Some(key.item()))
            .update_expression(
                "SET #request = :request, claimed_by = :claim, claimed_ms = :now, expires_at = :expires REMOVE answer",
            )
            .condition_expression(
                "attribute_not_exists(pk) OR expires_at <= :second OR claimed_by = :claim \
                 OR (#request = :request AND attribute_not_exists(answer) AND claimed_ms <= :abandoned)",
            )
            .expression_attribute_names("#request", "request")
            .expression_attribute_values(":request", s(request))
            .expression_attribute_values(":claim", s(claim))
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .expression_attribute_values(":second", n(now.as_second()))
            .expression_attribute_values(":abandoned", n(abandoned))
            .expression_attribute_values(":expires", n(expires))
            .send()
            .await;
        if if_it_held(claimed, "UpdateItem")?.is_some() {
            return Ok(Claim::New);
        }
        let Some(item) = self.find_item(table, &key).await? else {
            return Ok(Claim::Running);
        };
        let stored: Stored = from_item(item)?;
        Ok(match stored {
            Stored { request: other, .. } if other != request => Claim::OtherRequest,
            Stored {
                answer: Some(answer),
                expires_at,
                ..
            } if expires_at > now.as_second() => Claim::Answered(answer),
            Stored { claimed_ms, .. } => {
                tracing::debug!(claimed_ms, "a request with this idempotency key is still running");
                Claim::Running
            }
        })
    }

    /// Keeps the answer of a claimed key.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn keep_answer(&self, caller: &str, key: &str, answer: &KeptAnswer) -> Result<(), StoreError> {
        let value = serde_dynamo::to_attribute_value::<_, aws_sdk_dynamodb::types::AttributeValue>(answer)?;
        self.db
            .update_item()
            .table_name(&self.config.system_table)
            .set_key(Some(keys::idempotency(caller, key).item()))
            .update_expression("SET answer = :answer")
            .expression_attribute_values(":answer", value)
            .send()
            .await
            .map_err(unavailable("DynamoDB", "UpdateItem"))?;
        Ok(())
    }

    /// Forgets a claim whose request changed nothing, so that it can be sent again.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn forget_claim(&self, caller: &str, key: &str) -> Result<(), StoreError> {
        self.delete(&self.config.system_table, &keys::idempotency(caller, key))
            .await
    }
}
