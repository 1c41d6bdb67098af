//! Plays a session: says the script's turns one after the other, and listens to what sockets ask for.
//!
//! The order of events is the vendor's: the caller's words are written down after the agent has answered them, a reply is
//! made faster than it is heard, and whoever interrupts is heard first.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;

use super::config::{answers_by_itself, check, merge, transcribes};
use super::session::{By, Inbox, Leg, Said, Session, ToolCall};
use super::socket::error;
use super::{new_id, tools};
use crate::clock::now_ms;
use crate::server::Shared;
use crate::talk::{ScriptTurn, Speaker, ToolUse};

/// Seconds until the leg is connected.
const CONNECT_SECS: f64 = 0.2;
/// Seconds for which the caller waits to be greeted.
const GREETING_SECS: f64 = 8.0;
/// Seconds for which the answer of a tool is waited for.
const TOOL_SECS: f64 = 20.0;
/// Seconds until the caller's words are written down.
const TRANSCRIPTION_SECS: f64 = 0.3;
/// Seconds of a session when nobody says.
const LONGEST_SECS: f64 = 3_600.0;
/// In so many turns at the end no socket breaks.
const LAST_TURNS: usize = 2;
/// Above this a wait at the end is a wait for Switchboard.
const WAITS_FOR_US_SECS: f64 = 5.0;

/// The session is over.
struct Over;

type Step<T = ()> = Result<T, Over>;

/// Plays one session.
pub(super) struct Director {
    shared: Shared,
    call_id: String,
    inbox: UnboundedReceiver<Inbox>,
    leg: watch::Receiver<Leg>,
    began_ms: i64,
    expires_ms: i64,
    /// The last item, which the next one follows.
    last_item: Option<String>,
    /// Words of the caller that are not written down yet.
    unwritten: VecDeque<(String, String)>,
    /// Responses that were asked for and not begun.
    asked: u32,
    /// A response is being made.
    is_active: bool,
    /// It was cancelled.
    is_cancelled: bool,
    /// The caller began to speak while the agent spoke.
    begun: Option<String>,
    turns: u32,
}

impl Director {
    pub(super) fn new(
        shared: &Shared,
        call_id: &str,
        inbox: UnboundedReceiver<Inbox>,
        leg: watch::Receiver<Leg>,
    ) -> Self {
        Self {
            shared: shared.clone(),
            call_id: call_id.to_owned(),
            inbox,
            leg,
            began_ms: now_ms(),
            expires_ms: i64::MAX,
            last_item: None,
            unwritten: VecDeque::new(),
            asked: 0,
            is_active: false,
            is_cancelled: false,
            begun: None,
            turns: 0,
        }
    }

    /// From `accept` to the end.
    pub(super) async fn run(mut self) {
        // However it ends, it is written down where it ended.
        let _ = self.play().await;
    }

    async fn play(&mut self) -> Step {
        self.wait(CONNECT_SECS).await?;
        let (script, scenario) =
            self.session(|session| (session.script.clone(), session.scenario.clone()))?;
        let limit = scenario.session_limit_secs.unwrap_or(LONGEST_SECS);
        self.began_ms = now_ms();
        self.expires_ms = self.began_ms + self.shared.lock().scaled_ms(limit);
        self.session(|session| session.leg.send_replace(Leg::Answered))?;
        let greets = self.wait_for_response(GREETING_SECS).await?;
        let agent_begins = script
            .turns
            .first()
            .is_some_and(|turn| turn.speaker == Speaker::Agent);
        if greets && !agent_begins {
            // Whoever is told to greet does, also where a machine speaks first.
            self.asked += 1;
        }
        if !greets {
            self.fault("nobody asked for a greeting");
            self.caller(&ScriptTurn::of(Speaker::Caller, "Hello?")).await?;
        }
        let count = script.turns.len();
        for (index, turn) in script.turns.iter().enumerate() {
            if index + LAST_TURNS >= count {
                self.session(|session| session.is_ending = true)?;
            }
            match turn.speaker {
                Speaker::Agent => {
                    if index > 0 {
                        self.agent_may_speak().await?;
                    }
                    self.agent(turn).await?;
                }
                Speaker::Caller => {
                    self.say_what_was_asked().await?;
                    self.write_down().await?;
                    self.caller(turn).await?;
                }
            }
            if index == 0 {
                self.something_unknown()?;
            }
            if index + 1 == count && !(scenario.late_hangup && turn.speaker == Speaker::Caller) {
                self.write_down().await?;
            }
        }
        self.linger(script.waits_secs).await?;
        self.end(By::Caller)
    }

