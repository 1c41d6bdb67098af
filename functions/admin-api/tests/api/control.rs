//! What decides how a campaign calls: its agent, templates, and rules that somebody confirmed.

use serde_json::{Value, json};
use switchboard_domain::{CampaignId, RuleConfirmation};
use switchboard_testing::{Actor, records};

use crate::harness::{TestApi, fields};

async fn ready() -> TestApi {
    let api = TestApi::start().await;
    api.agent_that_needs(&["name"]).await;
    api.line().await;
    api
}

async fn create(api: &TestApi, changes: Value) -> Value {
    let request = api.campaign_request(changes);
    Actor::operator()
        .post(&api.router, "/api/campaigns", request)
        .await
        .expect(201)
}

fn path(campaign: &Value) -> String {
    format!("/api/campaigns/{}", campaign["campaign_id"].as_str().unwrap())
}

#[tokio::test]
async fn another_agent_takes_over_while_the_campaign_runs() {
    let api = ready().await;
    let mut other = records::agent("berta", api.test.now());
    other.required_variables = vec!["name".to_owned(), "order".to_owned(), "town".to_owned()];
    api.test.store.create_agent(&other).await.unwrap();
    let people = json!([
        { "phone_number": "+14155550100", "variables": { "name": "Ana", "town": "Rome", "order": "1" } },
        { "phone_number": "+14155550101", "variables": { "name": "Bo", "town": "Oslo" } },
        { "phone_number": "+14155550102", "variables": { "name": "Cy" } },
        { "phone_number": "+14155550103" },
    ]);
    let campaign = create(&api, json!({ "recipients": people, "start": "now" })).await;
    let change = json!({ "agent_id": other.agent_id });
    let body = Actor::operator()
        .patch(&api.router, &path(&campaign), change.clone())
        .await
        .expect(400);
    // The last one lacks the name: nobody loses them by this change.
    let told = body["errors"][0]["message"].as_str().unwrap();
    assert_eq!(fields(&body), ["agent_id"]);
    assert!(
        told.starts_with("2 of 4 people who wait") && told.contains("order (2), town (1)"),
        "{told}"
    );
    let same = Actor::viewer()
        .get(&api.router, &path(&campaign))
        .await
        .expect(200);
    assert_eq!(same["agent_id"], campaign["agent_id"]);

    other.required_variables = vec!["name".to_owned()];
    api.test.store.put_agent(other.clone()).await.unwrap();
    let changed = Actor::operator()
        .patch(&api.router, &path(&campaign), change)
        .await
        .expect(200);
    assert_eq!(
        (
            &changed["agent_id"],
            &changed["status"],
            &changed["required_variables"]
        ),
        (&json!(other.agent_id), &json!("running"), &json!(["name"]))
    );
    let id = CampaignId::parse(campaign["campaign_id"].as_str().unwrap()).unwrap();
    let kept = api.test.store.find_campaign(&id).await.unwrap().unwrap();
    assert_eq!(kept.provider_agent_id, other.provider_agent_id);
    assert_eq!(kept.rules_version, 1, "a dial that is about to begin looks again");
    let unknown = json!({ "agent_id": format!("agt_{}", "0".repeat(26)) });
    let body = Actor::operator()
        .patch(&api.router, &path(&campaign), unknown)
        .await
        .expect(400);
    assert_eq!(fields(&body), ["agent_id"]);
}

#[tokio::test]
async fn a_template_has_everything_but_the_people_and_the_moments() {
    let api = ready().await;
    let campaign = create(
        &api,
        json!({
            "weight": 40, "concurrency_limit": 3, "ringing_timeout_secs": 25, "end_at": "2026-12-01T00:00:00Z",
            "retry": { "max_attempts": 3, "delay_secs": 600, "retry_on": ["busy"] },
            "rules": { "calling_hours": { "windows": { "mon": ["09:00-12:00"] } }, "spend_cap_cents": 500 },
        }),
    )
    .await;
    let new = json!({ "name": "Careful", "campaign_id": campaign["campaign_id"] });
    let all = "/api/campaign-templates";
    let template = Actor::operator().post(&api.router, all, new).await.expect(201);
    let listed = Actor::viewer().get(&api.router, all).await.expect(200);
    assert_eq!(listed["items"], json!([template]));
    let one = format!("{all}/{}", template["template_id"].as_str().unwrap());
    assert_eq!(Actor::viewer().get(&api.router, &one).await.expect(200), template);

    let request = json!({
        "name": "From it", "template_id": template["template_id"], "weight": 5,
        "recipients": [{ "phone_number": "+14155550150" }],
    });
    let made = Actor::operator()
        .post(&api.router, "/api/campaigns", request.clone())
        .await
        .expect(201);
    for same in [
        "agent_id",
        "phone_line_id",
        "carrier",
        "rules",
        "retry",
        "concurrency_limit",
        "ringing_timeout_secs",
    ] {
        assert_eq!(made[same], campaign[same], "{same}");
    }
    assert_eq!((&made["weight"], &made["end_at"]), (&json!(5), &Value::Null));
    assert_eq!(made["counts"]["total"], 1);

    Actor::operator().delete(&api.router, &one).await.expect(204);
    Actor::operator().delete(&api.router, &one).await.expect(404);
    let body = Actor::operator()
        .post(&api.router, "/api/campaigns", request)
        .await
        .expect(400);
    assert_eq!(fields(&body), ["template_id", "agent_id", "phone_line_id"]);
    let wrong = json!({ "name": "", "campaign_id": format!("camp_{}", "0".repeat(26)) });
    let body = Actor::operator().post(&api.router, all, wrong).await.expect(400);
    assert_eq!(fields(&body), ["name", "campaign_id"]);
}

