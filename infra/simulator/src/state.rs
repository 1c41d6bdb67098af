//! Everything the account knows, behind one lock.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use serde_json::Value;

use crate::clock::now_ms;
use crate::elevenlabs::seed;
use crate::faults::Faults;
use crate::journal::{Entry, Journal};
use crate::ledger::{Dial, Ledger, WebhookCounts, time_of};
use crate::twilio::{Call, Desk, Direction, Status};
use crate::ultravox::{Account, EVENTS};
use crate::{Carrier, Conversation, Platform, PlatformCounts, Scenario, SimulatorConfig, openai};

/// A dial that was refused.
#[derive(Debug, Clone)]
struct RefusedDial {
    platform: Platform,
    to: String,
    user_id: Option<String>,
    at_ms: i64,
    reason: String,
}

/// Everything the accounts know: what they share, ElevenLabs' own, and Ultravox'.
pub(crate) struct State {
    pub api_key: String,
    pub twilio_auth_token: String,
    pub webhook_url: Option<String>,
    pub webhook_secret: String,
    pub do_not_call_tool_url: Option<String>,
    pub tool_secret: String,
    pub clock_factor: f64,
    pub concurrency_ceiling: Option<u32>,
    /// Platforms of which nothing answers.
    pub down: BTreeSet<Platform>,
    pub scenario: Scenario,
    pub seed: u64,
    pub agents: BTreeMap<String, Value>,
    pub lines: BTreeMap<String, Value>,
    pub batches: BTreeMap<String, Value>,
    pub webhook_events: Vec<String>,
    pub webhooks: WebhookCounts,
    pub failures_in_a_row: u32,
    /// ElevenLabs has delivered a webhook.
    pub has_delivered: bool,
    pub ultravox: Account,
    pub twilio: Desk,
    pub openai: openai::Account,
    /// Seconds of the real clock for which Switchboard is waited for at the least.
    patience_secs: f64,
    pub faults: Faults,
    conversations: HashMap<String, Conversation>,
    /// By start, oldest first.
    order: Vec<(i64, String)>,
    by_user: HashMap<String, Vec<String>>,
    attempts: HashMap<String, u32>,
    /// Live calls of each platform: when each ends. Calls that came in are apart: no dial made them.
    live: BTreeMap<(Platform, bool), BTreeSet<(i64, String)>>,
    /// Most calls at one time, and when: of one platform, or (none) of all together.
    peaks: BTreeMap<Option<Platform>, (u32, i64)>,
    refused: Vec<RefusedDial>,
    unsettled: BTreeMap<String, ()>,
    journal: Journal,
}

impl State {
    /// The account as it was left, or new.
    pub(crate) fn open(config: &SimulatorConfig) -> std::io::Result<Self> {
        let (journal, entries) = Journal::open(config.state_file.as_deref())?;
        let mut state = Self {
            api_key: config.api_key.clone(),
            twilio_auth_token: config.twilio_auth_token.clone(),
            webhook_url: config.webhook_url.clone(),
            webhook_secret: config.webhook_secret.clone(),
            do_not_call_tool_url: config.do_not_call_tool_url.clone(),
            tool_secret: config.tool_secret.clone(),
            clock_factor: config.clock_factor.max(0.001),
            concurrency_ceiling: config.concurrency_ceiling,
            down: BTreeSet::new(),
            scenario: config.scenario.clone(),
            seed: config.seed,
            agents: seed::agents().into_iter().collect(),
            lines: seed::lines().into_iter().collect(),
            batches: BTreeMap::new(),
            webhook_events: vec!["transcript".to_owned(), "call_initiation_failure".to_owned()],
            webhooks: WebhookCounts::default(),
            failures_in_a_row: 0,
            has_delivered: false,
            ultravox: Account::new(config),
            twilio: Desk::new(config),
            openai: openai::Account::new(config),
            patience_secs: config.patience_secs,
            faults: Faults::new(config.seed),
            conversations: HashMap::new(),
            order: Vec::new(),
            by_user: HashMap::new(),
            attempts: HashMap::new(),
            live: BTreeMap::new(),
            peaks: BTreeMap::new(),
            refused: Vec::new(),
            unsettled: BTreeMap::new(),
            journal,
        };
        for entry in entries {
            state.replay(entry);
        }
        state.twilio.end_what_is_open();
        let (url, secret) = (&config.ultravox_webhook_url, &config.ultravox_webhook_secret);
        state.ultravox.set_own_webhook(url.as_deref(), secret);
        Ok(state)
    }

