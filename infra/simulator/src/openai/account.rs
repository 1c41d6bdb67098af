//! What the project knows.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::session::Session;
use crate::SimulatorConfig;

/// How the Responses API answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mood {
    /// With what the schema asks for.
    #[default]
    Good,
    /// It does not want to.
    Refusal,
    /// It ran out of room.
    Incomplete,
    /// 429.
    RateLimited,
    /// 500.
    Error,
    /// With text that is no JSON.
    Garbage,
}

/// Switches of the project.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// How the Responses API answers.
    pub responses: Mood,
    /// It does so this often, and then well again; none: always.
    pub responses_count: Option<u32>,
}

/// What the project knows.
pub(crate) struct Account {
    pub api_key: String,
    pub webhook_secret: String,
    pub project_id: String,
    pub options: Options,
    /// Requests to the Responses API.
    pub responses: u64,
    sessions: HashMap<String, Session>,
    /// Oldest first.
    order: Vec<String>,
}

impl Account {
    pub(crate) fn new(config: &SimulatorConfig) -> Self {
        Self {
            api_key: config.openai_api_key.clone(),
            webhook_secret: config.openai_webhook_secret.clone(),
            project_id: config.openai_project_id.clone(),
            options: Options::default(),
            responses: 0,
            sessions: HashMap::new(),
            order: Vec::new(),
        }
    }

    pub(super) fn put(&mut self, session: Session) {
        self.order.push(session.call_id.clone());
        self.sessions.insert(session.call_id.clone(), session);
    }

    pub(crate) fn find(&self, call_id: &str) -> Option<&Session> {
        self.sessions.get(call_id)
    }

    pub(super) fn find_mut(&mut self, call_id: &str) -> Option<&mut Session> {
        self.sessions.get_mut(call_id)
    }

    /// All of them, oldest first.
    pub(super) fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.order.iter().filter_map(|id| self.sessions.get(id))
    }

    pub(crate) fn clear(&mut self) {
        self.sessions.clear();
        self.order.clear();
    }

    /// How the next request to the Responses API is answered.
    pub(super) fn next_mood(&mut self) -> Mood {
        self.responses += 1;
        let mood = self.options.responses;
        if let Some(left) = &mut self.options.responses_count {
            if *left == 0 {
                return Mood::Good;
            }
            *left -= 1;
        }
        mood
    }
}
