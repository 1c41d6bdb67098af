//! What becomes of a call that waits at OpenAI, and what a call was about.

use switchboard_domain::{ProviderId, Urgency};

use super::server::{KEY, Records, Server};
use crate::openai::{SummaryError, SummaryRequest};
use crate::{EndedCall, ProviderError, VoiceProvider};

fn call() -> ProviderId {
    ProviderId::parse("rtc_sim_1").unwrap()
}

fn error(code: &str) -> String {
    format!(
        r#"{{"error":{{"message":"Something about {KEY}","type":"invalid_request_error","code":"{code}"}}}}"#
    )
}

#[tokio::test]
async fn a_call_is_rejected_and_ended_with_the_bearer_and_an_empty_answer() {
    let server = Server::answering(|_| (200, String::new())).await;
    let openai = server.openai();
    assert_eq!(openai.reject(&call(), 486).await.unwrap(), EndedCall::Ended);
    assert_eq!(openai.hangup(&call()).await.unwrap(), EndedCall::Ended);
    assert_eq!(
        openai.refer(&call(), "tel:+15005550142").await.unwrap(),
        EndedCall::Ended
    );
    let asked = server.asked();
    let routes: Vec<&str> = asked.iter().map(|asked| asked.route.as_str()).collect();
    assert_eq!(
        routes,
        [
            "POST /v1/realtime/calls/rtc_sim_1/reject",
            "POST /v1/realtime/calls/rtc_sim_1/hangup",
            "POST /v1/realtime/calls/rtc_sim_1/refer",
        ]
    );
    assert_eq!(asked[0].body, r#"{"status_code":486}"#);
    assert_eq!(asked[0].headers["authorization"], format!("Bearer {KEY}"));
}

#[tokio::test]
async fn a_call_that_is_over_is_no_failure_and_failures_have_their_codes() {
    let gone = Server::answering(|_| (404, error("call_id_not_found"))).await;
    assert_eq!(gone.openai().hangup(&call()).await.unwrap(), EndedCall::NotLive);
    let refused = Server::answering(|_| (401, error("invalid_api_key"))).await;
    let failure = refused.openai().hangup(&call()).await.unwrap_err();
    assert!(
        matches!(&failure, ProviderError::Unauthorized { code, .. } if code == "invalid_api_key"),
        "{failure:?}"
    );
    let wrong = Server::answering(|_| (400, error("invalid_value"))).await;
    let failure = wrong.openai().hangup(&call()).await.unwrap_err();
    assert!(
        matches!(&failure, ProviderError::Rejected { .. }) && !failure.to_string().contains(KEY),
        "{failure:?}"
    );
    let spent = Server::answering(|_| (429, error("insufficient_quota"))).await;
    let failure = spent.openai().hangup(&call()).await.unwrap_err();
    assert!(
        matches!(failure, ProviderError::OutOfCredit { .. }),
        "{failure:?}"
    );
}

#[tokio::test]
async fn a_sideband_is_where_the_call_is() {
    let server = Server::answering(|_| (200, String::new())).await;
    let sideband = server.openai().sideband(&call()).await.unwrap();
    let host = server.url.as_str().replace("http://", "ws://");
    assert_eq!(
        sideband.url.as_str(),
        format!("{host}v1/realtime?call_id=rtc_sim_1")
    );
    assert_eq!(sideband.key.open(), KEY);
}

#[tokio::test]
async fn a_summary_is_asked_for_once_and_failures_are_told_apart() {
    let said = r#"{\"summary\":\"S\",\"title\":\"T\",\"intent\":\"billing\",\"urgency\":\"low\",\"urgent_because\":null,\"caller_name\":null}"#;
    let answer = format!(
        r#"{{"status":"completed","output":[{{"type":"message","content":[{{"type":"output_text","text":"{said}"}}]}}]}}"#
    );
    let server = Server::answering(move |_| (200, answer.clone())).await;
    let request = SummaryRequest {
        model: "gpt-6-luna",
        language: "en",
        turns: &[],
    };
    let summary = server.openai().respond(&request).await.unwrap();
    assert_eq!((summary.title.as_str(), summary.urgency), ("T", Urgency::Low));
    let limited = Server::answering(|_| (429, error("rate_limit_exceeded"))).await;
    let error = limited.openai().respond(&request).await.unwrap_err();
    assert!(error.is_passing() && limited.asked().len() == 1, "{error:?}");
    let wrong = Server::answering(|_| (400, String::new())).await;
    let error = wrong.openai().respond(&request).await.unwrap_err();
    assert!(
        matches!(error, SummaryError::Provider(ProviderError::Rejected { .. })),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_key_is_tried_by_asking_for_models() {
    let server = Server::answering(|_| (200, r#"{"object":"list","data":[]}"#.to_owned())).await;
    let quota = server
        .provider(Records::of(Vec::new()))
        .get_subscription()
        .await
        .unwrap();
    assert_eq!((quota.credits, quota.calls_in_progress), (None, Some(0)));
    assert_eq!(server.asked()[0].route, "GET /v1/models");
}
