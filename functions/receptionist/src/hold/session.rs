//! What is going on in a call, as far as its events tell, and what is to be said to OpenAI next. No I/O.
//!
//! One [`Session`] lasts as long as one invocation, over any number of sockets.

use std::collections::{BTreeMap, HashMap, HashSet};

use switchboard_domain::{ItemKind, Speaker, TurnBook};
use switchboard_providers::openai::{ACTIVE_RESPONSE, ClientEvent, Event, Item, Response, SESSION_EXPIRED};

use super::ending::Ending;
use crate::tools::{Afterwards, Asked, Ran};

/// Tools that run in one call; whatever asks for more is broken.
const MOST_RUNS: usize = 500;
/// Responses whose items are remembered, to know what was interrupted.
const MOST_RESPONSES: usize = 2_000;
/// How often an item is asked for that nobody told of.
const MOST_QUESTIONS: u32 = 5;

/// What is to be done after an event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// Send this.
    Send(ClientEvent),
    /// Run a tool.
    Run(Asked),
}

/// A response that the agent is to give.
#[derive(Debug, Clone, PartialEq)]
enum Wish {
    /// To whatever is in the conversation.
    Any,
    /// By these instructions.
    By(String),
}

/// What is going on in a call.
pub(crate) struct Session {
    /// What was said.
    pub(crate) book: TurnBook,
    /// The end that is coming, if one is.
    pub(crate) ending: Ending,
    /// Whether the agent is at a response, as far as we were told.
    responding: bool,
    /// What the agent is to say next.
    wish: Option<Wish>,
    /// What it was asked to say, until the response begins.
    asked: Option<Wish>,
    /// The last item of the agent in each response.
    spoken_in: HashMap<String, String>,
    /// Every tool that was asked for.
    runs: HashSet<String>,
    /// Tools that run now.
    running: usize,
    /// Answers of tools that OpenAI has not shown to have taken, by their runs.
    unanswered: BTreeMap<String, String>,
    /// Runs whose answers are in the conversation.
    answered: HashSet<String>,
    /// How often items were asked for.
    questions: HashMap<String, u32>,
    /// Whether OpenAI ended the session for its length.
    pub(crate) expired: bool,
    /// Whether a successor has the call: it runs the tools that are asked for from now on.
    pub(crate) is_leaving: bool,
}

impl Session {
    /// A call of which this is kept.
    pub(crate) fn new(book: TurnBook) -> Self {
        Self {
            book,
            ending: Ending::None,
            responding: false,
            wish: None,
            asked: None,
            spoken_in: HashMap::new(),
            runs: HashSet::new(),
            running: 0,
            unanswered: BTreeMap::new(),
            answered: HashSet::new(),
            questions: HashMap::new(),
            expired: false,
            is_leaving: false,
        }
    }

    /// The agent is to say something, by these instructions or its own, as soon as it can.
    pub(crate) fn say(&mut self, instructions: Option<String>) -> Vec<Step> {
        self.wish = Some(instructions.map_or(Wish::Any, Wish::By));
        self.go_on()
    }

    /// Whether nothing is under way that only this holder knows of.
    pub(crate) fn is_idle(&self) -> bool {
        self.running == 0 && self.wish.is_none() && self.asked.is_none() && !self.ending.is_coming()
    }

