//! Live updates: what browsers ask to be told of, and what they are told.
//!
//! A message says that something has changed, and which version of it is there now; the browser reads it
//! again over the API, which checks what they may see. Only turns of a call travel in the message itself,
//! so that a transcript grows while people talk.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{CallId, CampaignId, TranscriptTurn};

/// Most topics that one connection may have.
pub const MAX_TOPICS: usize = 50;
/// How long a ticket for a connection is good.
pub const TICKET_LIFE: SignedDuration = SignedDuration::from_secs(30);
/// Longest time that a connection lasts: API Gateway ends WebSockets after two hours.
pub const LONGEST_CONNECTION: SignedDuration = SignedDuration::from_hours(2);
/// Ids that are named for one topic at one time; of more, only that there are many is said.
const MAX_NAMED: usize = 20;
/// Longest turn that travels in a message, in bytes of its text. API Gateway takes 128 KB in all, and JSON can
/// write a byte as six.
const MAX_TURN_BYTES: usize = 16_000;

/// Something that a browser can ask to be told of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Topic {
    /// The dial queue: its settings and how many slots are taken.
    Queue,
    /// Any call.
    Calls,
    /// Any call that came in.
    Inbound,
    /// Any campaign.
    Campaigns,
    /// Any callback.
    Callbacks,
    /// One call and its transcript.
    Call(CallId),
    /// One campaign, its counts and its calls.
    Campaign(CampaignId),
}

/// A text that names no topic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a topic: expected queue, calls, inbound, campaigns, callbacks, call:<call id> or campaign:<campaign id>"
)]
pub struct InvalidTopic;

impl Topic {
    /// Whether it is about one thing, which few people look at, and not about a whole list.
    pub fn is_of_one(&self) -> bool {
        matches!(self, Self::Call(_) | Self::Campaign(_))
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Queue => f.write_str("queue"),
            Self::Calls => f.write_str("calls"),
            Self::Inbound => f.write_str("inbound"),
            Self::Campaigns => f.write_str("campaigns"),
            Self::Callbacks => f.write_str("callbacks"),
            Self::Call(id) => write!(f, "call:{id}"),
            Self::Campaign(id) => write!(f, "campaign:{id}"),
        }
    }
}

impl FromStr for Topic {
    type Err = InvalidTopic;

    fn from_str(text: &str) -> Result<Self, InvalidTopic> {
        Ok(match text {
            "queue" => Self::Queue,
            "calls" => Self::Calls,
            "inbound" => Self::Inbound,
            "campaigns" => Self::Campaigns,
            "callbacks" => Self::Callbacks,
            text => match text.split_once(':') {
                Some(("call", id)) => Self::Call(CallId::parse(id).map_err(|_| InvalidTopic)?),
                Some(("campaign", id)) => Self::Campaign(CampaignId::parse(id).map_err(|_| InvalidTopic)?),
                _ => return Err(InvalidTopic),
            },
        })
    }
}

impl TryFrom<String> for Topic {
    type Error = InvalidTopic;
    fn try_from(text: String) -> Result<Self, InvalidTopic> {
        text.parse()
    }
}

impl From<Topic> for String {
    fn from(topic: Topic) -> Self {
        topic.to_string()
    }
}

/// What a browser says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum LiveRequest {
    /// Tell me of these, too.
    Subscribe {
        /// Topics.
        topics: Vec<String>,
    },
    /// Tell me of these no more.
    Unsubscribe {
        /// Topics.
        topics: Vec<String>,
    },
    /// I am still here.
    Ping,
}

/// What a browser is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LiveMessage {
    /// The topics that the connection now has. From here on nothing of them is missed: whoever reads what they
    /// show *after* this message and then follows has no gap.
    Subscribed {
        /// All of them.
        topics: Vec<Topic>,
    },
    /// The answer to a ping.
    Pong,
    /// A request that could not be followed.
    Error {
        /// Why, and what to do.
        detail: String,
    },
    /// The sign-in behind the connection has expired; it is closed after this.
    Expired,
    /// Something has changed: read it again.
    Changed {
        /// Of which topic.
        topic: Topic,
        /// What; none: many things of that topic at one time, or the only thing that the topic has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// Its version; whoever has this one, or a later one, need not read. None where it has no versions.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<u64>,
    },
    /// Something was said in a call, or what was said is known better now.
    Turn {
        /// The call's topic.
        topic: Topic,
        /// The turn's place in spoken order, from 0; some places are never told, as nothing was said there.
        index: usize,
        /// The turn, in place of whatever was told of this place before.
        turn: TranscriptTurn,
    },
}

