//! Where inbound calls go.

use serde_json::{Value, json};
use switchboard_testing::Actor;

use crate::harness::{TestApi, fields};

const PATH: &str = "/api/routing-rules";

fn rule(name: &str, when: Value) -> Value {
    json!({ "name": name, "when": when, "targets": [{ "kind": "closed" }] })
}

async fn make(api: &TestApi, body: Value) -> Value {
    Actor::admin().post(&api.router, PATH, body).await.expect(201)
}

fn path(rule: &Value) -> String {
    format!("{PATH}/{}", rule["rule_id"].as_str().unwrap())
}

async fn names(api: &TestApi) -> Vec<String> {
    let rules = Actor::viewer().get(&api.router, PATH).await.expect(200);
    let items = rules["items"].as_array().unwrap().iter();
    items
        .map(|rule| rule["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_rule_is_made_last_changed_over_its_version_and_deleted() {
    let api = TestApi::start().await;
    let agent = api.agent().await;
    make(&api, rule("Night", json!({ "from": "20:00", "until": "08:00" }))).await;
    let body = json!({
        "name": " Spanish ", "language": "es", "when": { "callers": ["+34"], "days": ["monday"] },
        "targets": [{ "kind": "agent", "agent_id": agent.agent_id }, { "kind": "voicemail" }],
    });
    let made = make(&api, body.clone()).await;
    assert_eq!((&made["name"], &made["position"]), (&json!("Spanish"), &json!(1)));
    assert_eq!((&made["enabled"], &made["version"]), (&json!(true), &json!(1)));
    assert_eq!(
        Actor::viewer().get(&api.router, &path(&made)).await.expect(200),
        made
    );
    assert_eq!(names(&api).await, ["Night", "Spanish"]);

    let mut change = body;
    change["enabled"] = json!(false);
    change["version"] = json!(1);
    let changed = Actor::admin()
        .put(&api.router, &path(&made), change.clone())
        .await
        .expect(200);
    assert_eq!(
        (&changed["enabled"], &changed["version"]),
        (&json!(false), &json!(2))
    );
    assert_eq!(changed["position"], 1);
    // Whoever looked at it before is told.
    let old = Actor::admin()
        .put(&api.router, &path(&made), change)
        .await
        .expect(409);
    assert!(
        old["detail"].as_str().unwrap().contains("changed meanwhile"),
        "{old}"
    );

    Actor::admin().delete(&api.router, &path(&made)).await.expect(204);
    Actor::admin().delete(&api.router, &path(&made)).await.expect(404);
    assert_eq!(names(&api).await, ["Night"]);
    let trail = Actor::admin()
        .get(&api.router, "/api/audit")
        .await
        .expect(200)
        .to_string();
    for action in [
        "routing_rule.created",
        "routing_rule.changed",
        "routing_rule.deleted",
    ] {
        assert!(trail.contains(action), "{trail}");
    }
}

#[tokio::test]
async fn a_request_that_is_sent_again_makes_one_rule() {
    let api = TestApi::start().await;
    let keyed = Actor::admin().header("idempotency-key", "k");
    let body = rule("Night", json!({}));
    let first = keyed.post(&api.router, PATH, body.clone()).await.expect(201);
    assert_eq!(keyed.post(&api.router, PATH, body).await.expect(201), first);
    assert_eq!(names(&api).await, ["Night"]);
}

#[tokio::test]
async fn what_is_wrong_with_a_rule_is_named() {
    let api = TestApi::start().await;
    for (body, field) in [
        (json!({ "name": "a", "targets": [] }), "targets"),
        (json!({ "name": " ", "targets": [{ "kind": "closed" }] }), "name"),
        (
            json!({ "name": "a", "targets": [{ "kind": "agent", "agent_id": format!("agt_{}", "0".repeat(26)) }] }),
            "targets[0].agent_id",
        ),
        (
            json!({ "name": "a", "targets": [{ "kind": "person", "phone_number": "+14155550100", "ring_secs": 1 }] }),
            "targets[0].ring_secs",
        ),
        (
            json!({ "name": "a", "targets": [{ "kind": "closed" }], "when": { "callers": ["34"] } }),
            "when.callers",
        ),
    ] {
        let problem = Actor::admin()
            .post(&api.router, PATH, body.clone())
            .await
            .expect(400);
        assert_eq!(fields(&problem), [field], "{body}");
    }
    let day = json!({ "name": "a", "targets": [{ "kind": "closed" }], "when": { "days": ["funday"] } });
    let problem = Actor::admin().post(&api.router, PATH, day).await.expect(400);
    assert!(fields(&problem)[0].starts_with("when.days"), "{problem}");
    assert!(names(&api).await.is_empty());
}

#[tokio::test]
async fn the_order_names_every_rule_once() {
    let api = TestApi::start().await;
    let one = make(&api, rule("One", json!({}))).await;
    let two = make(&api, rule("Two", json!({}))).await;
    let ids =
        |rules: &[&Value]| json!({ "rule_ids": rules.iter().map(|r| &r["rule_id"]).collect::<Vec<_>>() });
    let order = format!("{PATH}/order");
    let put = async |body| Actor::admin().put(&api.router, &order, body).await;
    let answer = put(ids(&[&two, &one])).await.expect(200);
    assert_eq!(answer["items"][0]["rule_id"], two["rule_id"]);
    assert_eq!(names(&api).await, ["Two", "One"]);
    put(ids(&[&two, &two])).await.expect(400);
    put(ids(&[&two])).await.expect(409);
    assert_eq!(names(&api).await, ["Two", "One"]);
}

#[tokio::test]
async fn a_call_that_is_thought_up_goes_where_the_rules_say_and_every_rule_says_why() {
    let api = TestApi::start().await;
    let settings = json!({ "time_zone": "Europe/Madrid", "holidays": ["2026-12-25"], "language": "en" });
    Actor::admin()
        .put(&api.router, "/api/settings/reception", settings)
        .await
        .expect(200);
    make(&api, rule("Christmas", json!({ "holidays": true }))).await;
    let spanish = json!({
        "name": "Spanish", "language": "es", "when": { "callers": ["+34"] }, "targets": [{ "kind": "voicemail" }],
    });
    let spanish = make(&api, spanish).await;

    let path = format!("{PATH}/test");
    let ask = async |body: Value| Actor::operator().post(&api.router, &path, body).await;
    let answer = ask(json!({ "caller": "+34 600 000 001", "at": "2026-11-20T12:00:00Z" }))
        .await
        .expect(200);
    assert_eq!(answer["rule_id"], spanish["rule_id"]);
    assert_eq!(answer["language"], "es");
    assert_eq!(answer["targets"], json!([{ "kind": "voicemail" }]));
    let tried = answer["tried"].as_array().unwrap();
    assert_eq!(tried.len(), 2, "{answer}");
    assert_eq!(
        (&tried[0]["name"], &tried[0]["holds"]),
        (&json!("Christmas"), &json!(false))
    );
    assert_eq!(tried[1]["holds"], true);
    assert!(!tried[0]["because"].as_str().unwrap().is_empty());

    let answer = ask(json!({ "caller": "+34600000001", "at": "2026-12-25T12:00:00Z" }))
        .await
        .expect(200);
    assert_eq!(answer["targets"], json!([{ "kind": "closed" }]));
    // Nobody says who calls, and no rule is for that: the caller may leave a message.
    let answer = ask(json!({ "at": "2026-11-20T12:00:00Z" })).await.expect(200);
    assert_eq!(
        (&answer["rule_id"], &answer["targets"]),
        (&Value::Null, &json!([{ "kind": "voicemail" }]))
    );
    let problem = ask(json!({ "called": "tomorrow" })).await.expect(400);
    assert_eq!(fields(&problem), ["called"]);
}

#[tokio::test]
async fn an_agent_that_callers_are_sent_to_is_not_deleted() {
    let api = TestApi::start().await;
    let agent = api.agent().await;
    let body = json!({ "name": "All", "targets": [{ "kind": "agent", "agent_id": agent.agent_id }] });
    let made = make(&api, body).await;
    let path_of_agent = format!("/api/agents/{}", agent.agent_id);
    let dependents = Actor::viewer()
        .get(&api.router, &format!("{path_of_agent}/dependents"))
        .await
        .expect(200);
    assert_eq!(dependents["routing_rules"][0]["rule_id"], made["rule_id"]);
    assert_eq!(dependents["deletable"], false);
    let refused = Actor::admin()
        .delete(&api.router, &path_of_agent)
        .await
        .expect(409);
    assert!(refused["detail"].as_str().unwrap().contains("All"), "{refused}");
}

#[tokio::test]
async fn the_settings_of_the_reception_are_whole_and_checked() {
    let api = TestApi::start().await;
    let path = "/api/settings/reception";
    let shown = Actor::viewer().get(&api.router, path).await.expect(200);
    assert_eq!(
        (&shown["time_zone"], &shown["record"]),
        (&json!("UTC"), &json!(true))
    );
    let mut changed = shown.clone();
    changed["company"] = json!("Harbor Dental");
    changed["person"] = json!("+14155550100");
    Actor::operator()
        .put(&api.router, path, changed.clone())
        .await
        .expect(403);
    let kept = Actor::admin()
        .put(&api.router, path, changed.clone())
        .await
        .expect(200);
    assert_eq!(kept, changed);
    assert_eq!(Actor::viewer().get(&api.router, path).await.expect(200), changed);
    for (field, value) in [
        ("time_zone", json!("Atlantis/Capital")),
        ("longest_call_secs", json!(1)),
    ] {
        let mut wrong = changed.clone();
        wrong[field] = value;
        let problem = Actor::admin().put(&api.router, path, wrong).await.expect(400);
        assert_eq!(fields(&problem), [field]);
    }
}
