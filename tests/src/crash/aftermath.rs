//! What came of a crash, held against the promises.

use std::time::Instant;

use anyhow::{Context, ensure};
use jiff::Timestamp;
use serde_json::Value;
use switchboard_simulator::Dial;

use super::point::{Crash, Point};
use super::world::{Ended, World};

/// What came of a crash.
pub struct Aftermath {
    /// Where the process died.
    pub point: Point,
    /// How it went on, in words.
    pub story: String,
    /// Where the person ended.
    pub status: String,
    /// From the crash until the person's state was final.
    pub secs: f64,
    /// From the crash until the recording was there too.
    pub whole_secs: f64,
}

/// Somebody who was reached, and how.
struct Reached<'a> {
    call: &'a Value,
    dial: Dial,
}

/// Holds everybody of a campaign against the promises: whoever answers has been reached by one dial,
/// with transcript and recording; whoever is busy is known to be.
///
/// # Errors
/// When a promise is broken.
pub async fn everybody_was_reached(world: &World, ended: &Ended) -> anyhow::Result<()> {
    for recipient in &ended.recipients {
        reached(world, ended, recipient).await?;
    }
    Ok(())
}

async fn reached<'a>(world: &World, ended: &'a Ended, recipient: &Value) -> anyhow::Result<Reached<'a>> {
    let number = text(recipient, "phone_number");
    let same = |call: &&Value| call["recipient_id"] == recipient["recipient_id"];
    let calls: Vec<&Value> = ended.calls.iter().filter(same).collect();
    let mut dials = world.app.ledger().by_number.remove(&number).unwrap_or_default();
    let told = format!("{recipient} {dials:?} {calls:?}");

    dials.retain(|dial| dial.placed);
    ensure!(dials.len() == 1, "{} placed dials: {told}", dials.len());
    let dial = dials.remove(0);
    let rang = |call: &&&Value| call["conversation_id"].as_str() == dial.conversation_id.as_deref();
    let call = calls.iter().find(rang).copied();
    let call = call.with_context(|| format!("no call has the conversation: {told}"))?;
    let answers = world.answers(&number);
    let wanted = if answers { "completed" } else { "busy" };
    for record in [recipient, call] {
        ensure!(record["status"] == wanted, "not {wanted}: {told}");
    }
    if answers {
        ensure!(call["recording"]["state"] == "stored", "no recording: {told}");
        let id = text(call, "call_id");
        let transcript = world.app.api.get(&format!("/api/calls/{id}/transcript")).await?;
        let turns = transcript["turns"].as_array().map_or(0, Vec::len);
        ensure!(
            turns >= 2 && call["results"]["turns"] == turns,
            "{turns} turns: {told}"
        );
    }
    Ok(Reached { call, dial })
}

/// What came of a crash of a process that worked on `call`.
///
/// # Errors
/// When the person was not reached as promised.
pub async fn aftermath_of(
    world: &World,
    ended: &Ended,
    crash: &Crash,
    call: &Value,
) -> anyhow::Result<Aftermath> {
    let id = text(call, "recipient_id");
    let recipient = ended
        .recipients
        .iter()
        .find(|recipient| recipient["recipient_id"] == *id);
    let recipient = recipient.context("the call has no recipient")?;
    let reached = reached(world, ended, recipient).await?;
    let after = |since: Option<&Instant>| {
        since.map_or(0.0, |since| {
            since.saturating_duration_since(crash.since).as_secs_f64()
        })
    };
    Ok(Aftermath {
        point: crash.point.clone(),
        story: story(crash, ended, call, &reached),
        status: text(recipient, "status"),
        secs: after(ended.final_since.get(&id)),
        whole_secs: after(ended.whole_since.get(&text(reached.call, "call_id"))),
    })
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// How it went on, as calls and dials show it.
fn story(crash: &Crash, ended: &Ended, call: &Value, reached: &Reached<'_>) -> String {
    let time = |text: Option<&str>| text.and_then(|text| text.parse::<Timestamp>().ok());
    let dialled_before = time(Some(&reached.dial.at)).is_some_and(|at| at <= crash.at);
    let over_before = time(call["ended_at"].as_str()).is_some_and(|at| at <= crash.at);
    let same_call = call["call_id"] == reached.call["call_id"];
    let story = match (same_call, dialled_before, over_before) {
        (false, ..) if ended.withdrawn.contains(call) => "withdrawn for a while, then called by another call",
        (false, ..) => "nothing had rung: called by another call",
        (true, false, _) => "its successor dialled",
        (true, true, false) => "the phone rang: followed to its end",
        (true, true, true) => "it was over: what was missing was fetched",
    };
    story.to_owned()
}

/// The aftermaths as a table for the documentation.
pub fn table(title: &str, aftermaths: &[Aftermath]) -> String {
    let mut table = format!(
        "\n{title}\n\n| killed | request | what happened next | the person | final after | complete after |\n\
         |---|---|---|---|---:|---:|\n"
    );
    for row in aftermaths {
        let Aftermath { story, status, .. } = row;
        let Point { flow, step, moment } = &row.point;
        let (secs, whole_secs) = (row.secs, row.whole_secs);
        table.push_str(&format!(
            "| {moment} | {flow}`{step}` | {story} | {status}, by one dial | {secs:.0} s | {whole_secs:.0} s |\n"
        ));
    }
    table
}
