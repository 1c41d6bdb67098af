//! The only place that spells a key.
//!
//! Keys of people's records begin with the kind, so that one table can hold several kinds. Sort
//! keys that order by time carry milliseconds since 1970, padded to 14 digits.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use switchboard_domain::{
    AgentId, AuditId, CallId, CallbackId, CampaignId, CampaignTemplateId, EventId, EventTargetId, ExportId,
    ListId, PhoneNumber, ProviderId, ProviderKind, RecipientId, RecipientStatus, RegisterId, RoutingRuleId,
    Topic, UploadId,
};

use crate::item::{Item, s};

/// How many shards a campaign's recipients and a list's contacts are laid across.
pub(crate) const SHARDS: u64 = 16;
/// How many shards the index of due events has.
pub(crate) const DUE_SHARDS: u64 = 8;
/// How many shards a counter has.
pub(crate) const COUNTER_SHARDS: u64 = 8;

/// Sort key of the one main item of a record.
pub(crate) const META: &str = "META";

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub pk: String,
    pub sk: String,
}

impl Key {
    pub(crate) fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self {
            pk: pk.into(),
            sk: sk.into(),
        }
    }

    /// The key of an item that was read; none where the read left it out.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        let text = |name: &str| item.get(name)?.as_s().ok();
        Some(Self::new(text("pk")?, text("sk")?))
    }

    /// The key as an item of its own, for reads.
    pub(crate) fn item(&self) -> Item {
        Item::from([("pk".into(), s(&self.pk)), ("sk".into(), s(&self.sk))])
    }

    /// Adds the key to a record's item.
    pub(crate) fn put_into(&self, item: &mut Item) {
        item.insert("pk".into(), s(&self.pk));
        item.insert("sk".into(), s(&self.sk));
    }
}

/// Which shard a text belongs to.
pub(crate) fn shard_of(text: &str, shards: u64) -> u64 {
    let hash = Sha256::digest(text.as_bytes());
    u64::from(hash[0]) % shards
}

/// Time for a sort key.
pub(crate) fn time(at: Timestamp) -> String {
    format!("{:014}", at.as_millisecond().max(0))
}

/// The time of a key or item with a sort key made by [`time_and`].
pub(crate) fn time_of(item: &Item) -> Option<Timestamp> {
    let millis = item.get("sort")?.as_s().ok()?.split('#').next()?.parse().ok()?;
    Timestamp::from_millisecond(millis).ok()
}

/// Sort key that orders by time and is still unique.
pub(crate) fn time_and(at: Timestamp, id: &str) -> AttributeValue {
    s(format!("{}#{id}", time(at)))
}

pub(crate) fn call(id: &CallId) -> Key {
    Key::new(format!("CALL#{id}"), META)
}

pub(crate) fn turn(id: &CallId, index: usize) -> Key {
    Key::new(format!("CALL#{id}"), format!("TURN#{index:06}"))
}

/// A page of the transcript of a call that is over.
pub(crate) fn transcript_page(id: &CallId, nth: usize) -> Key {
    Key::new(format!("CALL#{id}"), format!("TURNS#{nth:06}"))
}

/// What the sort keys of [`turn`] and of [`transcript_page`] begin with.
pub(crate) const TRANSCRIPT: &str = "TURN";

/// What the sort keys of [`turn_place`] begin with.
pub(crate) const TURN_PLACE: &str = "PLACE#";

/// What the sort keys of [`tool_run`] begin with.
pub(crate) const TOOL_RUN: &str = "TOOL#";

/// Where the place of a turn is noted, so that it has one. Ids of turns are OpenAI's.
pub(crate) fn turn_place(id: &CallId, item_id: &str) -> Key {
    Key::new(format!("CALL#{id}"), format!("{TURN_PLACE}{item_id}"))
}