    /// Until the caller has waited long enough for what is to come.
    async fn linger(&mut self, secs: f64) -> Step {
        if secs < WAITS_FOR_US_SECS {
            self.wait(secs).await?;
            return self.say_what_was_asked().await;
        }
        while self.wait_for_response(secs).await? {
            self.speak(&extra()).await?;
        }
        Ok(())
    }

    /// The agent answers by itself, or waits to be asked.
    async fn agent_may_speak(&mut self) -> Step {
        let by_itself = self.session(|session| session.config.as_ref().is_none_or(answers_by_itself))?;
        if self.asked > 0 {
            self.asked -= 1;
        } else if !by_itself && !self.wait_for_response(GREETING_SECS).await? {
            self.fault("nobody asked for an answer");
        }
        Ok(())
    }

    /// Responses that were asked for besides the script.
    async fn say_what_was_asked(&mut self) -> Step {
        while self.asked > 0 {
            self.asked -= 1;
            self.speak(&extra()).await?;
        }
        Ok(())
    }

    async fn agent(&mut self, turn: &ScriptTurn) -> Step {
        if let Some(tool) = &turn.tool {
            self.use_tool(tool).await?;
        }
        self.speak(turn).await
    }

    /// The caller speaks, or presses keys.
    async fn caller(&mut self, turn: &ScriptTurn) -> Step {
        for key in turn.keys.iter().flat_map(|keys| keys.chars()) {
            let at = now_ms() / 1_000;
            self.emit(
                json!({ "type": "input_audio_buffer.dtmf_event_received", "event": key.to_string(),
                "received_at": at }),
            )?;
        }
        let item_id = match self.begun.take() {
            Some(item_id) => item_id,
            None => self.speech_started()?,
        };
        self.wait(turn.length_secs()).await?;
        let at = self.at_ms();
        self.emit(
            json!({ "type": "input_audio_buffer.speech_stopped", "item_id": item_id,
            "audio_end_ms": at }),
        )?;
        let before = self.last_item.replace(item_id.clone());
        self.emit(
            json!({ "type": "input_audio_buffer.committed", "item_id": item_id,
            "previous_item_id": before }),
        )?;
        let item = json!({ "id": item_id, "object": "realtime.item", "type": "message", "status": "completed",
            "role": "user", "content": [{ "type": "input_audio", "transcript": null }] });
        self.said(&item_id, Speaker::Caller, &turn.text, false)?;
        self.item(&item, before.as_deref(), true)?;
        if self.session(|session| session.config.as_ref().is_some_and(transcribes))? {
            self.unwritten.push_back((item_id, turn.text.clone()));
        }
        Ok(())
    }

    fn speech_started(&mut self) -> Step<String> {
        let (item_id, at) = (new_id("item"), self.at_ms());
        self.emit(
            json!({ "type": "input_audio_buffer.speech_started", "item_id": item_id,
            "audio_start_ms": at }),
        )?;
        Ok(item_id)
    }

    /// The caller's words are written down.
    async fn write_down(&mut self) -> Step {
        while let Some((item_id, text)) = self.unwritten.front().cloned() {
            self.wait(TRANSCRIPTION_SECS).await?;
            self.unwritten.pop_front();
            let kind = "conversation.item.input_audio_transcription";
            self.emit(
                json!({ "type": format!("{kind}.delta"), "item_id": item_id, "content_index": 0,
                "delta": text }),
            )?;
            let words = text.split_whitespace().count();
            let heard_by = self.emit(json!({
                "type": format!("{kind}.completed"), "item_id": item_id, "content_index": 0, "transcript": text,
                "usage": { "type": "tokens", "total_tokens": words, "input_tokens": words, "output_tokens": words },
            }))?;
            self.session(|session| {
                let item = session
                    .items
                    .iter_mut()
                    .find(|item| item["id"] == item_id.as_str());
                if let Some(item) = item {
                    item["content"][0]["transcript"] = json!(text);
                }
                told(session, &item_id, heard_by);
            })?;
        }
        Ok(())
    }

