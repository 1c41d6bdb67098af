//! What was said in a call, and the tools that were used.

use serde_json::{Value, json};

use super::call::EndReason;
use crate::{Behaviour, Conversation, dialogue};

/// Seconds that a character takes to be said.
const SECS_PER_CHAR: f64 = 0.06;

/// One row before it has its place.
struct Row {
    role: &'static str,
    text: String,
    tool: Option<&'static str>,
    start: f64,
    end: f64,
}

impl Row {
    fn tool(role: &'static str, tool: &'static str, text: Value, at: f64) -> Self {
        Self {
            role,
            text: text.to_string(),
            tool: Some(tool),
            start: at,
            end: at,
        }
    }
}

/// A tool's call and its result.
fn used(tool: &'static str, arguments: Value, result: Value, at: f64) -> [Row; 2] {
    [
        Row::tool("TOOL_CALL", tool, arguments, at),
        Row::tool("TOOL_RESULT", tool, result, at),
    ]
}

fn rows(conversation: &Conversation, now_ms: i64) -> Vec<Row> {
    let Some(call) = &conversation.ultravox else {
        return Vec::new();
    };
    let talked = conversation.talked_secs(now_ms);
    let over = now_ms >= conversation.ended_ms;
    let turns = dialogue::turns(conversation);
    let step = turns
        .get(1)
        .map_or(f64::from(conversation.talk_secs), |turn| f64::from(turn.at_secs));
    let mut rows = Vec::new();
    for (index, turn) in turns.iter().enumerate() {
        let start = f64::from(turn.at_secs);
        let length = (turn.message.chars().count() as f64 * SECS_PER_CHAR).min(step * 0.8);
        if !over && start + length > talked {
            break;
        }
        // What the agent did before it said this.
        if turn.role == "agent"
            && index > 0
            && conversation.behaviour == Behaviour::Voicemail
            && call.has_voicemail_tool
        {
            let arguments = json!({ "message": turn.message });
            rows.extend(used("leaveVoicemail", arguments, json!("OK"), start));
        }
        let opts_out = conversation.behaviour == Behaviour::OptsOut && call.has_do_not_call_tool;
        if turn.role == "agent" && index > 0 && opts_out {
            rows.extend(used("do_not_call", json!({}), json!({ "ok": true }), start));
        }
        rows.push(Row {
            role: if turn.role == "agent" { "AGENT" } else { "USER" },
            text: turn.message.clone(),
            tool: None,
            start,
            end: (start + length).min(talked.max(start)),
        });
    }
    let hangs_up = call.end_reason == EndReason::AgentHangup
        && conversation.cut_at_secs.is_none()
        && call.has_hang_up_tool
        && !(conversation.behaviour == Behaviour::Voicemail && call.has_voicemail_tool);
    if over && hangs_up && !rows.is_empty() {
        rows.extend(used(
            "hangUp",
            json!({ "reason": "The talk is over." }),
            json!("OK"),
            talked,
        ));
    }
    rows
}

/// Every message that is final by now, in order.
pub(crate) fn all(conversation: &Conversation, now_ms: i64) -> Vec<Value> {
    // The one stage of the call, by its id.
    let stage = conversation.id.replacen('-', "-5", 1);
    let stage = format!("{}{}", &stage[..13], stage.get(14..).unwrap_or_default());
    let span =
        |row: &Row| json!({ "start": format!("{:.1}s", row.start), "end": format!("{:.1}s", row.end) });
    let shown = |(index, row): (usize, Row)| {
        let is_tool = row.tool.is_some();
        json!({
            "role": format!("MESSAGE_ROLE_{}", row.role),
            "text": row.text,
            "invocationId": row.tool.map(|name| format!("{name}-{}", row.start)),
            "toolName": row.tool,
            "errorDetails": null,
            "medium": if is_tool { "MESSAGE_MEDIUM_TEXT" } else { "MESSAGE_MEDIUM_VOICE" },
            "callStageMessageIndex": index,
            "callStageId": stage,
            "callState": null,
            "metadata": null,
            "timespan": span(&row),
            "wallClockTimespan": span(&row),
        })
    };
    rows(conversation, now_ms)
        .into_iter()
        .enumerate()
        .map(shown)
        .collect()
}
