//! Who is connected to the WebSocket API, and what they are told of.
//!
//! A connection's record knows all its topics; beside it lies one row a topic, where whoever tells a topic
//! finds the connection. The rows of topics that many have are laid across shards.

use aws_sdk_dynamodb::types::ReturnValue;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use switchboard_domain::{LiveConnection, LiveTicket, MAX_TOPICS, Topic};

use crate::error::if_it_held;
use crate::item::{Item, from_item, n, number, s, to_item};
use crate::keys::Key;
use crate::{Store, StoreError, keys};

/// How often a connection's record is written again when somebody else was faster.
const MAX_RACES: u32 = 5;
/// Partitions that are read at one time.
const AT_ONCE: usize = 8;

/// One connection that is told of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// API Gateway's id of the connection.
    pub connection_id: String,
    /// Until when it may last.
    pub until: Timestamp,
}

/// What became of a wish for topics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subscribed {
    /// The topics that the connection now has.
    Topics(Vec<Topic>),
    /// It would have more than it may.
    TooMany,
    /// There is no such connection.
    NotConnected,
}

/// A key's expiry for the table, which deletes what is over some time later.
fn expires(at: Timestamp) -> aws_sdk_dynamodb::types::AttributeValue {
    n(at.as_second().saturating_add(3_600))
}