    /// The agent speaks.
    async fn speak(&mut self, turn: &ScriptTurn) -> Step {
        self.turns += 1;
        let (response_id, item_id) = (new_id("resp"), new_id("item"));
        let secs = turn.length_secs();
        self.begin_response(&response_id)?;
        let before = self.last_item.replace(item_id.clone());
        let empty = message(&item_id, "in_progress", None);
        self.said(&item_id, Speaker::Agent, &turn.text, turn.interrupted)?;
        self.emit(
            json!({ "type": "response.output_item.added", "response_id": response_id,
            "output_index": 0, "item": empty }),
        )?;
        self.item(&empty, before.as_deref(), false)?;
        let place = |kind: &str| {
            json!({ "type": kind, "response_id": response_id, "item_id": item_id, "output_index": 0,
                "content_index": 0 })
        };
        let mut part = place("response.content_part.added");
        part["part"] = json!({ "type": "audio", "transcript": "" });
        self.emit(part)?;
        self.wait(secs * 0.1).await?;
        self.emit(json!({ "type": "output_audio_buffer.started", "response_id": response_id }))?;
        for piece in pieces(&turn.text) {
            let mut delta = place("response.output_audio_transcript.delta");
            delta["delta"] = json!(piece);
            self.emit(delta)?;
        }
        self.wait(secs * 0.3).await?;
        // Some are cut while they are made, others when they were made and not yet heard.
        let is_cut_early = turn.interrupted && self.turns.is_multiple_of(2);
        if is_cut_early {
            self.interrupt(&response_id, &item_id)?;
        }
        let mut done = place("response.output_audio_transcript.done");
        done["transcript"] = json!(turn.text);
        self.emit(place("response.output_audio.done"))?;
        let heard_by = self.emit(done)?;
        let status = if is_cut_early { "incomplete" } else { "completed" };
        let whole = message(&item_id, status, Some(&turn.text));
        self.session(|session| {
            told(session, &item_id, heard_by);
            let known = session
                .items
                .iter_mut()
                .find(|item| item["id"] == item_id.as_str());
            if let Some(known) = known {
                *known = whole.clone();
            }
        })?;
        let mut part = place("response.content_part.done");
        part["part"] = json!({ "type": "audio", "transcript": turn.text });
        self.emit(part)?;
        self.emit(
            json!({ "type": "response.output_item.done", "response_id": response_id, "output_index": 0,
            "item": whole }),
        )?;
        self.emit(json!({ "type": "conversation.item.done", "item": whole, "previous_item_id": before }))?;
        self.end_response(&response_id, &whole, is_cut_early, &turn.text)?;
        self.write_down().await?;
        if is_cut_early {
            return Ok(());
        }
        if turn.interrupted {
            return self.interrupt(&response_id, &item_id);
        }
        self.wait(secs * 0.6).await?;
        self.emit(json!({ "type": "output_audio_buffer.stopped", "response_id": response_id }))?;
        Ok(())
    }

    /// The caller begins to speak while the agent does.
    fn interrupt(&mut self, response_id: &str, item_id: &str) -> Step {
        let heard_ms = self.at_ms() % 1_000 + 200;
        self.begun = Some(self.speech_started()?);
        self.emit(json!({ "type": "output_audio_buffer.cleared", "response_id": response_id }))?;
        self.emit(
            json!({ "type": "conversation.item.truncated", "item_id": item_id, "content_index": 0,
            "audio_end_ms": heard_ms }),
        )?;
        Ok(())
    }

    fn begin_response(&mut self, response_id: &str) -> Step {
        self.is_active = true;
        self.is_cancelled = false;
        let response = json!({ "id": response_id, "object": "realtime.response", "status": "in_progress",
            "status_details": null, "output": [], "usage": null });
        self.emit(json!({ "type": "response.created", "response": response }))?;
        Ok(())
    }

    fn end_response(&mut self, response_id: &str, item: &Value, is_cut: bool, text: &str) -> Step {
        self.is_active = false;
        let (status, reason) = match (is_cut, self.is_cancelled) {
            (true, _) => (
                "cancelled",
                json!({ "type": "cancelled", "reason": "turn_detected" }),
            ),
            (_, true) => (
                "cancelled",
                json!({ "type": "cancelled", "reason": "client_cancelled" }),
            ),
            _ => ("completed", Value::Null),
        };
        let output = text.split_whitespace().count() * 4;
        let input = 120 * self.turns as usize;
        let response = json!({
            "id": response_id, "object": "realtime.response", "status": status, "status_details": reason,
            "output": [item], "usage": {
                "total_tokens": input + output, "input_tokens": input, "output_tokens": output,
                "input_token_details": { "text_tokens": input, "audio_tokens": 0, "cached_tokens": 0 },
                "output_token_details": { "text_tokens": 0, "audio_tokens": output },
            },
        });
        self.emit(json!({ "type": "response.done", "response": response }))?;
        self.emit(json!({ "type": "rate_limits.updated", "rate_limits": [
            { "name": "requests", "limit": 1_000, "remaining": 999, "reset_seconds": 0.06 },
        ] }))?;
        Ok(())
    }

