//! Finding calls.

use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use switchboard_domain::{AgentId, Call, CallStatus, CallSuccess, CampaignId, CampaignStatus, Direction};
use switchboard_testing::{Actor, records};

use crate::harness::TestApi;

/// Whether a row is what a filter asks for.
type Fits = Box<dyn Fn(&Value) -> bool>;

/// Calls that are over, one a minute: `change` makes each what it is.
async fn with_calls(api: &TestApi, count: u64, change: impl Fn(u64, &mut Call)) {
    for index in 0..count {
        api.test.clock.advance(SignedDuration::from_mins(1));
        let mut call = records::call(&format!("past {index}"), api.test.now());
        call.status = CallStatus::Completed;
        call.phone_number = Some(records::number(index));
        call.results_complete = true;
        change(index, &mut call);
        assert!(api.test.store.import_call(&call, false).await.unwrap());
    }
}

/// Every row of a list, page by page, and the number of pages.
async fn walk(api: &TestApi, query: &str) -> (Vec<Value>, usize) {
    let (mut rows, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let path = format!("/api/calls?{query}{cursor}");
        let page = Actor::viewer().get(&api.router, &path).await.expect(200);
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        pages += 1;
        assert!(pages < 200, "the list has an end");
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (rows, pages),
        }
    }
}

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["call_id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_search_gives_every_call_that_fits_once_whatever_the_page() {
    let api = TestApi::start().await;
    with_calls(&api, 60, |index, call| {
        let name = if index % 3 == 0 { "Carla Núñez" } else { "Bruno" };
        call.variables = [("name".to_owned(), name.to_owned())].into();
        call.results.summary = Some(format!("Asked for table {index}."));
    })
    .await;
    let (all, _) = walk(&api, "search=nunez&limit=200").await;
    assert_eq!(all.len(), 20);
    for limit in [1, 3, 7, 20, 21] {
        let (rows, _) = walk(&api, &format!("search=NU%C3%91EZ&limit={limit}")).await;
        assert_eq!(ids(&rows), ids(&all), "limit {limit}");
    }
    assert_eq!(walk(&api, "search=table%2041").await.0.len(), 1);
    assert_eq!(walk(&api, "search=nobody").await.0.len(), 0);
}

#[tokio::test]
async fn a_number_is_found_whole_and_in_part() {
    let api = TestApi::start().await;
    with_calls(&api, 12, |_, _| {}).await;
    let number = records::number(7).as_str().to_owned();
    let whole = format!("search={}", number.replace('+', "%2B"));
    assert_eq!(walk(&api, &whole).await.0.len(), 1);
    let part = &number[number.len() - 5..];
    assert_eq!(walk(&api, &format!("search={part}")).await.0.len(), 1);
    for bad in ["search=a", &format!("search={}", "x".repeat(101))] {
        let body = Actor::viewer()
            .get(&api.router, &format!("/api/calls?{bad}"))
            .await
            .expect(400);
        assert_eq!(body["errors"][0]["field"], "search");
    }
}

#[tokio::test]
async fn a_long_search_says_how_far_back_it_got() {
    let api = TestApi::start().await;
    with_calls(&api, 2_100, |index, call| {
        if index == 0 {
            call.results.title = Some("The very first".to_owned());
        }
    })
    .await;
    let page = Actor::viewer()
        .get(&api.router, "/api/calls?search=first")
        .await
        .expect(200);
    assert_eq!(page["items"], json!([]));
    assert!(
        page["searched_back_to"].is_string() && page["next_cursor"].is_string(),
        "{page}"
    );
    let (rows, pages) = walk(&api, "search=first").await;
    assert_eq!((rows.len(), pages), (1, 2));
}

