//! Calls: reading, listing, and changes that move no slot.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use jiff::Timestamp;
use switchboard_domain::{
    AgentId, Call, CallId, CallStatus, CampaignId, Desk, Direction, PhoneNumber, ProviderId, Reception,
    SearchText, Urgency,
};

use crate::error::unavailable;
use crate::item::{Item, from_item, n, s, to_item};
use crate::reading::{MOST_LOOKED_AT, Walk};
use crate::transaction::{NotCommitted, Transaction, When};
use crate::{Cursor, Page, Store, StoreError, keys};

/// How often a change is tried again when somebody else was faster.
const MAX_RACES: u32 = 10;

/// Which calls to list. One of the conditions chooses the index, the others filter.
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
    /// Calls that lie there on the desk.
    pub desk: Option<Desk>,
    /// Calls in this direction.
    pub direction: Option<Direction>,
    /// Only inbound calls that somebody should see to at once or today.
    pub urgent: bool,
    /// Calls that have this text.
    pub search: Option<SearchText>,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
}

/// Calls that were found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundCalls {
    /// The calls.
    pub page: Page<Call>,
    /// How far back rows were looked at, when not all were.
    pub searched_back_to: Option<Timestamp>,
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
    // Only calls that lie on the desk are in its index.
    if let Some(place) = desk_place(call) {
        item.insert("desk".into(), s(place));
    }
    Ok(item)
}

/// Where calls that need attention lie in the index of the desk, in the order in which people see them: those that
/// came in and are urgent, the others that came in, and those that we made.
const NEED_ATTENTION: [&str; 4] = [
    "needs_attention#critical",
    "needs_attention#high",
    "needs_attention#inbound",
    "needs_attention",
];

/// Where a call lies in the index of the desk; none: nowhere.
fn desk_place(call: &Call) -> Option<&'static str> {
    let [critical, high, inbound, others] = NEED_ATTENTION;
    Some(match (call.desk()?, &call.reception) {
        (Desk::Handled, _) => Desk::Handled.as_str(),
        (Desk::NeedsAttention, None) => others,
        (Desk::NeedsAttention, Some(reception)) => match reception.urgency {
            Some(Urgency::Critical) => critical,
            Some(Urgency::High) => high,
            Some(Urgency::Normal | Urgency::Low) | None => inbound,
        },
    })
}

/// Whether a stored item lies among the calls that need attention.
fn lies_among_waiting(item: &Item) -> bool {
    let place = item.get("desk").and_then(|place| place.as_s().ok());
    place.is_some_and(|place| NEED_ATTENTION.contains(&place.as_str()))
}

