//! The function over a real store, and what happens around it.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use provider_webhooks::{OPENAI_SIP_HOST, Patience, Phone, Webhooks, router};
use serde_json::Value;
use switchboard_domain::{Call, CallEvent, CallId, Clock, ManualClock, PhoneNumber, ProviderKind};
use switchboard_providers::Secret;
use switchboard_providers::VoiceProvider;
use switchboard_providers::elevenlabs::webhook::sign;
use switchboard_providers::fake::FakeProvider;
use switchboard_providers::openai::OpenAi;
use switchboard_providers::twilio::Twilio;
use switchboard_service::{ProviderSecrets, Providers, Secrets, Settings};
use switchboard_store::{BeginDial, DialLimits, FileStore, WebhookRecord, WebhookState};
use switchboard_testing::{TestStore, records};
use tower::ServiceExt;

use crate::line::{self, Line, OPENAI_SECRET};

pub(crate) const SECRET: &str = "wsec_test_secret";
pub(crate) const TOOL_SECRET: &str = "tool-secret-of-the-test";
pub(crate) const TRANSCRIPTION: &str =
    include_str!("../../../../events/provider-webhooks/post_call_transcription.json");
pub(crate) const AUDIO: &str = include_str!("../../../../events/provider-webhooks/post_call_audio.json");
pub(crate) const TWILIO_BUSY: &str =
    include_str!("../../../../events/provider-webhooks/call_initiation_failure_twilio_busy.json");
pub(crate) const SIP_NO_ANSWER: &str =
    include_str!("../../../../events/provider-webhooks/call_initiation_failure_sip_no_answer.json");
pub(crate) const UNKNOWN_TYPE: &str = include_str!("../../../../events/provider-webhooks/unknown_type.json");

/// Our call, and the numbers, of the samples.
pub(crate) const SAMPLE_CALL: &str = "call_01kexample000000000000000a";
pub(crate) const SAMPLE_CONVERSATION: &str = "conv_9801kexample0000000000000001";
pub(crate) const BUSY_CONVERSATION: &str = "conv_9801kexample0000000000000002";
pub(crate) const BUSY_NUMBER: &str = "+15550100122";

pub(crate) struct World {
    pub(crate) test: TestStore,
    pub(crate) clock: ManualClock,
    pub(crate) router: Router,
    /// The carrier and OpenAI.
    pub(crate) line: Line,
    pub(crate) elevenlabs: FakeProvider,
}

impl World {
    /// Half a minute after the samples were sent.
    pub(crate) async fn start() -> Self {
        Self::at(Some(line::BASE.to_owned())).await
    }

    /// One that was not told its public address.
    pub(crate) async fn start_without_address() -> Self {
        Self::at(None).await
    }

    async fn at(public_url: Option<String>) -> Self {
        let test = TestStore::start().await;
        let clock = ManualClock::at(Timestamp::from_second(1_790_000_130).unwrap());
        let settings = Settings::from_pairs([
            ("ELEVENLABS_WEBHOOK_SECRET", SECRET),
            ("ELEVENLABS_TOOL_SECRET", TOOL_SECRET),
            ("OPENAI_API_KEY", "sk-test"),
            ("OPENAI_WEBHOOK_SECRET", OPENAI_SECRET),
            ("OPENAI_PROJECT_ID", "proj_test"),
        ]);
        let secrets = Secrets::new(|kind| {
            ProviderSecrets::from_settings(kind, &settings, None, Arc::new(clock.clone()))
        });
        let line = Line::start().await;
        let url = line.url.parse().unwrap();
        let elevenlabs = FakeProvider::new(Arc::new(clock.clone()));
        let phone = Phone {
            twilio: Twilio::new(&url, Arc::new(Some(line::account()))).unwrap(),
            openai: OpenAi::new(url, secrets.get(ProviderKind::Openai).clone()).unwrap(),
            providers: Providers::each(|kind| match kind {
                ProviderKind::Elevenlabs => Arc::new(elevenlabs.clone()) as Arc<dyn VoiceProvider>,
                kind => Arc::new(FakeProvider::of(kind, Arc::new(clock.clone()))),
            }),
            public_url,
            openai_sip_host: OPENAI_SIP_HOST.to_owned(),
            patience: Patience::default(),
        };
        let router = router(Webhooks {
            store: test.store.clone(),
            secrets,
            clock: Arc::new(clock.clone()),
            phone,
        });
        Self {
            test,
            clock,
            router,
            line,
            elevenlabs,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 100_000).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    pub(crate) async fn send_text(&self, request: Request<Body>) -> (StatusCode, String) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 100_000).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    pub(crate) async fn post(
        &self,
        body: impl Into<Vec<u8>>,
        signature: Option<String>,
    ) -> (StatusCode, Value) {
        let mut request = Request::post("/webhooks/elevenlabs").header("content-type", "application/json");
        if let Some(signature) = signature {
            request = request.header("ElevenLabs-Signature", signature);
        }
        self.send(request.body(Body::from(body.into())).unwrap()).await
    }