    fn replay(&mut self, entry: Entry) {
        match entry {
            Entry::Placed { conversation } => self.keep(*conversation),
            Entry::Changed { conversation } => self.swap(*conversation),
            Entry::Refused {
                platform,
                to,
                user_id,
                at_ms,
                reason,
            } => {
                self.refused.push(RefusedDial {
                    platform,
                    to,
                    user_id,
                    at_ms,
                    reason,
                });
            }
            Entry::WebhookSettled { id } => {
                self.unsettled.remove(&id);
                self.ultravox.forget_told(&id);
            }
            Entry::Told { id, told } => {
                self.ultravox.told(&id, &told);
            }
            Entry::TwilioCall { call } => self.keep_call(*call),
            Entry::TwilioRecording { recording } => {
                self.twilio.recordings.insert(recording.sid.clone(), *recording);
            }
            Entry::Deleted { id } => self.forget(&id),
            Entry::Agent { id, agent } => put(&mut self.agents, id, agent),
            Entry::Line { id, line } => put(&mut self.lines, id, line),
            Entry::UltravoxAgent { id, agent } => put(&mut self.ultravox.agents, id, agent),
            Entry::UltravoxWebhook { id, webhook } => put(&mut self.ultravox.webhooks, id, webhook),
            Entry::Peak {
                platform,
                peak,
                at_ms,
            } => {
                self.peaks.insert(platform, (peak, at_ms));
                // A journal from when there was one platform.
                let elsewhere = self.peaks.contains_key(&Some(Platform::Ultravox));
                if platform.is_none() && !elsewhere {
                    self.peaks.insert(Some(Platform::ElevenLabs), (peak, at_ms));
                }
            }
        }
    }

    fn keep(&mut self, conversation: Conversation) {
        let id = conversation.id.clone();
        self.order.push((conversation.dialled_ms, id.clone()));
        if let Some(user) = &conversation.user_id {
            self.by_user.entry(user.clone()).or_default().push(id.clone());
        }
        if !conversation.is_inbound() {
            *self.attempts.entry(conversation.to.clone()).or_default() += 1;
        }
        let kind = (conversation.platform(), conversation.is_inbound());
        let live = self.live.entry(kind).or_default();
        live.insert((conversation.ended_ms, id.clone()));
        self.unsettled.insert(id.clone(), ());
        self.conversations.insert(id, conversation);
    }

    /// How often a number was called, the next call included.
    pub(crate) fn next_attempt(&self, number: &str) -> u32 {
        self.attempts.get(number).copied().unwrap_or(0) + 1
    }

    /// Puts a changed call in the place of what it was.
    fn swap(&mut self, conversation: Conversation) {
        let id = conversation.id.clone();
        let Some(before) = self.conversations.get(&id) else {
            return;
        };
        let live = self
            .live
            .entry((before.platform(), before.is_inbound()))
            .or_default();
        live.remove(&(before.ended_ms, id.clone()));
        live.insert((conversation.ended_ms, id.clone()));
        self.conversations.insert(id, conversation);
    }

    fn drop_ended(&mut self, now_ms: i64) {
        for live in self.live.values_mut() {
            while live.first().is_some_and(|(ended, _)| *ended <= now_ms) {
                live.pop_first();
            }
        }
    }

    /// Calls that we made, ringing or talking now: of one platform, or of all.
    pub(crate) fn live_now(&mut self, platform: Option<Platform>, now_ms: i64) -> u32 {
        self.drop_ended(now_ms);
        let wanted = |(of, inbound): &(Platform, bool)| !inbound && platform.is_none_or(|only| only == *of);
        let live = self.live.iter().filter(|(kind, _)| wanted(kind));
        count(live.map(|(_, live)| live.len()).sum())
    }

