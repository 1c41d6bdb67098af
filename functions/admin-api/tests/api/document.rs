//! The OpenAPI document.

use std::path::Path;

use axum::body::to_bytes;
use http::Method;
use lambda_http::tower::ServiceExt;
use switchboard_testing::Actor;

use crate::harness::TestApi;

#[test]
fn the_document_in_docs_is_the_document_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let kept = std::fs::read_to_string(path).unwrap();
    let made = admin_api::openapi().to_pretty_json().unwrap() + "\n";
    assert!(
        kept == made,
        "docs/openapi.json has drifted: run `cargo run -p admin-api --example openapi`"
    );
}

#[tokio::test]
async fn the_document_that_is_served_is_the_document_of_the_code() {
    let api = TestApi::start().await;
    let request = Actor::anonymous().request(Method::GET, "/api/openapi.json", None);
    let response = api.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
    let served = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let made = admin_api::openapi().to_pretty_json().unwrap();
    assert!(
        served == made,
        "docs/openapi.json was not that of the code when this was built"
    );
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_has_an_id_and_a_refusal() {
    let document = serde_json::to_value(admin_api::openapi()).unwrap();
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"").skip(1) {
        let reference = reference.split('"').next().unwrap();
        assert!(
            document.pointer(reference.trim_start_matches('#')).is_some(),
            "{reference}"
        );
    }
    let mut ids = std::collections::BTreeSet::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            assert!(
                ids.insert(operation["operationId"].as_str().unwrap()),
                "{operation}"
            );
            for status in ["401", "403", "429", "500", "503"] {
                assert!(operation["responses"][status].is_object(), "{operation}");
            }
            assert!(operation["summary"].is_string(), "{operation}");
        }
    }
}