/// A tool that ran in a call. Ids of runs are OpenAI's.
pub(crate) fn tool_run(id: &CallId, run_id: &str) -> Key {
    Key::new(format!("CALL#{id}"), format!("{TOOL_RUN}{run_id}"))
}

/// What is known of an inbound call beside the call.
pub(crate) fn inbound(id: &CallId) -> Key {
    Key::new(format!("INBOUND#{id}"), META)
}

/// The partition of inbound calls that may still be open.
pub(crate) const INBOUND_OPEN: &str = "INBOUND_OPEN";

pub(crate) fn inbound_open(id: &CallId) -> Key {
    Key::new(INBOUND_OPEN, id.as_str())
}

/// A reference that travels over SIP, by the digest of it.
pub(crate) fn sip_reference(sha256_hex: &str) -> Key {
    Key::new(format!("SIP_REFERENCE#{sha256_hex}"), META)
}

/// The partition of all rules that say where inbound calls go.
pub(crate) const ROUTING_RULES: &str = "ROUTING_RULES";

pub(crate) fn routing_rule(id: &RoutingRuleId) -> Key {
    Key::new(ROUTING_RULES, id.as_str())
}

/// How inbound calls are taken.
pub(crate) fn reception_settings() -> Key {
    Key::new("RECEPTION_SETTINGS", META)
}

/// Where this deployment is reached from outside.
pub(crate) fn public_url() -> Key {
    Key::new("PUBLIC_URL", META)
}

/// Somebody who is to be called back.
pub(crate) fn callback(id: &CallbackId) -> Key {
    Key::new(format!("CALLBACK#{id}"), META)
}

/// What the sort keys of [`agent_tool`] begin with.
pub(crate) const AGENT_TOOL: &str = "TOOL#";

/// A tool of the customer's that an agent may use.
pub(crate) fn agent_tool(agent: &AgentId, name: &str) -> Key {
    Key::new(format!("AGENT#{agent}"), format!("{AGENT_TOOL}{name}"))
}

/// Stands in sort keys for the agent of calls that no agent spoke in.
pub(crate) const NO_AGENT: &str = "none";

pub(crate) fn stats(day: &str, agent: Option<&AgentId>, shard: u64) -> Key {
    let agent = agent.map_or(NO_AGENT, AgentId::as_str);
    Key::new(format!("STATS#{day}"), format!("{agent}#{shard}"))
}

/// The calls from a line on the day (UTC) of `at`.
pub(crate) fn line_calls(line: &ProviderId, at: Timestamp, shard: u64) -> Key {
    let day = at.strftime("%Y-%m-%d");
    Key::new(format!("LINE_CALLS#{line}"), format!("{day}#{shard}"))
}

pub(crate) fn campaign(id: &CampaignId) -> Key {
    Key::new(format!("CAMPAIGN#{id}"), META)
}

/// Slots that one campaign's calls hold.
pub(crate) fn campaign_slots(id: &CampaignId) -> Key {
    Key::new(format!("CAMPAIGN#{id}"), "SLOTS")
}

/// The priorities that a campaign's recipients have.
pub(crate) fn bands(id: &CampaignId) -> Key {
    Key::new(format!("CAMPAIGN#{id}"), "BANDS")
}

pub(crate) fn counts(id: &CampaignId, shard: u64) -> Key {
    Key::new(format!("CAMPAIGN#{id}"), format!("COUNTS#{shard}"))
}

pub(crate) fn recipient_shard(id: &RecipientId) -> u64 {
    shard_of(id.as_str(), SHARDS)
}

pub(crate) fn recipients(campaign: &CampaignId, shard: u64) -> String {
    format!("RECIPIENTS#{campaign}#{shard:02}")
}

pub(crate) fn recipient(campaign: &CampaignId, id: &RecipientId) -> Key {
    Key::new(recipients(campaign, recipient_shard(id)), id.as_str())
}

pub(crate) fn recipient_state(campaign: &CampaignId, status: RecipientStatus, shard: u64) -> String {
    format!("{campaign}#{}#{shard:02}", status.as_str())
}

