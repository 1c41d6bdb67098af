//! People of a campaign: different from the others, changed, taken out.

use serde_json::{Value, json};
use switchboard_domain::{
    CallStatus, Campaign, CampaignId, Recipient, RecipientEvent, RecipientId, RecipientStatus, SkipReason,
};
use switchboard_store::{BeginDial, DialLimits, Enqueued};
use switchboard_testing::{Actor, records};

use crate::harness::{TestApi, fields};

async fn people(api: &TestApi, campaign: &CampaignId) -> Vec<Recipient> {
    let listed = api.test.store.list_recipients(campaign, None, None, 100).await;
    let mut people = listed.unwrap().items;
    people.sort_by(|a, b| a.phone_number.as_str().cmp(b.phone_number.as_str()));
    people
}

fn path(campaign: &CampaignId, id: &RecipientId) -> String {
    format!("/api/campaigns/{campaign}/recipients/{id}")
}

/// A running campaign of four: one waits, one is queued, one is being called, one is done.
async fn of_four(api: &TestApi) -> (Campaign, Vec<Recipient>) {
    let (store, now) = (&api.test.store, api.test.now());
    let campaign = api.campaign("Mixed", 4).await;
    let people = people(api, &campaign.campaign_id).await;
    for (place, person) in people.iter().enumerate().skip(1).take(2) {
        let call = records::call_of(&campaign, person, now);
        assert_eq!(store.enqueue(&call, person, now).await.unwrap(), Enqueued::Yes);
        if place == 2 {
            let found = store.find_recipient(&campaign.campaign_id, &person.recipient_id);
            let queued = found.await.unwrap().unwrap();
            api.test.queue().await;
            let limits = DialLimits::default();
            let begun = store.begin_dial(&call, Some(&queued), Some(&campaign), &limits, now, now);
            assert!(matches!(begun.await.unwrap(), BeginDial::Begun(_)));
        }
    }
    let skip = RecipientEvent::Skipped(SkipReason::DoNotCall);
    let moved = store.move_idle_recipient(&people[3], skip, now, now).await;
    assert!(moved.unwrap());
    (campaign, people)
}

#[tokio::test]
async fn who_waits_is_taken_out_at_once_and_who_is_called_or_done_with_is_not() {
    let api = TestApi::start().await;
    let (campaign, people) = of_four(&api).await;
    let id = &campaign.campaign_id;
    for person in &people[..2] {
        let path = path(id, &person.recipient_id);
        for _ in 0..2 {
            let gone = Actor::operator().delete(&api.router, &path).await.expect(200);
            assert_eq!(gone["status"], "removed", "again is no error");
        }
        assert_eq!(
            Actor::viewer().get(&api.router, &path).await.expect(200)["status"],
            "removed"
        );
    }
    let calling = path(id, &people[2].recipient_id);
    let body = Actor::operator().delete(&api.router, &calling).await.expect(409);
    assert!(
        body["detail"]
            .as_str()
            .unwrap()
            .contains("being called right now"),
        "{body}"
    );
    let done = path(id, &people[3].recipient_id);
    let body = Actor::operator().delete(&api.router, &done).await.expect(409);
    assert!(body["detail"].as_str().unwrap().contains("skipped"), "{body}");
    let unknown = path(id, &RecipientId::derived(&["nobody"]));
    Actor::operator().delete(&api.router, &unknown).await.expect(404);

    let counts = api.test.store.campaign_counts(id).await.unwrap();
    assert_eq!(
        (
            counts.removed,
            counts.calling,
            counts.skipped,
            counts.pending + counts.queued
        ),
        (2, 1, 1, 0)
    );
    assert_eq!((counts.total, counts.sum()), (4, 4));
    let call = records::call_of(&campaign, &people[1], api.test.now()).call_id;
    let call = api.test.store.find_call(&call).await.unwrap().unwrap();
    assert_eq!(
        call.status,
        CallStatus::Cancelled,
        "the queued call goes with its person"
    );
}