impl LiveMessage {
    /// The topic that a message is about; none where it is an answer.
    pub fn topic(&self) -> Option<&Topic> {
        match self {
            Self::Changed { topic, .. } | Self::Turn { topic, .. } => Some(topic),
            _ => None,
        }
    }
}

/// One change in a table that people may be looking at.
#[derive(Debug, Clone, PartialEq)]
pub enum LiveChange {
    /// A call was made or changed.
    Call {
        /// Which.
        call_id: CallId,
        /// What version of it is there now.
        version: u64,
        /// Whether it came in.
        inbound: bool,
        /// Its campaign.
        campaign_id: Option<CampaignId>,
    },
    /// A turn of a call's transcript was written.
    Turn {
        /// Of which call.
        call_id: CallId,
        /// Its place.
        index: usize,
        /// The turn.
        turn: TranscriptTurn,
    },
    /// A campaign or its counts have changed.
    Campaign(CampaignId),
    /// A callback was booked or changed.
    Callback {
        /// Which.
        id: String,
    },
    /// The queue's settings or its taken slots have changed.
    Queue,
}

/// What is to be told of changes that were read together: of each thing once for each topic, turns in their order.
pub fn live_messages(changes: &[LiveChange]) -> Vec<LiveMessage> {
    let mut turns = Vec::new();
    // By topic, what changed and the latest version of it.
    let mut changed: BTreeMap<Topic, BTreeMap<Option<String>, Option<u64>>> = BTreeMap::new();
    let mut change = |topic: Topic, id: Option<&str>, version: Option<u64>| {
        let latest = changed
            .entry(topic)
            .or_default()
            .entry(id.map(str::to_owned))
            .or_default();
        *latest = (*latest).max(version);
    };
    for one in changes {
        match one {
            LiveChange::Call {
                call_id,
                version,
                inbound,
                campaign_id,
            } => {
                let of_campaign = campaign_id.clone().map(Topic::Campaign);
                let topics = [
                    Some(Topic::Calls),
                    Some(Topic::Call(call_id.clone())),
                    inbound.then_some(Topic::Inbound),
                    of_campaign,
                ];
                for topic in topics.into_iter().flatten() {
                    change(topic, Some(call_id.as_str()), Some(*version));
                }
            }
            LiveChange::Turn { call_id, turn, .. } if turn.message.len() > MAX_TURN_BYTES => {
                change(Topic::Call(call_id.clone()), Some(call_id.as_str()), None);
            }
            LiveChange::Turn { call_id, index, turn } => turns.push(LiveMessage::Turn {
                topic: Topic::Call(call_id.clone()),
                index: *index,
                turn: turn.clone(),
            }),
            LiveChange::Campaign(id) => {
                change(Topic::Campaigns, Some(id.as_str()), None);
                change(Topic::Campaign(id.clone()), Some(id.as_str()), None);
            }
            LiveChange::Callback { id } => change(Topic::Callbacks, Some(id), None),
            LiveChange::Queue => change(Topic::Queue, None, None),
        }
    }
    let told = changed.into_iter().flat_map(|(topic, things)| {
        let many = things.len() > MAX_NAMED;
        let things = if many {
            BTreeMap::from([(None, None)])
        } else {
            things
        };
        things.into_iter().map(move |(id, version)| LiveMessage::Changed {
            topic: topic.clone(),
            id,
            version,
        })
    });
    turns.into_iter().chain(told).collect()
}

/// What a ticket's secret is kept as.
pub fn ticket_digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// Who may open one connection, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveTicket {
    /// Subject of the token that asked for it.
    pub subject: String,
    /// When that token expires: no connection outlives it.
    pub session_until: Timestamp,
    /// Until when the ticket opens a connection.
    pub good_until: Timestamp,
}

/// An open connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveConnection {
    /// API Gateway's id of it.
    pub connection_id: String,
    /// Subject of whoever opened it.
    pub subject: String,
    /// Until when it may last.
    pub until: Timestamp,
    /// What it is told of.
    #[serde(default)]
    pub topics: BTreeSet<Topic>,
    /// Counts the changes of this record.
    pub version: u64,
}

