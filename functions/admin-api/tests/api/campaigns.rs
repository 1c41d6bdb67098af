//! Campaigns.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use switchboard_domain::{CampaignAction, CampaignId, CampaignStatus, ListId};
use switchboard_testing::{Actor, SCHEDULER, records};

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

fn id(campaign: &Value) -> CampaignId {
    CampaignId::parse(campaign["campaign_id"].as_str().unwrap()).unwrap()
}

async fn act(api: &TestApi, campaign: &Value, action: &str) -> switchboard_testing::Reply {
    Actor::operator()
        .act(&api.router, &format!("/api/campaigns/{}/{action}", id(campaign)))
        .await
}

#[tokio::test]
async fn a_campaign_is_made_as_a_draft_with_everything_it_was_given() {
    let api = ready().await;
    let list = api.list(3).await;
    let campaign = create(&api, json!({
        "list_ids": [list.list_id], "end_at": "2026-12-01T00:00:00Z", "concurrency_limit": 3, "weight": 5,
        "rules": { "calling_hours": { "windows": { "mon": ["09:00-12:00", "13:00-17:00"], "fri": ["09:00-13:00"] } } },
        "retry": { "max_attempts": 3, "delay_secs": 600, "retry_on": ["busy", "no_answer"] }, "ringing_timeout_secs": 30,
    }))
    .await;
    insta::assert_json_snapshot!(campaign, { ".campaign_id" => "[id]" });
    let seen = Actor::viewer()
        .get(&api.router, &format!("/api/campaigns/{}", id(&campaign)))
        .await
        .expect(200);
    assert_eq!(seen, campaign);
    assert_eq!(api.test.lambda.invocations(), [], "nobody is woken for a draft");
}