#[tokio::test]
async fn the_desk_and_its_count_agree_through_marks_and_late_results() {
    let api = TestApi::start().await;
    with_calls(&api, 24, |index, call| {
        if index % 4 == 0 {
            call.status = CallStatus::Failed;
        } else {
            call.results.success = Some(match index % 4 {
                1 => CallSuccess::Failure,
                2 => CallSuccess::Success,
                _ => CallSuccess::Unknown,
            });
        }
        call.direction = if index % 2 == 0 {
            Direction::Outbound
        } else {
            Direction::Inbound
        };
    })
    .await;
    let waiting = async || walk(&api, "view=needs_attention&limit=5").await.0;
    let counted = async || {
        Actor::viewer()
            .get(&api.router, "/api/calls/stats")
            .await
            .expect(200)["needs_attention"]
            .clone()
    };
    assert_eq!((waiting().await.len(), counted().await), (12, json!(12)));
    assert_eq!(
        walk(&api, "view=needs_attention&direction=inbound").await.0.len(),
        6
    );

    let first = waiting().await[0]["call_id"].as_str().unwrap().to_owned();
    let path = format!("/api/calls/{first}");
    for (handled, left) in [(true, 11), (true, 11), (false, 12), (true, 11)] {
        let body = Some(json!({ "handled": handled }));
        Actor::operator()
            .send(&api.router, Method::PATCH, &path, body)
            .await
            .expect(200);
        assert_eq!((waiting().await.len(), counted().await), (left, json!(left)));
    }
    assert_eq!(ids(&walk(&api, "view=handled").await.0), [first.as_str()]);

    // The analysis of a call comes after its end, and says that it missed its goal.
    let (unknown, _) = walk(&api, "status=completed").await;
    let late = unknown
        .iter()
        .find(|call| call["results"]["success"] == "unknown")
        .unwrap();
    let id = late["call_id"].as_str().unwrap().parse().unwrap();
    let missed = |call: &mut Call| {
        call.results.success = Some(CallSuccess::Failure);
        true
    };
    api.test.store.update_call(&id, missed).await.unwrap();
    assert_eq!((waiting().await.len(), counted().await), (12, json!(12)));
}

#[tokio::test]
async fn calls_under_way_are_together_newest_first() {
    let api = TestApi::start().await;
    with_calls(&api, 3, |_, _| {}).await;
    let states = [
        CallStatus::Queued,
        CallStatus::Placing,
        CallStatus::InProgress,
        CallStatus::Unconfirmed,
    ];
    for index in 0..12 {
        api.test.clock.advance(SignedDuration::from_secs(1));
        let mut call = records::call(&format!("live {index}"), api.test.now());
        call.status = states[index % states.len()];
        api.test.store.create_call(&call).await.unwrap();
    }
    let (all, _) = walk(&api, "view=in_progress").await;
    assert_eq!(all.len(), 12);
    assert!(all.is_sorted_by(|a, b| a["created_at"].as_str() >= b["created_at"].as_str()));
    let (paged, pages) = walk(&api, "view=in_progress&limit=5").await;
    assert_eq!((ids(&paged), pages), (ids(&all), 3));
}

#[tokio::test]
async fn every_filter_holds_in_every_view() {
    let api = TestApi::start().await;
    let campaign = CampaignId::derived(&["spring"]);
    let berta = AgentId::derived(&["berta"]);
    with_calls(&api, 36, |index, call| {
        let of_campaign = index % 2 == 0;
        call.campaign_id = of_campaign.then(|| campaign.clone());
        call.direction = if index % 3 == 0 {
            Direction::Inbound
        } else {
            Direction::Outbound
        };
        if index % 4 == 0 {
            call.agent_id = Some(berta.clone());
        }
        call.phone_number = Some(records::number(index % 5));
        call.results.summary = Some(if index % 6 == 0 { "Café" } else { "Tea" }.to_owned());
        call.status = match index % 3 {
            0 => CallStatus::Failed,
            1 => CallStatus::InProgress,
            _ => CallStatus::Completed,
        };
        call.handled = index % 3 == 2;
    })
    .await;
    let middle = api.test.now().checked_sub(SignedDuration::from_mins(18)).unwrap();
    let number = records::number(3).as_str().replace('+', "%2B");
    let filters: Vec<(String, Fits)> = vec![
        (
            format!("campaign_id={campaign}"),
            Box::new(move |call| call["campaign_id"] == json!(campaign)),
        ),
        (
            format!("agent_id={berta}"),
            Box::new(move |call| call["agent_id"] == json!(berta)),
        ),
        (
            "direction=inbound".to_owned(),
            Box::new(|call| call["direction"] == "inbound"),
        ),
        (
            "search=CAFE".to_owned(),
            Box::new(|call| call["results"]["summary"] == "Café"),
        ),
        (
            format!("phone_number={number}"),
            Box::new(|call| call["phone_number"] == json!(records::number(3))),
        ),
        (
            format!("since={middle}"),
            Box::new(move |call| {
                call["created_at"].as_str().unwrap().parse::<Timestamp>().unwrap() >= middle
            }),
        ),
        (
            format!("until={middle}"),
            Box::new(move |call| call["created_at"].as_str().unwrap().parse::<Timestamp>().unwrap() < middle),
        ),
        (
            "status=failed".to_owned(),
            Box::new(|call| call["status"] == "failed"),
        ),
        (
            "status=in_progress".to_owned(),
            Box::new(|call| call["status"] == "in_progress"),
        ),
    ];
    for view in ["", "view=needs_attention", "view=handled", "view=in_progress"] {
        let (whole, _) = walk(&api, &format!("{view}&limit=200")).await;
        assert_eq!(whole.len(), if view.is_empty() { 36 } else { 12 }, "{view}");
        for (one, fits_one) in &filters {
            for (other, fits_other) in &filters {
                let query = if one == other {
                    one.clone()
                } else if one.split('=').next() == other.split('=').next() {
                    continue;
                } else {
                    format!("{one}&{other}")
                };
                let wanted: Vec<Value> = whole
                    .iter()
                    .filter(|call| fits_one(call) && fits_other(call))
                    .cloned()
                    .collect();
                let query = format!("{view}&{query}&limit=2");
                let (rows, _) = walk(&api, &query).await;
                assert_eq!(ids(&rows), ids(&wanted), "{query}");
            }
        }
    }
    let body = Actor::viewer()
        .get(
            &api.router,
            "/api/calls?since=2026-11-20T12:00:00Z&until=2026-11-20T11:00:00Z",
        )
        .await
        .expect(400);
    assert_eq!(body["errors"][0]["field"], "until");
}

