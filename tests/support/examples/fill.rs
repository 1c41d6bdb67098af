//! Fills the local runner's tables with calls of the past, to see how things look and how fast they are with many.
//!
//! `cargo run --release -p switchboard-testing --example fill -- DATA_DIR CALLS DAYS`, while the runner does not run.
#![expect(clippy::print_stderr, clippy::unwrap_used, reason = "a tool for developers")]

use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use switchboard_domain::{
    Agent, Call, CallId, CallOrigin, CallResults, CallStatus, CallSuccess, Recording, RecordingState,
};
use switchboard_testing::{LocalTables, records};

const NAMES: [&str; 12] = [
    "Ana Castro",
    "Bruno Díaz",
    "Carla Núñez",
    "Diego Ferro",
    "Elena Ríos",
    "Fernando Paz",
    "Gloria Seoane",
    "Hugo Varela",
    "Inés Outeiro",
    "Jorge Lema",
    "Katia Moure",
    "Luis Pombo",
];
const TITLES: [&str; 6] = [
    "Appointment confirmed",
    "Wants another day",
    "Asked to be called back",
    "Invoice explained",
    "Not interested",
    "Address corrected",
];
/// Calls that are written at one time.
const AT_ONCE: usize = 16;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next();
    let (Some(dir), Some(calls), Some(days)) = (next(), next(), next()) else {
        eprintln!("fill DATA_DIR CALLS DAYS");
        std::process::exit(2);
    };
    let (calls, days): (u64, i64) = (calls.parse().unwrap(), days.parse().unwrap());
    let tables = Arc::new(LocalTables::open(&PathBuf::from(dir)).await);
    #[expect(clippy::disallowed_methods, reason = "the calls are as old as they say")]
    let now = Timestamp::now();
    let kept = tables
        .store
        .list_agents(records::agent("anna", now).provider, None, 50)
        .await
        .unwrap();
    let agents = match kept.items.is_empty() {
        true => vec![records::agent("anna", now)],
        false => kept.items,
    };
    let mut rng = StdRng::seed_from_u64(7);
    let mut writing = tokio::task::JoinSet::new();
    for index in 0..calls {
        let call = past_call(index, &agents, now, days, &mut rng);
        if writing.len() >= AT_ONCE {
            writing.join_next().await.unwrap().unwrap();
        }
        let tables = tables.clone();
        writing.spawn(async move {
            tables.store.import_call(&call, false).await.unwrap();
        });
        if index % 5_000 == 0 {
            eprintln!("{index} of {calls} calls");
        }
    }
    while let Some(written) = writing.join_next().await {
        written.unwrap();
    }
}

fn past_call(index: u64, agents: &[Agent], now: Timestamp, days: i64, rng: &mut impl Rng) -> Call {
    let ago = SignedDuration::from_secs(rng.random_range(3_600..days * 86_400));
    let began = now.checked_sub(ago).unwrap();
    let status = match rng.random_range(0..100) {
        0..62 => CallStatus::Completed,
        62..80 => CallStatus::NoAnswer,
        80..87 => CallStatus::Busy,
        87..95 => CallStatus::Voicemail,
        _ => CallStatus::Failed,
    };
    let completed = status == CallStatus::Completed;
    let success = match rng.random_range(0..10) {
        0..7 => CallSuccess::Success,
        7..9 => CallSuccess::Failure,
        _ => CallSuccess::Unknown,
    };
    let seconds = rng.random_range(18..260);
    let agent = &agents[rng.random_range(0..agents.len())];
    let name = NAMES[rng.random_range(0..NAMES.len())];
    let title = TITLES[rng.random_range(0..TITLES.len())];
    Call {
        call_id: CallId::generate(began, rng),
        status,
        origin: CallOrigin::Imported,
        agent_id: Some(agent.agent_id.clone()),
        provider_agent_id: Some(agent.provider_agent_id.clone()),
        phone_number: Some(records::number(index % 10_000)),
        variables: [
            ("name".to_owned(), name.to_owned()),
            ("city".to_owned(), "Vigo".to_owned()),
        ]
        .into(),
        created_at: began,
        due_at: None,
        dial_before: None,
        enqueued_at: None,
        started_at: completed.then_some(began),
        ended_at: began.checked_add(SignedDuration::from_secs(seconds)).ok(),
        duration_secs: completed.then_some(seconds.unsigned_abs()),
        failure: (status == CallStatus::Failed)
            .then(|| "The carrier could not complete the call (SIP 486).".to_owned()),
        results: CallResults {
            success: completed.then_some(success),
            title: completed.then(|| title.to_owned()),
            summary: completed.then(|| format!("{name} was reached. {title}; nothing else was asked.")),
            cost_usd: completed.then_some(0.0014 * f64::from(u32::try_from(seconds).unwrap_or(0))),
            ..CallResults::default()
        },
        results_complete: true,
        recording: Recording {
            state: RecordingState::None,
            ..Recording::default()
        },
        handled: rng.random_range(0..3) == 0,
        updated_at: began,
        ..records::call("past", began)
    }
}
