//! The function as it is, over the local engines, with a call for each delivery.

use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use provider_webhooks::{OPENAI_SIP_HOST, Patience, Phone, Webhooks, router};
use switchboard_domain::{Call, CallEvent, CallId, Clock, ManualClock, ProviderId, ProviderKind};
use switchboard_providers::elevenlabs::webhook::{sign, verify};
use switchboard_providers::openai::OpenAi;
use switchboard_providers::twilio::{Twilio, TwilioAccount};
use switchboard_providers::{Secret, Tolerance, platform};
use switchboard_service::{ProviderSecrets, Providers, Secrets, Settings};
use switchboard_store::{BeginDial, DialLimits};
use switchboard_testing::{TestStore, records};
use tower::ServiceExt;

use crate::body::conversation;
use crate::clocks::{Spent, spent};

const SECRET: &str = "wsec_of_the_measurement";
/// Nobody is asked but the store.
const NOBODY: &str = "http://127.0.0.1:9";

pub(crate) struct World {
    test: TestStore,
    clock: ManualClock,
    router: Router,
}

impl World {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let test = TestStore::start().await;
        let clock = ManualClock::at(Timestamp::from_second(1_790_000_130)?);
        let settings = Settings::from_pairs([("ELEVENLABS_WEBHOOK_SECRET", SECRET)]);
        let own: Arc<dyn Clock> = Arc::new(clock.clone());
        let secrets = Secrets::new(|kind| ProviderSecrets::from_settings(kind, &settings, None, own.clone()));
        let url = NOBODY.parse()?;
        let mut each = Vec::new();
        for kind in ProviderKind::ALL {
            each.push(platform(kind).connect(NOBODY.parse()?, secrets.get(kind).clone())?);
        }
        let Ok(each) = each.try_into() else {
            bail!("there is a client for each platform")
        };
        let phone = Phone {
            twilio: Twilio::new(&url, Arc::new(None::<TwilioAccount>))?,
            openai: OpenAi::new(url, secrets.get(ProviderKind::Openai).clone())?,
            providers: Providers::new(each, secrets.clone()),
            public_url: None,
            openai_sip_host: OPENAI_SIP_HOST.to_owned(),
            patience: Patience::default(),
        };
        let router = router(Webhooks {
            store: test.store.clone(),
            secrets,
            clock: own,
            phone,
        });
        Ok(Self { test, clock, router })
    }

    pub(crate) fn sign(&self, raw: &[u8]) -> String {
        sign(&Secret::new(SECRET), raw, self.clock.now())
    }

    pub(crate) fn verify(&self, signature: &str, raw: &[u8]) -> bool {
        let secrets = [Secret::new(SECRET)];
        verify(&secrets, signature, raw, self.clock.now(), Tolerance::default()).is_ok()
    }

    /// A call that has its slot and its conversation.
    pub(crate) async fn call_in_progress(&self, number: usize) -> anyhow::Result<CallId> {
        let (store, now) = (&self.test.store, self.clock.now());
        let begun = now - SignedDuration::from_mins(20);
        let mut call = records::call(&format!("bench{number}"), begun);
        call.provider_agent_id = Some(ProviderId::parse("agent_01kexampleagent0000000001")?);
        store.create_call(&call).await?;
        let until = now + SignedDuration::from_secs(60);
        let limits = DialLimits::default();
        let BeginDial::Begun(call) = store.begin_dial(&call, None, None, &limits, until, begun).await? else {
            bail!("the call has no slot")
        };
        let conversation = ProviderId::parse(&conversation(number))?;
        let confirm = |call: &mut Call| {
            let Ok(status) = call.status.after(CallEvent::Confirmed) else {
                return false;
            };
            call.status = status;
            call.conversation_id = Some(conversation.clone());
            true
        };
        store.update_call(&call.call_id, confirm).await?;
        Ok(call.call_id)
    }

    pub(crate) async fn has_ended(&self, call: &CallId) -> anyhow::Result<bool> {
        let call = self
            .test
            .store
            .find_call(call)
            .await?
            .context("the call is gone")?;
        Ok(call.status.is_final())
    }

    pub(crate) fn request(&self, raw: &str) -> anyhow::Result<Request<Body>> {
        Ok(Request::post("/webhooks/elevenlabs")
            .header("content-type", "application/json")
            .header("ElevenLabs-Signature", self.sign(raw.as_bytes()))
            .body(Body::from(raw.to_owned()))?)
    }

    pub(crate) async fn deliver(&self, request: Request<Body>) -> anyhow::Result<Spent> {
        let (response, time) = spent(self.router.clone().oneshot(request)).await;
        let status = response?.status();
        ensure!(status == StatusCode::OK, "a delivery was answered {status}");
        Ok(time)
    }
}
