//! Calls: reading, listing, and changes that move no slot.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use switchboard_domain::{AgentId, Call, CallId, CallStatus, CampaignId, PhoneNumber, ProviderId};

use crate::error::unavailable;
use crate::item::{Item, from_item, n, s, to_item};
use crate::{Cursor, Page, Store, StoreError, keys};

/// How often a change is tried again when somebody else was faster.
const MAX_RACES: u32 = 10;
/// Most pages read to fill one page of a filtered list.
const MAX_FILTER_READS: u32 = 20;

/// Which calls to list. The first that is set chooses the index, the others filter.
#[derive(Debug, Clone, Default)]
pub struct CallFilter {
    /// Calls of this campaign.
    pub campaign_id: Option<CampaignId>,
    /// Calls with this number: a person's history.
    pub phone_number: Option<PhoneNumber>,
    /// Calls in this status.
    pub status: Option<CallStatus>,
    /// Calls of this agent.
    pub agent_id: Option<AgentId>,
    /// Calls made at or after this moment.
    pub since: Option<Timestamp>,
    /// Calls made before this moment.
    pub until: Option<Timestamp>,
    /// Calls that somebody has, or has not, dealt with.
    pub handled: Option<bool>,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
}

/// What became of a change to a call.
#[derive(Debug, Clone, PartialEq)]
pub enum UpdateOutcome {
    /// It is written; the call as it is now.
    Changed(Box<Call>),
    /// The change was not wanted any more, seeing the call as it is.
    Unchanged(Box<Call>),
    /// There is no such call.
    NotFound,
}

/// The whole item of a call, with version `version`.
pub(crate) fn call_item(call: &Call, version: u64) -> Result<Item, StoreError> {
    let mut item = to_item(call)?;
    keys::call(&call.call_id).put_into(&mut item);
    item.insert("kind".into(), s("call"));
    item.insert(
        "sort".into(),
        keys::time_and(call.created_at, call.call_id.as_str()),
    );
    item.insert("version".into(), n(version));
    Ok(item)
}

impl Store {
    /// The call with this id, as it is at this moment.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_call(&self, id: &CallId) -> Result<Option<Call>, StoreError> {
        self.find(&self.config.calls_table, &keys::call(id)).await
    }

    /// The call of a conversation. Reads an index that follows a moment behind.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_call_by_conversation(&self, id: &ProviderId) -> Result<Option<Call>, StoreError> {
        let answer = self
            .db
            .query()
            .table_name(&self.config.calls_table)
            .index_name("by-conversation")
            .key_condition_expression("conversation_id = :id")
            .expression_attribute_values(":id", s(id.as_str()))
            .limit(1)
            .send()
            .await
            .map_err(unavailable("DynamoDB", "Query"))?;
        let Some(pk) = answer
            .items()
            .first()
            .and_then(|i| i.get("pk"))
            .and_then(|v| v.as_s().ok())
        else {
            return Ok(None);
        };
        match pk.strip_prefix("CALL#").and_then(|id| CallId::parse(id).ok()) {
            Some(id) => self.find_call(&id).await,
            None => Ok(None),
        }
    }

    /// Changes a call, as often as needed for nobody else's change to be lost. `change` answers
    /// whether it still wants to, seeing the call as it is. For changes that move no slot and no count.
    ///
    /// # Errors
    /// When the table does not answer, or others change the call all the time.
    pub async fn update_call(
        &self,
        id: &CallId,
        mut change: impl FnMut(&mut Call) -> bool,
    ) -> Result<UpdateOutcome, StoreError> {
        for _ in 0..MAX_RACES {
            let Some(mut call) = self.find_call(id).await? else {
                return Ok(UpdateOutcome::NotFound);
            };
            if !change(&mut call) {
                return Ok(UpdateOutcome::Unchanged(Box::new(call)));
            }
            let read = call.version;
            match self.put_call(&call, read).await {
                Ok(()) => {
                    call.version = read + 1;
                    return Ok(UpdateOutcome::Changed(Box::new(call)));
                }
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Stale)
    }

    async fn put_call(&self, call: &Call, read: u64) -> Result<(), StoreError> {
        let item = call_item(call, read + 1)?;
        self.put_if_version(&self.config.calls_table, item, read).await
    }

    /// Calls that fit the filter, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_calls(
        &self,
        filter: &CallFilter,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Call>, StoreError> {
        let mut calls = Vec::new();
        let mut start = cursor.and_then(Cursor::start_key);
        for _ in 0..MAX_FILTER_READS {
            let wanted = limit.saturating_sub(u32::try_from(calls.len()).unwrap_or(u32::MAX));
            let answer = self
                .call_query(filter)
                .set_exclusive_start_key(start.take())
                .limit(i32::try_from(wanted.max(1)).unwrap_or(i32::MAX))
                .send()
                .await
                .map_err(unavailable("DynamoDB", "Query"))?;
            for item in answer.items.unwrap_or_default() {
                let call: Call = from_item(item)?;
                if fits(filter, &call) {
                    calls.push(call);
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() || calls.len() >= limit as usize {
                break;
            }
        }
        Ok(Page {
            items: calls,
            next: start.map(|last| Cursor::after(0, &last)),
        })
    }

    fn call_query(&self, filter: &CallFilter) -> QueryFluentBuilder {
        let (index, attribute, value) = match filter {
            CallFilter {
                campaign_id: Some(id),
                ..
            } => ("by-campaign", "campaign_id", id.as_str()),
            CallFilter {
                phone_number: Some(number),
                ..
            } => ("by-number", "phone_number", number.as_str()),
            CallFilter {
                status: Some(status), ..
            } => ("by-status", "status", status.as_str()),
            CallFilter {
                agent_id: Some(id), ..
            } => ("by-agent", "agent_id", id.as_str()),
            _ => ("by-time", "kind", "call"),
        };
        let from = filter.since.map_or_else(|| "0".to_owned(), keys::time);
        // `~` sorts after every digit and `#`.
        let to = filter.until.map_or_else(|| "~".to_owned(), keys::time);
        self.db
            .query()
            .table_name(&self.config.calls_table)
            .index_name(index)
            .key_condition_expression("#hash = :hash AND #sort BETWEEN :from AND :to")
            .expression_attribute_names("#hash", attribute)
            .expression_attribute_names("#sort", "sort")
            .expression_attribute_values(":hash", AttributeValue::S(value.to_owned()))
            .expression_attribute_values(":from", s(from))
            .expression_attribute_values(":to", s(to))
            .scan_index_forward(filter.oldest_first)
    }
}

fn fits(filter: &CallFilter, call: &Call) -> bool {
    filter
        .campaign_id
        .as_ref()
        .is_none_or(|id| call.campaign_id.as_ref() == Some(id))
        && filter
            .phone_number
            .as_ref()
            .is_none_or(|number| call.phone_number.as_ref() == Some(number))
        && filter.status.is_none_or(|status| call.status == status)
        && filter.agent_id.as_ref().is_none_or(|id| &call.agent_id == id)
        && filter.handled.is_none_or(|handled| call.handled == handled)
}
