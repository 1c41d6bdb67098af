//! Calls on the carrier's line that nobody looks after.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use campaign_scheduler::{Pace, PhoneLines, Scheduler};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use switchboard_domain::{
    Agent, Call, CallId, CallOutcome, CallStatus, Clock, InboundCall, InboundStage, ManualClock,
    ProviderKind, RouteTarget,
};
use switchboard_providers::fake::FakeProvider;
use switchboard_providers::openai::OpenAi;
use switchboard_providers::twilio::{Twilio, TwilioAccount};
use switchboard_providers::{PlaceCall, Secret, VoiceProvider};
use switchboard_service::Providers;
use switchboard_testing::{LIMIT, RECEPTIONIST, TestStore, records};

const SID: &str = "CA000000000000000000000000000000a1";

#[derive(Clone, Default)]
struct Line {
    asked: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<HashMap<&'static str, (u16, Value)>>>,
}

async fn answer(State(line): State<Line>, request: Request) -> Response {
    let path = format!("{} {}", request.method(), request.uri().path());
    line.asked.lock().unwrap().push(path.clone());
    let answers = line.answers.lock().unwrap();
    let told = answers.iter().find(|(end, _)| path.ends_with(**end));
    let (status, body) = told.map_or((200, json!({})), |(_, answer)| answer.clone());
    (StatusCode::from_u16(status).unwrap(), body.to_string()).into_response()
}

struct World {
    test: TestStore,
    clock: ManualClock,
    line: Line,
    provider: FakeProvider,
    scheduler: Scheduler,
}

