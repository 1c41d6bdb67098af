//! What is found out when a call is over.

use serde_json::json;
use switchboard_domain::{
    CallOrigin, CallStatus, Direction, Intent, KeptTurn, RecordingState, RouteTarget, Speaker, TurnState,
    Urgency,
};

use crate::platforms::said;
use crate::world::World;

impl World {
    /// Turns that were written during the call: who, what.
    async fn talked(&self, turns: &[(Speaker, &str)]) {
        for (place, (speaker, text)) in turns.iter().enumerate() {
            let mut turn = KeptTurn::open(1_024 + place * 64, &format!("i{place}"), *speaker, 1);
            turn.turn.message = (*text).to_owned();
            turn.state = if text.is_empty() {
                TurnState::Open
            } else {
                TurnState::Done
            };
            let put = self.store().put_turn(&self.call_id, &turn).await.unwrap();
            assert_eq!(put, switchboard_store::TurnPut::Written);
        }
    }
}

const TALK: [(Speaker, &str); 3] = [
    (Speaker::Agent, "Welcome!"),
    (Speaker::User, "I am Ana Ruiz. My tooth hurts, it is urgent."),
    (Speaker::Agent, "Come at three."),
];

#[tokio::test]
async fn a_call_is_summed_up_and_waits_on_the_desk() {
    let world = World::start().await;
    world.talked(&TALK).await;
    world.platforms.respond(vec![(
        200,
        said(
            &json!({ "summary": "Ana Ruiz has a toothache.", "title": "Toothache", "intent": "booking",
            "urgency": "normal", "urgent_because": null, "caller_name": "Ana Ruiz" }),
        ),
    )]);
    world.end().await;
    world.conclude().await;
    let call = world.call().await;
    assert_eq!(
        (call.status, call.results_complete),
        (CallStatus::Completed, true)
    );
    assert_eq!(call.results.summary.as_deref(), Some("Ana Ruiz has a toothache."));
    assert_eq!(
        (call.results.title.as_deref(), call.results.turns),
        (Some("Toothache"), 3)
    );
    let reception = call.reception.clone().unwrap();
    assert_eq!(
        (reception.intent, reception.caller_name.as_deref()),
        (Some(Intent::Booking), Some("Ana Ruiz"))
    );
    // The model did not think so; the caller's word says it is.
    assert_eq!(reception.urgency, Some(Urgency::High));
    assert!(reception.urgent_because.unwrap().contains("urgent"));
    assert!(reception.concluded);
    assert_eq!(call.desk(), Some(switchboard_domain::Desk::NeedsAttention));
    assert_eq!(call.recording.state, RecordingState::Pending);

    // Again: nothing is asked, nothing changes.
    world.conclude().await;
    assert_eq!(world.call().await, call);
    assert_eq!(world.platforms.requests("/v1/responses").len(), 1);
}

#[tokio::test]
async fn without_an_answer_of_the_model_the_callers_words_still_count() {
    let refusal = json!({ "status": "completed", "output": [{ "type": "message",
        "content": [{ "type": "refusal", "refusal": "No." }] }] });
    let incomplete = json!({ "status": "incomplete", "incomplete_details": { "reason": "max_output_tokens" }, "output": [] });
    let busy = json!({ "error": { "message": "slow down", "code": "rate_limit_exceeded" } });
    for (answer, asked) in [((200, refusal), 1), ((200, incomplete), 1), ((429, busy), 3)] {
        let world = World::start().await;
        world.talked(&TALK).await;
        world.platforms.respond(vec![answer]);
        world.end().await;
        world.conclude().await;
        let call = world.call().await;
        assert_eq!(
            (call.status, call.results.summary.as_deref()),
            (CallStatus::Completed, None)
        );
        let reception = call.reception.unwrap();
        assert_eq!(
            (reception.urgency, reception.concluded),
            (Some(Urgency::High), true)
        );
        assert_eq!(world.platforms.requests("/v1/responses").len(), asked);
    }
}

#[tokio::test]
async fn a_summary_that_fails_once_is_asked_for_again() {
    let world = World::start().await;
    world.talked(&TALK).await;
    let words = json!({ "summary": "Toothache.", "title": "T", "intent": "emergency", "urgency": "critical",
        "urgent_because": "Pain", "caller_name": null });
    world
        .platforms
        .respond(vec![(500, json!({})), (200, said(&words))]);
    world.end().await;
    world.conclude().await;
    let reception = world.call().await.reception.unwrap();
    assert_eq!(
        (reception.urgency, reception.urgent_because.as_deref()),
        (Some(Urgency::Critical), Some("Pain"))
    );
}

#[tokio::test]
async fn a_text_that_never_came_is_lost_and_a_call_in_which_nobody_spoke_asks_nobody() {
    let world = World::start().await;
    world
        .talked(&[(Speaker::Agent, "Welcome!"), (Speaker::User, "")])
        .await;
    world.end().await;
    world.conclude().await;
    let kept = world.store().kept_turns(&world.call_id).await.unwrap();
    assert_eq!(kept[1].state, TurnState::Lost);
    let call = world.call().await;
    assert_eq!(call.reception.unwrap().intent, Some(Intent::WrongNumber));
    assert!(world.platforms.requests("/v1/responses").is_empty());
}

#[tokio::test]
async fn a_message_on_voicemail_is_a_message() {
    let world = World::start_with(|(call, inbound, _)| {
        inbound.targets = vec![RouteTarget::Voicemail];
        call.reception.as_mut().unwrap().target = RouteTarget::Voicemail;
        (call.provider, call.agent_id) = (None, None);
    })
    .await;
    world.end().await;
    world.conclude().await;
    let call = world.call().await;
    let reception = call.reception.unwrap();
    assert_eq!(
        (call.status, reception.intent),
        (CallStatus::Completed, Some(Intent::Message))
    );
    assert_eq!(reception.urgency, Some(Urgency::Normal));
}

#[tokio::test]
async fn a_call_of_ours_gets_its_results_like_any_other() {
    let world = World::start_with(|(call, _, _)| {
        (call.direction, call.origin) = (Direction::Outbound, CallOrigin::Api);
        call.reception = None;
    })
    .await;
    world.talked(&TALK).await;
    let words = json!({ "summary": "They talked.", "title": "Talk", "intent": "other", "urgency": "low",
        "urgent_because": null, "caller_name": null });
    world.platforms.respond(vec![(200, said(&words))]);
    world.end().await;
    world.conclude().await;
    let call = world.call().await;
    assert_eq!(
        (call.status, call.results.summary.as_deref()),
        (CallStatus::Completed, Some("They talked."))
    );
    assert_eq!(call.reception, None);
}