impl Store {
    /// Keeps a ticket under the digest of its secret.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn keep_live_ticket(&self, digest: &str, ticket: &LiveTicket) -> Result<(), StoreError> {
        let mut item = to_item(ticket)?;
        keys::live_ticket(digest).put_into(&mut item);
        item.insert("good_until_ms".into(), n(ticket.good_until.as_millisecond()));
        item.insert("expires_at".into(), expires(ticket.good_until));
        self.put(&self.config.system_table, item).await
    }

    /// Takes a ticket: whoever is first has it, and nobody after them. None: there is no such ticket, it was
    /// used, or its time is over.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn take_live_ticket(
        &self,
        digest: &str,
        now: Timestamp,
    ) -> Result<Option<LiveTicket>, StoreError> {
        let taken = self
            .db
            .delete_item()
            .table_name(&self.config.system_table)
            .set_key(Some(keys::live_ticket(digest).item()))
            .condition_expression("attribute_exists(pk) AND good_until_ms > :now")
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .return_values(ReturnValue::AllOld)
            .send()
            .await;
        let taken = if_it_held(taken, "DeleteItem")?;
        taken
            .and_then(|taken| taken.attributes)
            .map(from_item)
            .transpose()
    }

    /// Notes a connection, without topics.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn open_live_connection(&self, connection: &LiveConnection) -> Result<(), StoreError> {
        // First: who tells of a change must know that somebody may be listening.
        self.note_listeners_until(connection.until).await?;
        self.put(&self.config.system_table, connection_item(connection)?)
            .await
    }

    async fn note_listeners_until(&self, until: Timestamp) -> Result<(), StoreError> {
        let noted = self
            .db
            .update_item()
            .table_name(&self.config.system_table)
            .set_key(Some(keys::live_listeners().item()))
            .update_expression("SET until_ms = :until, expires_at = :expires")
            .condition_expression("attribute_not_exists(pk) OR until_ms < :until")
            .expression_attribute_values(":until", n(until.as_millisecond()))
            .expression_attribute_values(":expires", expires(until))
            .send()
            .await;
        // Where it does not hold, somebody else stays longer.
        if_it_held(noted, "UpdateItem").map(drop)
    }

    /// Whether anybody may be connected: one read that spares all others while nobody looks.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn may_have_listeners(&self, now: Timestamp) -> Result<bool, StoreError> {
        let item = self
            .find_item(&self.config.system_table, &keys::live_listeners())
            .await?;
        Ok(item.is_some_and(|item| number(&item, "until_ms") > now.as_millisecond()))
    }

    /// An open connection.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_live_connection(&self, id: &str) -> Result<Option<LiveConnection>, StoreError> {
        self.find(&self.config.system_table, &keys::live_connection(id))
            .await
    }

    /// Lets a connection be told of these topics, besides those that it has. When this answers, whatever is told
    /// later is told to it.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn subscribe_live(&self, id: &str, topics: &[Topic]) -> Result<Subscribed, StoreError> {
        let wanted = |connection: &mut LiveConnection| {
            connection.topics.extend(topics.iter().cloned());
            connection.topics.len() <= MAX_TOPICS
        };
        // The record first: whoever clears up after the connection finds every row by it.
        let connection = match self.change_live_connection(id, wanted).await? {
            Changed::Yes(connection) => connection,
            Changed::Refused => return Ok(Subscribed::TooMany),
            Changed::NotThere => return Ok(Subscribed::NotConnected),
        };
        let row = |topic: &Topic| {
            let mut item = Item::new();
            keys::live_subscriber(topic, id).put_into(&mut item);
            item.insert("until_ms".into(), n(connection.until.as_millisecond()));
            item.insert("expires_at".into(), expires(connection.until));
            item
        };
        let mut rows: Vec<Item> = topics.iter().map(row).collect();
        // A batch may not name a key twice.
        let mut seen = std::collections::BTreeSet::new();
        rows.retain(|row| seen.insert(key_text(row)));
        self.put_all(&self.config.system_table, rows).await?;
        Ok(Subscribed::Topics(connection.topics.into_iter().collect()))
    }

    /// Lets a connection be told of these topics no more.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn unsubscribe_live(&self, id: &str, topics: &[Topic]) -> Result<Subscribed, StoreError> {
        self.delete_rows(id, topics).await?;
        let without = |connection: &mut LiveConnection| {
            for topic in topics {
                connection.topics.remove(topic);
            }
            true
        };
        Ok(match self.change_live_connection(id, without).await? {
            Changed::Yes(connection) => Subscribed::Topics(connection.topics.into_iter().collect()),
            Changed::Refused | Changed::NotThere => Subscribed::NotConnected,
        })
    }

    /// Forgets a connection and everything that it is told of.
    ///
    /// # Errors
    /// When the table does not answer; the table forgets it by itself later.
    pub async fn close_live_connection(&self, id: &str) -> Result<(), StoreError> {
        let Some(connection) = self.find_live_connection(id).await? else {
            return Ok(());
        };
        let topics: Vec<Topic> = connection.topics.into_iter().collect();
        self.delete_rows(id, &topics).await?;
        self.delete(&self.config.system_table, &keys::live_connection(id))
            .await
    }

    async fn delete_rows(&self, id: &str, topics: &[Topic]) -> Result<(), StoreError> {
        let mut rows: Vec<Key> = topics
            .iter()
            .map(|topic| keys::live_subscriber(topic, id))
            .collect();
        rows.sort_by(|a, b| a.pk.cmp(&b.pk));
        rows.dedup();
        self.delete_all(&self.config.system_table, &rows).await
    }

    /// Everybody who is told of a topic, as the table has it at this moment.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn live_subscribers(&self, topic: &Topic) -> Result<Vec<Subscriber>, StoreError> {
        let partitions = keys::live_topic(topic);
        let table = &self.config.system_table;
        let found: Vec<Vec<Item>> = stream::iter(partitions)
            .map(|pk| async move { self.partition(table, &pk, "").await })
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        let subscriber = |item: Item| {
            Some(Subscriber {
                connection_id: item.get("sk")?.as_s().ok()?.clone(),
                until: Timestamp::from_millisecond(number(&item, "until_ms")).ok()?,
            })
        };
        Ok(found.into_iter().flatten().filter_map(subscriber).collect())
    }

    async fn change_live_connection(
        &self,
        id: &str,
        change: impl Fn(&mut LiveConnection) -> bool,
    ) -> Result<Changed, StoreError> {
        for _ in 0..MAX_RACES {
            let Some(mut connection) = self.find_live_connection(id).await? else {
                return Ok(Changed::NotThere);
            };
            let before = connection.version;
            if !change(&mut connection) {
                return Ok(Changed::Refused);
            }
            connection.version = before + 1;
            let put = self
                .db
                .put_item()
                .table_name(&self.config.system_table)
                .set_item(Some(connection_item(&connection)?))
                .condition_expression("version = :before")
                .expression_attribute_values(":before", n(before))
                .send()
                .await;
            if if_it_held(put, "PutItem")?.is_some() {
                return Ok(Changed::Yes(connection));
            }
        }
        Err(StoreError::Stale)
    }
}

enum Changed {
    Yes(LiveConnection),
    Refused,
    NotThere,
}

fn connection_item(connection: &LiveConnection) -> Result<Item, StoreError> {
    let mut item = to_item(connection)?;
    keys::live_connection(&connection.connection_id).put_into(&mut item);
    item.insert("subject".into(), s(&connection.subject));
    item.insert("expires_at".into(), expires(connection.until));
    Ok(item)
}

fn key_text(item: &Item) -> String {
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
    text("pk").cloned().unwrap_or_default()
}