    /// Takes an event, `at_secs` into the call.
    pub(crate) fn hear(&mut self, event: Event, at_secs: u64) -> Vec<Step> {
        match event {
            Event::Committed {
                item_id,
                previous_item_id,
            } => {
                let said = ItemKind::Said(Speaker::User);
                match previous_item_id {
                    Some(previous) => self.book.added(&item_id, Some(&previous), said, at_secs),
                    None => self.book.found(&item_id, said, at_secs),
                }
            }
            Event::ItemAdded {
                item,
                previous_item_id,
            } => return self.item(&item, Some(previous_item_id.as_deref()), at_secs),
            Event::ItemDone {
                item,
                previous_item_id,
            } => {
                // Here, nothing before it may mean that nothing is said of that.
                let previous = previous_item_id.as_deref().map(Some);
                return self.item(&item, previous, at_secs);
            }
            Event::ItemRetrieved { item } => {
                let steps = self.item(&item, None, at_secs);
                if is_over(&item) {
                    self.book.placeless(&item.id);
                }
                return steps;
            }
            Event::ItemTruncated { item_id, .. } => self.book.interrupted(&item_id),
            Event::CallerText {
                item_id,
                content_index,
                text,
            } => self
                .book
                .text(&item_id, Speaker::User, content_index, &text, at_secs),
            Event::CallerTextFailed { item_id } => {
                self.book.found(&item_id, ItemKind::Said(Speaker::User), at_secs);
                self.book.lost(&item_id);
            }
            Event::AgentText {
                item_id,
                content_index,
                text,
                ..
            } => {
                self.responds();
                self.book
                    .text(&item_id, Speaker::Agent, content_index, &text, at_secs);
            }
            Event::ResponseCreated { .. } => {
                self.responding = true;
                self.responds();
                self.ending.response_began();
            }
            Event::OutputAdded { response_id, item } => {
                self.responds();
                self.remember_speech(response_id.as_deref(), &item);
                return self.item(&item, None, at_secs);
            }
            Event::ResponseDone { response } => return self.response_done(&response, at_secs),
            Event::ToolCalled {
                run_id,
                item_id,
                name: Some(name),
                arguments,
            } => {
                self.book.found(&item_id, ItemKind::Tool(name.clone()), at_secs);
                return self.run(&run_id, &name, &arguments);
            }
            Event::PlaybackStarted { .. } => {
                self.responds();
                self.ending.speaks();
            }
            Event::PlaybackStopped { .. } => self.ending.fell_silent(),
            Event::PlaybackCleared { response_id } => {
                if let Some(item) = response_id.and_then(|id| self.spoken_in.get(&id)) {
                    self.book.interrupted(item);
                }
                self.ending.fell_silent();
            }
            Event::Error { code, .. } => self.error(code.as_deref()),
            _ => {}
        }
        Vec::new()
    }

    /// The agent answers: it has been told everything that was sent before.
    fn responds(&mut self) {
        if self.asked.take().is_some() {
            let told = std::mem::take(&mut self.unanswered);
            self.answered.extend(told.into_keys());
        }
    }

    fn response_done(&mut self, response: &Response, at_secs: u64) -> Vec<Step> {
        let mut steps = Vec::new();
        for item in &response.output {
            self.remember_speech(Some(&response.id), item);
            steps.extend(self.item(item, None, at_secs));
            if response.was_interrupted() && item.speaker().is_some() {
                self.cut(item);
            }
        }
        self.responding = false;
        self.ending.response_ended();
        steps.extend(self.go_on());
        steps
    }

    /// An item, as it is told in many places. `previous`: none when nothing is said of its place.
    fn item(&mut self, item: &Item, previous: Option<Option<&str>>, at_secs: u64) -> Vec<Step> {
        let kind = kind_of(item);
        match previous {
            Some(previous) => self.book.added(&item.id, previous, kind.clone(), at_secs),
            None => self.book.found(&item.id, kind.clone(), at_secs),
        }
        match kind {
            ItemKind::Said(speaker) => self.texts(item, speaker, at_secs),
            ItemKind::Tool(name) => {
                if let (Some(run_id), Some(arguments)) = (&item.call_id, &item.arguments)
                    && is_over(item)
                {
                    return self.run(run_id, &name, arguments);
                }
            }
            ItemKind::Hidden => {
                if let Some(run_id) = item
                    .call_id
                    .as_ref()
                    .filter(|_| item.kind == "function_call_output")
                {
                    self.unanswered.remove(run_id);
                    self.answered.insert(run_id.clone());
                }
            }
        }
        Vec::new()
    }

    /// The texts that come along with an item. While the agent says it they are not whole.
    fn texts(&mut self, item: &Item, speaker: Speaker, at_secs: u64) {
        if speaker == Speaker::Agent && !is_over(item) {
            return;
        }
        for (index, text) in item.words().filter(|(_, text)| !text.is_empty()) {
            self.book.text(&item.id, speaker, index, text, at_secs);
        }
        if speaker == Speaker::Agent && item.status.as_deref() == Some("incomplete") {
            self.cut(item);
        }
    }

    /// The agent was cut short. Before a word was said: there is nothing to show, and nothing to wait for.
    fn cut(&mut self, item: &Item) {
        match item.words().all(|(_, text)| text.is_empty()) && self.book.open().contains(&item.id) {
            true => self.book.silent(&item.id),
            false => self.book.interrupted(&item.id),
        }
    }

    fn remember_speech(&mut self, response_id: Option<&str>, item: &Item) {
        if let Some(response_id) = response_id
            && item.speaker().is_some()
            && self.spoken_in.len() < MOST_RESPONSES
        {
            self.spoken_in.insert(response_id.to_owned(), item.id.clone());
        }
    }

