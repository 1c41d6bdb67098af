//! What was measured, and alerts.

use jiff::SignedDuration;
use serde_json::{Value, json};
use switchboard_domain::{
    Call, CallFacts, CallOutcome, Ending, Measurement, ProviderEvent, ProviderKind, TryAgain, WebhookResult,
};
use switchboard_providers::{Credits, Quota};
use switchboard_store::{BeginDial, DialLimits, Finished};
use switchboard_testing::{Actor, records};

use crate::harness::TestApi;

const KIND: ProviderKind = ProviderKind::Elevenlabs;

async fn metrics(api: &TestApi, query: &str) -> Value {
    let path = format!("/api/metrics{query}");
    Actor::viewer().get(&api.router, &path).await.expect(200)
}

/// A call that was dialled a little after its person was due, and answered by the provider.
async fn dialled(api: &TestApi, name: &str) -> Call {
    let (store, now) = (&api.test.store, api.test.now());
    let mut call = records::call(name, now);
    call.due_at = now.checked_sub(SignedDuration::from_millis(700)).ok();
    store.create_call(&call).await.unwrap();
    let begun = store
        .begin_dial(&call, None, None, &DialLimits::default(), now, now)
        .await
        .unwrap();
    assert!(matches!(begun, BeginDial::Begun(_)), "{begun:?}");
    store
        .update_call(&call.call_id, |call| {
            call.answer_ms = Some(320);
            true
        })
        .await
        .unwrap();
    call
}

async fn ended(api: &TestApi, name: &str, outcome: CallOutcome, secs: u64) {
    let call = dialled(api, name).await;
    let facts = CallFacts {
        duration_secs: Some(secs),
        ..CallFacts::default()
    };
    let ending = Ending::Ended {
        outcome,
        facts: Box::new(facts),
    };
    let finished = api
        .test
        .store
        .finish_call(&call.call_id, &ending, api.test.now())
        .await;
    assert!(matches!(finished.unwrap(), Finished::Now(_)));
}

