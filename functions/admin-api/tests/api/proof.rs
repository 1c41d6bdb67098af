//! The promises of one campaign, checked against its own records.

use jiff::SignedDuration;
use serde_json::{Value, json};
use switchboard_domain::{Call, CallFacts, CallOutcome, Campaign, Ending};
use switchboard_store::DialLimits;
use switchboard_testing::{Actor, records};

use crate::harness::TestApi;

/// Calls a campaign's `n`-th recipient, who answers for half a minute.
async fn call(api: &TestApi, campaign: &Campaign, n: u64) -> Call {
    let (store, now) = (&api.test.store, api.test.now());
    let recipient = records::recipient(&campaign.campaign_id, n, now).recipient_id;
    let find = || async {
        store
            .find_recipient(&campaign.campaign_id, &recipient)
            .await
            .unwrap()
            .unwrap()
    };
    let call = records::call_of(campaign, &find().await, now);
    store.enqueue(&call, &find().await, now).await.unwrap();
    store
        .begin_dial(
            &call,
            Some(&find().await),
            Some(campaign),
            &DialLimits::default(),
            now,
            now,
        )
        .await
        .unwrap();
    api.test.clock.advance(SignedDuration::from_secs(30));
    let facts = CallFacts {
        duration_secs: Some(5),
        results_complete: true,
        has_recording: Some(false),
        ..CallFacts::default()
    };
    let ending = Ending::Ended {
        outcome: CallOutcome::Completed,
        facts: Box::new(facts),
    };
    store
        .finish_call(&call.call_id, &ending, api.test.now())
        .await
        .unwrap();
    call
}

async fn proof(api: &TestApi, campaign: &Campaign) -> Value {
    let path = format!("/api/campaigns/{}/proof", campaign.campaign_id);
    Actor::viewer().get(&api.router, &path).await.expect(200)
}

#[tokio::test]
async fn a_running_campaign_holds_as_far_as_it_is_decided() {
    let api = TestApi::start().await;
    let campaign = api.campaign("renewals", 3).await;
    call(&api, &campaign, 0).await;
    call(&api, &campaign, 1).await;
    let proof = proof(&api, &campaign).await;
    assert_eq!(
        (&proof["holds"], &proof["is_final"], &proof["complete"]),
        (&json!(true), &json!(false), &json!(true)),
        "{proof}"
    );
    assert_eq!(
        (&proof["people"], &proof["placed"], &proof["peak_calls"]),
        (&json!(3), &json!(2), &json!(1))
    );
    insta::assert_json_snapshot!(proof["checks"]);
}

#[tokio::test]
async fn a_second_call_to_a_reached_person_is_named() {
    let api = TestApi::start().await;
    let campaign = api.campaign("renewals", 1).await;
    let first = call(&api, &campaign, 0).await;
    // Written past every rule, as a fault of ours would.
    let mut second = first.clone();
    second.call_id = switchboard_domain::CallId::derived(&["second"]);
    second.status = switchboard_domain::CallStatus::Completed;
    second.placing_at = Some(api.test.now());
    api.test.store.create_call(&second).await.unwrap();
    let proof = proof(&api, &campaign).await;
    assert_eq!(proof["holds"], false);
    let broken = proof["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["holds"] == false);
    let names: Vec<_> = broken.map(|check| check["check"].as_str().unwrap()).collect();
    assert_eq!(names, ["dials_within_policy"], "{proof}");
}

#[tokio::test]
async fn the_ledger_has_every_call_with_its_moments_and_masked_numbers() {
    let api = TestApi::start().await;
    let campaign = api.campaign("renewals", 2).await;
    call(&api, &campaign, 0).await;
    let path = proof(&api, &campaign).await["ledger"]
        .as_str()
        .unwrap()
        .to_owned();
    let reply = Actor::viewer().get(&api.router, &path).await;
    assert_eq!(reply.headers["content-type"], "text/csv; charset=utf-8");
    let csv = reply.body.as_str().unwrap().to_owned();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 2, "{csv}");
    assert!(lines[0].starts_with("call_id,recipient_id,phone_number,attempt,status,due_at"));
    assert!(lines[1].contains(",completed,2026-11-20T12:00:00Z,"), "{csv}");
    assert!(!csv.contains("+14155550000"), "{csv}");
}

#[tokio::test]
async fn a_campaign_that_is_not_there_has_no_proof() {
    let api = TestApi::start().await;
    let path = format!("/api/campaigns/camp_{}/proof", "0".repeat(26));
    Actor::viewer().get(&api.router, &path).await.expect(404);
}
