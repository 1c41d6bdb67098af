//! Outgoing webhooks, as an administrator sets them up and an operator looks at them.

use serde_json::{Value, json};
use switchboard_domain::{EventType, OutgoingEvent};
use switchboard_testing::{Actor, records};

use crate::harness::{TestApi, fields};

const URL: &str = "https://example.com/events";

async fn make(api: &TestApi) -> Value {
    let request = json!({ "url": URL, "types": ["opt_out.created"] });
    let made = Actor::admin()
        .post(&api.router, "/api/event-targets", request)
        .await;
    made.expect(201)
}

fn path(made: &Value) -> String {
    format!(
        "/api/event-targets/{}",
        made["target"]["target_id"].as_str().unwrap()
    )
}

#[tokio::test]
async fn a_secret_is_shown_once() {
    let api = TestApi::start().await;
    let made = make(&api).await;
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    let list = Actor::operator()
        .get(&api.router, "/api/event-targets")
        .await
        .expect(200);
    assert!(!list.to_string().contains("whsec_"), "{list}");
    let rotated = Actor::admin()
        .post(
            &api.router,
            &format!("{}/rotate-secret", path(&made)),
            json!({ "overlap_hours": 1 }),
        )
        .await
        .expect(200);
    assert_ne!(rotated["secret"], made["secret"]);
}

#[tokio::test]
async fn an_address_that_is_not_public_is_refused_with_what_would_be_right() {
    let api = TestApi::start().await;
    for url in [
        "http://example.com/",
        "https://10.0.0.1/",
        "https://a:b@example.com/",
        "x",
    ] {
        let request = json!({ "url": url, "types": ["call.ended"] });
        let refused = Actor::admin()
            .post(&api.router, "/api/event-targets", request)
            .await
            .expect(400);
        assert_eq!(fields(&refused), ["url"], "{url}");
    }
    let request = json!({ "url": URL, "types": [] });
    let refused = Actor::admin()
        .post(&api.router, "/api/event-targets", request)
        .await
        .expect(400);
    assert_eq!(fields(&refused), ["types"]);
}

#[tokio::test]
async fn a_target_that_was_switched_off_is_in_the_inbox_until_somebody_enables_it() {
    let api = TestApi::start().await;
    let made = make(&api).await;
    let id = made["target"]["target_id"].as_str().unwrap().parse().unwrap();
    let (store, now) = (&api.test.store, api.test.now());
    let off = store
        .update_event_target(&id, |target| target.turn_off("410.", now))
        .await;
    assert!(!off.unwrap().unwrap().enabled);
    let inbox = Actor::viewer()
        .get(&api.router, "/api/attention")
        .await
        .expect(200);
    assert_eq!(inbox["items"][0]["kind"], "event_target_off");
    Actor::operator()
        .act(&api.router, &format!("{}/test", path(&made)))
        .await
        .expect(409);
    let request = json!({ "enabled": true });
    Actor::admin()
        .send(&api.router, http::Method::PATCH, &path(&made), Some(request))
        .await
        .expect(200);
    let inbox = Actor::viewer()
        .get(&api.router, "/api/attention")
        .await
        .expect(200);
    assert_eq!(inbox["total"], 0);
}

#[tokio::test]
async fn what_was_sent_is_listed_shown_and_sent_again() {
    let api = TestApi::start().await;
    let made = make(&api).await;
    let (store, now) = (&api.test.store, api.test.now());
    store
        .add_do_not_call(&records::do_not_call(&records::number(1), now))
        .await
        .unwrap();
    let event = store.due_events(10).await.unwrap().remove(0);
    let mut delivery = store.make_deliveries(&event, now).await.unwrap().remove(0);
    delivery.give_up("Nobody there.", now);
    store.put_delivery(&mut delivery).await.unwrap();

    let list = format!("{}/deliveries?status=dead", path(&made));
    let dead = Actor::operator().get(&api.router, &list).await.expect(200);
    assert_eq!(dead["items"][0]["event_id"], json!(event.event_id));
    let inbox = Actor::viewer()
        .get(&api.router, "/api/attention")
        .await
        .expect(200);
    assert_eq!(inbox["items"][0]["kind"], "dead_events");
    let one = format!("{}/deliveries/{}", path(&made), event.event_id);
    let shown = Actor::operator().get(&api.router, &one).await.expect(200);
    assert_eq!(shown["body"]["type"], "opt_out.created");

    let again = format!("{}/dead-letters/replay", path(&made));
    assert_eq!(
        Actor::operator().act(&api.router, &again).await.expect(200)["replayed"],
        1
    );
    let since = json!({ "since": "2026-11-20T00:00:00Z" });
    let replay = format!("{}/replay", path(&made));
    let replayed = Actor::operator()
        .post(&api.router, &replay, since)
        .await
        .expect(200);
    assert_eq!(replayed, json!({ "replayed": 1 }));
}

/// A record in an event has the fields that the API shows of it.
#[tokio::test]
async fn what_is_told_has_the_names_of_the_api() {
    let api = TestApi::start().await;
    let (store, now) = (&api.test.store, api.test.now());
    let names = |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let data = |event: &OutgoingEvent| -> Value {
        serde_json::from_str::<Value>(&event.body).unwrap()["data"].take()
    };
    let call = records::call("one", now);
    store.create_call(&call).await.unwrap();
    let shown = Actor::viewer()
        .get(&api.router, &format!("/api/calls/{}", call.call_id))
        .await
        .expect(200);
    let event = OutgoingEvent::call_ended(&call, 2).unwrap();
    // What can be done now is nothing to tell, and a call of ours was not received.
    let mut told = names(&shown);
    told.retain(|name| !["can_be_ended", "desk", "reception"].contains(&name.as_str()));
    assert_eq!(names(&data(&event)), told);

    let campaign = api.campaign("reminders", 1).await;
    let id = &campaign.campaign_id;
    let shown = Actor::viewer()
        .get(&api.router, &format!("/api/campaigns/{id}"))
        .await
        .expect(200);
    let counts = store.campaign_counts(id).await.unwrap();
    let event = OutgoingEvent::campaign_finished(&campaign, &counts, 2).unwrap();
    assert_eq!(names(&data(&event)), names(&shown));
    assert_eq!(event.event_type, EventType::CampaignFinished);
}
