//! The least that reading a transcript can cost: what we use of it, borrowed where it lies.

use std::borrow::Cow;
use std::hint::black_box;

use serde::Deserialize;

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    event_timestamp: i64,
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    conversation_id: Cow<'a, str>,
    #[serde(borrow)]
    agent_id: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow)]
    user_id: Cow<'a, str>,
    has_audio: bool,
    #[serde(borrow)]
    transcript: Vec<Turn<'a>>,
    #[serde(borrow)]
    metadata: Metadata<'a>,
}

#[derive(Deserialize)]
struct Turn<'a> {
    #[serde(borrow)]
    role: Cow<'a, str>,
    #[serde(borrow)]
    message: Option<Cow<'a, str>>,
    time_in_call_secs: i64,
    interrupted: bool,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    start_time_unix_secs: i64,
    call_duration_secs: i64,
    cost: i64,
    #[serde(borrow)]
    termination_reason: Cow<'a, str>,
}

/// Reads it; answers how many turns it has.
pub(crate) fn read(raw: &[u8]) -> serde_json::Result<usize> {
    let event: Event = serde_json::from_slice(raw)?;
    let (data, metadata) = (&event.data, &event.data.metadata);
    black_box((
        &event.kind,
        event.event_timestamp,
        &data.conversation_id,
        &data.agent_id,
    ));
    black_box((&data.status, &data.user_id, data.has_audio));
    black_box((
        metadata.start_time_unix_secs,
        metadata.call_duration_secs,
        metadata.cost,
        &metadata.termination_reason,
    ));
    for turn in &data.transcript {
        black_box((
            &turn.role,
            &turn.message,
            turn.time_in_call_secs,
            turn.interrupted,
        ));
    }
    Ok(data.transcript.len())
}