#[tokio::test]
async fn many_are_taken_out_by_our_ids_and_by_the_callers_own() {
    let api = TestApi::start().await;
    let (campaign, people) = of_four(&api).await;
    let id = &campaign.campaign_id;
    api.agent().await;
    let add = json!({ "recipients": [{ "phone_number": "+14155550190", "external_id": "crm-7" }] });
    let path = format!("/api/campaigns/{id}/recipients");
    let added = Actor::operator()
        .post(&api.router, &path, add.clone())
        .await
        .expect(200);
    assert_eq!(added, json!({ "added": 1, "present": 0 }));
    let remove = format!("{path}/remove");
    let nobody = RecipientId::derived(&["nobody"]);
    let ids: Vec<&RecipientId> = people.iter().map(|p| &p.recipient_id).chain([&nobody]).collect();
    let wanted = json!({ "recipient_ids": ids, "external_ids": ["crm-7"] });
    let done = Actor::operator()
        .post(&api.router, &remove, wanted)
        .await
        .expect(200);
    assert_eq!(
        done,
        json!({
            "removed": 3, "calling": [people[2].recipient_id], "finished": [people[3].recipient_id],
            "unknown": [nobody],
        })
    );
    // Who was taken out stays out, however often the same people are sent.
    let again = Actor::operator().post(&api.router, &path, add).await.expect(200);
    assert_eq!(again, json!({ "added": 0, "present": 1 }));
    let counts = api.test.store.campaign_counts(id).await.unwrap();
    assert_eq!((counts.removed, counts.total, counts.sum()), (3, 5, 5));

    for wrong in [json!({}), json!({ "external_ids": vec!["a"; 501] })] {
        let body = Actor::operator()
            .post(&api.router, &remove, wrong)
            .await
            .expect(400);
        assert_eq!(fields(&body), ["recipient_ids"]);
    }
}

#[tokio::test]
async fn the_same_append_twice_adds_nobody_and_says_so() {
    let api = TestApi::start().await;
    api.agent().await;
    let campaign = api.campaign("Running", 0).await;
    let path = format!("/api/campaigns/{}/recipients", campaign.campaign_id);
    let people: Vec<Value> = (0..30)
        .map(|n| json!({ "phone_number": "+14155550100", "external_id": format!("crm-{n}") }))
        .collect();
    let request = json!({ "recipients": people });
    for told in [(30, 0), (0, 30)] {
        let body = Actor::operator()
            .post(&api.router, &path, request.clone())
            .await
            .expect(200);
        assert_eq!(body, json!({ "added": told.0, "present": told.1 }));
    }
    let counts = api
        .test
        .store
        .campaign_counts(&campaign.campaign_id)
        .await
        .unwrap();
    assert_eq!((counts.total, counts.pending), (30, 30));
}

#[tokio::test]
async fn a_person_can_have_an_agent_a_line_and_attempts_of_their_own_and_be_called_later() {
    let api = TestApi::start().await;
    api.agent_that_needs(&["name"]).await;
    api.line().await;
    let mut vip = records::agent("berta", api.test.now());
    (vip.takes_first_message, vip.required_variables) = (true, vec!["title".to_owned()]);
    api.test.store.create_agent(&vip).await.unwrap();
    api.test
        .store
        .put_phone_line(&records::phone_line("vip"))
        .await
        .unwrap();
    let own = json!({
        "agent_id": vip.agent_id, "phone_line_id": "phnum_vip", "first_message": "Hello {{title}} of {{town}}",
        "max_attempts": 4,
    });
    let request = api.campaign_request(json!({ "recipients": [
        { "phone_number": "+14155550100", "variables": { "name": "Ana" } },
        { "phone_number": "+14155550101", "overrides": own, "not_before": "2026-11-21T09:30:00Z" },
    ] }));
    let made = Actor::operator()
        .post(&api.router, "/api/campaigns", request)
        .await
        .expect(201);
    let id = CampaignId::parse(made["campaign_id"].as_str().unwrap()).unwrap();
    let both = people(&api, &id).await;
    let campaign = api.test.store.find_campaign(&id).await.unwrap().unwrap();
    assert!(both[0].overrides.is_empty());
    assert_eq!(campaign.agent_for(&both[0]).0, &api.agent_id());
    assert_eq!(
        campaign.agent_for(&both[1]),
        (&vip.agent_id, &vip.provider_agent_id)
    );
    assert_eq!(campaign.line_for(&both[1]).0.as_str(), "phnum_vip");
    assert_eq!(campaign.retry_for(&both[1]).max_attempts, 4);
    assert_eq!(both[1].due_at, "2026-11-21T09:30:00Z".parse().unwrap());
    let missing: Vec<_> = campaign.missing_variables(&both[1]).collect();
    assert_eq!(missing, ["title", "town"]);

    // The campaign's own agent takes no first message, and there is no such line.
    let wrong = json!({ "first_message": "Hi", "phone_line_id": "phnum_none", "max_attempts": 11 });
    let more = json!({ "recipients": [
        { "phone_number": "+14155550102" }, { "phone_number": "+14155550103", "overrides": wrong },
    ] });
    let path = format!("/api/campaigns/{id}/recipients");
    let body = Actor::operator().post(&api.router, &path, more).await.expect(400);
    let at = |field: &str| format!("recipients[1].overrides.{field}");
    assert_eq!(
        fields(&body),
        [at("phone_line_id"), at("max_attempts"), at("first_message")]
    );
}