pub(crate) fn upload(id: &UploadId) -> Key {
    Key::new(format!("UPLOAD#{id}"), META)
}

pub(crate) fn list(id: &ListId) -> Key {
    Key::new(format!("LIST#{id}"), META)
}

pub(crate) fn contacts(list: &ListId, shard: u64) -> String {
    format!("CONTACTS#{list}#{shard:02}")
}

pub(crate) fn contact(list: &ListId, seq: u64) -> Key {
    Key::new(contacts(list, seq % SHARDS), format!("{seq:010}"))
}

pub(crate) fn do_not_call(number: &PhoneNumber) -> Key {
    Key::new(format!("DNC#{}", number.as_str()), META)
}

/// The partition of all registers that do-not-call numbers are imported from.
pub(crate) const REGISTERS: &str = "DNC_REGISTERS";

pub(crate) fn register(id: &RegisterId) -> Key {
    Key::new(REGISTERS, id.as_str())
}

/// A wish not to be called, said in a conversation whose call is not known yet.
pub(crate) fn opt_out_wish(conversation: &ProviderId) -> Key {
    Key::new(format!("OPT_OUT#{conversation}"), META)
}

/// The calls that a number had lately.
pub(crate) fn dialled(number: &PhoneNumber) -> Key {
    Key::new(format!("DIALLED#{}", number.as_str()), META)
}

pub(crate) fn agent(id: &AgentId) -> Key {
    Key::new(format!("AGENT#{id}"), META)
}

pub(crate) fn phone_line(id: &ProviderId) -> Key {
    Key::new(format!("LINE#{id}"), META)
}

/// The queue's settings and its count of taken slots: one item, so that one condition covers both.
pub(crate) fn queue_settings() -> Key {
    Key::new("QUEUE", META)
}

pub(crate) fn slot(id: &CallId) -> Key {
    Key::new("SLOTS", id.as_str())
}

/// A dialer that waits for a slot with a call.
pub(crate) fn waiting(id: &CallId) -> Key {
    Key::new("WAITING", id.as_str())
}

pub(crate) fn lease(name: &str) -> Key {
    Key::new(format!("LEASE#{name}"), META)
}

/// A campaign whose recipients are to be moved: its end, or another try of the failed ones.
pub(crate) fn sweep(id: &CampaignId) -> Key {
    Key::new("SWEEPS", id.as_str())
}

/// What holds for every dial.
pub(crate) fn dial_settings() -> Key {
    Key::new("DIAL_SETTINGS", META)
}

/// What the calls of a campaign have cost.
pub(crate) fn campaign_spend(id: &CampaignId) -> Key {
    Key::new(format!("CAMPAIGN#{id}"), "SPEND")
}

/// What the calls of the day (UTC) of `at` have cost.
pub(crate) fn day_spend(at: Timestamp) -> Key {
    let day = at.strftime("%Y-%m-%d");
    Key::new(format!("SPEND#{day}"), META)
}

/// Slots that the calls of an agent hold.
pub(crate) fn agent_slots(id: &AgentId) -> Key {
    Key::new(format!("AGENT_SLOTS#{id}"), META)
}

/// Slots that the calls from a phone line hold.
pub(crate) fn line_slots(id: &ProviderId) -> Key {
    Key::new(format!("LINE_SLOTS#{id}"), META)
}

/// The rules of new campaigns.
pub(crate) fn campaign_defaults() -> Key {
    Key::new("CAMPAIGN_DEFAULTS", META)
}

/// The partition of what was confirmed of the calling rules.
pub(crate) const RULE_CONFIRMATIONS: &str = "RULE_CONFIRMATIONS";

/// Ids of rules are names of ours, compiled in.
pub(crate) fn rule_confirmation(rule: &str) -> Key {
    Key::new(RULE_CONFIRMATIONS, rule)
}

