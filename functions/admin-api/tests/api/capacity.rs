//! What each read costs at the tables: capacity units are exact, and do not grow with the tables.

use std::collections::BTreeMap;

use futures::StreamExt;
use futures::stream::iter;
use switchboard_domain::{Call, CallStatus, Campaign};
use switchboard_testing::{Actor, records};

use crate::harness::TestApi;

/// Calls in the table at first, and then.
const FEW: u64 = 100;
const MANY: u64 = 2_000;
/// More than a search looks at for one page.
const LOOKED_AT: u64 = 2_100;
/// Calls that are written at one time.
const AT_ONCE: usize = 16;

/// Calls that are over, all of one moment, agent, campaign and number.
async fn with_calls(api: &TestApi, campaign: &Campaign, numbers: std::ops::Range<u64>) {
    let now = api.test.now();
    let past = |index: u64| {
        let mut call = records::call(&format!("past {index:04}"), now);
        call.status = CallStatus::Completed;
        call.campaign_id = Some(campaign.campaign_id.clone());
        call.results_complete = true;
        call.results.summary = Some("Wants to come on Tuesday instead.".to_owned());
        call
    };
    let write = |call: Call| async move { assert!(api.test.store.import_call(&call, false).await.unwrap()) };
    iter(numbers.map(past).map(write))
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<()>>()
        .await;
}

/// Read units of each route, asked for the second time: what is kept in memory is there then.
async fn read_units(api: &TestApi, expected: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    let mut units = BTreeMap::new();
    for path in expected.keys() {
        Actor::admin().get(&api.router, path).await.expect(200);
        drop(api.test.meter().take());
        Actor::admin().get(&api.router, path).await.expect(200);
        let used = api.test.meter().take();
        let written: f64 = used.values().map(|used| used.write_units).sum();
        assert!(written < f64::EPSILON, "{path} writes {written} units");
        units.insert(path.clone(), used.values().map(|used| used.read_units).sum());
    }
    units
}

/// What lists cost, each a page of 50 or all that there is, and single things.
fn expected(api: &TestApi, campaign: &Campaign) -> BTreeMap<String, f64> {
    let (id, now) = (&campaign.campaign_id, api.test.now());
    let call = records::call("past 0007", now);
    let (agent, list) = (api.agent_id(), records::contact_list("guests", 60, now).list_id);
    let number = call.phone_number.as_ref().unwrap().as_str().replace('+', "%2B");
    let lists = [
        ("/api/agents?limit=50", 2.5),
        ("/api/audit?limit=50", 0.5),
        ("/api/callbacks?limit=50", 1.5),
        ("/api/calls?limit=50", 5.0),
        ("/api/calls?status=completed&limit=50", 5.0),
        ("/api/calls/stats", 10.0),
        ("/api/campaigns?limit=50", 1.5),
        ("/api/contact-lists?limit=50", 0.5),
        ("/api/dial-settings", 1.0),
        ("/api/do-not-call?limit=50", 1.5),
        ("/api/exports?limit=50", 0.5),
        ("/api/me", 0.0),
        ("/api/phone-lines", 0.5),
        ("/api/queue", 2.5),
        ("/api/routing-rules", 1.0),
        ("/api/settings/reception", 1.0),
        ("/api/spend", 2.0),
        ("/api/uploads?limit=50", 0.5),
        ("/api/webhooks?limit=50", 0.5),
    ];
    let of_one = [
        (format!("/api/agents/{agent}"), 1.0),
        (format!("/api/calls?agent_id={agent}&limit=50"), 5.0),
        (format!("/api/calls?campaign_id={id}&limit=50"), 5.0),
        (format!("/api/calls?phone_number={number}&limit=50"), 5.0),
        (format!("/api/calls/{}", call.call_id), 1.0),
        (format!("/api/calls/{}/transcript", call.call_id), 2.0),
        (format!("/api/campaigns/{id}"), 2.0),
        (format!("/api/campaigns/{id}/progress"), 2.0),
        (format!("/api/campaigns/{id}/recipients?limit=50"), 7.5),
        (format!("/api/contact-lists/{list}"), 1.0),
        (format!("/api/contact-lists/{list}/contacts?limit=50"), 9.0),
    ];
    let lists = lists.map(|(path, units)| (path.to_owned(), units));
    lists.into_iter().chain(of_one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_costs_the_same_read_units_with_a_hundred_calls_and_with_thousands() {
    let api = TestApi::start().await;
    api.agent().await;
    api.line().await;
    api.list(60).await;
    let campaign = api.campaign("renewals", 60).await;
    api.test.meter().turn_on();
    let expected = expected(&api, &campaign);
    with_calls(&api, &campaign, 0..FEW).await;
    assert_eq!(read_units(&api, &expected).await, expected, "with few calls");
    with_calls(&api, &campaign, FEW..MANY).await;
    assert_eq!(read_units(&api, &expected).await, expected, "with many calls");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_finds_nobody_looks_at_so_many_calls_and_no_more() {
    let api = TestApi::start().await;
    api.agent().await;
    api.line().await;
    api.list(1).await;
    let campaign = api.campaign("renewals", 1).await;
    api.test.meter().turn_on();
    let path = "/api/calls?search=nobody-has-this-name&limit=50";
    let mut units = Vec::new();
    for numbers in [0..LOOKED_AT, LOOKED_AT..LOOKED_AT + 500] {
        with_calls(&api, &campaign, numbers).await;
        // What is kept in memory is there the second time.
        Actor::viewer().get(&api.router, path).await.expect(200);
        drop(api.test.meter().take());
        let page = Actor::viewer().get(&api.router, path).await.expect(200);
        assert_eq!(page["items"], serde_json::json!([]));
        let used = api.test.meter().take();
        units.push(used.values().map(|used| used.read_units).sum::<f64>());
    }
    assert!(units[0] > 100.0, "it looked at all of them: {units:?}");
    assert!((units[0] - units[1]).abs() < f64::EPSILON, "{units:?}");
}