impl Store {
    /// The call with this id, as it is at this moment.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_call(&self, id: &CallId) -> Result<Option<Call>, StoreError> {
        self.find(&self.config.calls_table, &keys::call(id)).await
    }

    /// The call as it was a moment ago, for half the price: for whoever looks again and again.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn glance_at_call(&self, id: &CallId) -> Result<Option<Call>, StoreError> {
        self.glance(&self.config.calls_table, &keys::call(id)).await
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
            let Some(item) = self.find_item(&self.config.calls_table, &keys::call(id)).await? else {
                return Ok(UpdateOutcome::NotFound);
            };
            // What is stored is what was counted.
            let waited = lies_among_waiting(&item);
            let mut call: Call = from_item(item)?;
            let before = call.clone();
            if !change(&mut call) {
                return Ok(UpdateOutcome::Unchanged(Box::new(call)));
            }
            let read = call.version;
            match self.put_call(&before, &call, waited).await {
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

    /// Changes a call that was just read: one read less than [`Store::update_call`], unless somebody else was faster.
    ///
    /// # Errors
    /// When the table does not answer, or others change the call all the time.
    pub async fn update_call_as_read(
        &self,
        read: &Call,
        mut change: impl FnMut(&mut Call) -> bool,
    ) -> Result<UpdateOutcome, StoreError> {
        let mut call = read.clone();
        // Of a call on the desk only the table knows how it was counted.
        if desk_place(read).is_none() && change(&mut call) {
            match self.put_call(read, &call, false).await {
                Ok(()) => {
                    call.version = read.version + 1;
                    return Ok(UpdateOutcome::Changed(Box::new(call)));
                }
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        self.update_call(&read.call_id, change).await
    }

    /// Writes a call, with the count of those that need attention and what was spent, when these move.
    async fn put_call(&self, before: &Call, call: &Call, waited: bool) -> Result<(), StoreError> {
        let read = before.version;
        let item = call_item(call, read + 1)?;
        let moved = attention(call.desk()) - i64::from(waited);
        let late_cost = Self::late_cost(before, call);
        if moved == 0 && late_cost.is_none() {
            return self.put_if_version(&self.config.calls_table, item, read).await;
        }
        let mut tx = Transaction::new();
        tx.put((), &self.config.calls_table, item, When::version(read));
        if moved != 0 {
            self.count_attention(&mut tx, (), call, moved);
        }
        if let Some(change) = late_cost {
            self.correct_cost(&mut tx, ((), ()), call, change);
        }
        match tx.commit(&self.db).await {
            Ok(()) => Ok(()),
            Err(NotCommitted::Refused(_)) => Err(StoreError::Stale),
            Err(NotCommitted::Failed(error)) => Err(error),
        }
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
        Ok(self.find_calls(filter, cursor, limit).await?.page)
    }

    /// Calls that fit the filter, newest first, and how far back was looked. What the index does not know
    /// is looked for in a bounded number of rows: a page can be short, even empty, and still have a next one.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_calls(
        &self,
        filter: &CallFilter,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<FoundCalls, StoreError> {
        let indexes = indexes_of(filter);
        let first = usize::try_from(cursor.map_or(0, |cursor| cursor.part)).unwrap_or(usize::MAX);
        let mut start = cursor.and_then(Cursor::start_key);
        let wanted = limit.max(1) as usize;
        let mut found = FoundCalls {
            page: Page {
                items: Vec::new(),
                next: None,
            },
            searched_back_to: None,
        };
        if first >= indexes.len() {
            return Err(StoreError::InvalidCursor);
        }
        for (part, index) in indexes.iter().enumerate().skip(first) {
            let left = u32::try_from(wanted - found.page.items.len()).unwrap_or(u32::MAX);
            let (rows, last) = self.read_index(index, filter, start.take(), left).await?;
            found.page.items.extend(rows);
            if let Some(last) = last {
                // Of what the index knows by itself, every row is found.
                found.searched_back_to = match index.serves(filter) {
                    true => None,
                    false => keys::time_of(&last),
                };
                found.page.next = Some(Cursor::after(part as u64, &last));
                break;
            }
            if found.page.items.len() >= wanted && part + 1 < indexes.len() {
                found.page.next = Some(Cursor::at_part(part as u64 + 1));
                break;
            }
        }
        Ok(found)
    }

    /// Rows of one index that fit, and the key of the last one that was looked at, when not all were.
    async fn read_index(
        &self,
        index: &Index<'_>,
        filter: &CallFilter,
        start: Option<Item>,
        limit: u32,
    ) -> Result<(Vec<Call>, Option<Item>), StoreError> {
        if index.serves(filter) {
            let answer = self
                .call_query(index, filter)
                .set_exclusive_start_key(start)
                .limit(i32::try_from(limit).unwrap_or(i32::MAX))
                .send()
                .await
                .map_err(unavailable("DynamoDB", "Query"))?;
            let items = answer.items.unwrap_or_default();
            let rows = items.into_iter().map(from_item).collect::<Result<_, _>>()?;
            return Ok((rows, answer.last_evaluated_key));
        }
        let walk = Walk {
            key: &["pk", "sk", index.attribute, "sort"],
            start,
            limit,
        };
        let walked = walk
            .run(
                || self.call_query(index, filter),
                |call: &Call| fits(filter, call),
                MOST_LOOKED_AT,
            )
            .await?;
        Ok((walked.rows, walked.last))
    }

    pub(crate) fn call_query(&self, index: &Index<'_>, filter: &CallFilter) -> QueryFluentBuilder {
        let from = filter.since.map_or_else(|| "0".to_owned(), keys::time);
        // `~` sorts after every digit and `#`.
        let to = filter.until.map_or_else(|| "~".to_owned(), keys::time);
        self.db
            .query()
            .table_name(&self.config.calls_table)
            .index_name(index.name)
            .key_condition_expression("#hash = :hash AND #sort BETWEEN :from AND :to")
            .expression_attribute_names("#hash", index.attribute)
            .expression_attribute_names("#sort", "sort")
            .expression_attribute_values(":hash", s(index.value))
            .expression_attribute_values(":from", s(from))
            .expression_attribute_values(":to", s(to))
            .scan_index_forward(filter.oldest_first)
    }
}

/// One partition of one index.
pub(crate) struct Index<'a> {
    name: &'static str,
    attribute: &'static str,
    value: &'a str,
}

impl<'a> Index<'a> {
    pub(crate) fn new(name: &'static str, attribute: &'static str, value: &'a str) -> Self {
        Self {
            name,
            attribute,
            value,
        }
    }

    /// Whether every row of it fits the filter.
    fn serves(&self, filter: &CallFilter) -> bool {
        let others = [
            ("phone_number", filter.phone_number.is_some()),
            ("campaign_id", filter.campaign_id.is_some()),
            ("status", filter.status.is_some()),
            ("agent_id", filter.agent_id.is_some()),
            ("desk", filter.desk.is_some()),
        ];
        let only_inbound = NEED_ATTENTION[..3].contains(&self.value);
        let other_way = match filter.direction {
            Some(Direction::Inbound) => !only_inbound,
            Some(Direction::Outbound) => true,
            None => false,
        };
        let maybe_calm = filter.urgent && !NEED_ATTENTION[..2].contains(&self.value);
        let rest = filter.handled.is_some() || other_way || maybe_calm || filter.search.is_some();
        !rest
            && others
                .iter()
                .all(|(attribute, asked)| !asked || *attribute == self.attribute)
    }
}

/// The partitions to read, one after the other. Those that need attention are read by how soon somebody should see to
/// them, everything else is in one.
fn indexes_of(filter: &CallFilter) -> Vec<Index<'_>> {
    if filter.desk != Some(Desk::NeedsAttention) || filter.phone_number.is_some() {
        return vec![index_of(filter)];
    }
    let places = match filter.direction {
        _ if filter.urgent => &NEED_ATTENTION[..2],
        Some(Direction::Outbound) => &NEED_ATTENTION[3..],
        Some(Direction::Inbound) | None => &NEED_ATTENTION[..],
    };
    let index = |place: &&'static str| Index::new("by-desk", "desk", place);
    places.iter().map(index).collect()
}

