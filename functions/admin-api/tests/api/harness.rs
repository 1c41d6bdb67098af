//! The whole API of one test.

use std::sync::{Arc, LazyLock};

use admin_api::{Deps, router};
use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use switchboard_domain::{
    Agent, CallingHours, Campaign, Clock, ContactList, PhoneLine, PhoneNumber, ProviderKind,
};
use switchboard_providers::fake::FakeProvider;
use switchboard_service::Providers;
use switchboard_store::NewContact;
use switchboard_testing::{LIMIT, TestStore, records};

/// The API, its store and its provider.
pub(crate) struct TestApi {
    pub(crate) test: TestStore,
    pub(crate) provider: FakeProvider,
    /// The other platform, where it is set up.
    pub(crate) ultravox: FakeProvider,
    pub(crate) router: Router,
}

impl TestApi {
    /// An empty one, with one platform.
    pub(crate) async fn start() -> Self {
        Self::start_with(|deps, _| deps).await
    }

    /// An empty one, with one platform and more than it needs.
    pub(crate) async fn start_with(more: impl FnOnce(Deps, Arc<dyn Clock>) -> Deps) -> Self {
        Self::with(|elevenlabs, _, _| Providers::only(Arc::new(elevenlabs)), more).await
    }

    /// An empty one, where every platform is set up.
    pub(crate) async fn start_with_both() -> Self {
        let both = |elevenlabs: FakeProvider, ultravox: FakeProvider, openai: FakeProvider| {
            Providers::each(|kind| match kind {
                ProviderKind::Elevenlabs => Arc::new(elevenlabs.clone()),
                ProviderKind::Ultravox => Arc::new(ultravox.clone()),
                ProviderKind::Openai => Arc::new(openai.clone()),
            })
        };
        Self::with(both, |deps, _| deps).await
    }

    async fn with(
        providers: impl FnOnce(FakeProvider, FakeProvider, FakeProvider) -> Providers,
        more: impl FnOnce(Deps, Arc<dyn Clock>) -> Deps,
    ) -> Self {
        let test = TestStore::start().await;
        let clock = Arc::new(test.clock.clone());
        let provider = FakeProvider::new(clock.clone());
        let ultravox = FakeProvider::of(ProviderKind::Ultravox, clock.clone());
        let openai = FakeProvider::of(ProviderKind::Openai, clock.clone());
        let providers = providers(provider.clone(), ultravox.clone(), openai);
        let chance = StdRng::seed_from_u64(7);
        let deps = Deps::new(test.store.clone(), providers, clock.clone(), LIMIT, chance);
        let router = router(more(deps, clock)).layer(from_fn(only_what_is_documented));
        Self {
            test,
            provider,
            ultravox,
            router,
        }
    }

    /// Writes the agent Anna.
    pub(crate) async fn agent(&self) -> Agent {
        self.agent_that_needs(&[]).await
    }

    /// Our id of the agent Anna.
    pub(crate) fn agent_id(&self) -> switchboard_domain::AgentId {
        records::agent("anna", self.test.now()).agent_id
    }

    /// Writes the agent Anna, who needs variables.
    pub(crate) async fn agent_that_needs(&self, variables: &[&str]) -> Agent {
        let mut agent = records::agent("anna", self.test.now());
        agent.required_variables = variables.iter().map(ToString::to_string).collect();
        self.test.store.create_agent(&agent).await.unwrap();
        agent
    }

    /// Writes the main line.
    pub(crate) async fn line(&self) -> PhoneLine {
        let line = records::phone_line("main");
        self.test.store.put_phone_line(&line).await.unwrap();
        line
    }

    /// Writes a contact list with `size` contacts.
    pub(crate) async fn list(&self, size: u64) -> ContactList {
        let list = records::contact_list("guests", size, self.test.now());
        let contact = |seq| NewContact {
            seq,
            line: seq + 2,
            phone_number: number(seq),
            details: Default::default(),
            variables: [("name".to_owned(), format!("Guest {seq}"))].into(),
        };
        self.test
            .store
            .put_contacts(&list.list_id, (0..size).map(contact).collect())
            .await
            .unwrap();
        self.test.store.put_contact_list(&list).await.unwrap();
        list
    }

    /// Writes a running campaign with `size` pending recipients.
    pub(crate) async fn campaign(&self, name: &str, size: u64) -> Campaign {
        let now = self.test.now();
        let campaign = records::campaign(name, now);
        self.test.store.create_campaign(&campaign).await.unwrap();
        let recipients = (0..size)
            .map(|n| records::recipient(&campaign.campaign_id, n, now))
            .collect();
        self.test
            .store
            .add_recipients(&campaign.campaign_id, recipients)
            .await
            .unwrap();
        campaign
    }

    /// A request for a campaign of Anna's from the main line to two people, with these fields changed.
    pub(crate) fn campaign_request(&self, changes: Value) -> Value {
        let agent = records::agent("anna", self.test.now());
        let mut request = json!({
            "name": "Reminders", "agent_id": agent.agent_id, "phone_line_id": "phnum_main",
            "recipients": [{ "phone_number": "+14155550100" }, { "phone_number": "+14155550101" }],
            "rules": { "calling_hours": CallingHours::always() },
        });
        for (field, value) in changes.as_object().into_iter().flatten() {
            request[field] = value.clone();
        }
        request
    }
}

/// Lets no test pass with an answer that the document does not have.
async fn only_what_is_documented(request: Request, next: Next) -> Response {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(admin_api::openapi()).unwrap());
    let method = request.method().as_str().to_lowercase();
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    let operation = path.as_ref().map(|path| &DOCUMENT["paths"][path][&method]);
    if let Some(operation) = operation.filter(|operation| operation.is_object()) {
        let status = response.status();
        let mut answer = &operation["responses"][status.as_str()];
        assert!(
            answer.is_object(),
            "{method} {path:?} answers {status}, which is not in the document"
        );
        if let Some(reference) = answer["$ref"].as_str() {
            answer = DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap();
        }
        let kind = response.headers().get("content-type");
        let kind = kind.map(|kind| kind.to_str().unwrap().split(';').next().unwrap());
        let known = match kind {
            Some(kind) => answer["content"].get(kind).is_some(),
            None => answer.get("content").is_none(),
        };
        assert!(
            known,
            "{method} {path:?} answers {status} as {kind:?}, which is not in the document"
        );
    }
    response
}

/// The `n`-th number that nobody has: there are a hundred.
pub(crate) fn number(n: u64) -> PhoneNumber {
    records::number(100 + n)
}

/// Names of the fields that a problem complains about.
pub(crate) fn fields(problem: &Value) -> Vec<&str> {
    problem["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|error| error["field"].as_str())
        .collect()
}
