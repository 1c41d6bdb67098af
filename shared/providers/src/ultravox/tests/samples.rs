//! The sample webhooks, which tests of functions use too.

use switchboard_domain::{CallOutcome, Carrier, Direction};

use crate::ultravox::webhook::parse;
use crate::{Conversation, ConversationState, Webhook, WebhookEvent};

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!(
            "../../../../../events/provider-webhooks/ultravox_",
            $name,
            ".json"
        ))
    };
}

fn read(raw: &[u8]) -> (Webhook, Conversation) {
    let webhook = parse(raw).unwrap();
    let WebhookEvent::Progress(conversation) = webhook.event.clone() else {
        panic!("{webhook:?}")
    };
    (webhook, *conversation)
}

#[test]
fn a_call_is_told_from_its_begin_to_its_bill() {
    let all = [
        read(sample!("call_started")),
        read(sample!("call_joined")),
        read(sample!("call_ended")),
        read(sample!("call_billed")),
    ];
    let told: Vec<_> = all
        .iter()
        .map(|(webhook, call)| {
            let at = webhook.event_timestamp.map(|at| at.as_second() - 1_795_204_800);
            (webhook.kind.as_str(), at, call.state.clone(), call.accepted)
        })
        .collect();
    use ConversationState::{InProgress, Initiated, Processing};
    assert_eq!(
        told,
        [
            ("call.started", Some(0), Initiated, false),
            ("call.joined", Some(11), InProgress, true),
            ("call.ended", Some(53), Processing, true),
            ("call.billed", None, Processing, true),
        ]
    );
    for (_, call) in &all {
        assert_eq!(call.outcome, None, "how it went is to be asked for");
        assert_eq!(
            call.attempt.as_ref().unwrap().as_str(),
            "call_01kexample000000000000000a"
        );
        assert_eq!(
            (call.carrier, call.direction),
            (Some(Carrier::Twilio), Some(Direction::Outbound))
        );
        assert_eq!(call.phone_line_id.as_ref().unwrap().as_str(), "line_15550100199");
        assert_eq!(call.external_number.as_ref().unwrap().as_str(), "+15550100111");
        assert!(!call.facts().results_complete);
    }
    let ended = &all[2].1;
    assert_eq!((ended.duration_secs, ended.has_audio), (42, true));
    assert_eq!(ended.results.title.as_deref(), Some("Ana confirmed Tuesday."));
    assert_eq!(ended.results.termination_reason.as_deref(), Some("agent_hangup"));
}

#[test]
fn a_call_that_nobody_took_is_finished_by_its_webhook() {
    let (webhook, call) = read(sample!("call_ended_unjoined"));
    assert_eq!(webhook.kind, "call.ended");
    assert_eq!(
        (&call.state, call.outcome),
        (&ConversationState::Failed, Some(CallOutcome::Busy))
    );
    assert_eq!(call.carrier, Some(Carrier::SipTrunk));
    assert_eq!(
        call.phone_line_id.as_ref().unwrap().as_str(),
        "line_15550100199_pbx_example_test"
    );
    assert_eq!(call.failure.as_deref(), Some("unjoined (busy)"));
    let facts = call.facts();
    assert_eq!((facts.results_complete, facts.has_recording), (true, Some(false)));
    assert_eq!(facts.results.cost_usd, None, "the trunk's minutes are billed");
}