    /// Every live call of a platform, of some agents or of all; those that came in are among them.
    pub(crate) fn live_of(&mut self, platform: Platform, agents: &[String], now_ms: i64) -> u32 {
        self.drop_ended(now_ms);
        let all = self.live.iter().filter(|((of, _), _)| *of == platform);
        let ids = all.flat_map(|(_, live)| live.iter().map(|(_, id)| id));
        if agents.is_empty() {
            return count(ids.count());
        }
        let of = |id: &&String| {
            self.conversations
                .get(*id)
                .is_some_and(|c| agents.contains(&c.agent_id))
        };
        count(ids.filter(of).count())
    }

    /// Writes a placed call down. It is in the journal before anybody is told.
    pub(crate) fn place(&mut self, conversation: Conversation) {
        let (now, platform) = (conversation.dialled_ms, conversation.platform());
        self.journal.write(&Entry::Placed {
            conversation: Box::new(conversation.clone()),
        });
        self.keep(conversation);
        self.note_peak(platform, now);
    }

    fn note_peak(&mut self, platform: Platform, now: i64) {
        for platform in [None, Some(platform)] {
            let live = self.live_now(platform, now);
            if live > self.peak_of(platform).0 {
                self.peaks.insert(platform, (live, now));
                self.journal.write(&Entry::Peak {
                    platform,
                    peak: live,
                    at_ms: now,
                });
            }
        }
    }

    fn peak_of(&self, platform: Option<Platform>) -> (u32, i64) {
        self.peaks.get(&platform).copied().unwrap_or_default()
    }

    fn keep_call(&mut self, call: Call) {
        let is_dial = call.direction == Direction::OutboundApi;
        if is_dial && self.twilio.find(&call.sid).is_none() {
            *self.attempts.entry(call.to.clone()).or_default() += 1;
        }
        self.twilio.put(call);
    }

    /// Writes a call of the carrier down. It is in the journal before anybody is told.
    pub(crate) fn keep_twilio_call(&mut self, call: Call) {
        self.journal.write(&Entry::TwilioCall {
            call: Box::new(call.clone()),
        });
        self.keep_call(call);
    }

    /// A call that was created by API takes a line from now on, until it is over.
    pub(crate) fn twilio_line_is_taken(&mut self, sid: &str) {
        // When it ends is not known yet.
        let kind = (Platform::Twilio, false);
        let live = self.live.entry(kind).or_default();
        live.insert((i64::MAX, sid.to_owned()));
        self.note_peak(Platform::Twilio, now_ms());
    }

    /// It is over.
    pub(crate) fn twilio_line_is_free(&mut self, sid: &str) {
        if let Some(live) = self.live.get_mut(&(Platform::Twilio, false)) {
            live.remove(&(i64::MAX, sid.to_owned()));
        }
    }

    /// Writes to the journal.
    pub(crate) fn write(&mut self, entry: &Entry) {
        self.journal.write(entry);
    }

    /// The call that the carrier knows by this id.
    pub(crate) fn find_leg(&self, carrier_call_id: &str) -> Option<&Conversation> {
        let is_leg =
            |call: &&Conversation| call.carrier == Carrier::Twilio && call.carrier_call_id == carrier_call_id;
        self.conversations.values().find(is_leg)
    }

    /// Writes down that a call goes another way than its script.
    pub(crate) fn change(&mut self, conversation: Conversation) {
        self.journal.write(&Entry::Changed {
            conversation: Box::new(conversation.clone()),
        });
        self.swap(conversation);
    }

    /// Writes down that one event of a call is told.
    pub(crate) fn tell(&mut self, id: &str, told: &str) {
        self.journal.write(&Entry::Told {
            id: id.to_owned(),
            told: told.to_owned(),
        });
        self.ultravox.told(id, told);
        let Some(conversation) = self.conversations.get(id) else {
            return;
        };
        let over = |event: &str| conversation.due_ms(event).is_none() || self.ultravox.is_told(id, event);
        if EVENTS.iter().all(|event| over(event)) {
            self.settle_webhook(id);
        }
    }

    /// Writes a refused dial down.
    pub(crate) fn refuse(
        &mut self,
        platform: Platform,
        to: &str,
        user_id: Option<&str>,
        at_ms: i64,
        reason: &str,
    ) {
        let (to, user_id, reason) = (to.to_owned(), user_id.map(str::to_owned), reason.to_owned());
        self.journal.write(&Entry::Refused {
            platform,
            to: to.clone(),
            user_id: user_id.clone(),
            at_ms,
            reason: reason.clone(),
        });
        self.refused.push(RefusedDial {
            platform,
            to,
            user_id,
            at_ms,
            reason,
        });
    }

