//! Status callbacks: numbered, and sent in their order unless they are to be shuffled.

use std::time::Duration;

use rand::RngExt;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::call::{Call, Status, rfc_2822};
use super::twiml::Callback;
use super::webhook::{Parameters, ask};
use crate::clock::now_ms;
use crate::server::Shared;
use crate::talk::TwilioFaults;

/// Longest by which a shuffled callback comes late, in milliseconds.
const SHUFFLE_MS: u64 = 400;

/// Where the events of a call are told.
#[derive(Debug, Clone)]
pub(crate) struct Telling {
    events: Vec<String>,
    sequence: u32,
    queue: UnboundedSender<Parameters>,
}

impl Telling {
    /// Begins to tell the events of a call.
    pub(super) fn begin(shared: &Shared, callback: &Callback, faults: TwilioFaults) -> Self {
        let (queue, waiting) = unbounded_channel();
        tokio::spawn(tell_all(shared.clone(), callback.clone(), faults, waiting));
        Self {
            events: callback.events.clone(),
            sequence: 0,
            queue,
        }
    }
}

/// Tells an event of a call, where somebody wants to know. The call has its new status by now.
pub(super) fn tell(call: &mut Call, event: &str) {
    let Some(telling) = &mut call.telling else { return };
    let sequence = telling.sequence;
    telling.sequence += 1;
    if !telling.events.iter().any(|wanted| wanted == event) {
        return;
    }
    let (queue, mut parameters) = (telling.queue.clone(), call.parameters());
    let mut add = |name: &str, value: String| parameters.push((name.to_owned(), value));
    add("SequenceNumber", sequence.to_string());
    add("Timestamp", rfc_2822(now_ms()));
    add("CallbackSource", "call-progress-events".to_owned());
    if let Some(answered_by) = &call.answered_by {
        add("AnsweredBy", answered_by.clone());
    }
    if call.status.is_over() {
        let secs = call.duration_secs.unwrap_or(0);
        add("CallDuration", secs.to_string());
        add("Duration", secs.div_ceil(60).to_string());
        let code = call.sip_code.unwrap_or(match call.status {
            Status::Completed => 200,
            Status::Busy => 486,
            Status::Failed => 503,
            _ => 487,
        });
        add("SipResponseCode", code.to_string());
    }
    // Nobody listens only when the simulator ends.
    let _ = queue.send(parameters);
}

async fn tell_all(
    shared: Shared,
    callback: Callback,
    faults: TwilioFaults,
    mut waiting: UnboundedReceiver<Parameters>,
) {
    while let Some(parameters) = waiting.recv().await {
        if rand::rng().random::<f64>() < faults.lose_callbacks {
            continue;
        }
        let times = if faults.duplicate_callbacks { 2 } else { 1 };
        for _ in 0..times {
            if faults.shuffle_callbacks {
                let late = Duration::from_millis(rand::rng().random_range(0..SHUFFLE_MS));
                let (shared, callback, faults) = (shared.clone(), callback.clone(), faults.clone());
                let parameters = parameters.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(late).await;
                    tell_once(&shared, &callback, &parameters, &faults).await;
                });
            } else {
                tell_once(&shared, &callback, &parameters, &faults).await;
            }
        }
    }
}

/// Sends one callback. Only a connection that fails is tried again, once; what is answered is of no interest.
pub(super) async fn tell_once(
    shared: &Shared,
    callback: &Callback,
    parameters: &[(String, String)],
    faults: &TwilioFaults,
) {
    for _ in 0..2 {
        let heard = ask(
            shared,
            &callback.method,
            &callback.url,
            parameters,
            faults.signature,
        )
        .await;
        let status = heard.as_ref().ok().map(|heard| heard.status);
        let is_delivered = status.is_some_and(|status| (200..300).contains(&status));
        {
            let mut state = shared.lock();
            state.webhooks.sent += 1;
            *state
                .webhooks
                .by_type
                .entry("twilio.callback".to_owned())
                .or_default() += 1;
            match is_delivered {
                true => state.webhooks.delivered += 1,
                false => state.webhooks.failed += 1,
            }
        }
        if status.is_some() {
            return;
        }
    }
}
