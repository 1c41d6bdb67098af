//! A call that an agent has, and a receptionist for it.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use receptionist::{Hold, Needs, Pace, Receptionist, Request};
use serde_json::{Value, json};
use switchboard_domain::{
    AddressRules, Agent, Call, CallId, CallOrigin, CallStatus, Direction, InboundCall, InboundStage, Ports,
    ProviderKind, Reception, ReceptionSettings, RouteTarget, Speaker, TranscriptTurn,
};
use switchboard_providers::Secret;
use switchboard_providers::openai::OpenAi;
use switchboard_providers::twilio::{Twilio, TwilioAccount};
use switchboard_service::{MemorySecrets, Poster, TargetSecrets};
use switchboard_store::{Begun, Store};
use switchboard_testing::{TestStore, records};
use tokio::task::JoinHandle;

use crate::measured::Measured;
use crate::platforms::Platforms;
use crate::sideband::FakeSideband;

const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub(crate) const CALL_SID: &str = "CA00000000000000000000000000000001";

/// Hardly any patience.
pub(crate) const PACE: Pace = Pace {
    retry: Duration::from_millis(5),
    attach: Duration::from_millis(300),
    beside: Duration::from_millis(40),
    look: Duration::from_millis(20),
    lease: SignedDuration::from_millis(90),
    silence: Duration::from_secs(30),
    late_texts: Duration::from_millis(80),
    last_words: Duration::from_millis(400),
    response: Duration::from_secs(20),
    margin: SignedDuration::from_secs(60),
    longest_hold: None,
    tool: Duration::from_millis(600),
    summary_retry: Duration::from_millis(1),
    clock_factor: 1.0,
};

pub(crate) struct World {
    pub(crate) test: TestStore,
    pub(crate) sideband: FakeSideband,
    pub(crate) platforms: Platforms,
    pub(crate) secrets: Arc<TargetSecrets>,
    pub(crate) call_id: CallId,
    pub(crate) agent: Agent,
    pub(crate) measured: Arc<Measured>,
}

impl World {
    /// With one call that came in and was accepted.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same, changed before it is written.
    pub(crate) async fn start_with(change: impl FnOnce(&mut (Call, InboundCall, ReceptionSettings))) -> Self {
        let test = TestStore::start().await;
        let now = test.now();
        let agent = Agent {
            provider: ProviderKind::Openai,
            first_message: "Welcome!".to_owned(),
            ..records::agent("anna", now)
        };
        test.store.create_agent(&agent).await.unwrap();
        let call_id = CallId::derived(&["twilio", CALL_SID]);
        let target = RouteTarget::Agent {
            agent_id: agent.agent_id.clone(),
        };
        let call = Call {
            call_id: call_id.clone(),
            status: CallStatus::InProgress,
            direction: Direction::Inbound,
            origin: CallOrigin::Reception,
            provider: Some(ProviderKind::Openai),
            agent_id: Some(agent.agent_id.clone()),
            campaign_id: None,
            recipient_id: None,
            phone_number: Some(records::number(7)),
            carrier_call_id: Some(CALL_SID.to_owned()),
            started_at: Some(now),
            reception: Some(Reception::fresh(Some(records::number(199)), target.clone())),
            ..records::call("reception", now)
        };
        let mut inbound = InboundCall::fresh(
            call_id.clone(),
            CALL_SID.to_owned(),
            vec![target, RouteTarget::Voicemail],
            "en".to_owned(),
            now,
        );
        inbound.called = Some(records::number(199));
        inbound.caller = Some(records::number(7));
        inbound.openai_call_id = Some(records::provider_id("rtc_1"));
        inbound.stage = InboundStage::Accepted;
        inbound.accepted_at = Some(now);
        inbound.public_url = "https://api.example.test".to_owned();
        let settings = ReceptionSettings {
            company: "Harbor Dental".to_owned(),
            person: Some(records::number(42)),
            time_zone: "Europe/Madrid".to_owned(),
            ..ReceptionSettings::default()
        };
        let mut all = (call, inbound, settings);
        change(&mut all);
        let (call, inbound, settings) = all;
        test.store.put_reception_settings(&settings).await.unwrap();
        assert_eq!(
            test.store.begin_inbound(&call, &inbound).await.unwrap(),
            Begun::New
        );
        Self {
            sideband: FakeSideband::default(),
            platforms: Platforms::start().await,
            secrets: Arc::new(TargetSecrets::new(
                Arc::new(MemorySecrets::default()),
                "t/".to_owned(),
            )),
            test,
            call_id,
            agent,
            measured: Arc::default(),
        }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.test.store
    }

