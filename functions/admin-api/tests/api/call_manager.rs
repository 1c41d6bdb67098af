//! The routes of the call-manager service.

use serde_json::{Value, json};
use switchboard_providers::ProviderAgent;
use switchboard_testing::{Actor, records};

use crate::harness::{TestApi, fields};

fn batch(agent: &str) -> Value {
    json!({
        "call_name": "March reminders", "agent_id": agent, "agent_phone_number_id": "phnum_main",
        "recipients": [
            { "phone_number": "+14155550100", "conversation_initiation_client_data":
                { "dynamic_variables": { "name": "Zoe", "visits": 3, "vip": true } } },
            { "phone_number": "+14155550101" },
        ],
        "timezone": "Europe/Madrid",
    })
}

async fn ready() -> TestApi {
    let api = TestApi::start().await;
    api.agent().await;
    api.line().await;
    api
}

#[tokio::test]
async fn a_batch_becomes_a_running_campaign() {
    let api = ready().await;
    let body = Actor::operator()
        .post(&api.router, "/api/call-manager/submit", batch("agent_anna"))
        .await
        .expect(200);
    insta::assert_json_snapshot!(body, {
        ".data.external_batch_id" => "[id]", ".data.call_manager_response.id" => "[id]",
    });
    let status = Actor::viewer()
        .get(&api.router, "/api/call-manager/1/status")
        .await
        .expect(200);
    assert_eq!(status["data"]["call_manager_response"]["status"], "in_progress");
    assert_eq!(
        status["data"]["call_manager_response"]["recipients"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(status["data"]["database_record"]["batch_number"], 1);
    let id = body["data"]["external_batch_id"].as_str().unwrap();
    let people = Actor::viewer()
        .get(&api.router, &format!("/api/campaigns/{id}/recipients"))
        .await
        .expect(200);
    let zoe = people["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["variables"]["name"] == "Zoe")
        .unwrap();
    assert_eq!(
        (&zoe["variables"]["visits"], &zoe["variables"]["vip"]),
        (&json!("3"), &json!("true"))
    );
}

#[tokio::test]
async fn an_agent_and_a_line_that_we_do_not_know_are_fetched_from_the_provider() {
    let api = TestApi::start().await;
    api.provider.put_phone_line(records::phone_line("main"));
    api.provider.put_agent(ProviderAgent {
        provider_agent_id: records::provider_id("agent_new"),
        name: "New".to_owned(),
        prompt: "Talk.".to_owned(),
        first_message: String::new(),
        language: "en".to_owned(),
        voice_id: None,
        bursting: false,
        options: Default::default(),
        takes_first_message: false,
        required_variables: Vec::new(),
    });
    Actor::operator()
        .post(&api.router, "/api/call-manager/submit", batch("agent_new"))
        .await
        .expect(200);
    let body = Actor::operator()
        .post(&api.router, "/api/call-manager/submit", batch("agent_x"))
        .await
        .expect(400);
    assert_eq!(fields(&body), ["agent_id"]);
}

#[tokio::test]
async fn our_own_agent_id_is_as_good() {
    let api = ready().await;
    let agent = records::agent("anna", api.test.now());
    let request = batch(agent.agent_id.as_str());
    Actor::operator()
        .post(&api.router, "/api/call-manager/submit", request)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_batch_waits_for_its_time_and_is_cancelled() {
    let api = ready().await;
    let mut request = batch("agent_anna");
    request["scheduled_time_unix"] = json!(api.test.now().as_second() + 3_600);
    request["phone_provider"] = json!("sip_trunk");
    let body = Actor::operator()
        .post(&api.router, "/api/call-manager/submit", request)
        .await
        .expect(200);
    assert_eq!(body["data"]["call_manager_response"]["status"], "pending");
    assert_eq!(
        body["data"]["call_manager_response"]["scheduled_time_unix"],
        api.test.now().as_second() + 3_600
    );
    let body = Actor::operator()
        .act(&api.router, "/api/call-manager/1/cancel")
        .await
        .expect(200);
    assert_eq!(body["data"]["call_manager_response"]["status"], "cancelled");
    Actor::operator()
        .act(&api.router, "/api/call-manager/1/cancel")
        .await
        .expect(200);
    Actor::operator()
        .act(&api.router, "/api/call-manager/2/cancel")
        .await
        .expect(404);
    Actor::viewer()
        .get(&api.router, "/api/call-manager/x/status")
        .await
        .expect(404);
}

#[tokio::test]
async fn a_batch_sent_again_under_its_key_keeps_its_number() {
    let api = ready().await;
    let actor = Actor::operator().header("idempotency-key", "k");
    let first = actor
        .post(&api.router, "/api/call-manager/submit", batch("agent_anna"))
        .await
        .expect(200);
    let again = actor
        .post(&api.router, "/api/call-manager/submit", batch("agent_anna"))
        .await
        .expect(200);
    assert_eq!(first, again);
    let body = Actor::operator()
        .post(&api.router, "/api/call-manager/submit", batch("agent_anna"))
        .await
        .expect(200);
    assert_eq!(body["data"]["batch_id"], 2);
}

#[tokio::test]
async fn what_is_wrong_with_a_batch_is_named() {
    let api = ready().await;
    let mut request = batch("agent_anna");
    request["call_name"] = json!("");
    request["recipients"] = json!([{ "phone_number": "nobody" }]);
    request["agent_phone_number_id"] = json!("phnum_other");
    let body = Actor::operator()
        .post(&api.router, "/api/call-manager/submit", request)
        .await
        .expect(400);
    assert_eq!(
        fields(&body),
        ["call_name", "recipients[0].phone_number", "agent_phone_number_id"]
    );
}
