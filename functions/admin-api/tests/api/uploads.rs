//! Uploads.

use serde_json::{Value, json};
use switchboard_domain::{UploadId, UploadStatus};
use switchboard_store::FileStore;
use switchboard_testing::{Actor, PARSER};

use crate::harness::{TestApi, fields};

fn new_upload() -> Value {
    json!({ "file_name": "guests.csv", "bytes": 17, "content_type": "text/csv", "start": false, "default_region": "es" })
}

async fn uploaded(api: &TestApi, request: Value) -> UploadId {
    let made = Actor::operator()
        .post(&api.router, "/api/uploads", request)
        .await
        .expect(201);
    UploadId::parse(made["upload"]["upload_id"].as_str().unwrap()).unwrap()
}

async fn put_file(api: &TestApi, id: &UploadId) {
    let file = "phone\n+14155550100".into();
    api.test
        .store
        .files()
        .put(&FileStore::upload_key(id), "text/csv", file)
        .await
        .unwrap();
}

#[tokio::test]
async fn an_upload_gets_a_link_for_exactly_its_file() {
    let api = TestApi::start().await;
    let made = Actor::operator()
        .post(&api.router, "/api/uploads", new_upload())
        .await
        .expect(201);
    insta::assert_json_snapshot!(made, {
        ".upload.upload_id" => "[id]", ".upload.list_id" => "[id]", ".put.url" => "[url]",
    });
    let url = made["put"]["url"].as_str().unwrap();
    assert!(
        url.contains("content-length") && url.contains("X-Amz-Signature"),
        "{url}"
    );
}

#[tokio::test]
async fn what_is_wrong_with_an_upload_is_named() {
    let api = TestApi::start().await;
    let wrong = json!({ "file_name": "", "bytes": 0, "default_region": "Spain", "content_type": "csv\nx", "sheet": "" });
    let body = Actor::operator()
        .post(&api.router, "/api/uploads", wrong)
        .await
        .expect(400);
    assert_eq!(
        fields(&body),
        ["file_name", "bytes", "sheet", "content_type", "default_region"]
    );
    let large = json!({ "file_name": "a.csv", "bytes": 268_435_457u64 });
    let body = Actor::operator()
        .post(&api.router, "/api/uploads", large)
        .await
        .expect(413);
    insta::assert_json_snapshot!(body);
}

#[tokio::test]
async fn a_preview_asks_the_parser_and_passes_on_what_it_says() {
    let api = TestApi::start().await;
    let id = uploaded(&api, new_upload()).await;
    let path = format!("/api/uploads/{id}/preview");
    let body = Actor::operator().act(&api.router, &path).await.expect(409);
    assert!(
        body["detail"]
            .as_str()
            .unwrap()
            .contains("put it to the upload's link"),
        "{body}"
    );

    put_file(&api, &id).await;
    let preview = json!({ "preview": {
        "columns": ["phone", "name"], "phone_column": "phone", "sheets": ["One", "Two"], "sheet": "Two",
        "format": "xlsx", "variables": ["name"], "regions": { "ES": 1 },
        "counts": { "rows": 2, "accepted": 1, "rejected": 1, "duplicate": 0, "do_not_call": 0, "corrected": 0 },
        "estimate": { "rows": 20, "accepted": 10, "rejected": 10, "duplicate": 0, "do_not_call": 0, "corrected": 0 },
        "first_rows": [{
            "line": 2, "phone_number": "+34631021622", "do_not_call": false, "details": { "name": "Ana" },
            "variables": { "name": "Ana" },
        }],
        "rejected": [{ "line": 3, "column": "phone", "value": "x", "reason": "not_a_number", "explanation": "Write a number." }],
        "notes": ["A column without a name is now \"column_2\"."],
    } });
    api.test.lambda.answer(PARSER, preview.clone());
    let body = Actor::operator()
        .post(&api.router, &path, json!({ "sheet": "Two" }))
        .await
        .expect(200);
    assert_eq!(body, preview);
    assert_eq!(
        api.test.lambda.payloads(PARSER),
        [json!({ "preview": { "upload_id": id, "sheet": "Two" } })]
    );

    let failure = json!({ "failure": { "code": "no_phone_column", "explanation": "Choose the column." } });
    api.test.lambda.answer(PARSER, failure.clone());
    assert_eq!(
        Actor::operator().act(&api.router, &path).await.expect(200),
        failure
    );
    let upload = api.test.store.find_upload(&id).await.unwrap().unwrap();
    assert_eq!((upload.version, upload.import_asked), (1, false));
}

#[tokio::test]
async fn an_import_starts_once_its_file_is_there() {
    let api = TestApi::start().await;
    let id = uploaded(&api, new_upload()).await;
    let path = format!("/api/uploads/{id}/start");
    Actor::operator().act(&api.router, &path).await.expect(200);
    assert_eq!(api.test.lambda.invocations(), [], "the file's coming starts it");

    put_file(&api, &id).await;
    let choice = json!({ "phone_column": "Mobile", "default_region": "fr" });
    let started = Actor::operator()
        .post(&api.router, &path, choice)
        .await
        .expect(200);
    assert_eq!(started["import_asked"], true);
    assert_eq!(
        (&started["phone_column"], &started["default_region"]),
        (&json!("Mobile"), &json!("FR"))
    );
    assert_eq!(
        api.test.lambda.payloads(PARSER),
        [json!({ "import": { "upload_id": id } })]
    );
    assert!(api.test.lambda.invocations()[0].asynchronous);

    let mut upload = api.test.store.find_upload(&id).await.unwrap().unwrap();
    upload.status = UploadStatus::Parsing;
    api.test.store.put_upload(upload).await.unwrap();
    Actor::operator().act(&api.router, &path).await.expect(409);
}

#[tokio::test]
async fn rejected_rows_have_a_link_once_there_are_some() {
    let api = TestApi::start().await;
    let id = uploaded(&api, new_upload()).await;
    let path = format!("/api/uploads/{id}/rejected");
    Actor::viewer().get(&api.router, &path).await.expect(404);
    api.test
        .store
        .files()
        .put(&FileStore::rejected_key(&id), "text/csv", "line\n2".into())
        .await
        .unwrap();
    let body = Actor::viewer().get(&api.router, &path).await.expect(200);
    assert!(body["url"].as_str().unwrap().contains("rejected"), "{body}");
}

#[tokio::test]
async fn uploads_are_listed_newest_first() {
    let api = TestApi::start().await;
    let first = uploaded(&api, new_upload()).await;
    api.test.clock.advance(jiff::SignedDuration::from_secs(1));
    let second = uploaded(&api, new_upload()).await;
    let list = Actor::viewer().get(&api.router, "/api/uploads").await.expect(200);
    let ids: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|u| u["upload_id"].clone())
        .collect();
    assert_eq!(ids, [json!(second), json!(first)]);
    let one = Actor::viewer()
        .get(&api.router, &format!("/api/uploads/{first}"))
        .await
        .expect(200);
    assert_eq!(one["status"], "awaiting_file");
}