    pub(crate) fn receptionist(&self, pace: Pace) -> Receptionist {
        let account = TwilioAccount::new(ACCOUNT, Secret::new("0123456789abcdef0123456789abcdef"));
        let rules = AddressRules {
            ports: Ports::Any,
            allow_loopback: true,
        };
        let needs = Needs {
            store: self.test.store.clone().observed_by(self.measured.clone()),
            openai: OpenAi::new(self.platforms.url.clone(), Arc::new(Secret::new("sk-test"))).unwrap(),
            twilio: Twilio::new(&self.platforms.url, Arc::new(account)).unwrap(),
            sideband: Arc::new(self.sideband.clone()),
            poster: Poster::new(rules).unwrap(),
            secrets: self.secrets.clone(),
            clock: Arc::new(self.test.clock.clone()),
        };
        Receptionist::new(needs, pace)
    }

    /// One invocation that stays with the call.
    pub(crate) fn hold(&self, generation: u64, name: &str, pace: Pace) -> JoinHandle<()> {
        let receptionist = self.receptionist(pace);
        let request = Request::Hold(Hold {
            call_id: self.call_id.clone(),
            generation,
        });
        let (name, deadline) = (name.to_owned(), self.deadline());
        tokio::spawn(async move { receptionist.handle(&request, &name, deadline).await.unwrap() })
    }

    /// The usual one, attached.
    pub(crate) async fn held(&self) -> JoinHandle<()> {
        let hold = self.hold(1, "one", PACE);
        self.until(|| self.sideband.attached() == 1).await;
        hold
    }

    pub(crate) async fn conclude(&self) {
        let request = Request::Conclude(self.call_id.clone());
        self.receptionist(PACE)
            .handle(&request, "conclude", self.deadline())
            .await
            .unwrap();
    }

    fn deadline(&self) -> Timestamp {
        self.test.now() + SignedDuration::from_mins(15)
    }

    /// The carrier says that the call is over.
    pub(crate) async fn end(&self) {
        self.store()
            .end_inbound(&self.call_id, Some("completed"), self.test.now())
            .await
            .unwrap();
    }

    pub(crate) async fn inbound(&self) -> InboundCall {
        self.store().find_inbound(&self.call_id).await.unwrap().unwrap()
    }

    pub(crate) async fn call(&self) -> Call {
        self.store().find_call(&self.call_id).await.unwrap().unwrap()
    }

    pub(crate) async fn transcript(&self) -> Vec<TranscriptTurn> {
        self.store().transcript(&self.call_id).await.unwrap()
    }

    /// Who said what, as the table has it.
    pub(crate) async fn said(&self) -> Vec<String> {
        let who = |turn: &TranscriptTurn| match turn.speaker {
            Speaker::Agent => "A",
            Speaker::User => "C",
        };
        let turns = self.transcript().await;
        turns
            .iter()
            .map(|turn| format!("{}: {}", who(turn), turn.message))
            .collect()
    }