#[tokio::test]
async fn a_person_who_waits_is_changed_and_a_queued_one_gets_another_call() {
    let api = TestApi::start().await;
    let (campaign, people) = of_four(&api).await;
    api.agent().await;
    let id = &campaign.campaign_id;
    let waiting = path(id, &people[0].recipient_id);
    let change = json!({
        "variables": { "name": "Zoe", "town": "Rome" }, "priority": 90, "not_before": "2026-11-20T18:00:00Z",
        "overrides": { "max_attempts": 2 },
    });
    let changed = Actor::operator()
        .patch(&api.router, &waiting, change)
        .await
        .expect(200);
    assert_eq!(changed["variables"], json!({ "name": "Zoe", "town": "Rome" }));
    assert_eq!(
        (&changed["priority"], &changed["due_at"], &changed["overrides"]),
        (
            &json!(90),
            &json!("2026-11-20T18:00:00Z"),
            &json!({ "max_attempts": 2 })
        )
    );
    let back =
        json!({ "variables": { "town": null }, "not_before": null, "overrides": { "max_attempts": null } });
    let changed = Actor::operator()
        .patch(&api.router, &waiting, back)
        .await
        .expect(200);
    assert_eq!(changed["variables"], json!({ "name": "Zoe" }));
    assert_eq!(
        (&changed["due_at"], &changed["overrides"]),
        (&json!("2026-11-20T12:00:00Z"), &Value::Null)
    );
    let due = api
        .test
        .store
        .due_recipients(id, api.test.now(), 0, 10)
        .await
        .unwrap();
    assert_eq!(due.len(), 1, "found by its new priority");

    let queued = path(id, &people[1].recipient_id);
    let change = json!({ "variables": { "name": "Max" } });
    let changed = Actor::operator()
        .patch(&api.router, &queued, change.clone())
        .await
        .expect(200);
    assert_eq!(
        (&changed["status"], &changed["call_id"]),
        (&json!("pending"), &Value::Null)
    );
    let call = records::call_of(&campaign, &people[1], api.test.now()).call_id;
    assert_eq!(
        api.test.store.find_call(&call).await.unwrap(),
        None,
        "it was made as it was before"
    );
    for person in &people[2..] {
        let path = path(id, &person.recipient_id);
        Actor::operator()
            .patch(&api.router, &path, change.clone())
            .await
            .expect(409);
    }
    let wrong = json!({ "priority": 101, "not_before": "2020-01-01T00:00:00Z", "overrides": { "first_message": "Hi" } });
    let body = Actor::operator()
        .patch(&api.router, &waiting, wrong)
        .await
        .expect(400);
    assert_eq!(
        fields(&body),
        ["priority", "not_before", "overrides.first_message"]
    );
    let needs_a_name = |campaign: &mut Campaign| {
        campaign.required_variables = vec!["name".to_owned()];
        Ok::<_, std::convert::Infallible>(true)
    };
    let changed = api.test.store.update_campaign(id, needs_a_name).await;
    changed.unwrap().unwrap().unwrap();
    let lost = json!({ "variables": { "name": null } });
    let body = Actor::operator()
        .patch(&api.router, &waiting, lost)
        .await
        .expect(400);
    assert_eq!(fields(&body), ["variables.name"]);
    let counts = api.test.store.campaign_counts(id).await.unwrap();
    assert_eq!((counts.pending, counts.queued, counts.calling), (2, 0, 1));
    assert_eq!(people[0].status, RecipientStatus::Pending);
}