    /// The agent uses a tool, and waits for what it says and to be asked to go on.
    async fn use_tool(&mut self, tool: &ToolUse) -> Step {
        let found = self.session(|session| {
            let config = session.config.clone().unwrap_or_default();
            let talk: Vec<&str> = session.said.iter().map(|said| said.text.as_str()).collect();
            tools::meant(&config, &tool.name).map(|known| {
                let given = tools::arguments(known, tool, &talk.join(" "));
                (
                    known["name"].as_str().unwrap_or_default().to_owned(),
                    given.to_string(),
                )
            })
        })?;
        let Some((name, arguments)) = found else {
            self.fault(&format!("the agent has no tool like {}", tool.name));
            return Ok(());
        };
        let (response_id, item_id, call_id) = (new_id("resp"), new_id("item"), new_id("call"));
        self.begin_response(&response_id)?;
        let before = self.last_item.replace(item_id.clone());
        let item = |status: &str, arguments: &str| {
            json!({ "id": item_id, "object": "realtime.item", "type": "function_call", "status": status,
                "name": name, "call_id": call_id, "arguments": arguments })
        };
        self.session(|session| {
            session.tools.push(ToolCall {
                call_id: call_id.clone(),
                name: name.clone(),
                arguments: arguments.clone(),
                outputs: Vec::new(),
            });
        })?;
        let empty = item("in_progress", "");
        self.emit(
            json!({ "type": "response.output_item.added", "response_id": response_id,
            "output_index": 0, "item": empty }),
        )?;
        self.item(&empty, before.as_deref(), false)?;
        let kind = "response.function_call_arguments";
        self.emit(
            json!({ "type": format!("{kind}.delta"), "response_id": response_id, "item_id": item_id,
            "output_index": 0, "call_id": call_id, "delta": arguments }),
        )?;
        self.emit(
            json!({ "type": format!("{kind}.done"), "response_id": response_id, "item_id": item_id,
            "output_index": 0, "call_id": call_id, "name": name, "arguments": arguments }),
        )?;
        let whole = item("completed", &arguments);
        self.emit(
            json!({ "type": "response.output_item.done", "response_id": response_id, "output_index": 0,
            "item": whole }),
        )?;
        self.emit(json!({ "type": "conversation.item.done", "item": whole, "previous_item_id": before }))?;
        self.end_response(&response_id, &whole, false, "")?;
        self.write_down().await?;
        let answered = |session: &Session| {
            let call = session.tools.iter().find(|call| call.call_id == call_id);
            call.is_some_and(|call| !call.outputs.is_empty())
        };
        if !self.wait_until(TOOL_SECS, |_, session| answered(session)).await? {
            self.fault(&format!("the tool {name} was not answered"));
            return Ok(());
        }
        if !self.wait_for_response(GREETING_SECS).await? {
            self.fault(&format!("nobody asked to go on after the tool {name}"));
        }
        Ok(())
    }

    /// What no client knows must not stop one.
    fn something_unknown(&mut self) -> Step {
        self.emit(json!({ "type": "conversation.mood.updated", "mood": "friendly", "since": [1, 2] }))?;
        Ok(())
    }

    /// Tells a new item, and keeps it.
    fn item(&mut self, item: &Value, before: Option<&str>, is_done: bool) -> Step {
        self.session(|session| session.items.push(item.clone()))?;
        self.emit(json!({ "type": "conversation.item.added", "item": item, "previous_item_id": before }))?;
        if is_done {
            self.emit(json!({ "type": "conversation.item.done", "item": item, "previous_item_id": before }))?;
        }
        Ok(())
    }