    /// Waits until it is so.
    pub(crate) async fn until(&self, is_so: impl Fn() -> bool) {
        for _ in 0..2_000 {
            if is_so() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("it never was so");
    }

    /// Waits until the table has these turns.
    pub(crate) async fn until_said(&self, wanted: &[&str]) {
        for _ in 0..1_000 {
            if self.said().await == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(self.said().await, wanted);
    }

    /// Waits until the table has so many turns, those without a text as well.
    pub(crate) async fn until_kept(&self, count: usize) {
        for _ in 0..1_000 {
            if self.store().kept_turns(&self.call_id).await.unwrap().len() == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("they were never kept");
    }

    /// The agent says something, in an item after another one.
    pub(crate) fn agent_says(&self, id: &str, previous: Option<&str>, text: &str) {
        let response = format!("resp_{id}");
        self.sideband
            .emit(&json!({ "type": "response.created", "response": { "id": response } }));
        self.sideband.emit(
            &json!({ "type": "conversation.item.added", "previous_item_id": previous,
            "item": agent_item(id, "in_progress", None) }),
        );
        self.sideband
            .emit(&json!({ "type": "output_audio_buffer.started", "response_id": response }));
        self.sideband.emit(
            &json!({ "type": "response.output_audio_transcript.done", "response_id": response,
            "item_id": id, "content_index": 0, "transcript": text }),
        );
        self.sideband.emit(
            &json!({ "type": "response.done", "response": { "id": response, "status": "completed",
            "output": [agent_item(id, "completed", Some(text))] } }),
        );
        self.sideband
            .emit(&json!({ "type": "output_audio_buffer.stopped", "response_id": response }));
    }

    /// The caller says something that is not written down yet.
    pub(crate) fn caller_speaks(&self, id: &str, previous: Option<&str>) {
        self.sideband
            .emit(&json!({ "type": "input_audio_buffer.committed", "item_id": id,
            "previous_item_id": previous }));
        let item = json!({ "id": id, "type": "message", "role": "user", "status": "completed",
            "content": [{ "type": "input_audio", "transcript": null }] });
        self.sideband
            .emit(&json!({ "type": "conversation.item.added", "previous_item_id": previous, "item": item }));
    }

    /// It is.
    pub(crate) fn written_down(&self, id: &str, text: &str) {
        self.sideband.emit(
            &json!({ "type": "conversation.item.input_audio_transcription.completed", "item_id": id,
            "content_index": 0, "transcript": text }),
        );
    }

    /// The agent asks for a tool, in the item `item_<run_id>` after another one.
    pub(crate) fn use_tool(&self, run_id: &str, previous: Option<&str>, name: &str, arguments: &Value) {
        let (response, item) = (format!("resp_{run_id}"), format!("item_{run_id}"));
        self.sideband
            .emit(&json!({ "type": "response.created", "response": { "id": response } }));
        self.sideband.emit(
            &json!({ "type": "conversation.item.added", "previous_item_id": previous, "item": {
            "id": item, "type": "function_call", "status": "in_progress", "name": name, "call_id": run_id,
            "arguments": "" } }),
        );
        self.sideband.emit(
            &json!({ "type": "response.function_call_arguments.done", "response_id": response,
            "item_id": item, "call_id": run_id, "name": name, "arguments": arguments.to_string() }),
        );
        self.sideband
            .emit(&json!({ "type": "response.done", "response": { "id": response, "status": "completed" } }));
    }

    /// What a tool answered, as OpenAI was told.
    pub(crate) async fn answered(&self, run_id: &str) -> Value {
        let of_run = || {
            let sent = self.sideband.sent("conversation.item.create");
            sent.into_iter().find(|event| event["item"]["call_id"] == run_id)
        };
        self.until(|| of_run().is_some()).await;
        let output = of_run().unwrap()["item"]["output"].as_str().unwrap().to_owned();
        serde_json::from_str(&output).unwrap()
    }
}

pub(crate) fn agent_item(id: &str, status: &str, text: Option<&str>) -> Value {
    let content = text.map(|text| json!([{ "type": "output_audio", "transcript": text }]));
    json!({ "id": id, "type": "message", "role": "assistant", "status": status,
        "content": content.unwrap_or_else(|| json!([])) })
}