/// The partition of all campaign templates.
pub(crate) const CAMPAIGN_TEMPLATES: &str = "CAMPAIGN_TEMPLATES";

pub(crate) fn campaign_template(id: &CampaignTemplateId) -> Key {
    Key::new(CAMPAIGN_TEMPLATES, id.as_str())
}

/// One change of the concurrency limit.
pub(crate) fn limit_change(at: Timestamp) -> Key {
    Key::new("LIMITS", time(at))
}

pub(crate) fn provider_state(provider: &str) -> Key {
    Key::new(format!("PROVIDER#{provider}"), META)
}

/// What is known of a provider from questions that are no dials.
pub(crate) fn provider_watch(provider: &str) -> Key {
    Key::new(format!("PROVIDER#{provider}"), "WATCH")
}

/// When somebody is to be told that an account comes to its end.
pub(crate) fn alert_settings() -> Key {
    Key::new("ALERT_SETTINGS", META)
}

/// What is counted of a provider in the hour (UTC) of `at`.
pub(crate) fn measures(provider: ProviderKind, at: Timestamp) -> Key {
    let hour = at.strftime("%Y-%m-%dT%H");
    Key::new(format!("MEASURES#{}", provider.as_str()), hour.to_string())
}

/// One shard of the calls of a provider that ended in the hour (UTC) of `at`.
pub(crate) fn call_measures(provider: ProviderKind, at: Timestamp, shard: u64) -> Key {
    let hour = measures(provider, at);
    Key::new(hour.pk, format!("{}#{shard}", hour.sk))
}

/// The hour of a sort key made by [`measures`] or [`call_measures`].
pub(crate) fn hour_of(sort_key: &str) -> Option<Timestamp> {
    let hour = sort_key.split('#').next()?;
    format!("{hour}:00:00Z").parse().ok()
}

/// A recording that somebody should know of.
pub(crate) fn noted_recording(id: &CallId) -> Key {
    Key::new(format!("RECORDING#{id}"), META)
}

pub(crate) fn dead_letter(id: &str) -> Key {
    Key::new(format!("DEAD_LETTER#{id}"), META)
}

pub(crate) fn recording_due(id: &CallId) -> Key {
    Key::new("RECORDINGS_DUE", id.as_str())
}

pub(crate) fn webhook(provider: &str, digest: &str) -> Key {
    Key::new(format!("WEBHOOK#{provider}#{digest}"), META)
}

/// Events of a conversation that we did not know yet when they came.
pub(crate) fn early_event(conversation: &ProviderId, digest: &str) -> Key {
    Key::new(format!("EARLY#{conversation}"), digest)
}

/// The partition of all event targets.
pub(crate) const EVENT_TARGETS: &str = "EVENT_TARGETS";

pub(crate) fn event_target(id: &EventTargetId) -> Key {
    Key::new(EVENT_TARGETS, id.as_str())
}

/// Something that the customer's systems are told of.
pub(crate) fn event(id: &EventId) -> Key {
    Key::new(format!("EVENT#{id}"), META)
}

/// One shard of a kind that is looked through by time.
pub(crate) fn due_kind(kind: &str, shard: u64) -> String {
    format!("{kind}#{shard}")
}

pub(crate) fn event_due(id: &EventId) -> String {
    due_kind("event_due", shard_of(id.as_str(), DUE_SHARDS))
}

pub(crate) fn delivery_due(event: &EventId, target: &EventTargetId) -> String {
    let shard = shard_of(&format!("{event}#{target}"), DUE_SHARDS);
    due_kind("delivery_due", shard)
}

/// Kind of a target's dead letters in the index by time.
pub(crate) fn dead_deliveries(target: &EventTargetId) -> String {
    format!("delivery_dead#{target}")
}

/// The partition of a target's deliveries.
pub(crate) fn deliveries(target: &EventTargetId) -> String {
    format!("DELIVERIES#{target}")
}

