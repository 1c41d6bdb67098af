//! What must survive a restart: one JSON line per event, replayed at the start.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::twilio::{Call, Recording};
use crate::{Conversation, Platform};

/// Something that happened.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Entry {
    /// A call was placed. Written before the dial is answered.
    Placed { conversation: Box<Conversation> },
    /// A call went another way than its script: it was hung up, or somebody joined.
    Changed { conversation: Box<Conversation> },
    /// A dial was refused; nobody was called.
    Refused {
        #[serde(default)]
        platform: Platform,
        to: String,
        user_id: Option<String>,
        at_ms: i64,
        reason: String,
    },
    /// A conversation's webhook is settled: delivered, lost on purpose, or given up.
    WebhookSettled { id: String },
    /// One event of a call is told: delivered, lost on purpose, or given up.
    Told { id: String, told: String },
    /// A call at the carrier: when it was written down, and once more when it is over.
    TwilioCall { call: Box<Call> },
    /// A recording of the carrier, once it is there.
    TwilioRecording { recording: Box<Recording> },
    /// A conversation was deleted.
    Deleted { id: String },
    /// An agent as it is from now on; `null`: deleted.
    Agent { id: String, agent: Value },
    /// A phone line as it is from now on; `null`: deleted.
    Line { id: String, line: Value },
    /// An agent of Ultravox as it is from now on; `null`: deleted.
    UltravoxAgent { id: String, agent: Value },
    /// A webhook of Ultravox as it is from now on; `null`: deleted.
    UltravoxWebhook { id: String, webhook: Value },
    /// Most calls at one time so far: of one platform, or of all together.
    Peak {
        #[serde(default)]
        platform: Option<Platform>,
        peak: u32,
        at_ms: i64,
    },
}

/// The journal's file.
#[derive(Debug)]
pub(crate) struct Journal(Option<File>);

impl Journal {
    /// Opens the journal and reads what happened before. A line that was cut off by a crash is
    /// passed over.
    pub(crate) fn open(path: Option<&Path>) -> std::io::Result<(Self, Vec<Entry>)> {
        let Some(path) = path else {
            return Ok((Self(None), Vec::new()));
        };
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let mut entries = Vec::new();
        if let Ok(file) = File::open(path) {
            for line in BufReader::new(file).lines() {
                entries.extend(serde_json::from_str(&line?));
            }
        }
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        // Whatever was cut off ends here.
        file.write_all(b"\n")?;
        Ok((Self(Some(file)), entries))
    }

    /// Writes one line; it is there even if the process is killed right after.
    pub(crate) fn write(&mut self, entry: &Entry) {
        let Some(file) = &mut self.0 else { return };
        let written = serde_json::to_vec(entry)
            .map_err(std::io::Error::other)
            .and_then(|mut line| {
                line.push(b'\n');
                file.write_all(&line)
            });
        if let Err(error) = written {
            tracing::error!(%error, "the simulator's journal could not be written");
        }
    }
}
