//! A whole company in one process: scheduler, dialers, webhooks, API, a provider and its callees.

use std::sync::Arc;
use std::time::Duration;

use admin_api::Deps;
use axum::Router;
use axum::body::Body;
use campaign_scheduler::Scheduler;
use dialer::{Dialer, Pace, Verdict};
use http::{Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use provider_webhooks::{OPENAI_SIP_HOST, Patience, Phone, Webhooks};
use rand::SeedableRng;
use rand::rngs::StdRng;
use switchboard_domain::{
    Call, CallId, CallOutcome, Campaign, CampaignCounts, CampaignId, Clock, ProviderKind, RecipientStatus,
};
use switchboard_providers::Secret;
use switchboard_providers::elevenlabs::webhook::sign;
use switchboard_providers::fake::FakeProvider;
use switchboard_providers::openai::OpenAi;
use switchboard_providers::twilio::{Twilio, TwilioAccount};
use switchboard_service::{ProviderSecrets, Providers, Secrets, Settings};
use switchboard_store::{CallFilter, DialLimits, DialMessage};
use switchboard_testing::{LIMIT, TestStore, records};
use tokio::task::JoinSet;
use tower::ServiceExt;

pub(crate) const SECRET: &str = "wsec_test_secret";

/// Looks by the dozen a second, and the clock is set by hand.
const PACE: Pace = Pace {
    first_look: Duration::from_millis(10),
    slowest_look: Duration::from_millis(60),
    ask_provider: Duration::from_secs(15),
    ask_outcome: Duration::from_secs(3),
    heartbeat: Duration::from_secs(20),
    wait_for_slot: Duration::from_millis(50),
    look_up: Duration::from_millis(20),
    retry_slot: Duration::from_millis(10),
    hand_over: Duration::from_secs(45),
};

pub(crate) struct World {
    pub(crate) test: TestStore,
    pub(crate) provider: FakeProvider,
    pub(crate) dialer: Dialer,
    pub(crate) scheduler: Scheduler,
    pub(crate) hooks: Router,
    pub(crate) api: Router,
    /// Seconds that people talk.
    pub(crate) talk: SignedDuration,
    pub(crate) dialers: JoinSet<()>,
}

impl World {
    pub(crate) async fn start() -> Self {
        let test = TestStore::start().await;
        let clock: Arc<dyn Clock> = Arc::new(test.clock.clone());
        let provider = FakeProvider::new(clock.clone());
        let shared = Arc::new(provider.clone());
        let settings = Settings::from_pairs([("ELEVENLABS_WEBHOOK_SECRET", SECRET)]);
        let secrets =
            Secrets::new(|kind| ProviderSecrets::from_settings(kind, &settings, None, clock.clone()));
        let dialer = Dialer::new(
            test.store.clone(),
            Providers::only(shared.clone()),
            clock.clone(),
            PACE,
        );
        let pace = campaign_scheduler::Pace::default();
        let store = test.store.clone();
        let scheduler = Scheduler::new(
            store,
            Providers::only(shared.clone()),
            clock.clone(),
            LIMIT,
            true,
            pace,
        );
        // Nobody rings here: no address is ever asked.
        let nowhere = "http://127.0.0.1:1".parse().unwrap();
        let phone = Phone {
            twilio: Twilio::new(&nowhere, Arc::new(None::<TwilioAccount>)).unwrap(),
            openai: OpenAi::new(nowhere, secrets.get(ProviderKind::Openai).clone()).unwrap(),
            providers: Providers::only(shared.clone()),
            public_url: None,
            openai_sip_host: OPENAI_SIP_HOST.to_owned(),
            patience: Patience::default(),
        };
        let hooks = provider_webhooks::router(Webhooks {
            store: test.store.clone(),
            secrets,
            clock: clock.clone(),
            phone,
        });
        let providers = Providers::only(shared);
        let deps = Deps::new(
            test.store.clone(),
            providers,
            clock,
            LIMIT,
            StdRng::seed_from_u64(7),
        );
        Self {
            provider,
            dialer,
            scheduler,
            hooks,
            api: admin_api::router(deps),
            talk: SignedDuration::from_secs(20),
            dialers: JoinSet::new(),
            test,
        }
    }

    /// A dialer that does not give its call back.
    pub(crate) fn patient_dialer(&self) -> Dialer {
        let pace = Pace {
            wait_for_slot: Duration::from_secs(3_600),
            ..PACE
        };
        let providers = Providers::only(Arc::new(self.provider.clone()));
        let clock = Arc::new(self.test.clock.clone());
        Dialer::new(self.test.store.clone(), providers, clock, pace)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.test.now()
    }

    pub(crate) fn pass(&self, secs: i64) {
        self.test.clock.advance(SignedDuration::from_secs(secs));
    }

    /// A running campaign with `size` people.
    pub(crate) async fn campaign(&self, size: u64) -> Campaign {
        self.campaign_like(records::campaign("renewals", self.now()), size)
            .await
    }

    pub(crate) async fn campaign_like(&self, campaign: Campaign, size: u64) -> Campaign {
        self.test.store.create_campaign(&campaign).await.unwrap();
        let person = |n| records::recipient(&campaign.campaign_id, n, self.now());
        let people = (0..size).map(person).collect();
        self.test
            .store
            .add_recipients(&campaign.campaign_id, people)
            .await
            .unwrap();
        campaign
    }

    /// A dialer works on a message, beside everything else.
    pub(crate) fn dial(&mut self, message: DialMessage) {
        let dialer = self.dialer.clone();
        let deadline = self.now() + SignedDuration::from_hours(9);
        self.dialers.spawn(async move {
            // What fails here is left to the scheduler, as when the process dies.
            let _: Result<Verdict, _> = dialer.handle(&message, deadline).await;
        });
    }

    pub(crate) async fn call(&self, id: &CallId) -> Call {
        self.test.store.find_call(id).await.unwrap().unwrap()
    }

    pub(crate) async fn calls(&self) -> Vec<Call> {
        self.test
            .store
            .list_calls(&CallFilter::default(), None, 1_000)
            .await
            .unwrap()
            .items
    }

    /// The counts, which add up whenever anybody looks.
    pub(crate) async fn counts(&self, campaign: &CampaignId) -> CampaignCounts {
        let counts = self.test.store.campaign_counts(campaign).await.unwrap();
        assert_eq!(counts.sum(), counts.total, "{counts:?}");
        counts
    }

    /// How often each number was asked for at the provider.
    pub(crate) fn most_dials_to_one_number(&self) -> usize {
        let mut counts = std::collections::HashMap::<_, usize>::new();
        for dial in self.provider.dials() {
            *counts.entry(dial.to.as_str().to_owned()).or_default() += 1;
        }
        counts.into_values().max().unwrap_or(0)
    }

    /// Whoever has talked long enough hangs up.
    pub(crate) fn hang_up(&self) {
        for dial in self.provider.dials() {
            let Some(conversation) = self.provider.conversation_of(&dial.attempt) else {
                continue;
            };
            let over = conversation
                .started_at
                .is_some_and(|at| self.now().duration_since(at) >= self.talk);
            if over && !conversation.state.is_over() {
                let id = &conversation.conversation_id;
                self.provider.end(id, CallOutcome::Completed, 20);
            }
        }
    }

    /// One second of everybody's work.
    pub(crate) async fn second(&mut self) {
        // A step that fails is done again by the next one.
        let _ = self.scheduler.one_step().await;
        for message in self.test.take_dials().await {
            self.dial(message);
        }
        self.hang_up();
        self.pass(1);
        tokio::time::sleep(Duration::from_millis(3)).await;
    }

    /// Works until the campaign has nobody left, at most `secs` seconds of its time.
    pub(crate) async fn work_until_over(&mut self, campaign: &CampaignId, secs: u32) -> CampaignCounts {
        for _ in 0..secs {
            self.second().await;
            let counts = self.counts(campaign).await;
            if counts.is_finished() {
                return counts;
            }
        }
        panic!("somebody is left: {:?}", self.counts(campaign).await);
    }

    pub(crate) async fn nobody_holds_a_slot(&mut self) {
        for _ in 0..200 {
            if self.test.queue().await.slots_in_use == 0 {
                break;
            }
            self.second().await;
        }
        assert_eq!(self.test.queue().await.slots_in_use, 0);
        assert!(self.test.store.slot_holders().await.unwrap().is_empty());
    }

    /// The call of the transcription sample, being placed.
    pub(crate) async fn live_sample_call(&self) -> CallId {
        let mut call = records::call("sample", self.now());
        call.call_id = CallId::parse("call_01kexample000000000000000a").unwrap();
        let (store, now) = (&self.test.store, self.now());
        store.create_call(&call).await.unwrap();
        store
            .begin_dial(&call, None, None, &DialLimits::default(), now, now)
            .await
            .unwrap();
        call.call_id
    }

    /// Sends a webhook as the provider would.
    pub(crate) async fn webhook(&self, body: &str) -> StatusCode {
        let signature = sign(&Secret::new(SECRET), body.as_bytes(), self.now());
        self.signed_webhook(body, &signature).await
    }

    pub(crate) async fn signed_webhook(&self, body: &str, signature: &str) -> StatusCode {
        let request = Request::post("/webhooks/elevenlabs")
            .header("content-type", "application/json")
            .header("ElevenLabs-Signature", signature)
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.hooks.clone().oneshot(request).await.unwrap().status()
    }

    pub(crate) async fn in_status(&self, campaign: &CampaignId, status: RecipientStatus) -> u64 {
        self.counts(campaign).await.of(status)
    }
}