#[tokio::test]
async fn calls_are_counted_by_how_they_ended_and_how_long_things_took() {
    let api = TestApi::start().await;
    ended(&api, "one", CallOutcome::Completed, 40).await;
    ended(&api, "two", CallOutcome::Completed, 80).await;
    api.test.clock.advance(SignedDuration::from_hours(2));
    ended(&api, "three", CallOutcome::Busy, 0).await;
    let refused = dialled(&api, "four").await;
    let ending = Ending::NotPlaced {
        try_again: TryAgain::Never,
        failure: "No.".into(),
        request_id: None,
    };
    api.test
        .store
        .finish_call(&refused.call_id, &ending, api.test.now())
        .await
        .unwrap();

    let shown = metrics(&api, "").await;
    let numbers = &shown["providers"][0]["numbers"];
    assert_eq!(
        (&numbers["calls"], &numbers["average_duration_secs"]),
        (&json!(3), &json!(60.0))
    );
    assert_eq!(
        (
            &numbers["outcomes"]["completed"],
            &numbers["outcomes"]["not_placed"]
        ),
        (&json!(2), &json!(1))
    );
    assert!((numbers["answer_rate"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-9);
    assert_eq!(
        numbers["dial_delay"],
        json!({ "count": 4, "p50_ms": 750, "p95_ms": 750 })
    );
    assert_eq!(numbers["provider_answer"]["p95_ms"], 500);
    assert_eq!(shown["all"], *numbers, "there is one platform with calls");
    assert_eq!(shown["providers"][1]["numbers"]["calls"], 0);
    let points = shown["points"].as_array().unwrap();
    assert_eq!((points.len(), &shown["step"]), (25, &json!("hour")));
    let calls: Vec<u64> = points
        .iter()
        .filter_map(|point| point["calls"].as_u64())
        .collect();
    assert_eq!((calls[22], calls[24], calls.iter().sum::<u64>()), (2, 1, 3));

    let by_day = metrics(&api, "?since=2026-11-18T10:00:00Z&step=day").await;
    let days: Vec<&str> = by_day["points"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|p| p["from"].as_str())
        .collect();
    assert_eq!(
        days,
        [
            "2026-11-18T00:00:00Z",
            "2026-11-19T00:00:00Z",
            "2026-11-20T00:00:00Z"
        ]
    );
    assert_eq!(by_day["points"][2]["calls"], 3);
    let later = metrics(&api, "?since=2026-11-20T13:30:00Z").await;
    assert_eq!(later["all"]["calls"], 1, "what is before the span is left out");
}

#[tokio::test]
async fn webhooks_failures_and_changed_agents_are_counted() {
    let api = TestApi::start().await;
    let (store, now) = (&api.test.store, api.test.now());
    let webhook = |result, lag_ms| Measurement::Webhook {
        provider: KIND,
        result,
        lag_ms,
    };
    store
        .measure(&webhook(WebhookResult::Applied, Some(900)), now)
        .await;
    store.measure(&webhook(WebhookResult::Unparsed, None), now).await;
    for class in ["unavailable", "rejected", "unavailable"] {
        store
            .measure(
                &Measurement::ProviderFailed {
                    provider: KIND,
                    class,
                },
                now,
            )
            .await;
    }
    // Forged ones are counted together: the first at once, the others with whatever comes later.
    for _ in 0..50 {
        store.measure(&webhook(WebhookResult::Refused, None), now).await;
    }
    let numbers = metrics(&api, "").await["providers"][0]["numbers"].clone();
    assert_eq!(numbers["webhooks"]["refused"], 1);
    api.test.clock.advance(SignedDuration::from_secs(10));
    store
        .measure(&webhook(WebhookResult::Repeated, None), api.test.now())
        .await;

    let new = json!({ "provider": "elevenlabs", "name": "Ann", "prompt": "Ask.", "language": "en" });
    let made = Actor::admin()
        .post(&api.router, "/api/agents", new)
        .await
        .expect(201);
    let path = format!("/api/agents/{}", made["agent_id"].as_str().unwrap());
    Actor::admin().delete(&api.router, &path).await.expect(204);

    let numbers = metrics(&api, "").await["providers"][0]["numbers"].clone();
    assert_eq!(
        numbers["webhooks"],
        json!({
            "received": 3, "failed": 1, "repeated": 1, "refused": 50,
            "lag": { "count": 1, "p50_ms": 1000, "p95_ms": 1000 },
        })
    );
    assert_eq!(
        numbers["errors"],
        json!([{ "class": "unavailable", "count": 2 }, { "class": "rejected", "count": 1 }])
    );
    assert_eq!(
        numbers["agents"],
        json!({ "created": 1, "updated": 0, "deleted": 1 })
    );
}

#[tokio::test]
async fn a_span_that_cannot_be_shown_is_refused_with_what_to_choose() {
    let api = TestApi::start().await;
    for (query, field) in [
        ("?since=2026-11-21T00:00:00Z", "since"),
        ("?since=2026-10-01T00:00:00Z", "since"),
        ("?since=2026-11-01T00:00:00Z&step=hour", "step"),
    ] {
        let path = format!("/api/metrics{query}");
        let problem = Actor::viewer().get(&api.router, &path).await.expect(400);
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
}

fn quota(used: u64) -> Quota {
    Quota {
        tier: "pro".into(),
        status: "active".into(),
        credits: Some(Credits {
            used,
            limit: 1_000,
            resets_at: None,
        }),
        calls_in_progress: Some(2),
        most_calls: Some(20),
    }
}

#[tokio::test]
async fn an_account_that_comes_to_its_end_is_listed_by_the_thresholds_and_leaves_by_itself() {
    let api = TestApi::start().await;
    let look = async || {
        api.test.clock.advance(SignedDuration::from_secs(60));
        Actor::viewer().get(&api.router, "/api/status").await.expect(200);
        Actor::viewer()
            .get(&api.router, "/api/attention")
            .await
            .expect(200)
    };
    api.provider.set_quota(quota(850));
    assert_eq!(
        look().await["total"],
        0,
        "15 % are left, and 10 are the usual threshold"
    );

    let path = "/api/settings/alerts";
    let mut settings = Actor::admin().get(&api.router, path).await.expect(200);
    assert_eq!(settings["providers"][0]["least_credits_percent"], 10);
    settings["providers"][0]["least_credits"] = json!(200);
    Actor::operator()
        .put(&api.router, path, settings.clone())
        .await
        .expect(403);
    let changed_at = api.test.now();
    Actor::admin()
        .put(&api.router, path, settings.clone())
        .await
        .expect(200);
    let listed = Actor::viewer()
        .get(&api.router, "/api/attention")
        .await
        .expect(200);
    let item = &listed["items"][0];
    assert_eq!(
        (&item["kind"], &item["subject"], &item["since"]),
        (
            &json!("quota_low"),
            &json!("elevenlabs"),
            &json!(changed_at.to_string())
        )
    );
    let known = item["known"].as_str().unwrap();
    assert!(
        known.starts_with("150 of 1000 credits are left at ElevenLabs."),
        "{known}"
    );
    assert_eq!(
        look().await["items"][0]["since"],
        changed_at.to_string(),
        "it stays low since then"
    );
    let shown = metrics(&api, "").await["providers"][0]["quota"].clone();
    assert_eq!(
        (&shown["credits_left"], &shown["low"][0]["alert"]),
        (&json!(150), &json!("credits"))
    );

    api.provider.set_quota(quota(10));
    assert_eq!(look().await["total"], 0);
}

#[tokio::test]
async fn thresholds_that_make_no_sense_are_refused() {
    let api = TestApi::start().await;
    let path = "/api/settings/alerts";
    let settings = Actor::admin().get(&api.router, path).await.expect(200);
    let mut wrong = settings.clone();
    wrong["providers"][0]["least_credits_percent"] = json!(100);
    let problem = Actor::admin().put(&api.router, path, wrong).await.expect(400);
    assert_eq!(
        problem["errors"][0]["field"],
        "providers[0].least_credits_percent"
    );
    let mut twice = settings.clone();
    twice["providers"][1] = settings["providers"][0].clone();
    Actor::admin().put(&api.router, path, twice).await.expect(400);
}

#[tokio::test]
async fn a_platform_that_serves_nobody_is_listed_before_anybody_is_dialled() {
    let api = TestApi::start().await;
    let now = api.test.now();
    let store = &api.test.store;
    let mut watch = store.provider_watch(KIND).await.unwrap();
    watch.failed("ElevenLabs did not accept the API key.".into(), None, true, now);
    store.put_provider_watch(&watch).await.unwrap();
    let listed = Actor::viewer()
        .get(&api.router, "/api/attention")
        .await
        .expect(200);
    assert_eq!(listed["total"], 0, "it may be over in a moment");
    api.test.clock.advance(SignedDuration::from_mins(3));
    let listed = Actor::viewer()
        .get(&api.router, "/api/attention")
        .await
        .expect(200);
    assert_eq!(listed["items"][0]["kind"], "provider_down");
    // The dials found it out too: it is listed once.
    let failed = ProviderEvent::Failed { error: "No.".into() };
    for _ in 0..5 {
        store
            .note_provider_event(KIND, &failed, api.test.now())
            .await
            .unwrap();
    }
    let listed = Actor::viewer()
        .get(&api.router, "/api/attention")
        .await
        .expect(200);
    assert_eq!(listed["total"], 1);
}