    fn said(&mut self, item_id: &str, speaker: Speaker, text: &str, interrupted: bool) -> Step {
        let at = Timestamp::from_millisecond(now_ms())
            .map(|at| format!("{at:.3}"))
            .unwrap_or_default();
        let said = Said {
            item_id: item_id.to_owned(),
            speaker,
            text: text.to_owned(),
            interrupted,
            told: false,
            heard_by: 0,
            at,
        };
        self.session(|session| session.said.push(said))
    }

    /// The session, unless it is over.
    fn session<T>(&self, change: impl FnOnce(&mut Session) -> T) -> Step<T> {
        let mut state = self.shared.lock();
        let found = state.openai.find_mut(&self.call_id);
        found.filter(|session| !session.is_over()).map(change).ok_or(Over)
    }

    fn emit(&self, event: Value) -> Step<usize> {
        self.session(|session| session.emit(event))
    }

    fn fault(&self, what: &str) {
        tracing::warn!("the simulated OpenAI: {what}");
        // A session that is over has no faults any more.
        let _ = self.session(|session| session.faults.push(what.to_owned()));
    }

    fn end(&mut self, by: By) -> Step {
        self.session(|session| session.end(by, now_ms()))?;
        Err(Over)
    }

    /// Milliseconds of the simulator's clock since the call was answered.
    fn at_ms(&self) -> i64 {
        let factor = self.shared.lock().clock_factor;
        ((now_ms() - self.began_ms) as f64 * factor) as i64
    }

    /// Lets so many seconds of the simulator's clock pass.
    async fn wait(&mut self, secs: f64) -> Step {
        let ms = self.shared.lock().scaled_ms(secs.max(0.0));
        self.listen(ms, |_| false).await?;
        Ok(())
    }

    /// Waits to be asked for a response; answers whether somebody did.
    async fn wait_for_response(&mut self, secs: f64) -> Step<bool> {
        let is_asked = self.wait_until(secs, |director, _| director.asked > 0).await?;
        if is_asked {
            self.asked -= 1;
        }
        Ok(is_asked)
    }

    /// Waits for Switchboard, as long as it needs to be waited for.
    async fn wait_until(&mut self, secs: f64, ready: impl Fn(&Self, &Session) -> bool) -> Step<bool> {
        let patience = self.shared.lock().patience(secs);
        let ms = i64::try_from(patience.as_millis()).unwrap_or(i64::MAX);
        let is_ready = |director: &Self| {
            let state = director.shared.lock();
            let session = state.openai.find(&director.call_id);
            session.is_some_and(|session| ready(director, session))
        };
        self.listen(ms, is_ready).await
    }

    /// Listens to sockets for some milliseconds, or until something is so.
    async fn listen(&mut self, ms: i64, ready: impl Fn(&Self) -> bool) -> Step<bool> {
        let until = now_ms().saturating_add(ms);
        loop {
            while let Ok(message) = self.inbox.try_recv() {
                self.heard(&message)?;
            }
            if ready(self) {
                return Ok(true);
            }
            let now = now_ms();
            if now >= self.expires_ms {
                let message = "Your session hit the maximum duration.";
                self.emit(error("session_expired", message, &Value::Null))?;
                self.end(By::Platform)?;
            }
            let left = until.min(self.expires_ms) - now;
            if until <= now {
                // A clock that is fast enough never waits: others have to come to their turn all the same.
                tokio::task::yield_now().await;
                return Ok(false);
            }
            let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
            tokio::select! {
                biased;
                () = over(&mut self.leg) => return Err(Over),
                message = self.inbox.recv() => match message {
                    Some(message) => self.heard(&message)?,
                    None => return Err(Over),
                },
                () = tokio::time::sleep(left) => {}
            }
        }
    }