    /// Nothing more is to be told of a call.
    pub(crate) fn settle_webhook(&mut self, id: &str) {
        self.ultravox.forget_told(id);
        if self.unsettled.remove(id).is_some() {
            self.journal.write(&Entry::WebhookSettled { id: id.to_owned() });
        }
    }

    /// Something is still to be told of this call.
    pub(crate) fn is_unsettled(&self, id: &str) -> bool {
        self.unsettled.contains_key(id)
    }

    /// Conversations whose webhook is still to be sent.
    pub(crate) fn unsettled(&self) -> Vec<Conversation> {
        self.unsettled
            .keys()
            .filter_map(|id| self.conversations.get(id).cloned())
            .collect()
    }

    /// A call of this platform.
    pub(crate) fn find(&self, platform: Platform, id: &str) -> Option<&Conversation> {
        let found = self.conversations.get(id);
        found.filter(|conversation| conversation.platform() == platform)
    }

    /// Calls of a platform, oldest first; of one user when one is given.
    pub(crate) fn conversations<'a>(
        &'a self,
        platform: Platform,
        user: Option<&'a str>,
    ) -> Box<dyn DoubleEndedIterator<Item = &'a Conversation> + 'a> {
        let here = move |conversation: &&Conversation| conversation.platform() == platform;
        match user {
            Some(user) => {
                let ids = self.by_user.get(user).map(Vec::as_slice).unwrap_or_default();
                Box::new(
                    ids.iter()
                        .filter_map(|id| self.conversations.get(id))
                        .filter(here),
                )
            }
            None => {
                let all = self.order.iter();
                Box::new(all.filter_map(|(_, id)| self.conversations.get(id)).filter(here))
            }
        }
    }

    pub(crate) fn delete_conversation(&mut self, platform: Platform, id: &str) -> bool {
        let known = self.find(platform, id).is_some();
        if known {
            self.journal.write(&Entry::Deleted { id: id.to_owned() });
            self.forget(id);
        }
        known
    }

    fn forget(&mut self, id: &str) {
        self.ultravox.forget_told(id);
        self.conversations.remove(id);
        self.unsettled.remove(id);
        self.order.retain(|(_, other)| other != id);
    }

    /// Writes an agent; `null` deletes it.
    pub(crate) fn put_agent(&mut self, id: &str, agent: Value) {
        self.journal.write(&Entry::Agent {
            id: id.to_owned(),
            agent: agent.clone(),
        });
        put(&mut self.agents, id.to_owned(), agent);
    }

    /// Writes a phone line; `null` deletes it.
    pub(crate) fn put_line(&mut self, id: &str, line: Value) {
        self.journal.write(&Entry::Line {
            id: id.to_owned(),
            line: line.clone(),
        });
        put(&mut self.lines, id.to_owned(), line);
    }

    /// Writes an agent of Ultravox; `null` deletes it.
    pub(crate) fn put_ultravox_agent(&mut self, id: &str, agent: Value) {
        self.journal.write(&Entry::UltravoxAgent {
            id: id.to_owned(),
            agent: agent.clone(),
        });
        put(&mut self.ultravox.agents, id.to_owned(), agent);
    }

    /// Writes a webhook of Ultravox; `null` deletes it.
    pub(crate) fn put_ultravox_webhook(&mut self, id: &str, webhook: Value) {
        self.journal.write(&Entry::UltravoxWebhook {
            id: id.to_owned(),
            webhook: webhook.clone(),
        });
        put(&mut self.ultravox.webhooks, id.to_owned(), webhook);
    }

    /// From now on nothing of a platform answers, or all does again.
    pub(crate) fn set_down(&mut self, platform: Platform, is_down: bool) {
        if is_down {
            self.down.insert(platform);
        } else {
            self.down.remove(&platform);
        }
    }

    /// Forgets every call; agents and lines stay.
    pub(crate) fn reset(&mut self) {
        let ids: Vec<(Platform, String)> = self
            .conversations
            .iter()
            .map(|(id, conversation)| (conversation.platform(), id.clone()))
            .collect();
        for (platform, id) in ids {
            self.delete_conversation(platform, &id);
        }
        self.twilio.clear();
        self.openai.clear();
        self.by_user.clear();
        self.attempts.clear();
        self.live.clear();
        self.refused.clear();
        self.peaks.clear();
        self.webhooks = WebhookCounts::default();
    }

    /// Every dial, of one number or of all.
    pub(crate) fn ledger(&mut self, number: Option<&str>, now_ms: i64) -> Ledger {
        let peak = self.peak_of(None);
        let mut ledger = Ledger {
            live_now: self.live_now(None, now_ms),
            peak_live: peak.0,
            peak_at: (peak.0 > 0).then(|| time_of(peak.1)),
            webhooks: self.webhooks.clone(),
            ..Ledger::default()
        };
        for platform in Platform::ALL {
            let counts = PlatformCounts {
                live_now: self.live_now(Some(platform), now_ms),
                peak_live: self.peak_of(Some(platform)).0,
                ..PlatformCounts::default()
            };
            ledger.by_platform.insert(platform, counts);
        }
        let wanted = |to: &str| number.is_none_or(|number| number == to);
        let known = self.order.iter().filter_map(|(_, id)| self.conversations.get(id));
        for conversation in known.filter(|call| wanted(&call.to) && !call.is_inbound()) {
            let over = now_ms >= conversation.ended_ms;
            let dial = Dial {
                platform: conversation.platform(),
                at: time_of(conversation.dialled_ms),
                conversation_id: Some(conversation.id.clone()),
                user_id: conversation.user_id.clone(),
                outcome: conversation.call_result(now_ms).unwrap_or("ringing").to_owned(),
                placed: true,
                ended_at: over.then(|| time_of(conversation.ended_ms)),
            };
            ledger.add(&conversation.to, dial);
        }
        let created = self
            .twilio
            .calls()
            .filter(|call| call.direction == Direction::OutboundApi);
        for call in created.filter(|call| wanted(&call.to)) {
            let dial = Dial {
                platform: Platform::Twilio,
                at: time_of(call.created_ms),
                conversation_id: Some(call.sid.clone()),
                user_id: call.user_id.clone(),
                outcome: outcome(call).to_owned(),
                placed: true,
                ended_at: call.ended_ms.map(time_of),
            };
            ledger.add(&call.to, dial);
        }
        for refused in self.refused.iter().filter(|refused| wanted(&refused.to)) {
            let dial = Dial {
                platform: refused.platform,
                at: time_of(refused.at_ms),
                conversation_id: None,
                user_id: refused.user_id.clone(),
                outcome: refused.reason.clone(),
                placed: false,
                ended_at: None,
            };
            ledger.add(&refused.to, dial);
        }
        ledger
    }

    /// How long Switchboard is waited for: as long as the script says, but never shorter than a function takes to start.
    pub(crate) fn patience(&self, secs: f64) -> Duration {
        let scripted = secs / self.clock_factor;
        Duration::from_secs_f64(scripted.max(self.patience_secs.min(secs)).clamp(0.0, 86_400.0))
    }

    /// Real milliseconds that scripted seconds take.
    pub(crate) fn scaled_ms(&self, secs: f64) -> i64 {
        (secs * 1_000.0 / self.clock_factor) as i64
    }
}

/// What came of a call that was created by API, in the ledger's words.
fn outcome(call: &Call) -> &'static str {
    let by_machine = call
        .answered_by
        .as_deref()
        .is_some_and(|by| by.starts_with("machine"));
    match call.status {
        Status::Queued | Status::Initiated | Status::Ringing => "ringing",
        Status::InProgress | Status::Completed if by_machine => "voicemail",
        Status::InProgress | Status::Completed => "answered",
        Status::Busy => "busy",
        Status::NoAnswer => "no_answer",
        Status::Failed => "failed",
        Status::Canceled => "canceled",
    }
}

fn count(calls: usize) -> u32 {
    u32::try_from(calls).unwrap_or(u32::MAX)
}

fn put(map: &mut BTreeMap<String, Value>, id: String, value: Value) {
    if value.is_null() {
        map.remove(&id);
    } else {
        map.insert(id, value);
    }
}
