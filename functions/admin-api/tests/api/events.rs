//! Events as API Gateway sends them.

use lambda_http::tower::ServiceExt;

use crate::harness::TestApi;

async fn status_of(api: &TestApi, event: &str) -> u16 {
    let request = lambda_http::request::from_str(event).unwrap();
    api.router
        .clone()
        .oneshot(request)
        .await
        .unwrap()
        .status()
        .as_u16()
}

#[tokio::test]
async fn an_event_of_the_gateway_is_answered() {
    let api = TestApi::start().await;
    for (event, status) in [
        (include_str!("../../../../events/admin-api/health.json"), 200),
        (
            include_str!("../../../../events/admin-api/list_campaigns.json"),
            200,
        ),
        (include_str!("../../../../events/admin-api/stop_queue.json"), 200),
        (
            include_str!("../../../../events/admin-api/start_export.json"),
            202,
        ),
    ] {
        assert_eq!(status_of(&api, event).await, status, "{event}");
    }
}