/// The index with the fewest rows to look at, as far as one can know.
fn index_of(filter: &CallFilter) -> Index<'_> {
    if let Some(number) = &filter.phone_number {
        return Index::new("by-number", "phone_number", number.as_str());
    }
    if let Some(id) = &filter.campaign_id {
        return Index::new("by-campaign", "campaign_id", id.as_str());
    }
    if let Some(status) = filter.status {
        return Index::new("by-status", "status", status.as_str());
    }
    if let Some(desk) = filter.desk {
        return Index::new("by-desk", "desk", desk.as_str());
    }
    match &filter.agent_id {
        Some(id) => Index::new("by-agent", "agent_id", id.as_str()),
        None => Index::new("by-time", "kind", "call"),
    }
}

/// One for a call that needs attention.
pub(crate) fn attention(desk: Option<Desk>) -> i64 {
    i64::from(desk == Some(Desk::NeedsAttention))
}

pub(crate) fn fits(filter: &CallFilter, call: &Call) -> bool {
    filter
        .campaign_id
        .as_ref()
        .is_none_or(|id| call.campaign_id.as_ref() == Some(id))
        && filter
            .phone_number
            .as_ref()
            .is_none_or(|number| call.phone_number.as_ref() == Some(number))
        && filter.status.is_none_or(|status| call.status == status)
        && filter
            .agent_id
            .as_ref()
            .is_none_or(|id| call.agent_id.as_ref() == Some(id))
        && filter.handled.is_none_or(|handled| call.handled == handled)
        && filter.desk.is_none_or(|desk| call.desk() == Some(desk))
        && filter
            .direction
            .is_none_or(|direction| call.direction == direction)
        && (!filter.urgent || call.reception.as_ref().is_some_and(Reception::is_urgent))
        && filter.search.as_ref().is_none_or(|text| text.fits_call(call))
}