    /// Sends what the provider would send, which must be taken; answers what became of it.
    pub(crate) async fn deliver(&self, body: &str) -> WebhookState {
        let signature = sign(&Secret::new(SECRET), body.as_bytes(), self.now());
        let (status, answer) = self.post(body, Some(signature)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let record = self.record(body).await.unwrap();
        assert_eq!(answer["status"], serde_json::to_value(record.state).unwrap());
        assert_eq!(self.kept_body(body).await, Some(body.len() as u64));
        record.state
    }

    pub(crate) async fn record(&self, body: &str) -> Option<WebhookRecord> {
        self.test
            .store
            .find_webhook("elevenlabs", &digest(body))
            .await
            .unwrap()
    }

    pub(crate) async fn kept_body(&self, body: &str) -> Option<u64> {
        let key = FileStore::webhook_key("elevenlabs", &digest(body));
        self.test.store.files().size(&key).await.unwrap()
    }

    pub(crate) async fn find(&self, id: &CallId) -> Call {
        self.test.store.find_call(id).await.unwrap().unwrap()
    }

    pub(crate) async fn slots(&self) -> usize {
        self.test.store.slot_holders().await.unwrap().len()
    }

    /// A call whose dial has begun, and whose answer is still on its way.
    pub(crate) async fn placing(&self, name: &str, change: impl FnOnce(&mut Call)) -> Call {
        let begun = self.now() - SignedDuration::from_secs(60);
        let mut call = records::call(name, begun);
        call.provider_agent_id = Some(records::provider_id("agent_01kexampleagent0000000001"));
        change(&mut call);
        self.test.store.create_call(&call).await.unwrap();
        let until = self.now() + SignedDuration::from_secs(60);
        match self
            .test
            .store
            .begin_dial(&call, None, None, &DialLimits::default(), until, begun)
            .await
            .unwrap()
        {
            BeginDial::Begun(call) => *call,
            other => panic!("{other:?}"),
        }
    }

    /// The dialer's part when the provider's answer comes.
    pub(crate) async fn confirm(&self, call: &Call, conversation: &str) {
        let change = |call: &mut Call| {
            let Ok(status) = call.status.after(CallEvent::Confirmed) else {
                return false;
            };
            call.status = status;
            call.conversation_id = Some(records::provider_id(conversation));
            true
        };
        self.test.store.update_call(&call.call_id, change).await.unwrap();
    }

    /// The call of the transcription sample, in progress.
    pub(crate) async fn sample_call(&self) -> CallId {
        let id = CallId::parse(SAMPLE_CALL).unwrap();
        let call = self.placing("sample", |call| call.call_id = id.clone()).await;
        self.confirm(&call, SAMPLE_CONVERSATION).await;
        id
    }
}

pub(crate) fn digest(body: &str) -> String {
    WebhookRecord::digest_of(body.as_bytes())
}

pub(crate) fn to(number: &str) -> impl FnOnce(&mut Call) {
    let number = PhoneNumber::parse(number).unwrap();
    |call: &mut Call| call.phone_number = Some(number)
}