#[tokio::test]
async fn a_campaign_starts_now_or_at_its_time() {
    let api = ready().await;
    let now = create(&api, json!({ "start": "now" })).await;
    assert_eq!(
        (&now["status"], &now["started_at"]),
        (&json!("running"), &json!("2026-11-20T12:00:00Z"))
    );
    assert_eq!(api.test.lambda.payloads(SCHEDULER), [json!({})]);

    let at = create(&api, json!({ "start": "at", "start_at": "2026-11-21T09:00:00Z" })).await;
    assert_eq!(
        (&at["status"], &at["start_at"]),
        (&json!("scheduled"), &json!("2026-11-21T09:00:00Z"))
    );
    let people = api
        .test
        .store
        .list_recipients(&id(&at), None, None, 10)
        .await
        .unwrap();
    assert!(
        people
            .items
            .iter()
            .all(|r| r.due_at.to_string() == "2026-11-21T09:00:00Z")
    );
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_campaign_is_named_at_once() {
    let api = TestApi::start().await;
    let request = api.campaign_request(json!({
        "name": "", "start": "at", "end_at": "2026-11-20T11:00:00Z", "concurrency_limit": 0, "weight": 101,
        "retry": { "max_attempts": 11, "delay_secs": 0, "retry_on": [] }, "ringing_timeout_secs": 4,
        "list_ids": [format!("list_{}", "0".repeat(26))], "default_region": "XX",
        "recipients": [{ "phone_number": "12" }, { "phone_number": "+14155550100", "external_id": "" }],
    }));
    let body = Actor::operator()
        .post(&api.router, "/api/campaigns", request)
        .await
        .expect(400);
    insta::assert_json_snapshot!(body);
    assert_eq!(
        api.test.store.list_campaigns(None, None, 10).await.unwrap().items,
        []
    );
}

#[tokio::test]
async fn hours_that_cannot_be_are_refused_with_the_reason() {
    let api = ready().await;
    for (hours, field, word) in [
        (
            json!({ "windows": { "mon": ["9-17"] } }),
            "windows.mon[0]",
            "HH:MM-HH:MM",
        ),
        (json!({ "windows": {} }), "windows", "at least one weekday"),
        (
            json!({ "unknown_zone": { "use_campaign_zone": "Mars/Olympus" } }),
            "unknown_zone.use_campaign_zone",
            "time zone",
        ),
        (
            json!({ "rules": { "only": ["us-xx"] } }),
            "rules.only",
            "no rule `us-xx`",
        ),
    ] {
        let request = api.campaign_request(json!({ "rules": { "calling_hours": hours } }));
        let body = Actor::operator()
            .post(&api.router, "/api/campaigns", request)
            .await
            .expect(400);
        let error = &body["errors"][0];
        assert!(error["message"].as_str().unwrap().contains(word), "{body}");
        assert_eq!(error["field"], format!("rules.calling_hours.{field}"), "{body}");
    }
}

#[tokio::test]
async fn people_are_due_when_their_own_hours_begin() {
    let api = ready().await;
    // It is noon in UTC, four o'clock in the number's California and seven in New York.
    let people = json!([
        { "phone_number": "+14155550100" },
        { "phone_number": "+14155550101", "details": { "timezone": "America/New_York" } },
    ]);
    let rules = json!({ "calling_hours": {} });
    let campaign = create(
        &api,
        json!({ "start": "now", "recipients": people, "rules": rules }),
    )
    .await;
    let people = api
        .test
        .store
        .list_recipients(&id(&campaign), None, None, 10)
        .await
        .unwrap()
        .items;
    let mut due: Vec<String> = people.iter().map(|person| person.due_at.to_string()).collect();
    due.sort();
    assert_eq!(due, ["2026-11-20T13:00:00Z", "2026-11-20T16:00:00Z"]);
}

#[tokio::test]
async fn new_campaigns_have_the_rules_that_were_set_for_them() {
    let api = ready().await;
    let path = "/api/campaign-defaults";
    let product = Actor::viewer().get(&api.router, path).await.expect(200);
    assert_eq!(product["calling_hours"]["windows"]["sat"], json!(["08:00-21:00"]));
    let rules = json!({ "calling_hours": { "windows": { "mon": ["10:00-12:00"] }, "unknown_zone": "skip" } });
    let set = Actor::operator().put(&api.router, path, rules).await.expect(200);
    assert_eq!(Actor::viewer().get(&api.router, path).await.expect(200), set);
    let mut request = api.campaign_request(json!({}));
    request.as_object_mut().unwrap().remove("rules");
    let made = Actor::operator()
        .post(&api.router, "/api/campaigns", request)
        .await
        .expect(201);
    assert_eq!(made["rules"], set);
    // One part is changed, and another one is not lost by that.
    let path = format!("/api/campaigns/{}", id(&made));
    let change = json!({ "rules": { "calling_hours": { "holidays": false } } });
    let changed = Actor::operator()
        .patch(&api.router, &path, change)
        .await
        .expect(200);
    assert_eq!(changed["rules"]["calling_hours"]["holidays"], false);
    let wrong = json!({ "rules": { "calling_hours": { "windows": { "mon": ["1-2"] } } } });
    let body = Actor::operator()
        .patch(&api.router, &path, wrong)
        .await
        .expect(400);
    assert_eq!(fields(&body), ["rules.calling_hours.windows.mon[0]"]);
}

#[tokio::test]
async fn a_campaign_with_nobody_to_call_does_not_start() {
    let api = ready().await;
    let request = api.campaign_request(json!({ "recipients": [], "start": "now" }));
    let body = Actor::operator()
        .post(&api.router, "/api/campaigns", request)
        .await
        .expect(400);
    assert_eq!(fields(&body), ["list_ids"]);
    let draft = create(&api, json!({ "recipients": [] })).await;
    act(&api, &draft, "start").await.expect(409);
}

#[tokio::test]
async fn a_campaign_goes_from_draft_to_its_end() {
    let api = ready().await;
    let draft = create(&api, json!({})).await;
    let body = act(&api, &draft, "pause").await.expect(409);
    insta::assert_json_snapshot!(body);
    assert_eq!(act(&api, &draft, "start").await.expect(200)["status"], "running");
    assert_eq!(
        act(&api, &draft, "start").await.expect(200)["status"],
        "running",
        "again is no error"
    );
    assert_eq!(act(&api, &draft, "pause").await.expect(200)["status"], "paused");
    act(&api, &draft, "start").await.expect(409);
    assert_eq!(act(&api, &draft, "resume").await.expect(200)["status"], "running");
    let cancelled = act(&api, &draft, "cancel").await.expect(200);
    assert_eq!(
        (&cancelled["status"], &cancelled["finished_at"]),
        (&json!("cancelled"), &json!("2026-11-20T12:00:00Z"))
    );
    for action in ["start", "resume", "pause", "retry-failed"] {
        act(&api, &draft, action).await.expect(409);
    }
    assert_eq!(
        api.test.store.sweeps().await.unwrap(),
        [id(&draft)],
        "the scheduler is told to move its recipients"
    );
}

#[tokio::test]
async fn an_action_holds_even_if_the_scheduler_cannot_be_woken() {
    let api = ready().await;
    let campaign = create(&api, json!({ "start": "now" })).await;
    api.test.lambda.set_failing(true);
    assert_eq!(
        act(&api, &campaign, "pause").await.expect(200)["status"],
        "paused"
    );
}

#[tokio::test]
async fn stop_all_pauses_every_running_campaign_and_no_other() {
    let api = ready().await;
    let mut running = BTreeSet::new();
    for n in 0..3 {
        running.insert(id(&create(
            &api,
            json!({ "name": format!("Run {n}"), "start": "now" }),
        )
        .await));
    }
    let draft = create(&api, json!({})).await;
    let body = Actor::operator()
        .act(&api.router, "/api/campaigns/stop-all")
        .await
        .expect(200);
    let paused: BTreeSet<CampaignId> = serde_json::from_value(body["paused"].clone()).unwrap();
    assert_eq!(paused, running);
    for id in &running {
        assert_eq!(
            api.test.store.find_campaign(id).await.unwrap().unwrap().status,
            CampaignStatus::Paused
        );
    }
    let draft = api.test.store.find_campaign(&id(&draft)).await.unwrap().unwrap();
    assert_eq!(draft.status, CampaignStatus::Draft);
}

#[tokio::test]
async fn a_campaign_can_be_changed_while_it_runs() {
    let api = ready().await;
    let campaign = create(
        &api,
        json!({ "start": "now", "concurrency_limit": 3, "end_at": "2026-12-01T00:00:00Z" }),
    )
    .await;
    let path = format!("/api/campaigns/{}", id(&campaign));
    let changes = json!({ "name": "Later", "concurrency_limit": null, "weight": 30 });
    let changed = Actor::operator()
        .patch(&api.router, &path, changes)
        .await
        .expect(200);
    assert_eq!(changed["concurrency_limit"], Value::Null);
    assert_eq!(
        (&changed["name"], &changed["weight"]),
        (&json!("Later"), &json!(30))
    );
    assert_eq!(
        changed["end_at"], "2026-12-01T00:00:00Z",
        "what is left out stays"
    );

    let body = Actor::operator()
        .patch(&api.router, &path, json!({ "agent_id": "x" }))
        .await
        .expect(400);
    assert_eq!(fields(&body), ["agent_id"]);
    act(&api, &campaign, "cancel").await.expect(200);
    Actor::operator()
        .patch(&api.router, &path, json!({ "name": "Too late" }))
        .await
        .expect(409);
}

#[tokio::test]
async fn recipients_are_added_once() {
    let api = ready().await;
    let campaign = create(&api, json!({ "start": "now" })).await;
    let path = format!("/api/campaigns/{}/recipients", id(&campaign));
    let more = json!({ "recipients": [
        { "phone_number": "+1 415 555 0101" },
        { "phone_number": "+14155550102", "external_id": "42", "variables": { "name": "Zoe" } },
    ] });
    let body = Actor::operator()
        .post(&api.router, &path, more.clone())
        .await
        .expect(200);
    assert_eq!(body, json!({ "added": 1, "present": 1 }));
    let body = Actor::operator().post(&api.router, &path, more).await.expect(200);
    assert_eq!(body, json!({ "added": 0, "present": 2 }));
    let seen = Actor::viewer()
        .get(&api.router, &format!("/api/campaigns/{}", id(&campaign)))
        .await
        .expect(200);
    assert_eq!(
        (&seen["counts"]["total"], &seen["counts"]["pending"]),
        (&json!(3), &json!(3))
    );
    let body = Actor::operator()
        .post(&api.router, &path, json!({ "recipients": [] }))
        .await
        .expect(400);
    assert_eq!(fields(&body), ["recipients"]);
}

#[tokio::test]
async fn new_recipients_take_up_a_completed_campaign_and_not_a_cancelled_one() {
    let api = ready().await;
    let campaign = create(&api, json!({ "start": "now" })).await;
    let path = format!("/api/campaigns/{}/recipients", id(&campaign));
    let now = api.test.now();
    api.test
        .store
        .act_on_campaign(&id(&campaign), CampaignAction::Complete, now)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let more = |n: u32| json!({ "recipients": [{ "phone_number": format!("+1415555015{n}") }] });
    Actor::operator()
        .post(&api.router, &path, more(0))
        .await
        .expect(200);
    let seen = api
        .test
        .store
        .find_campaign(&id(&campaign))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((seen.status, seen.finished_at), (CampaignStatus::Running, None));

    act(&api, &campaign, "cancel").await.expect(200);
    Actor::operator()
        .post(&api.router, &path, more(1))
        .await
        .expect(409);
}

#[tokio::test]
async fn recipients_are_listed_by_status_over_pages() {
    let api = ready().await;
    let campaign = api.campaign("Many", 30).await;
    let path = format!(
        "/api/campaigns/{}/recipients?status=pending&limit=7",
        campaign.campaign_id
    );
    let (mut ids, mut next) = (BTreeSet::new(), path.clone());
    loop {
        let page = Actor::viewer().get(&api.router, &next).await.expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 7);
        ids.extend(
            items
                .iter()
                .map(|r| r["recipient_id"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        next = format!("{path}&cursor={cursor}");
    }
    assert_eq!(ids.len(), 30);
    let none = path.replace("pending", "completed");
    assert_eq!(
        Actor::viewer().get(&api.router, &none).await.expect(200)["items"],
        json!([])
    );
}

#[tokio::test]
async fn progress_adds_up() {
    let api = ready().await;
    let campaign = api.campaign("Many", 8).await;
    let body = Actor::viewer()
        .get(
            &api.router,
            &format!("/api/campaigns/{}/progress", campaign.campaign_id),
        )
        .await;
    insta::assert_json_snapshot!(body.expect(200), { ".campaign_id" => "[id]" });
}

#[tokio::test]
async fn a_clone_is_a_draft_with_the_same_people() {
    let api = ready().await;
    let campaign = create(&api, json!({ "start": "now", "weight": 7 })).await;
    act(&api, &campaign, "cancel").await.expect(200);
    let path = format!("/api/campaigns/{}/clone", id(&campaign));
    let copy = Actor::operator().act(&api.router, &path).await.expect(201);
    assert_ne!(copy["campaign_id"], campaign["campaign_id"]);
    assert_eq!(
        (&copy["name"], &copy["status"]),
        (&json!("Reminders (copy)"), &json!("draft"))
    );
    assert_eq!(
        (&copy["counts"]["pending"], &copy["weight"]),
        (&json!(2), &json!(7))
    );
    let named = Actor::operator()
        .post(&api.router, &path, json!({ "name": "Second round" }))
        .await
        .expect(201);
    assert_eq!(named["name"], "Second round");
    act(&api, &named, "start").await.expect(200);
}

#[tokio::test]
async fn whoever_was_taken_out_is_not_in_the_clone_though_the_list_has_them() {
    let api = ready().await;
    let now = api.test.now();
    let mut campaign = records::campaign("from a list", now);
    campaign.list_ids = vec![ListId::derived(&["customers"])];
    api.test.store.create_campaign(&campaign).await.unwrap();
    let people: Vec<_> = (0..3)
        .map(|n| records::recipient(&campaign.campaign_id, n, now))
        .collect();
    api.test
        .store
        .add_recipients(&campaign.campaign_id, people.clone())
        .await
        .unwrap();
    let path = format!("/api/campaigns/{}", campaign.campaign_id);
    let out = format!("{path}/recipients/{}", people[0].recipient_id);
    Actor::operator().delete(&api.router, &out).await.expect(200);
    let copy = Actor::operator()
        .act(&api.router, &format!("{path}/clone"))
        .await
        .expect(201);
    let copy = api.test.store.find_campaign(&id(&copy)).await.unwrap().unwrap();
    assert!(copy.layout.done, "the list would bring them back");
    let counts = api.test.store.campaign_counts(&copy.campaign_id).await.unwrap();
    assert_eq!((counts.pending, counts.total), (2, 2));
}

#[tokio::test]
async fn failed_ones_are_tried_again_by_the_scheduler() {
    let api = ready().await;
    let campaign = create(&api, json!({ "start": "now" })).await;
    let now = api.test.now();
    api.test
        .store
        .act_on_campaign(&id(&campaign), CampaignAction::Complete, now)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let body = act(&api, &campaign, "retry-failed").await.expect(200);
    assert_eq!(
        (&body["status"], &body["retry_failed_asked"]),
        (&json!("running"), &json!(true))
    );
    assert_eq!(api.test.store.sweeps().await.unwrap(), [id(&campaign)]);
}

#[tokio::test]
async fn campaigns_are_listed_by_status() {
    let api = ready().await;
    create(&api, json!({ "name": "Draft" })).await;
    create(&api, json!({ "name": "Running", "start": "now" })).await;
    let list = Actor::viewer()
        .get(&api.router, "/api/campaigns?status=running")
        .await
        .expect(200);
    assert_eq!(list["items"][0]["name"], "Running");
    assert_eq!(list["items"][0]["counts"]["total"], 2);
    let all = Actor::viewer()
        .get(&api.router, "/api/campaigns")
        .await
        .expect(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
}
