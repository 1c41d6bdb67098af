//! What a record of a table's stream means to whoever looks at the site.

use serde::Deserialize;
use switchboard_domain::{CallId, CampaignId, Direction, LiveChange, TranscriptTurn};

use crate::keys;

/// One record of a table's stream, as far as it is read here. Other members are ignored.
#[derive(Debug, Clone, Deserialize)]
pub struct StreamRecord {
    /// `INSERT`, `MODIFY` or `REMOVE`.
    #[serde(rename = "eventName", default)]
    pub event_name: String,
    /// When it was written and what.
    pub dynamodb: StreamImage,
}

/// What a record of a stream says of the item.
#[derive(Debug, Clone, Deserialize)]
pub struct StreamImage {
    /// When it was written, in seconds since 1970; a second is as close as it is told.
    #[serde(rename = "ApproximateCreationDateTime", default)]
    pub written_at_secs: f64,
    #[serde(rename = "Keys")]
    keys: serde_dynamo::Item,
    #[serde(rename = "NewImage")]
    new: Option<serde_dynamo::Item>,
}

/// What is read of a call. A call that only a newer version of us can read is still told.
#[derive(Deserialize)]
struct CallSeen {
    #[serde(default)]
    version: u64,
    direction: Option<Direction>,
    campaign_id: Option<CampaignId>,
}

/// What is read of a turn.
#[derive(Deserialize)]
struct TurnSeen {
    #[serde(flatten)]
    turn: TranscriptTurn,
    /// How far it is, where it is written while the call lasts.
    state: Option<String>,
}

impl StreamRecord {
    /// What has changed, as far as anybody can be looking at it; none for everything else, and for what
    /// cannot be read.
    pub fn change(&self) -> Option<LiveChange> {
        let text = |name: &str| match self.dynamodb.keys.get(name) {
            Some(serde_dynamo::AttributeValue::S(text)) => Some(text.as_str()),
            _ => None,
        };
        let (pk, sk) = (text("pk")?, text("sk")?);
        let (kind, id) = pk.split_once('#').unwrap_or((pk, ""));
        match (kind, sk) {
            ("CALL", keys::META) => {
                let seen: CallSeen = serde_dynamo::from_item(self.dynamodb.new.clone()?).ok()?;
                Some(LiveChange::Call {
                    call_id: CallId::parse(id).ok()?,
                    version: seen.version,
                    inbound: seen.direction == Some(Direction::Inbound),
                    campaign_id: seen.campaign_id,
                })
            }
            ("CALL", sk) => {
                let index = sk.strip_prefix(keys::TURN)?.parse().ok()?;
                let seen: TurnSeen = serde_dynamo::from_item(self.dynamodb.new.clone()?).ok()?;
                let lost = seen.state.as_deref() == Some("lost");
                let says = lost || !seen.turn.message.is_empty() || !seen.turn.tools.is_empty();
                // A place is kept for a turn before its words are there.
                says.then_some(LiveChange::Turn {
                    call_id: CallId::parse(id).ok()?,
                    index,
                    turn: seen.turn,
                })
            }
            ("CAMPAIGN", _) => Some(LiveChange::Campaign(CampaignId::parse(id).ok()?)),
            ("QUEUE", _) => Some(LiveChange::Queue),
            ("CALLBACK", _) => Some(LiveChange::Callback { id: id.to_owned() }),
            _ => None,
        }
    }
}
