//! The function over a provider in memory and a real store.

use std::sync::Arc;
use std::time::Duration;

use conversation_sync::{ConversationSync, SyncAnswer, SyncPace, SyncRequest, SyncSummary};
use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{
    Call, CallEvent, CallId, CallOutcome, CallResults, Carrier, Clock, Direction, ManualClock, ProviderKind,
    Speaker, TranscriptTurn,
};
use switchboard_providers::fake::FakeProvider;
use switchboard_providers::{Conversation, ConversationState};
use switchboard_service::Providers;
use switchboard_store::{BeginDial, CallFilter, DialLimits};
use switchboard_testing::{TestStore, records};

const AT_ONCE: SyncPace = SyncPace {
    between: Duration::ZERO,
    slow_down: Duration::ZERO,
    longest: Duration::ZERO,
};
pub(crate) const ELEVENLABS: ProviderKind = ProviderKind::Elevenlabs;

pub(crate) struct World {
    pub(crate) test: TestStore,
    pub(crate) provider: FakeProvider,
    pub(crate) sync: ConversationSync,
}

/// Every look at it takes a while.
struct RestlessClock {
    clock: ManualClock,
    step: SignedDuration,
}

impl Clock for RestlessClock {
    fn now(&self) -> Timestamp {
        self.clock.advance(self.step);
        self.clock.now()
    }
}

impl World {
    /// With one agent of ours, anna.
    pub(crate) async fn start() -> Self {
        let test = TestStore::start().await;
        let provider = FakeProvider::new(Arc::new(test.clock.clone()));
        let providers = Providers::only(Arc::new(provider.clone()));
        let sync = ConversationSync::new(test.store.clone(), providers, Arc::new(test.clock.clone()))
            .with_pace(AT_ONCE);
        test.store
            .create_agent(&records::agent("anna", test.now()))
            .await
            .unwrap();
        Self { test, provider, sync }
    }

    pub(crate) fn ago(&self, minutes: i64) -> Timestamp {
        self.test.now() - SignedDuration::from_mins(minutes)
    }

    pub(crate) fn wait(&self, minutes: i64) {
        self.test.clock.advance(SignedDuration::from_mins(minutes));
    }

    pub(crate) async fn ask(&self, request: &SyncRequest) -> SyncSummary {
        let work_until = self.test.now() + SignedDuration::from_mins(14);
        match self.sync.run(request, "run", work_until).await.unwrap() {
            SyncAnswer::Ran(summary) => summary,
            SyncAnswer::AlreadyRunning => panic!("nobody else runs"),
        }
    }

    /// A run that ends after `secs`, on a clock that moves `step` seconds at each look.
    pub(crate) async fn ask_for_a_moment(&self, step: i64, secs: i64) -> SyncSummary {
        let clock = RestlessClock {
            clock: self.test.clock.clone(),
            step: SignedDuration::from_secs(step),
        };
        let work_until = self.test.now() + SignedDuration::from_secs(secs);
        let providers = Providers::only(Arc::new(self.provider.clone()));
        let sync =
            ConversationSync::new(self.test.store.clone(), providers, Arc::new(clock)).with_pace(AT_ONCE);
        match sync
            .run(&SyncRequest::default(), "run", work_until)
            .await
            .unwrap()
        {
            SyncAnswer::Ran(summary) => summary,
            SyncAnswer::AlreadyRunning => panic!("nobody else runs"),
        }
    }

    pub(crate) async fn run(&self) -> SyncSummary {
        self.ask(&SyncRequest::default()).await
    }

    pub(crate) async fn mark(&self) -> Option<Timestamp> {
        self.test.store.sync_mark(ELEVENLABS).await.unwrap()
    }

    pub(crate) async fn find(&self, id: &CallId) -> Call {
        self.test.store.find_call(id).await.unwrap().unwrap()
    }

    pub(crate) async fn calls(&self) -> Vec<Call> {
        self.test
            .store
            .list_calls(&CallFilter::default(), None, 500)
            .await
            .unwrap()
            .items
    }

    /// A conversation that was held, for four minutes.
    pub(crate) fn held(&self, name: &str, started_at: Timestamp) -> Conversation {
        let conversation = held(name, started_at);
        self.provider.put_conversation(conversation.clone());
        conversation
    }

    /// A call of ours whose dial began ten minutes ago and that nobody watches any more.
    pub(crate) async fn placing(&self, name: &str) -> Call {
        let begun = self.ago(10);
        let call = records::call(name, begun);
        self.test.store.create_call(&call).await.unwrap();
        match self
            .test
            .store
            .begin_dial(&call, None, None, &DialLimits::default(), begun, begun)
            .await
            .unwrap()
        {
            BeginDial::Begun(call) => *call,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn moved(&self, call: &Call, event: CallEvent, conversation: Option<&Conversation>) {
        let change = |call: &mut Call| {
            call.status = call.status.after(event).unwrap();
            call.conversation_id = conversation.map(|c| c.conversation_id.clone());
            true
        };
        self.test.store.update_call(&call.call_id, change).await.unwrap();
    }
}

pub(crate) fn held(name: &str, started_at: Timestamp) -> Conversation {
    let turn = |speaker, message: &str, at_secs| TranscriptTurn {
        speaker,
        message: message.to_owned(),
        at_secs,
        interrupted: false,
        tools: Vec::new(),
    };
    Conversation {
        conversation_id: records::provider_id(&format!("conv_{name}")),
        provider_agent_id: records::provider_id("agent_anna"),
        attempt: None,
        state: ConversationState::Done,
        direction: Some(Direction::Inbound),
        started_at: Some(started_at),
        accepted: true,
        duration_secs: 240,
        carrier: Some(Carrier::Twilio),
        carrier_call_id: Some("CA1".to_owned()),
        phone_line_id: Some(records::provider_id("phnum_main")),
        agent_number: None,
        external_number: Some(records::number(7)),
        outcome: Some(CallOutcome::Completed),
        failure: None,
        turns: vec![turn(Speaker::Agent, "Hello", 0), turn(Speaker::User, "Hi", 2)],
        results: CallResults {
            summary: Some("They talked.".to_owned()),
            ..CallResults::default()
        },
        has_audio: false,
    }
}

/// Not over yet.
pub(crate) fn talking(name: &str, started_at: Timestamp) -> Conversation {
    Conversation {
        state: ConversationState::InProgress,
        outcome: None,
        turns: Vec::new(),
        ..held(name, started_at)
    }
}
