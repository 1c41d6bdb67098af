//! The account at the carrier, and ending calls there.

use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use switchboard_domain::{CallOrigin, CallStatus, Carrier, Clock, Direction, ProviderId, ProviderKind};
use switchboard_providers::twilio::Twilio;
use switchboard_service::{CarrierSecrets, MemorySecret, Settings};
use switchboard_testing::{Actor, records};
use url::Url;

use crate::harness::TestApi;

const SID: &str = "AC00000000000000000000000000000001";
const LEG: &str = "CA000000000000000000000000000000aa";
const PATH: &str = "/api/settings/carrier";

/// What Twilio was asked.
type Asked = Arc<Mutex<Vec<String>>>;

async fn account(headers: HeaderMap) -> (StatusCode, Json<Value>) {
    // Basic, of the SID and "token".
    match headers["authorization"].to_str().unwrap() {
        "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTp0b2tlbg==" => {
            (StatusCode::OK, Json(json!({ "sid": SID })))
        }
        _ => (StatusCode::UNAUTHORIZED, Json(json!({ "code": 20_003 }))),
    }
}

async fn leg(
    State(asked): State<Asked>,
    Path((_, leg)): Path<(String, String)>,
    body: String,
) -> Json<Value> {
    asked.lock().unwrap().push(format!("{leg} {body}"));
    Json(json!({ "status": "completed" }))
}

