//! Calls that came in: their boxes, what is said while they last, tickets.

use serde_json::{Value, json};
use switchboard_domain::{
    Call, CallOrigin, CallStatus, Direction, EventType, Reception, RouteTarget, Speaker, TranscriptTurn,
    Urgency,
};
use switchboard_testing::{Actor, records};

use crate::harness::{TestApi, fields};

/// A call that came in, as it is written.
async fn came_in(api: &TestApi, name: &str, status: CallStatus, urgency: Option<Urgency>) -> Call {
    let mut reception = Reception::fresh(None, RouteTarget::Voicemail);
    reception.urgency = urgency;
    let mut call = records::call(name, api.test.now());
    call.status = status;
    call.direction = Direction::Inbound;
    call.origin = CallOrigin::Reception;
    call.provider = None;
    call.agent_id = None;
    call.provider_agent_id = None;
    call.phone_line_id = None;
    call.started_at = Some(api.test.now());
    call.duration_secs = status.is_final().then_some(60);
    call.results_complete = status.is_final();
    call.reception = Some(reception);
    api.test.store.create_call(&call).await.unwrap();
    call
}

async fn ids(api: &TestApi, path: &str) -> Vec<String> {
    let page = Actor::viewer().get(&api.router, path).await.expect(200);
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|call| call["call_id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_call_lies_in_one_box_and_urgent_ones_come_first() {
    let api = TestApi::start().await;
    let live = came_in(&api, "live", CallStatus::InProgress, None).await;
    let high = came_in(&api, "high", CallStatus::Completed, Some(Urgency::High)).await;
    let critical = came_in(&api, "critical", CallStatus::Completed, Some(Urgency::Critical)).await;
    let normal = came_in(&api, "normal", CallStatus::Completed, Some(Urgency::Normal)).await;
    // One of ours that broke down lies on the same desk, and in none of these boxes.
    let mut placed = records::call("placed", api.test.now());
    placed.status = CallStatus::Failed;
    api.test.store.create_call(&placed).await.unwrap();

    assert_eq!(
        ids(&api, "/api/inbound?box=in_progress").await,
        [live.call_id.as_str()]
    );
    let waiting = [&critical, &high, &normal].map(|call| call.call_id.as_str().to_owned());
    assert_eq!(ids(&api, "/api/inbound?box=needs_attention").await, waiting);
    assert_eq!(
        ids(&api, "/api/calls?urgent=true&view=needs_attention").await,
        waiting[..2]
    );

    let path = format!("/api/calls/{}", normal.call_id);
    let shown = Actor::viewer().get(&api.router, &path).await.expect(200);
    assert_eq!(
        (&shown["desk"], &shown["agent_id"]),
        (&json!("needs_attention"), &Value::Null)
    );
    assert_eq!(shown["reception"]["target"], json!({ "kind": "voicemail" }));
    let handled = Actor::operator()
        .patch(&api.router, &path, json!({ "handled": true }))
        .await
        .expect(200);
    assert_eq!(handled["desk"], "handled");
    assert_eq!(
        ids(&api, "/api/inbound?box=handled").await,
        [normal.call_id.as_str()]
    );
    assert_eq!(ids(&api, "/api/inbound?box=needs_attention").await, waiting[..2]);

    let problem = Actor::viewer().get(&api.router, "/api/inbound").await.expect(400);
    assert_eq!(fields(&problem), ["box"]);
    Actor::viewer()
        .get(&api.router, "/api/inbound?box=lost")
        .await
        .expect(400);
}

#[tokio::test]
async fn pages_of_a_box_follow_each_other_without_a_gap() {
    let api = TestApi::start().await;
    for n in 0..5 {
        let urgency = (n % 2 == 0).then_some(Urgency::High);
        came_in(&api, &format!("call-{n}"), CallStatus::Completed, urgency).await;
    }
    let all = ids(&api, "/api/inbound?box=needs_attention").await;
    assert_eq!(all.len(), 5);
    let (mut walked, mut next) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/inbound?box=needs_attention&limit=2{next}");
        let page = Actor::viewer().get(&api.router, &path).await.expect(200);
        let items = page["items"].as_array().unwrap().iter();
        walked.extend(items.map(|call| call["call_id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        next = format!("&cursor={cursor}");
        assert!(walked.len() <= 5);
    }
    assert_eq!(walked, all);
}

#[tokio::test]
async fn a_transcript_says_whether_more_is_to_come() {
    let api = TestApi::start().await;
    let live = came_in(&api, "live", CallStatus::InProgress, None).await;
    let turn = TranscriptTurn {
        speaker: Speaker::User,
        message: "Hello?".to_owned(),
        at_secs: 1,
        interrupted: false,
        tools: Vec::new(),
    };
    api.test
        .store
        .put_transcript(&live.call_id, &[turn])
        .await
        .unwrap();
    let said = async |call: &Call| {
        let path = format!("/api/calls/{}/transcript", call.call_id);
        Actor::viewer().get(&api.router, &path).await.expect(200)
    };
    let shown = said(&live).await;
    assert_eq!(
        (&shown["live"], &shown["complete"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(shown["turns"][0]["message"], "Hello?");
    let over = came_in(&api, "over", CallStatus::Completed, None).await;
    let shown = said(&over).await;
    assert_eq!(
        (&shown["live"], &shown["complete"]),
        (&json!(false), &json!(true))
    );
}

#[tokio::test]
async fn a_ticket_is_asked_for_once_unless_another_one_is_wanted() {
    let api = TestApi::start().await;
    let call = came_in(&api, "one", CallStatus::Completed, None).await;
    let path = format!("/api/calls/{}/ticket", call.call_id);
    let ask = async |path: &str| {
        Actor::operator()
            .post(&api.router, path, json!({ "note": "She waits." }))
            .await
    };
    let nobody = ask(&path).await.expect(409);
    assert!(
        nobody["detail"].as_str().unwrap().contains("ticket.requested"),
        "{nobody}"
    );
    let target = json!({ "url": "https://example.com/tickets", "types": ["ticket.requested"] });
    Actor::admin()
        .post(&api.router, "/api/event-targets", target)
        .await
        .expect(201);

    let asked = ask(&path).await.expect(202);
    let event = asked["event_id"].as_str().unwrap().parse().unwrap();
    let event = api.test.store.find_event(&event).await.unwrap().unwrap();
    assert_eq!(event.event_type, EventType::TicketRequested);
    let told: Value = serde_json::from_str(&event.body).unwrap();
    assert_eq!(told["data"]["call_id"], json!(call.call_id));
    assert_eq!(told["data"]["ticket"]["note"], "She waits.");
    assert_eq!(told["data"]["ticket"]["requested_by"], "otto");
    let shown = Actor::viewer()
        .get(&api.router, &format!("/api/calls/{}", call.call_id))
        .await
        .expect(200);
    assert_eq!(shown["reception"]["ticket_at"], asked["ticket_at"]);

    ask(&path).await.expect(409);
    let again = ask(&format!("{path}?again=true")).await.expect(202);
    assert_ne!(again["event_id"], asked["event_id"]);
    Actor::viewer().act(&api.router, &path).await.expect(403);

    let placed = records::call("placed", api.test.now());
    api.test.store.create_call(&placed).await.unwrap();
    ask(&format!("/api/calls/{}/ticket", placed.call_id))
        .await
        .expect(409);
}