impl LiveConnection {
    /// A connection that a ticket opened at `now`.
    pub fn opened(connection_id: &str, ticket: &LiveTicket, now: Timestamp) -> Self {
        let longest = now.saturating_add(LONGEST_CONNECTION).unwrap_or(Timestamp::MAX);
        Self {
            connection_id: connection_id.to_owned(),
            subject: ticket.subject.clone(),
            until: ticket.session_until.min(longest),
            topics: BTreeSet::new(),
            version: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Speaker;

    fn call(n: u8) -> CallId {
        CallId::derived(&[&n.to_string()])
    }

    fn call_changed(n: u8, version: u64) -> LiveChange {
        LiveChange::Call {
            call_id: call(n),
            version,
            inbound: n.is_multiple_of(2),
            campaign_id: None,
        }
    }

    fn turn(n: u8, index: usize, text: &str) -> LiveChange {
        let turn = TranscriptTurn {
            speaker: Speaker::Agent,
            message: text.to_owned(),
            at_secs: 1,
            interrupted: false,
            tools: Vec::new(),
        };
        LiveChange::Turn {
            call_id: call(n),
            index,
            turn,
        }
    }

    #[test]
    fn topics_are_read_as_they_are_written_and_nothing_else_is_one() {
        let campaign = CampaignId::derived(&["a"]);
        for topic in [
            Topic::Queue,
            Topic::Calls,
            Topic::Inbound,
            Topic::Campaigns,
            Topic::Callbacks,
            Topic::Call(call(1)),
            Topic::Campaign(campaign.clone()),
        ] {
            assert_eq!(topic.to_string().parse(), Ok(topic));
        }
        for text in [
            "",
            "Queue",
            "call",
            "call:",
            "call:call_1",
            "call:../x",
            &format!("call:{campaign}"),
            &format!("campaign:{}", call(1)),
            &format!("calls:{}", call(1)),
        ] {
            assert_eq!(text.parse::<Topic>(), Err(InvalidTopic), "{text}");
        }
    }

    #[test]
    fn a_call_is_told_once_for_each_topic_with_its_latest_version() {
        let messages = live_messages(&[call_changed(2, 4), call_changed(2, 6), call_changed(2, 5)]);
        let topics: Vec<String> = messages.iter().map(|m| m.topic().unwrap().to_string()).collect();
        assert_eq!(
            topics,
            ["calls", "inbound", &format!("call:{}", call(2))],
            "{messages:?}"
        );
        assert!(
            messages
                .iter()
                .all(|m| matches!(m, LiveMessage::Changed { version: Some(6), .. }))
        );
        assert_eq!(
            live_messages(&[call_changed(1, 1)]).len(),
            2,
            "it did not come in"
        );
    }

    #[test]
    fn the_calls_of_a_campaign_are_told_to_its_page() {
        let campaign = CampaignId::derived(&["a"]);
        let messages = live_messages(&[LiveChange::Call {
            call_id: call(1),
            version: 1,
            inbound: false,
            campaign_id: Some(campaign.clone()),
        }]);
        assert!(messages.contains(&LiveMessage::Changed {
            topic: Topic::Campaign(campaign),
            id: Some(call(1).to_string()),
            version: Some(1),
        }));
    }

    #[test]
    fn turns_keep_their_order_and_one_that_is_too_long_is_only_announced() {
        let long = "x".repeat(MAX_TURN_BYTES + 1);
        let messages = live_messages(&[turn(1, 3, "first"), turn(1, 4, "second"), turn(1, 5, &long)]);
        let told: Vec<usize> = messages
            .iter()
            .filter_map(|m| match m {
                LiveMessage::Turn { index, .. } => Some(*index),
                _ => None,
            })
            .collect();
        assert_eq!(told, [3, 4]);
        assert!(matches!(&messages[2], LiveMessage::Changed { id: Some(id), .. } if id == call(1).as_str()));
    }

    #[test]
    fn of_very_many_changes_only_that_there_are_many_is_told() {
        let changes: Vec<LiveChange> = (0..100).map(|n| call_changed(2 * n + 1, 1)).collect();
        let messages = live_messages(&changes);
        let lists: Vec<&LiveMessage> = messages
            .iter()
            .filter(|m| m.topic() == Some(&Topic::Calls))
            .collect();
        assert_eq!(
            lists,
            [&LiveMessage::Changed {
                topic: Topic::Calls,
                id: None,
                version: None
            }]
        );
        assert_eq!(messages.len(), 101, "each call's own page is told of it");
    }

    #[test]
    fn messages_are_written_as_the_browser_reads_them() {
        let text = |message: &LiveMessage| serde_json::to_string(message).unwrap();
        assert_eq!(text(&LiveMessage::Pong), r#"{"type":"pong"}"#);
        assert_eq!(
            text(&live_messages(&[LiveChange::Queue])[0]),
            r#"{"type":"changed","topic":"queue"}"#
        );
        let read: LiveRequest =
            serde_json::from_str(r#"{"action":"subscribe","topics":["calls"],"extra":1}"#).unwrap();
        assert_eq!(
            read,
            LiveRequest::Subscribe {
                topics: vec!["calls".to_owned()]
            }
        );
    }

    #[test]
    fn a_connection_ends_with_the_sign_in_behind_it() {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let ticket = |hours| LiveTicket {
            subject: "anna".to_owned(),
            session_until: now + SignedDuration::from_hours(hours),
            good_until: now + TICKET_LIFE,
        };
        assert_eq!(
            LiveConnection::opened("c", &ticket(1), now).until,
            now + SignedDuration::from_hours(1)
        );
        assert_eq!(
            LiveConnection::opened("c", &ticket(12), now).until,
            now + LONGEST_CONNECTION
        );
    }

    #[test]
    fn topics_are_named_as_browsers_know_them_and_those_of_one_thing_are_told_apart() {
        let (call, campaign) = (call(1), CampaignId::derived(&["a"]));
        let topics = [
            (Topic::Queue, "queue".to_owned(), false),
            (Topic::Calls, "calls".to_owned(), false),
            (Topic::Inbound, "inbound".to_owned(), false),
            (Topic::Campaigns, "campaigns".to_owned(), false),
            (Topic::Callbacks, "callbacks".to_owned(), false),
            (Topic::Call(call.clone()), format!("call:{call}"), true),
            (
                Topic::Campaign(campaign.clone()),
                format!("campaign:{campaign}"),
                true,
            ),
        ];
        for (topic, name, of_one) in topics {
            assert_eq!((topic.to_string(), topic.is_of_one()), (name.clone(), of_one));
            assert_eq!(serde_json::to_value(&topic).unwrap(), serde_json::json!(name));
            assert_eq!(
                serde_json::from_value::<Topic>(serde_json::json!(name)).unwrap(),
                topic
            );
        }
    }

    #[test]
    fn a_change_of_anything_is_told_to_its_topics() {
        let campaign = CampaignId::derived(&["a"]);
        let topics = |change: LiveChange| {
            let messages = live_messages(&[change]);
            messages
                .iter()
                .map(|message| message.topic().unwrap().to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(topics(LiveChange::Queue), ["queue"]);
        assert_eq!(
            topics(LiveChange::Callback { id: "cb".to_owned() }),
            ["callbacks"]
        );
        let of_campaign = format!("campaign:{campaign}");
        assert_eq!(
            topics(LiveChange::Campaign(campaign)),
            ["campaigns", of_campaign.as_str()]
        );
        assert_eq!(topics(turn(1, 0, "Hello")), [format!("call:{}", call(1))]);
        assert_eq!(LiveMessage::Pong.topic(), None);
    }

    #[test]
    fn twenty_things_are_named_and_a_turn_that_just_fits_travels() {
        let named = |count: u8| {
            let changes: Vec<LiveChange> = (0..count).map(|n| call_changed(2 * n + 1, 1)).collect();
            let messages = live_messages(&changes);
            messages
                .iter()
                .filter(|message| message.topic() == Some(&Topic::Calls))
                .count()
        };
        assert_eq!((named(20), named(21)), (20, 1));
        let longest = "x".repeat(MAX_TURN_BYTES);
        assert!(matches!(
            live_messages(&[turn(1, 0, &longest)])[..],
            [LiveMessage::Turn { .. }]
        ));
    }

    #[test]
    fn a_tickets_secret_is_kept_as_its_digest() {
        assert_eq!(
            ticket_digest("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