async fn start(stored: &MemorySecret) -> (TestApi, Asked) {
    let asked = Asked::default();
    let routes = Router::new()
        .route("/2010-04-01/Accounts/{account}", get(account))
        .route("/2010-04-01/Accounts/{account}/Calls/{leg}", post(leg))
        .with_state(asked.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let stored = stored.clone();
    let api = TestApi::start_with(move |deps, clock: Arc<dyn Clock>| {
        let secrets = CarrierSecrets::from_settings(&Settings::from_pairs([]), Some(Box::new(stored)), clock);
        let secrets = Arc::new(secrets);
        deps.with_carrier(Twilio::new(&url, secrets.clone()).unwrap(), secrets)
    })
    .await;
    (api, asked)
}

fn entered() -> Value {
    json!({ "account_sid": SID, "auth_token": "token" })
}

#[tokio::test]
async fn a_call_that_its_platform_cannot_end_is_ended_at_the_carrier_once_its_account_is_known() {
    let (api, asked) = start(&MemorySecret::holding("{}")).await;
    let mut call = records::call("c", api.test.now());
    call.status = CallStatus::InProgress;
    call.conversation_id = Some(ProviderId::parse("conv_1").unwrap());
    call.carrier = Some(Carrier::Twilio);
    call.carrier_call_id = Some(LEG.to_owned());
    api.test.store.create_call(&call).await.unwrap();
    let path = format!("/api/calls/{}", call.call_id);
    let end = format!("{path}/end");
    let shown = Actor::viewer().get(&api.router, &path).await.expect(200);
    assert_eq!(shown["can_be_ended"], false);
    let refused = Actor::operator().act(&api.router, &end).await.expect(422);
    let detail = refused["detail"].as_str().unwrap();
    assert!(
        detail.contains("Enter your Twilio account under Settings"),
        "{detail}"
    );

    Actor::admin().put(&api.router, PATH, entered()).await.expect(200);
    let shown = Actor::viewer().get(&api.router, &path).await.expect(200);
    assert_eq!(shown["can_be_ended"], true);
    let listed = Actor::viewer().get(&api.router, "/api/calls").await.expect(200);
    assert_eq!(listed["items"][0]["can_be_ended"], true);
    assert!(asked.lock().unwrap().is_empty(), "only looked at so far");
    let body = Actor::operator().act(&api.router, &end).await.expect(200);
    assert_eq!(body, json!({ "ended": true }));
    assert_eq!(*asked.lock().unwrap(), [format!("{LEG}.json Status=completed")]);

    // A leg at a SIP trunk is none of Twilio's.
    call.carrier = Some(Carrier::SipTrunk);
    let updated = api.test.store.update_call(&call.call_id, |kept| {
        kept.carrier = call.carrier;
        true
    });
    updated.await.unwrap();
    Actor::operator().act(&api.router, &end).await.expect(422);
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_call_that_came_in_is_ended_at_the_callers_own_leg_whoever_has_it() {
    let (api, asked) = start(&MemorySecret::holding("{}")).await;
    Actor::admin().put(&api.router, PATH, entered()).await.expect(200);
    for (name, provider) in [("person", None), ("agent", Some(ProviderKind::Ultravox))] {
        let mut call = records::call(name, api.test.now());
        call.status = CallStatus::InProgress;
        call.direction = Direction::Inbound;
        call.origin = CallOrigin::Reception;
        call.provider = provider;
        call.conversation_id = provider.map(|_| ProviderId::parse("conv_1").unwrap());
        call.carrier = Some(Carrier::Twilio);
        call.carrier_call_id = Some(LEG.to_owned());
        api.test.store.create_call(&call).await.unwrap();
        let end = format!("/api/calls/{}/end", call.call_id);
        Actor::operator().act(&api.router, &end).await.expect(200);
        assert_eq!(
            asked.lock().unwrap().pop(),
            Some(format!("{LEG}.json Status=completed"))
        );
    }
}

#[tokio::test]
async fn the_carriers_account_is_tried_kept_and_its_token_never_shown() {
    let stored = MemorySecret::holding(r#"{"account_sid":"","auth_token":""}"#);
    let (api, _) = start(&stored).await;
    Actor::operator().get(&api.router, PATH).await.expect(403);
    Actor::operator()
        .put(&api.router, PATH, entered())
        .await
        .expect(403);
    let shown = Actor::admin().get(&api.router, PATH).await.expect(200);
    assert_eq!(
        (&shown["source"], &shown["account_sid"]),
        (&json!("not_set"), &Value::Null)
    );
    let ends = |field: &str, path: &str| shown[field].as_str().unwrap().ends_with(path);
    assert!(ends("voice_url", "/webhooks/twilio/voice") && ends("status_url", "/webhooks/twilio/status"));

    for (field, wrong) in [
        (
            "account_sid",
            json!({ "account_sid": "AC1", "auth_token": "token" }),
        ),
        (
            "account_sid",
            json!({ "account_sid": SID, "auth_token": "two words" }),
        ),
        (
            "auth_token",
            json!({ "account_sid": SID, "auth_token": "another" }),
        ),
    ] {
        let problem = Actor::admin().put(&api.router, PATH, wrong).await.expect(400);
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
        assert!(!problem.to_string().contains("another"), "{problem}");
    }
    assert_eq!(stored.text(), r#"{"account_sid":"","auth_token":""}"#);

    let shown = Actor::admin().put(&api.router, PATH, entered()).await.expect(200);
    assert_eq!(
        (&shown["source"], &shown["account_sid"]),
        (&json!("settings"), &json!(SID))
    );
    assert!(stored.text().contains("token"));
    let shown = Actor::admin().delete(&api.router, PATH).await.expect(200);
    assert_eq!(shown["source"], "not_set");
    let trail = Actor::admin().get(&api.router, "/api/audit").await.expect(200);
    let said = trail.to_string();
    assert!(
        said.contains("carrier.account_changed") && said.contains("carrier.account_removed"),
        "{said}"
    );
    assert!(!said.contains("\"token\""), "{said}");
}

#[tokio::test]
async fn while_the_token_is_exchanged_two_are_good() {
    let before = json!({ "account_sid": SID, "auth_token": "the one before" });
    let (api, _) = start(&MemorySecret::holding(&before.to_string())).await;
    let shown = Actor::admin().get(&api.router, PATH).await.expect(200);
    assert_eq!(shown["token_count"], 1);
    let shown = Actor::admin().put(&api.router, PATH, entered()).await.expect(200);
    assert_eq!(shown["token_count"], 2);
    assert!(!shown.to_string().contains("the one before"), "{shown}");
    let shown = Actor::admin().delete(&api.router, PATH).await.expect(200);
    assert_eq!(shown["token_count"], 0);
}

#[tokio::test]
async fn without_a_place_for_it_no_account_can_be_entered() {
    let api = TestApi::start().await;
    let shown = Actor::admin().get(&api.router, PATH).await.expect(200);
    assert_eq!(shown["source"], "not_set");
    let problem = Actor::admin().put(&api.router, PATH, entered()).await.expect(409);
    assert!(
        problem["detail"].as_str().unwrap().contains("TWILIO_ACCOUNT_SID"),
        "{problem}"
    );
}