    /// What a socket said.
    fn heard(&mut self, message: &Inbox) -> Step {
        let (socket, event) = (message.socket, &message.event);
        let id = &event["event_id"];
        match event["type"].as_str().unwrap_or_default() {
            "response.create" if self.is_active || self.asked > 0 => {
                let message = "Conversation already has an active response in progress.";
                self.answer(
                    socket,
                    error("conversation_already_has_active_response", message, id),
                )
            }
            "response.create" => {
                self.asked += 1;
                Ok(())
            }
            "response.cancel" if self.is_active => {
                self.is_cancelled = true;
                Ok(())
            }
            "response.cancel" => {
                let message = "Cancellation failed: no active response found.";
                self.answer(socket, error("response_cancel_not_active", message, id))
            }
            "session.update" => self.update(socket, &event["session"], id),
            "conversation.item.create" => self.create_item(socket, &event["item"], id),
            "conversation.item.retrieve" => {
                let wanted = &event["item_id"];
                let item =
                    self.session(|session| session.items.iter().find(|item| item["id"] == *wanted).cloned())?;
                let told = match item {
                    Some(item) => json!({ "type": "conversation.item.retrieved", "item": item }),
                    None => error("item_not_found", "There is no such item.", id),
                };
                self.answer(socket, told)
            }
            "conversation.item.delete" => {
                let wanted = event["item_id"].clone();
                self.session(|session| session.items.retain(|item| item["id"] != wanted))?;
                self.emit(json!({ "type": "conversation.item.deleted", "item_id": wanted }))?;
                Ok(())
            }
            "output_audio_buffer.clear" => {
                self.emit(json!({ "type": "output_audio_buffer.cleared", "response_id": null }))?;
                Ok(())
            }
            "conversation.item.truncate" => Ok(()),
            kind => {
                self.fault(&format!("a socket said {kind:.60}"));
                self.answer(socket, error("invalid_value", "Invalid value: 'type'.", id))
            }
        }
    }

    fn answer(&self, socket: u64, event: Value) -> Step {
        self.session(|session| session.reply(socket, event))
    }

    fn update(&mut self, socket: u64, change: &Value, id: &Value) -> Step {
        if let Err((field, why)) = check(change, false) {
            self.fault(&format!("session.update: {field} {why}"));
            let message = format!("Invalid value: {field} {why}.");
            return self.answer(socket, error("invalid_value", &message, id));
        }
        self.session(|session| {
            let mut config = session.config.clone().unwrap_or_default();
            merge(&mut config, change);
            session.config = Some(config);
            let updated = json!({ "type": "session.updated", "session": session.resource() });
            session.emit(updated);
        })
    }

    fn create_item(&mut self, socket: u64, item: &Value, id: &Value) -> Step {
        let kind = item["type"].as_str().unwrap_or_default();
        if !item.is_object() || !matches!(kind, "function_call_output" | "message") {
            self.fault("an item of another type was created");
            return self.answer(socket, error("invalid_value", "Invalid value: 'item.type'.", id));
        }
        let mut item = item.clone();
        item["id"] = match item["id"].as_str() {
            Some(given) => json!(given),
            None => json!(new_id("item")),
        };
        item["object"] = json!("realtime.item");
        item["status"] = json!("completed");
        if kind == "function_call_output" {
            let call_id = item["call_id"].as_str().unwrap_or_default().to_owned();
            let Some(output) = item["output"].as_str().map(str::to_owned) else {
                return self.answer(
                    socket,
                    error("invalid_type", "'item.output' must be a string.", id),
                );
            };
            let is_known = self.session(|session| {
                let call = session.tools.iter_mut().find(|call| call.call_id == call_id);
                call.map(|call| call.outputs.push(output)).is_some()
            })?;
            if !is_known {
                self.fault("an output is of no call of a tool");
                let message = "There is no such call of a tool.";
                return self.answer(socket, error("invalid_tool_call_id", message, id));
            }
        }
        let item_id = item["id"].as_str().unwrap_or_default().to_owned();
        let before = self.last_item.replace(item_id);
        self.item(&item, before.as_deref(), true)
    }
}

async fn over(leg: &mut watch::Receiver<Leg>) {
    // When nobody holds the other end, the session is forgotten.
    let _ = leg.wait_for(|leg| matches!(leg, Leg::Ended(_))).await;
}

/// The whole text of a turn was told.
fn told(session: &mut Session, item_id: &str, heard_by: usize) {
    let said = session.said.iter_mut().rev().find(|said| said.item_id == item_id);
    if let Some(said) = said {
        said.told = true;
        said.heard_by = heard_by;
    }
}

fn message(item_id: &str, status: &str, text: Option<&str>) -> Value {
    let content = match text {
        Some(text) => json!([{ "type": "output_audio", "transcript": text }]),
        None => json!([]),
    };
    json!({ "id": item_id, "object": "realtime.item", "type": "message", "status": status,
        "role": "assistant", "content": content })
}

/// What the agent says when it is asked for something that no script knows.
fn extra() -> ScriptTurn {
    ScriptTurn::of(Speaker::Agent, "One moment, please.")
}

/// A text in a few pieces.
fn pieces(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_inclusive(' ').collect();
    words.chunks(5).map(<[&str]>::concat).collect()
}
