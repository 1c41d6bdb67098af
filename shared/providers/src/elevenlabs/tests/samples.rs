//! The sample webhooks, which tests of functions use too.

use switchboard_domain::{CallOutcome, CallSuccess, Carrier, Direction, Speaker};

use crate::elevenlabs::webhook::parse;
use crate::{ConversationState, Webhook, WebhookEvent};

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!(
            "../../../../../events/provider-webhooks/",
            $name,
            ".json"
        ))
    };
}

fn read(raw: &[u8]) -> Webhook {
    parse(raw).unwrap()
}

#[test]
fn a_transcription_is_read_whole() {
    let webhook = read(sample!("post_call_transcription"));
    assert_eq!(webhook.event_timestamp.unwrap().as_second(), 1_790_000_100);
    let WebhookEvent::Conversation(conversation) = webhook.event else {
        panic!()
    };
    assert_eq!(
        conversation.attempt.as_ref().unwrap().as_str(),
        "call_01kexample000000000000000a"
    );
    assert_eq!(conversation.state, ConversationState::Done);
    assert_eq!(conversation.outcome, Some(CallOutcome::Completed));
    assert_eq!(conversation.direction, Some(Direction::Outbound));
    assert_eq!(conversation.carrier, Some(Carrier::Twilio));
    assert_eq!(
        conversation.external_number.as_ref().unwrap().as_str(),
        "+15550100111"
    );
    assert_eq!(
        (conversation.turns.len(), conversation.turns[1].speaker),
        (5, Speaker::User)
    );
    assert!(conversation.turns[2].interrupted);
    assert_eq!(conversation.turns[4].tools, ["end_call"]);
    let facts = conversation.facts();
    assert!(facts.results_complete);
    assert_eq!((facts.has_recording, facts.duration_secs), (Some(true), Some(41)));
    assert_eq!(facts.results.success, Some(CallSuccess::Success));
    assert_eq!(facts.results.collected["email"], "ana@example.test");
    assert_eq!(facts.results.criteria["goal"], "success");
    assert_eq!(
        (
            facts.results.cost_credits,
            facts.results.cost_usd,
            facts.results.turns
        ),
        (Some(230), Some(0.07), 5)
    );
}

#[test]
fn audio_is_decoded() {
    let WebhookEvent::Audio {
        audio,
        conversation_id,
    } = read(sample!("post_call_audio")).event
    else {
        panic!()
    };
    assert_eq!((audio.len(), &audio[..2]), (417, &[0xFF, 0xFB][..]));
    assert_eq!(conversation_id.as_str(), "conv_9801kexample0000000000000001");
}

#[test]
fn failed_starts_tell_outcome_carrier_id_and_number() {
    let busy = read(sample!("call_initiation_failure_twilio_busy")).event;
    let WebhookEvent::FailedStart {
        outcome,
        carrier_call_id,
        to,
        reason,
        ..
    } = busy
    else {
        panic!()
    };
    assert_eq!(outcome, CallOutcome::Busy);
    assert_eq!(
        carrier_call_id.as_deref(),
        Some("CA00000000000000000000000000000002")
    );
    assert_eq!((to.unwrap().as_str(), reason.as_str()), ("+15550100122", "busy"));

    let unanswered = read(sample!("call_initiation_failure_sip_no_answer")).event;
    let WebhookEvent::FailedStart {
        outcome,
        carrier_call_id,
        to,
        reason,
        ..
    } = unanswered
    else {
        panic!()
    };
    assert_eq!(outcome, CallOutcome::NoAnswer);
    assert_eq!(
        carrier_call_id.as_deref(),
        Some("5b1f0c1e-0000-4000-8000-000000000001")
    );
    assert_eq!(to.unwrap().as_str(), "+15550100133");
    assert_eq!(reason, "no-answer (INVITE failed: sip status: 480)");
}

#[test]
fn an_unknown_type_is_no_error() {
    let webhook = read(sample!("unknown_type"));
    assert_eq!(webhook.kind, "something_new");
    assert!(webhook.conversation_id().is_some());
}
