//! The do-not-call list: files for it, exports of it, and how old what it goes by is.

use serde_json::{Value, json};
use switchboard_domain::{DoNotCallImport, ExportId, ExportStatus, RecipientStatus, SkipReason, UploadId};
use switchboard_testing::{Actor, records};

use crate::harness::{TestApi, fields, number};

fn file_of(source: &str, date: &str) -> Value {
    json!({
        "file_name": "register.csv", "bytes": 17,
        "do_not_call": { "source": source, "source_date": date },
    })
}

/// Notes that a register's file of this date was imported.
async fn imported(api: &TestApi, source: &str, date: &str) -> DoNotCallImport {
    let import = DoNotCallImport {
        source: source.to_owned(),
        source_date: date.parse().unwrap(),
        is_register: true,
    };
    let upload = records::upload(source, api.test.now());
    api.test
        .store
        .note_register(&import, &upload, 3, api.test.now())
        .await
        .unwrap();
    import
}

#[tokio::test]
async fn an_upload_for_the_list_keeps_its_source_and_date() {
    let api = TestApi::start().await;
    let made = Actor::operator()
        .post(
            &api.router,
            "/api/uploads",
            file_of("National register", "2026-11-01"),
        )
        .await
        .expect(201);
    let import = json!({ "source": "National register", "source_date": "2026-11-01", "is_register": true });
    assert_eq!(made["upload"]["do_not_call"], import);
    let id = UploadId::parse(made["upload"]["upload_id"].as_str().unwrap()).unwrap();
    let upload = api.test.store.find_upload(&id).await.unwrap().unwrap();
    assert_eq!(serde_json::to_value(upload.do_not_call).unwrap(), import);
}

#[tokio::test]
async fn what_is_wrong_with_a_file_for_the_list_is_named() {
    let api = TestApi::start().await;
    let mut wrong = file_of(" ", "2027-01-01");
    wrong["list_name"] = "Guests".into();
    let body = Actor::operator()
        .post(&api.router, "/api/uploads", wrong)
        .await
        .expect(400);
    assert_eq!(
        fields(&body),
        ["do_not_call.source", "do_not_call.source_date", "list_name"]
    );
    Actor::viewer()
        .post(&api.router, "/api/uploads", file_of("Register", "2026-11-01"))
        .await
        .expect(403);
    // Where the person is, it may be tomorrow already.
    Actor::operator()
        .post(&api.router, "/api/uploads", file_of("Register", "2026-11-21"))
        .await
        .expect(201);
}

#[tokio::test]
async fn there_is_an_end_to_registers_and_known_ones_go_on() {
    let api = TestApi::start().await;
    for n in 0..100 {
        imported(&api, &format!("Register {n}"), "2026-11-01").await;
    }
    let body = Actor::operator()
        .post(&api.router, "/api/uploads", file_of("One more", "2026-11-01"))
        .await
        .expect(400);
    assert_eq!(fields(&body), ["do_not_call.source"]);
    Actor::operator()
        .post(&api.router, "/api/uploads", file_of("register  7", "2026-11-10"))
        .await
        .expect(201);
}

#[tokio::test]
async fn a_register_older_than_31_days_is_warned_of_in_the_list_and_before_a_campaign() {
    let api = TestApi::start().await;
    let campaign = api.campaign("c", 1).await;
    let preflight = format!("/api/campaigns/{}/preflight", campaign.campaign_id);
    let warned = async |path: &str| {
        let body = Actor::viewer().get(&api.router, path).await.expect(200);
        let warnings = body["warnings"].as_array().unwrap().clone();
        warnings
            .iter()
            .any(|text| text.as_str().unwrap().contains("older than 31 days"))
    };
    assert!(!warned("/api/do-not-call").await, "nothing was ever imported");
    assert!(!warned(&preflight).await);

    imported(&api, "Ours", "2026-11-19").await;
    let old = imported(&api, "National register", "2026-10-19").await;
    let list = Actor::viewer()
        .get(&api.router, "/api/do-not-call")
        .await
        .expect(200);
    assert_eq!(
        (&list["registers"][0]["source"], &list["registers"][0]["age_days"]),
        (&json!("National register"), &json!(32))
    );
    assert_eq!(list["registers"][0]["outdated"], true);
    assert_eq!(list["registers"][1]["outdated"], false);
    assert!(warned("/api/do-not-call").await);
    assert!(warned(&preflight).await);

    // A newer file, or nobody who goes by it any more, and nothing is said.
    imported(&api, "national register", "2026-11-18").await;
    assert!(!warned("/api/do-not-call").await);
    api.test.clock.advance(jiff::SignedDuration::from_hours(24 * 40));
    assert!(warned(&preflight).await);
    for source in ["Ours", "National register"] {
        let id = DoNotCallImport {
            source: source.to_owned(),
            ..old.clone()
        }
        .register_id();
        let path = format!("/api/do-not-call-registers/{id}");
        Actor::operator().delete(&api.router, &path).await.expect(403);
        Actor::admin().delete(&api.router, &path).await.expect(204);
    }
    assert!(!warned(&preflight).await);
}

#[tokio::test]
async fn whoever_is_added_by_hand_waits_in_no_campaign_any_more() {
    let api = TestApi::start().await;
    let campaign = api.campaign("c", 3).await;
    let numbers = json!({ "phone_numbers": [records::number(1).as_str()] });
    Actor::operator()
        .post(&api.router, "/api/do-not-call", numbers)
        .await
        .expect(200);
    let people = api
        .test
        .store
        .list_recipients(&campaign.campaign_id, Some(RecipientStatus::Skipped), None, 10)
        .await
        .unwrap();
    assert_eq!(people.items.len(), 1);
    assert_eq!(people.items[0].phone_number, records::number(1));
    assert_eq!(people.items[0].skip_reason, Some(SkipReason::DoNotCall));
}

#[tokio::test]
async fn the_list_is_exported_by_operators_and_its_file_is_not_for_viewers() {
    let api = TestApi::start().await;
    let entry = records::do_not_call(&number(0), api.test.now());
    api.test.store.add_do_not_call(&entry).await.unwrap();
    let request = json!({ "kind": "do_not_call" });
    Actor::viewer()
        .post(&api.router, "/api/exports", request.clone())
        .await
        .expect(403);
    let made = Actor::operator()
        .post(&api.router, "/api/exports", request)
        .await
        .expect(202);
    assert_eq!(made["export"]["kind"], "do_not_call");
    let id = ExportId::parse(made["export"]["export_id"].as_str().unwrap()).unwrap();
    let mut export = api.test.store.find_export(&id).await.unwrap().unwrap();
    export.status = ExportStatus::Completed;
    api.test.store.put_export(&export).await.unwrap();
    let path = format!("/api/exports/{id}");
    let ready = Actor::operator().get(&api.router, &path).await.expect(200);
    let url = ready["download"]["url"].as_str().unwrap();
    assert!(url.contains("do-not-call-2026-11-20.csv"), "{url}");
    let seen = Actor::viewer().get(&api.router, &path).await.expect(200);
    assert!(seen.get("download").is_none(), "{seen}");
    let wrong = json!({ "kind": "do_not_call", "call_status": "completed" });
    let body = Actor::operator()
        .post(&api.router, "/api/exports", wrong)
        .await
        .expect(400);
    assert_eq!(fields(&body), ["call_status"]);
}
