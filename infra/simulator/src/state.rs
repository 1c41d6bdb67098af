//! Everything the account knows, behind one lock.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::faults::Faults;
use crate::journal::{Entry, Journal};
use crate::ledger::{Dial, Ledger, WebhookCounts, time_of};
use crate::{Behaviour, Conversation, Scenario, SimulatorConfig, seed};

/// A dial that was refused.
#[derive(Debug, Clone)]
struct RefusedDial {
    to: String,
    user_id: Option<String>,
    at_ms: i64,
    reason: String,
}

/// Everything the account knows.
pub(crate) struct State {
    pub api_key: String,
    pub webhook_url: Option<String>,
    pub webhook_secret: String,
    pub do_not_call_tool_url: Option<String>,
    pub tool_secret: String,
    pub clock_factor: f64,
    pub concurrency_ceiling: Option<u32>,
    /// Nothing of the provider answers.
    pub is_down: bool,
    pub scenario: Scenario,
    pub seed: u64,
    pub agents: BTreeMap<String, Value>,
    pub lines: BTreeMap<String, Value>,
    pub batches: BTreeMap<String, Value>,
    pub webhook_events: Vec<String>,
    pub webhooks: WebhookCounts,
    pub failures_in_a_row: u32,
    pub faults: Faults,
    conversations: HashMap<String, Conversation>,
    /// By start, oldest first.
    order: Vec<(i64, String)>,
    by_user: HashMap<String, Vec<String>>,
    attempts: HashMap<String, u32>,
    /// Live calls: when each ends.
    live: BTreeMap<(i64, String), ()>,
    peak: (u32, i64),
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
            webhook_url: config.webhook_url.clone(),
            webhook_secret: config.webhook_secret.clone(),
            do_not_call_tool_url: config.do_not_call_tool_url.clone(),
            tool_secret: config.tool_secret.clone(),
            clock_factor: config.clock_factor.max(0.001),
            concurrency_ceiling: config.concurrency_ceiling,
            is_down: false,
            scenario: config.scenario.clone(),
            seed: config.seed,
            agents: seed::agents().into_iter().collect(),
            lines: seed::lines().into_iter().collect(),
            batches: BTreeMap::new(),
            webhook_events: vec!["transcript".to_owned(), "call_initiation_failure".to_owned()],
            webhooks: WebhookCounts::default(),
            failures_in_a_row: 0,
            faults: Faults::new(config.seed),
            conversations: HashMap::new(),
            order: Vec::new(),
            by_user: HashMap::new(),
            attempts: HashMap::new(),
            live: BTreeMap::new(),
            peak: (0, 0),
            refused: Vec::new(),
            unsettled: BTreeMap::new(),
            journal,
        };
        for entry in entries {
            state.replay(entry);
        }
        Ok(state)
    }

    fn replay(&mut self, entry: Entry) {
        match entry {
            Entry::Placed { conversation } => self.keep(*conversation),
            Entry::Refused {
                to,
                user_id,
                at_ms,
                reason,
            } => {
                self.refused.push(RefusedDial {
                    to,
                    user_id,
                    at_ms,
                    reason,
                });
            }
            Entry::WebhookSettled { id } => {
                self.unsettled.remove(&id);
            }
            Entry::Deleted { id } => self.forget(&id),
            Entry::Agent { id, agent } => put(&mut self.agents, id, agent),
            Entry::Line { id, line } => put(&mut self.lines, id, line),
            Entry::Peak { peak, at_ms } => self.peak = (peak, at_ms),
        }
    }

    fn keep(&mut self, conversation: Conversation) {
        let id = conversation.id.clone();
        self.order.push((conversation.dialled_ms, id.clone()));
        if let Some(user) = &conversation.user_id {
            self.by_user.entry(user.clone()).or_default().push(id.clone());
        }
        *self.attempts.entry(conversation.to.clone()).or_default() += 1;
        self.live.insert((conversation.ended_ms, id.clone()), ());
        self.unsettled.insert(id.clone(), ());
        self.conversations.insert(id, conversation);
    }

    /// How often a number was called, the next call included.
    pub(crate) fn next_attempt(&self, number: &str) -> u32 {
        self.attempts.get(number).copied().unwrap_or(0) + 1
    }

    /// Calls ringing or talking now.
    pub(crate) fn live_now(&mut self, now_ms: i64) -> u32 {
        while let Some(((ended, _), ())) = self.live.first_key_value() {
            if *ended > now_ms {
                break;
            }
            self.live.pop_first();
        }
        u32::try_from(self.live.len()).unwrap_or(u32::MAX)
    }

    /// Live calls, of some agents or of all.
    pub(crate) fn live_of(&mut self, agents: &[String], now_ms: i64) -> u32 {
        let all = self.live_now(now_ms);
        if agents.is_empty() {
            return all;
        }
        let of = |id: &String| {
            self.conversations
                .get(id)
                .is_some_and(|c| agents.contains(&c.agent_id))
        };
        let count = self.live.keys().filter(|(_, id)| of(id)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Writes a placed call down. It is in the journal before anybody is told.
    pub(crate) fn place(&mut self, conversation: Conversation) {
        let now = conversation.dialled_ms;
        self.journal.write(&Entry::Placed {
            conversation: Box::new(conversation.clone()),
        });
        self.keep(conversation);
        let live = self.live_now(now);
        if live > self.peak.0 {
            self.peak = (live, now);
            self.journal.write(&Entry::Peak {
                peak: live,
                at_ms: now,
            });
        }
    }

    /// Writes a refused dial down.
    pub(crate) fn refuse(&mut self, to: &str, user_id: Option<&str>, at_ms: i64, reason: &str) {
        let (to, user_id, reason) = (to.to_owned(), user_id.map(str::to_owned), reason.to_owned());
        self.journal.write(&Entry::Refused {
            to: to.clone(),
            user_id: user_id.clone(),
            at_ms,
            reason: reason.clone(),
        });
        self.refused.push(RefusedDial {
            to,
            user_id,
            at_ms,
            reason,
        });
    }

    pub(crate) fn settle_webhook(&mut self, id: &str) {
        if self.unsettled.remove(id).is_some() {
            self.journal.write(&Entry::WebhookSettled { id: id.to_owned() });
        }
    }

    /// Conversations whose webhook is still to be sent.
    pub(crate) fn unsettled(&self) -> Vec<Conversation> {
        self.unsettled
            .keys()
            .filter_map(|id| self.conversations.get(id).cloned())
            .collect()
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Conversation> {
        self.conversations.get(id)
    }

    /// Conversations, oldest first; of one user when one is given.
    pub(crate) fn conversations<'a>(
        &'a self,
        user: Option<&'a str>,
    ) -> Box<dyn DoubleEndedIterator<Item = &'a Conversation> + 'a> {
        match user {
            Some(user) => {
                let ids = self.by_user.get(user).map(Vec::as_slice).unwrap_or_default();
                Box::new(ids.iter().filter_map(|id| self.conversations.get(id)))
            }
            None => Box::new(self.order.iter().filter_map(|(_, id)| self.conversations.get(id))),
        }
    }

    pub(crate) fn delete_conversation(&mut self, id: &str) -> bool {
        let known = self.conversations.contains_key(id);
        if known {
            self.journal.write(&Entry::Deleted { id: id.to_owned() });
            self.forget(id);
        }
        known
    }

    fn forget(&mut self, id: &str) {
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

    /// Forgets every call; agents and lines stay.
    pub(crate) fn reset(&mut self) {
        self.conversations
            .keys()
            .cloned()
            .collect::<Vec<_>>()
            .iter()
            .for_each(|id| {
                self.delete_conversation(id);
            });
        self.by_user.clear();
        self.attempts.clear();
        self.live.clear();
        self.refused.clear();
        self.peak = (0, 0);
        self.webhooks = WebhookCounts::default();
    }

    /// Every dial, of one number or of all.
    pub(crate) fn ledger(&mut self, number: Option<&str>, now_ms: i64) -> Ledger {
        let mut ledger = Ledger {
            live_now: self.live_now(now_ms),
            peak_live: self.peak.0,
            peak_at: (self.peak.0 > 0).then(|| time_of(self.peak.1)),
            webhooks: self.webhooks.clone(),
            ..Ledger::default()
        };
        for (_, id) in &self.order {
            let Some(conversation) = self.conversations.get(id) else {
                continue;
            };
            if number.is_some_and(|number| number != conversation.to) {
                continue;
            }
            ledger.dials_total += 1;
            ledger.placed_total += 1;
            let over = now_ms >= conversation.ended_ms;
            ledger
                .by_number
                .entry(conversation.to.clone())
                .or_default()
                .push(Dial {
                    at: time_of(conversation.dialled_ms),
                    conversation_id: Some(conversation.id.clone()),
                    user_id: conversation.user_id.clone(),
                    outcome: conversation.call_result(now_ms).unwrap_or("ringing").to_owned(),
                    placed: true,
                    ended_at: over.then(|| time_of(conversation.ended_ms)),
                });
        }
        for refused in self
            .refused
            .iter()
            .filter(|r| number.is_none_or(|number| number == r.to))
        {
            ledger.dials_total += 1;
            ledger
                .by_number
                .entry(refused.to.clone())
                .or_default()
                .push(Dial {
                    at: time_of(refused.at_ms),
                    conversation_id: None,
                    user_id: refused.user_id.clone(),
                    outcome: refused.reason.clone(),
                    placed: false,
                    ended_at: None,
                });
        }
        ledger
    }

    /// Real milliseconds that scripted seconds take.
    pub(crate) fn scaled_ms(&self, secs: f64) -> i64 {
        (secs * 1_000.0 / self.clock_factor) as i64
    }

    /// Whether a caller of this kind refuses at once.
    pub(crate) fn refuses(behaviour: Behaviour) -> bool {
        behaviour == Behaviour::Refused
    }
}

fn put(map: &mut BTreeMap<String, Value>, id: String, value: Value) {
    if value.is_null() {
        map.remove(&id);
    } else {
        map.insert(id, value);
    }
}