    /// A tool is asked for; once, wherever it is told.
    fn run(&mut self, run_id: &str, name: &str, arguments: &str) -> Vec<Step> {
        if self.is_leaving
            || self.runs.len() >= MOST_RUNS
            || self.answered.contains(run_id)
            || !self.runs.insert(run_id.to_owned())
        {
            return Vec::new();
        }
        self.running += 1;
        vec![Step::Run(Asked {
            run_id: run_id.to_owned(),
            name: name.to_owned(),
            arguments: arguments.to_owned(),
        })]
    }

    /// A tool has run.
    pub(crate) fn ran(&mut self, ran: Ran) -> Vec<Step> {
        self.running = self.running.saturating_sub(1);
        match ran.afterwards {
            Afterwards::GoOn => {}
            Afterwards::Transfer { to, ring_secs } => self.ending = Ending::transfer(to, ring_secs),
            Afterwards::End => self.ending = Ending::hang_up(),
        }
        // Whoever ran it may have told the agent, which it was shown to have taken then.
        if ran.by_another && self.answered.contains(&ran.run_id) {
            return self.go_on();
        }
        let told = ClientEvent::ToolOutput {
            run_id: ran.run_id.clone(),
            output: ran.output.clone(),
        };
        self.unanswered.insert(ran.run_id, ran.output);
        self.wish.get_or_insert(Wish::Any);
        let mut steps = vec![Step::Send(told)];
        steps.extend(self.go_on());
        steps
    }

    /// Asks for a response, if one is wanted and nothing speaks against it.
    fn go_on(&mut self) -> Vec<Step> {
        if self.responding || self.running > 0 || self.asked.is_some() {
            return Vec::new();
        }
        let Some(wish) = self.wish.take() else {
            return Vec::new();
        };
        let instructions = match &wish {
            Wish::Any => None,
            Wish::By(instructions) => Some(instructions.clone()),
        };
        self.asked = Some(wish);
        vec![Step::Send(ClientEvent::CreateResponse { instructions })]
    }

    /// Whether a response was asked for that has not begun.
    pub(crate) fn awaits_response(&self) -> bool {
        self.asked.is_some()
    }

    /// Nothing was heard of a response that was asked for: it is asked for again, and what tools answered is told
    /// again, as nobody knows how much of it arrived.
    pub(crate) fn ask_again(&mut self) -> Vec<Step> {
        if self.responding {
            return Vec::new();
        }
        let Some(asked) = self.asked.take() else {
            return Vec::new();
        };
        let mut steps = Vec::new();
        for (run_id, output) in &self.unanswered {
            steps.push(Step::Send(ClientEvent::ToolOutput {
                run_id: run_id.clone(),
                output: output.clone(),
            }));
        }
        self.wish.get_or_insert(asked);
        steps.extend(self.go_on());
        steps
    }

    /// A socket is there, after another one was lost: what was missed is asked for.
    pub(crate) fn attached_again(&mut self) -> Vec<Step> {
        self.questions.clear();
        // Whether it goes on nobody knows: OpenAI says so when a response is asked for meanwhile.
        self.responding = false;
        if !self.unanswered.is_empty() {
            // Asked for again unless the agent is heard.
            self.asked.get_or_insert(Wish::Any);
        }
        let mut steps: Vec<Step> = self.book.open().into_iter().map(question).collect();
        steps.extend(self.ask_for_unknown(false));
        steps.extend(self.go_on());
        steps
    }

    /// Asks for items that others come after and that nobody told of: at once, and now and then again.
    pub(crate) fn ask_for_unknown(&mut self, again: bool) -> Vec<Step> {
        let mut steps = Vec::new();
        for id in self.book.unknown() {
            let asked = self.questions.entry(id.clone()).or_default();
            if *asked == 0 || again && *asked < MOST_QUESTIONS {
                *asked += 1;
                steps.push(question(id));
            }
        }
        steps
    }

    fn error(&mut self, code: Option<&str>) {
        match code {
            Some(SESSION_EXPIRED) => self.expired = true,
            Some(ACTIVE_RESPONSE) => {
                // Asked for again when that one is done.
                self.responding = true;
                if let Some(asked) = self.asked.take() {
                    self.wish.get_or_insert(asked);
                }
            }
            _ => {}
        }
    }
}

/// What an item is for the transcript.
fn kind_of(item: &Item) -> ItemKind {
    match item.speaker() {
        Some(speaker) => ItemKind::Said(speaker),
        None if item.is_tool() => ItemKind::Tool(item.name.clone().unwrap_or_default()),
        None => ItemKind::Hidden,
    }
}

/// Whether nothing is added to an item any more.
fn is_over(item: &Item) -> bool {
    matches!(item.status.as_deref(), Some("completed" | "incomplete"))
}

fn question(item_id: String) -> Step {
    Step::Send(ClientEvent::RetrieveItem { item_id })
}