impl World {
    async fn start() -> Self {
        let test = TestStore::start().await;
        let clock = ManualClock::at(Timestamp::from_second(1_790_000_000).unwrap());
        let line = Line::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let router = Router::new().fallback(answer).with_state(line.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let account = TwilioAccount::new("AC00000000000000000000000000000001", Secret::new("token"));
        let phone = PhoneLines {
            twilio: Twilio::new(&url, Arc::new(account)).unwrap(),
            openai: OpenAi::new(url, Arc::new(Secret::new("sk-test"))).unwrap(),
        };
        let provider = FakeProvider::new(Arc::new(clock.clone()));
        let providers = Providers::only(Arc::new(provider.clone()));
        let (store, now) = (test.store.clone(), Arc::new(clock.clone()));
        let scheduler = Scheduler::new(store, providers, now, LIMIT, false, Pace::default());
        let world = Self {
            test,
            clock,
            line,
            provider,
            scheduler: scheduler.with_phone(phone),
        };
        world.carrier_says("in-progress");
        world
    }

    fn carrier_says(&self, status: &str) {
        let call = json!({ "sid": SID, "status": status, "duration": "42" });
        self.line.answers.lock().unwrap().insert(".json", (200, call));
    }

    fn asked(&self, end: &str) -> usize {
        self.line
            .asked
            .lock()
            .unwrap()
            .iter()
            .filter(|path| path.ends_with(end))
            .count()
    }

    fn given(&self) -> Vec<Value> {
        self.test.lambda.payloads(RECEPTIONIST)
    }

    /// A call that came in and goes to an agent.
    async fn call(&self, provider: ProviderKind, change: impl FnOnce(&mut InboundCall)) -> CallId {
        let now = self.clock.now();
        let agent = Agent {
            provider,
            ..records::agent("anna", now)
        };
        self.test.store.create_agent(&agent).await.unwrap();
        let (call, mut inbound) = records::inbound_call("one", now);
        inbound.call_sid = SID.to_owned();
        change(&mut inbound);
        let call = Call {
            provider: Some(provider),
            ..call
        };
        self.test.store.begin_inbound(&call, &inbound).await.unwrap();
        call.call_id
    }

    /// Time goes by, and the scheduler looks.
    async fn look_after(&self, secs: i64) {
        self.clock.advance(SignedDuration::from_secs(secs));
        self.scheduler.one_step().await.unwrap();
    }

    async fn inbound(&self, id: &CallId) -> InboundCall {
        self.test.store.find_inbound(id).await.unwrap().unwrap()
    }

    async fn find(&self, id: &CallId) -> Call {
        self.test.store.find_call(id).await.unwrap().unwrap()
    }
}

/// An agent at OpenAI has it.
fn accepted(now: Timestamp) -> impl FnOnce(&mut InboundCall) {
    move |inbound| {
        inbound.stage = InboundStage::Accepted;
        inbound.openai_call_id = Some(records::provider_id("rtc_1"));
        inbound.accepted_at = Some(now);
        inbound.public_url = "https://voice.example.test".to_owned();
    }
}

#[tokio::test]
async fn a_call_that_nobody_holds_is_given_to_somebody_and_in_the_end_to_the_next_target() {
    let world = World::start().await;
    let id = world
        .call(ProviderKind::Openai, accepted(world.clock.now()))
        .await;
    world.look_after(14).await;
    assert!(world.given().is_empty(), "somebody may still come");
    world.look_after(1).await;
    let hold = json!({ "hold": { "call_id": id, "generation": 1 } });
    assert_eq!(world.given(), std::slice::from_ref(&hold));
    world.look_after(6).await;
    assert_eq!(world.given().len(), 1, "whoever was put on it has a moment");
    for _ in 0..2 {
        world.look_after(25).await;
    }
    assert_eq!(world.given(), [hold.clone(), hold.clone(), hold]);
    assert_eq!(world.asked("/hangup"), 0);
    world.look_after(25).await;
    assert_eq!(
        (
            world.given().len(),
            world.asked("POST /v1/realtime/calls/rtc_1/hangup")
        ),
        (3, 1)
    );
    assert!(world.inbound(&id).await.gave_up);
}

#[tokio::test]
async fn an_agent_that_cannot_be_hung_up_is_taken_off_at_the_carrier_and_then_the_call_is_ended() {
    let world = World::start().await;
    let near_the_end = |inbound: &mut InboundCall| {
        accepted(Timestamp::from_second(1_790_000_000).unwrap())(inbound);
        inbound.rescues = 3;
    };
    world.call(ProviderKind::Openai, near_the_end).await;
    world
        .line
        .answers
        .lock()
        .unwrap()
        .insert("/hangup", (404, json!({})));
    world.look_after(25).await;
    let carrier = format!("POST /2010-04-01/Accounts/AC00000000000000000000000000000001/Calls/{SID}.json");
    assert_eq!(world.asked(&carrier), 1, "sent to the next target");
    world.look_after(25).await;
    world.look_after(25).await;
    assert_eq!(world.asked("/hangup"), 2);
    assert_eq!(world.asked(&carrier), 3);
}

#[tokio::test]
async fn somebody_else_is_put_on_a_call_whose_holder_is_gone_and_nobody_on_one_that_is_held() {
    let world = World::start().await;
    let start = world.clock.now();
    let held = move |inbound: &mut InboundCall| {
        accepted(start)(inbound);
        inbound.generation = 4;
        inbound.held_until = start.checked_add(SignedDuration::from_secs(45)).ok();
    };
    let id = world.call(ProviderKind::Openai, held).await;
    world.look_after(44).await;
    assert!(world.given().is_empty());
    world.look_after(10).await;
    assert_eq!(
        world.given(),
        [json!({ "hold": { "call_id": id, "generation": 5 } })]
    );
}

#[tokio::test]
async fn the_carriers_last_word_is_asked_for_when_it_was_lost() {
    let world = World::start().await;
    let id = world
        .call(ProviderKind::Openai, |inbound| inbound.at_target = 1)
        .await;
    world.look_after(31).await;
    assert!(world.inbound(&id).await.is_open(), "it is still on the line");
    world.carrier_says("completed");
    world.look_after(10).await;
    let inbound = world.inbound(&id).await;
    assert_eq!(
        (inbound.stage, inbound.duration_secs),
        (InboundStage::Ended, Some(42))
    );
    assert_eq!(world.given(), [json!({ "conclude": id })]);
}

#[tokio::test]
async fn a_conclusion_that_was_not_asked_for_is_asked_for_and_one_that_never_comes_is_done_without() {
    let world = World::start().await;
    let now = world.clock.now();
    let ended = |inbound: &mut InboundCall| inbound.ended_at = Some(now);
    let id = world.call(ProviderKind::Openai, ended).await;
    world.look_after(5).await;
    assert!(world.given().is_empty(), "whoever heard it may be at it");
    world.look_after(10).await;
    assert_eq!(world.given(), [json!({ "conclude": id })]);
    assert!(world.test.store.open_inbound_calls().await.unwrap().is_empty());
    // It was lost.
    world.look_after(130).await;
    assert_eq!(world.given().len(), 2);
    world.look_after(30 * 60).await;
    let call = world.find(&id).await;
    assert_eq!(call.status, CallStatus::Completed);
    assert!(call.failure.is_some());
}

#[tokio::test]
async fn a_platform_is_asked_for_a_call_that_it_had_and_did_not_tell_of() {
    let world = World::start().await;
    let now = world.clock.now();
    let had = |inbound: &mut InboundCall| {
        inbound.stage = InboundStage::Answered;
        inbound.accepted_at = Some(now);
        inbound.ended_at = Some(now);
    };
    let id = world.call(ProviderKind::Elevenlabs, had).await;
    let agent = records::agent("anna", now);
    let request = PlaceCall {
        attempt: id.clone(),
        provider_agent_id: agent.provider_agent_id,
        phone_line_id: records::phone_line("main").phone_line_id,
        carrier: switchboard_domain::Carrier::Twilio,
        to: records::number(100),
        variables: Default::default(),
        first_message: None,
        ringing_timeout_secs: 30,
    };
    let placed = world.provider.place_call(&request).await.unwrap();
    world.look_after(11).await;
    assert_eq!(world.find(&id).await.status, CallStatus::InProgress);
    world
        .provider
        .end(&placed.conversation_id, CallOutcome::Completed, 30);
    world.look_after(10).await;
    assert_eq!(world.find(&id).await.status, CallStatus::Completed);
    assert!(world.test.store.open_inbound_calls().await.unwrap().is_empty());
    assert!(world.given().is_empty());
}

#[tokio::test]
async fn a_platform_that_never_tells_is_waited_for_a_quarter_of_an_hour() {
    let world = World::start().await;
    let now = world.clock.now();
    let had = |inbound: &mut InboundCall| {
        inbound.accepted_at = Some(now);
        inbound.ended_at = Some(now);
        inbound.targets.push(RouteTarget::Voicemail);
    };
    let id = world.call(ProviderKind::Elevenlabs, had).await;
    world.look_after(14 * 60).await;
    assert!(world.given().is_empty() && world.inbound(&id).await.is_open());
    world.look_after(61).await;
    assert_eq!(world.given(), [json!({ "conclude": id })]);
    assert!(!world.inbound(&id).await.is_open());
}