#[tokio::test]
async fn contacts_and_lists_are_searched() {
    let api = TestApi::start().await;
    let list = api.list(30).await;
    let path = format!("/api/contact-lists/{}/contacts", list.list_id);
    let found = Actor::viewer()
        .get(&api.router, &format!("{path}?search=guest%2017"))
        .await
        .expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    let mut rows = 0;
    let mut cursor = String::new();
    loop {
        let page = Actor::viewer()
            .get(&api.router, &format!("{path}?search=guest&limit=7{cursor}"))
            .await
            .expect(200);
        rows += page["items"].as_array().unwrap().len();
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(rows, 30);
    let lists = async |query: &str| {
        let page = Actor::viewer()
            .get(&api.router, &format!("/api/contact-lists?{query}"))
            .await
            .expect(200);
        page["items"].as_array().unwrap().len()
    };
    assert_eq!(
        (lists("search=GUEST").await, lists("search=nobody").await),
        (1, 0)
    );
}

#[tokio::test]
async fn what_depends_on_an_agent_is_named_before_it_is_deleted() {
    let api = TestApi::start().await;
    let agent = api.agent().await;
    let path = format!("/api/agents/{}/dependents", agent.agent_id);
    let body = Actor::viewer().get(&api.router, &path).await.expect(200);
    assert_eq!(
        (&body["campaigns"], &body["calls_in_progress"], &body["deletable"]),
        (&json!([]), &json!(0), &json!(true))
    );
    let remains = body["remains"].as_str().unwrap();
    assert!(remains.contains("recordings stay here"), "{remains}");

    let call = records::call("live", api.test.now());
    api.test.store.create_call(&call).await.unwrap();
    let body = Actor::viewer().get(&api.router, &path).await.expect(200);
    assert_eq!(
        (&body["calls_in_progress"], &body["deletable"]),
        (&json!(1), &json!(false))
    );
    let agent = format!("/api/agents/{}", agent.agent_id);
    let refused = Actor::admin()
        .send(&api.router, Method::DELETE, &agent, None)
        .await
        .expect(409);
    assert_eq!(refused["detail"], body["reason"]);

    let mut campaign = records::campaign("Reminders", api.test.now());
    campaign.status = CampaignStatus::Paused;
    api.test.store.create_campaign(&campaign).await.unwrap();
    let body = Actor::viewer().get(&api.router, &path).await.expect(200);
    assert_eq!(
        body["campaigns"],
        json!([{ "campaign_id": campaign.campaign_id, "name": "Reminders", "status": "paused" }])
    );
    assert!(body["reason"].as_str().unwrap().contains("Reminders"), "{body}");
}
