//! Contact lists, contacts, do-not-call list.

use serde_json::{Value, json};
use switchboard_domain::{CampaignStatus, LayoutProgress};
use switchboard_testing::{Actor, records};

use crate::harness::{TestApi, fields, number};

fn places(page: &Value) -> Vec<u64> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|contact| contact["seq"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn contacts_come_in_the_order_of_the_file() {
    let api = TestApi::start().await;
    let list = api.list(25).await;
    let path = format!("/api/contact-lists/{}/contacts?limit=10", list.list_id);
    let mut all = Vec::new();
    let mut next = path.clone();
    loop {
        let page = Actor::viewer().get(&api.router, &next).await.expect(200);
        all.extend(places(&page));
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        next = format!("{path}&cursor={cursor}");
    }
    assert_eq!(all, (0..25).collect::<Vec<_>>());
    for (cursor, rows) in [("25", 0), ("18446744073709551615", 0), ("24", 1)] {
        let page = Actor::viewer()
            .get(&api.router, &format!("{path}&cursor={cursor}"))
            .await
            .expect(200);
        assert_eq!(places(&page).len(), rows, "{cursor}");
        assert!(page.get("next_cursor").is_none());
    }
    Actor::viewer()
        .get(&api.router, &format!("{path}&cursor=x"))
        .await
        .expect(400);
}

#[tokio::test]
async fn contacts_are_deleted_by_place() {
    let api = TestApi::start().await;
    let list = api.list(5).await;
    let request = json!({ "list_id": list.list_id, "places": [1, 3, 99] });
    let body = Actor::operator()
        .post(&api.router, "/api/contacts/bulk-delete", request.clone())
        .await
        .expect(200);
    assert_eq!(body, json!({ "deleted": 2 }));
    let again = Actor::operator()
        .post(&api.router, "/api/contacts/bulk-delete", request)
        .await
        .expect(200);
    assert_eq!(again, json!({ "deleted": 0 }));
    let page = Actor::viewer()
        .get(
            &api.router,
            &format!("/api/contact-lists/{}/contacts", list.list_id),
        )
        .await;
    assert_eq!(places(&page.expect(200)), [0, 2, 4]);
    let list = Actor::viewer()
        .get(&api.router, &format!("/api/contact-lists/{}", list.list_id))
        .await
        .expect(200);
    assert_eq!(list["deleted"], 2);

    let none = json!({ "list_id": format!("list_{}", "0".repeat(26)), "places": [] });
    let body = Actor::operator()
        .post(&api.router, "/api/contacts/bulk-delete", none)
        .await
        .expect(400);
    assert_eq!(fields(&body), ["places"]);
}

#[tokio::test]
async fn a_contact_is_found_by_number_in_any_spelling() {
    let api = TestApi::start().await;
    api.list(3).await;
    for spelling in [
        "%2B14155550101",
        "%2B1%20(415)%20555-0101",
        "0014155550101",
        "415-555-0101&default_region=US",
    ] {
        let path = format!("/api/contacts?phone_number={spelling}");
        assert_eq!(
            places(&Actor::viewer().get(&api.router, &path).await.expect(200)),
            [1],
            "{spelling}"
        );
    }
    let body = Actor::viewer()
        .get(&api.router, "/api/contacts?phone_number=112")
        .await
        .expect(400);
    assert_eq!(fields(&body), ["phone_number"]);
    Actor::viewer()
        .get(&api.router, "/api/contacts")
        .await
        .expect(400);
}

#[tokio::test]
async fn a_list_that_a_campaign_still_takes_over_is_not_deleted() {
    let api = TestApi::start().await;
    let list = api.list(3).await;
    let mut campaign = records::campaign("Reminders", api.test.now());
    campaign.status = CampaignStatus::Scheduled;
    campaign.list_ids = vec![list.list_id.clone()];
    campaign.layout = LayoutProgress::default();
    api.test.store.create_campaign(&campaign).await.unwrap();
    let path = format!("/api/contact-lists/{}", list.list_id);
    let body = Actor::operator().delete(&api.router, &path).await.expect(409);
    assert!(body["detail"].as_str().unwrap().contains("Reminders"), "{body}");

    let done = LayoutProgress {
        done: true,
        ..LayoutProgress::default()
    };
    api.test
        .store
        .record_layout(&campaign.campaign_id, &done)
        .await
        .unwrap();
    Actor::operator().delete(&api.router, &path).await.expect(204);
    Actor::viewer().get(&api.router, &path).await.expect(404);
    assert_eq!(api.test.store.find_contacts(&number(0)).await.unwrap(), []);
}

#[tokio::test]
async fn numbers_are_put_on_and_taken_off_the_do_not_call_list() {
    let api = TestApi::start().await;
    let request = json!({ "phone_numbers": ["+1 415 555 0100", "(415) 555-0101"], "default_region": "US", "note": "asked" });
    let body = Actor::operator()
        .post(&api.router, "/api/do-not-call", request.clone())
        .await
        .expect(200);
    assert_eq!(body, json!({ "added": 2, "present": 0 }));
    let body = Actor::operator()
        .post(&api.router, "/api/do-not-call", request)
        .await
        .expect(200);
    assert_eq!(body, json!({ "added": 0, "present": 2 }));

    let list = Actor::viewer()
        .get(&api.router, "/api/do-not-call")
        .await
        .expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    let entry = Actor::viewer()
        .get(&api.router, "/api/do-not-call/%2B14155550100")
        .await
        .expect(200);
    insta::assert_json_snapshot!(entry);

    Actor::operator()
        .delete(&api.router, "/api/do-not-call/%2B14155550100")
        .await
        .expect(403);
    Actor::admin()
        .delete(&api.router, "/api/do-not-call/%2B14155550100")
        .await
        .expect(204);
    Actor::viewer()
        .get(&api.router, "/api/do-not-call/%2B14155550100")
        .await
        .expect(404);
}

#[tokio::test]
async fn one_wrong_number_keeps_all_off_the_list_and_is_named() {
    let api = TestApi::start().await;
    let request = json!({ "phone_numbers": ["+14155550100", "12", "call me"] });
    let body = Actor::operator()
        .post(&api.router, "/api/do-not-call", request)
        .await
        .expect(400);
    assert_eq!(fields(&body), ["phone_numbers[1]", "phone_numbers[2]"]);
    assert_eq!(api.test.store.find_do_not_call(&number(0)).await.unwrap(), None);
}

#[tokio::test]
async fn the_do_not_call_list_is_searched_by_digits() {
    let api = TestApi::start().await;
    let numbers: Vec<String> = (0..12).map(|n| number(n).as_str().to_owned()).collect();
    Actor::operator()
        .post(
            &api.router,
            "/api/do-not-call",
            json!({ "phone_numbers": numbers }),
        )
        .await
        .expect(200);
    let found = async |query: &str| {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/do-not-call?{query}{cursor}");
            let page = Actor::viewer().get(&api.router, &path).await.expect(200);
            rows.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return rows.len(),
            }
        }
    };
    // 555 0100 to 555 0111.
    for (query, rows) in [
        ("search=555-01&limit=5", 12),
        ("search=55501&limit=1", 12),
        ("search=(555)%20011", 2),
        ("search=5550107", 1),
        ("search=nobody", 0),
    ] {
        assert_eq!(found(query).await, rows, "{query}");
    }
}
