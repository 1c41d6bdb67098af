//! Exports.

use serde_json::json;
use switchboard_domain::{ExportId, ExportStatus};
use switchboard_testing::{Actor, EXPORTER};

use crate::harness::{TestApi, fields};

#[tokio::test]
async fn an_export_is_started_and_has_a_link_once_it_is_ready() {
    let api = TestApi::start().await;
    let request = json!({ "call_status": "completed", "since": "2026-11-01T00:00:00Z" });
    let made = Actor::operator()
        .post(&api.router, "/api/exports", request)
        .await
        .expect(202);
    insta::assert_json_snapshot!(made, { ".export.export_id" => "[id]" });
    let id = ExportId::parse(made["export"]["export_id"].as_str().unwrap()).unwrap();
    assert_eq!(api.test.lambda.payloads(EXPORTER), [json!({ "export_id": id })]);

    let path = format!("/api/exports/{id}");
    assert!(
        Actor::viewer()
            .get(&api.router, &path)
            .await
            .expect(200)
            .get("download")
            .is_none()
    );
    let mut export = api.test.store.find_export(&id).await.unwrap().unwrap();
    export.status = ExportStatus::Completed;
    api.test.store.put_export(&export).await.unwrap();
    let ready = Actor::viewer().get(&api.router, &path).await.expect(200);
    let url = ready["download"]["url"].as_str().unwrap();
    assert!(url.contains("calls-2026-11-20.csv"), "{url}");
    let list = Actor::viewer().get(&api.router, "/api/exports").await.expect(200);
    assert_eq!(list["items"][0]["export_id"], json!(id));
}

#[tokio::test]
async fn an_export_that_cannot_be_started_says_so() {
    let api = TestApi::start().await;
    api.test.lambda.set_failing(true);
    Actor::operator()
        .act(&api.router, "/api/exports")
        .await
        .expect(503);
    let list = Actor::viewer().get(&api.router, "/api/exports").await.expect(200);
    assert_eq!(list["items"][0]["status"], "failed");
    assert!(
        list["items"][0]["failure"].as_str().unwrap().contains("new one"),
        "{list}"
    );
}

#[tokio::test]
async fn what_is_wrong_with_an_export_is_named() {
    let api = TestApi::start().await;
    let wrong = json!({
        "since": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z", "campaign_id": format!("camp_{}", "0".repeat(26)),
    });
    let body = Actor::operator()
        .post(&api.router, "/api/exports", wrong)
        .await
        .expect(400);
    assert_eq!(fields(&body), ["until", "campaign_id"]);
}