pub(crate) fn delivery(target: &EventTargetId, occurred_at: Timestamp, event: &EventId) -> Key {
    Key::new(deliveries(target), format!("{}#{event}", time(occurred_at)))
}

pub(crate) fn export(id: &ExportId) -> Key {
    Key::new(format!("EXPORT#{id}"), META)
}

/// Somebody who has used the API. Subjects come from outside, so only their digest is a key.
pub(crate) fn user(subject: &str) -> Key {
    let digest = Sha256::digest(subject.as_bytes());
    Key::new(format!("USER#{}", hex::encode(digest)), META)
}

pub(crate) fn audit(id: &AuditId) -> Key {
    Key::new(format!("AUDIT#{id}"), META)
}

/// What the sort keys of [`webhook_of_call`] and [`webhook_of_conversation`] begin with.
pub(crate) const WEBHOOKS: &str = "WEBHOOK#";

fn webhook_noted(received: Timestamp, provider: &str, digest: &str) -> String {
    format!("{WEBHOOKS}{}#{provider}#{digest}", time(received))
}

/// Where it is noted that a webhook was about a call.
pub(crate) fn webhook_of_call(id: &CallId, received: Timestamp, provider: &str, digest: &str) -> Key {
    Key::new(format!("CALL#{id}"), webhook_noted(received, provider, digest))
}

/// What is noted of a conversation whose call is not known.
pub(crate) fn conversation(id: &ProviderId) -> String {
    format!("CONVERSATION#{id}")
}

/// Where it is noted that a webhook was about a conversation whose call was not known.
pub(crate) fn webhook_of_conversation(
    id: &ProviderId,
    received: Timestamp,
    provider: &str,
    digest: &str,
) -> Key {
    Key::new(conversation(id), webhook_noted(received, provider, digest))
}

pub(crate) fn idempotency(caller: &str, key: &str) -> Key {
    let digest = Sha256::digest(format!("{}:{caller}:{key}", caller.len()).as_bytes());
    Key::new(format!("ANSWER#{}", hex::encode(digest)), META)
}

pub(crate) fn sync_mark(provider: &str) -> Key {
    Key::new(format!("SYNC#{provider}"), META)
}

pub(crate) fn sync_summary() -> Key {
    Key::new("SYNC_SUMMARY", META)
}

pub(crate) fn batch_counter() -> Key {
    Key::new("BATCHES", "COUNTER")
}

pub(crate) fn batch(number: u64) -> Key {
    Key::new("BATCHES", format!("{number:012}"))
}

/// How many shards the subscribers of a topic have that many people are told of.
const TOPIC_SHARDS: u64 = 8;

/// What the sort keys of [`turn`] begin with.
pub(crate) const TURN: &str = "TURN#";

/// A ticket for the WebSocket API, by the digest of its secret.
pub(crate) fn live_ticket(digest: &str) -> Key {
    Key::new(format!("TICKET#{digest}"), META)
}

/// Until when anybody may be connected to the WebSocket API.
pub(crate) fn live_listeners() -> Key {
    Key::new("LIVE", META)
}

/// A connection to the WebSocket API. Its id is API Gateway's, and opaque.
pub(crate) fn live_connection(id: &str) -> Key {
    Key::new(format!("CONNECTION#{id}"), META)
}

/// The partitions in which a topic's subscribers lie.
pub(crate) fn live_topic(topic: &Topic) -> Vec<String> {
    let shards = if topic.is_of_one() { 1 } else { TOPIC_SHARDS };
    (0..shards)
        .map(|shard| format!("TOPIC#{topic}#{shard}"))
        .collect()
}

/// That a connection is told of a topic.
pub(crate) fn live_subscriber(topic: &Topic, connection: &str) -> Key {
    let shards = if topic.is_of_one() { 1 } else { TOPIC_SHARDS };
    let shard = shard_of(connection, shards);
    Key::new(format!("TOPIC#{topic}#{shard}"), connection)
}