async fn rule(api: &TestApi, id: &str) -> Value {
    let rules = Actor::viewer()
        .get(&api.router, "/api/calling-rules")
        .await
        .expect(200);
    assert!(rules["notice"].as_str().unwrap().contains("not legal advice"));
    let items = rules["items"].as_array().unwrap();
    items.iter().find(|rule| rule["id"] == id).unwrap().clone()
}

async fn confirm(api: &TestApi, rules: &[&str]) -> Value {
    let mut wanted = Vec::new();
    for id in rules {
        wanted.push(json!({ "id": id, "version": rule(api, id).await["version"] }));
    }
    Actor::operator()
        .post(
            &api.router,
            "/api/calling-rules/confirm",
            json!({ "rules": wanted }),
        )
        .await
        .expect(200)
}

#[tokio::test]
async fn rules_are_shown_with_their_source_and_who_confirmed_them() {
    let api = TestApi::start().await;
    let alabama = rule(&api, "us-al").await;
    assert_eq!(alabama["windows"]["sat"], json!(["08:00-20:00"]));
    assert_eq!(alabama["windows"].get("sun"), None);
    assert_eq!(
        (&alabama["as_of"], &alabama["region"]),
        (&json!("2025-11-01"), &json!("AL"))
    );
    assert!(alabama["source"].as_str().unwrap().contains("8-19A-14"));
    let christmas = json!({ "name": "Christmas Day", "next": "2026-12-25" });
    assert!(
        alabama["holidays"].as_array().unwrap().contains(&christmas),
        "{alabama}"
    );
    assert_eq!(
        (&alabama["confirmed"], &alabama["confirmation"]),
        (&json!(false), &Value::Null)
    );

    confirm(&api, &["us-al"]).await;
    let alabama = rule(&api, "us-al").await;
    assert_eq!(alabama["confirmed"], true);
    assert_eq!(alabama["confirmation"]["confirmed_at"], "2026-11-20T12:00:00Z");
    assert_eq!(alabama["confirmation"]["version"], alabama["version"]);
    assert!(
        !alabama["confirmation"]["confirmed_by"]
            .as_str()
            .unwrap()
            .is_empty()
    );
    assert_eq!(rule(&api, "us-fl").await["confirmed"], false);

    // The file is another one since: what was confirmed is an earlier one.
    let earlier = RuleConfirmation {
        rule_id: "us-fl".to_owned(),
        version: "0".repeat(16),
        as_of: "2020-01-01".parse().unwrap(),
        confirmed_by: "ada".to_owned(),
        confirmed_by_name: None,
        confirmed_at: api.test.now(),
    };
    api.test.store.put_rule_confirmation(&earlier).await.unwrap();
    let florida = rule(&api, "us-fl").await;
    assert_eq!(
        (&florida["confirmed"], &florida["confirmation"]["confirmed_by"]),
        (&json!(false), &json!("ada"))
    );
    let path = "/api/calling-rules/confirm";
    let stale = json!({ "rules": [{ "id": "us-fl", "version": "0".repeat(16) }] });
    let body = Actor::operator().post(&api.router, path, stale).await.expect(409);
    assert!(body["detail"].as_str().unwrap().contains("Florida"), "{body}");
    for (wrong, field) in [
        (json!({ "rules": [] }), "rules"),
        (
            json!({ "rules": [{ "id": "us-xx", "version": "1" }] }),
            "rules[0].id",
        ),
    ] {
        let body = Actor::operator().post(&api.router, path, wrong).await.expect(400);
        assert_eq!(fields(&body), [field]);
    }
}

#[tokio::test]
async fn a_start_by_rules_that_nobody_confirmed_is_warned_of_or_refused_as_it_is_set() {
    let api = ready().await;
    let people = json!([{ "phone_number": "+13055550100", "variables": { "name": "Ana" } }]);
    let rules = json!({ "calling_hours": {} });
    let draft = create(&api, json!({ "recipients": people, "rules": rules })).await;
    let preflight = format!("{}/preflight", path(&draft));
    let seen = Actor::viewer().get(&api.router, &preflight).await.expect(200);
    let warned = |seen: &Value| seen["warnings"].to_string().contains("Nobody here has confirmed");
    assert!(warned(&seen), "{seen}");

    let settings = Actor::viewer()
        .get(&api.router, "/api/dial-settings")
        .await
        .expect(200);
    assert_eq!(settings["require_confirmed_rules"], false);
    let mut strict = settings.clone();
    strict["require_confirmed_rules"] = json!(true);
    Actor::admin()
        .put(&api.router, "/api/dial-settings", strict)
        .await
        .expect(200);
    let start = format!("{}/start", path(&draft));
    confirm(&api, &["us-federal"]).await;
    let body = Actor::operator().act(&api.router, &start).await.expect(409);
    let told = body["detail"].as_str().unwrap();
    assert!(told.contains("rules: Florida."), "{told}");
    let same = Actor::viewer().get(&api.router, &path(&draft)).await.expect(200);
    assert_eq!(same["status"], "draft");

    confirm(&api, &["us-fl"]).await;
    let seen = Actor::viewer().get(&api.router, &preflight).await.expect(200);
    assert!(!warned(&seen), "{seen}");
    assert!(
        seen["rules"]
            .as_array()
            .unwrap()
            .iter()
            .all(|rule| rule["confirmed"] == true)
    );
    Actor::operator().act(&api.router, &start).await.expect(200);
}

#[tokio::test]
async fn a_start_without_confirmed_rules_is_nobodys_business_unless_it_is_set() {
    let api = ready().await;
    let rules = json!({ "calling_hours": {} });
    let running = create(&api, json!({ "rules": rules, "start": "now" })).await;
    assert_eq!(running["status"], "running");
}
