//! What the functions write: one readable stream, and one file per function.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::sync::mpsc;

/// Longest line that is kept.
const MAX_LINE: usize = 8 * 1024;

/// Takes the lines of all functions.
#[derive(Clone)]
pub struct Logs {
    lines: mpsc::UnboundedSender<(String, String)>,
    quiet: Arc<Mutex<bool>>,
}

impl Logs {
    /// Logs below `directory`; `quiet` keeps everything but errors off the terminal.
    ///
    /// # Errors
    /// When the directory cannot be made.
    pub async fn open(directory: &Path, quiet: bool) -> std::io::Result<Self> {
        tokio::fs::create_dir_all(directory).await?;
        let (lines, received) = mpsc::unbounded_channel();
        let quiet = Arc::new(Mutex::new(quiet));
        tokio::spawn(write(received, directory.to_owned(), quiet.clone()));
        Ok(Self { lines, quiet })
    }

    /// Sets whether everything but errors is kept off the terminal.
    pub fn set_quiet(&self, quiet: bool) {
        *self.quiet.lock().unwrap_or_else(PoisonError::into_inner) = quiet;
    }

    /// Follows what a process of `function` writes, until it ends.
    pub(crate) fn follow(&self, function: &str, output: impl AsyncRead + Unpin + Send + 'static) {
        let (function, lines) = (function.to_owned(), self.lines.clone());
        tokio::spawn(async move {
            let mut reader = BufReader::new(output).split(b'\n');
            while let Ok(Some(mut line)) = reader.next_segment().await {
                line.truncate(MAX_LINE);
                let line = String::from_utf8_lossy(&line).into_owned();
                if lines.send((function.clone(), line)).is_err() {
                    return;
                }
            }
        });
    }
}

async fn write(
    mut lines: mpsc::UnboundedReceiver<(String, String)>,
    directory: PathBuf,
    quiet: Arc<Mutex<bool>>,
) {
    let mut files: HashMap<String, File> = HashMap::new();
    while let Some((function, line)) = lines.recv().await {
        append(&mut files, &directory, &function, &line).await;
        if is_metric(&line) {
            continue;
        }
        let shown = readable(&function, &line);
        append(&mut files, &directory, "all", &shown).await;
        let quiet = *quiet.lock().unwrap_or_else(PoisonError::into_inner);
        match level_of(&line).as_str() {
            "ERROR" => tracing::error!(target: "function", "{shown}"),
            _ if quiet => {}
            "WARN" => tracing::warn!(target: "function", "{shown}"),
            _ => tracing::info!(target: "function", "{shown}"),
        }
    }
}

async fn append(files: &mut HashMap<String, File>, directory: &Path, name: &str, line: &str) {
    if !files.contains_key(name) {
        let path = directory.join(format!("{name}.log"));
        if let Ok(file) = OpenOptions::new().create(true).append(true).open(path).await {
            files.insert(name.to_owned(), file);
        }
    }
    if let Some(file) = files.get_mut(name) {
        // A full disk must not stop the functions.
        let _ = file.write_all(format!("{line}\n").as_bytes()).await;
    }
}

/// A line of CloudWatch's embedded metric format: for machines, and in the function's own file only.
fn is_metric(line: &str) -> bool {
    line.contains("\"_aws\":{") && line.contains("\"CloudWatchMetrics\"")
}

fn level_of(line: &str) -> String {
    let json: Option<Value> = serde_json::from_str(line).ok();
    let level = json.as_ref().and_then(|j| j.get("level")).and_then(Value::as_str);
    level
        .unwrap_or(if line.contains("panicked") {
            "ERROR"
        } else {
            "INFO"
        })
        .to_uppercase()
}

/// A JSON line as people read it: message first, then the fields.
fn readable(function: &str, line: &str) -> String {
    let Ok(Value::Object(json)) = serde_json::from_str(line) else {
        return format!("{function:<18} {line}");
    };
    let fields = json.get("fields").and_then(Value::as_object).unwrap_or(&json);
    let message = fields.get("message").and_then(Value::as_str).unwrap_or_default();
    let hidden = [
        "message",
        "level",
        "timestamp",
        "target",
        "span",
        "spans",
        "fields",
        "filename",
        "line_number",
    ];
    let shown = fields
        .iter()
        .filter(|(key, _)| !hidden.contains(&key.as_str()))
        .map(|(key, value)| match value {
            Value::String(text) => format!(" {key}={text}"),
            other => format!(" {key}={other}"),
        });
    let level = json.get("level").and_then(Value::as_str).unwrap_or("");
    format!("{function:<18} {level:<5} {message}{}", shown.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_metrics_is_told_from_a_line_of_the_log() {
        assert!(is_metric(
            r#"{"CallsEnded":1,"_aws":{"CloudWatchMetrics":[],"Timestamp":1}}"#
        ));
        assert!(!is_metric(r#"{"level":"INFO","message":"CloudWatchMetrics"}"#));
    }

    #[test]
    fn a_json_line_is_shown_message_first() {
        let line = r#"{"timestamp":"t","level":"WARN","fields":{"message":"call refused","call.id":"call_1"},"target":"dialer"}"#;
        assert_eq!(
            readable("dialer", line),
            "dialer             WARN  call refused call.id=call_1"
        );
        assert_eq!(level_of(line), "WARN");
        assert_eq!(level_of("thread 'main' panicked at src/main.rs"), "ERROR");
    }
}
