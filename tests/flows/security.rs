//! Whoever has no right gets nothing.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use switchboard_local::client::ApiClient;
use switchboard_local::oidc::{Role, SigningKey, TokenRequest, issue};
use switchboard_simulator::{SimulatorConfig, signature};
use switchboard_tests::App;

#[expect(
    clippy::disallowed_methods,
    reason = "tokens and signatures are held against the real time"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

fn request(issuer: &str) -> TokenRequest {
    TokenRequest {
        issuer: issuer.to_owned(),
        audience: "switchboard".to_owned(),
        role: Role::Admin,
        valid_for: SignedDuration::from_hours(1),
        nonce: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_expired_or_forged_token_is_401() {
    let app = App::start(100.0).await.unwrap();
    let (key, issuer) = app.local.signing_key();
    let elsewhere = tempfile::tempdir().unwrap();
    let other_key = SigningKey::open(elsewhere.path()).unwrap();
    let good = issue(key, &request(issuer), now()).unwrap();
    let (head, _) = good.rsplit_once('.').unwrap();
    let long_ago = now() - SignedDuration::from_hours(3);
    let tokens = [
        ("none", None),
        ("garbage", Some("abc".to_owned())),
        ("expired", Some(issue(key, &request(issuer), long_ago).unwrap())),
        (
            "another key",
            Some(issue(&other_key, &request(issuer), now()).unwrap()),
        ),
        (
            "another issuer",
            Some(issue(key, &request("http://127.0.0.1:1/"), now()).unwrap()),
        ),
        ("another audience", {
            let other = TokenRequest {
                audience: "somebody".to_owned(),
                ..request(issuer)
            };
            Some(issue(key, &other, now()).unwrap())
        }),
        ("a cut-off signature", Some(format!("{head}."))),
        ("no signature at all", {
            let claims = good.split('.').nth(1).unwrap();
            // {"alg":"none","kid":"x"}
            Some(format!("eyJhbGciOiJub25lIiwia2lkIjoieCJ9.{claims}."))
        }),
    ];
    let http = switchboard_http::bare_builder().build().unwrap();
    let url = format!("{}/api/agents", app.local.api_url());
    for (what, token) in tokens {
        let request = http.get(&url);
        let request = match &token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        assert_eq!(request.send().await.unwrap().status(), 401, "{what}");
    }
    assert_eq!(
        http.get(&url).bearer_auth(&good).send().await.unwrap().status(),
        200,
        "a good one"
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_sees_and_changes_nothing() {
    let app = App::start(100.0).await.unwrap();
    let viewer = ApiClient::new(&app.local, Role::Viewer).unwrap();
    assert_eq!(viewer.send("GET", "/api/campaigns", None).await.unwrap().0, 200);
    for (path, body) in [
        ("/api/queue/stop", json!({})),
        ("/api/campaigns/stop-all", json!({})),
        ("/api/do-not-call", json!({ "phone_numbers": ["+12015550110"] })),
    ] {
        let (status, problem) = viewer.send("POST", path, Some(&body)).await.unwrap();
        assert_eq!(status, 403, "{path}: {problem}");
    }
    app.stop().await;
}

fn files_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| {
            if entry.path().is_dir() {
                files_below(&entry.path())
            } else {
                1
            }
        })
        .sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_or_stale_webhook_is_401_and_nothing_is_stored() {
    let app = App::start(100.0).await.unwrap();
    let url = format!("{}/webhooks/elevenlabs", app.local.api_url());
    let body = std::fs::read(
        switchboard_tests::root().join("events/provider-webhooks/post_call_transcription.json"),
    )
    .unwrap();
    let secret = SimulatorConfig::default().webhook_secret;
    let at = now().as_second();
    let http = switchboard_http::bare_builder().build().unwrap();
    let post = |header: Option<String>| {
        let request = http
            .post(&url)
            .header("content-type", "application/json")
            .body(body.clone());
        match header {
            Some(header) => request.header("ElevenLabs-Signature", header),
            None => request,
        }
    };
    let objects = app.data.path().join("s3");
    let before = files_below(&objects);
    for (what, header) in [
        ("missing", None),
        ("forged", Some(signature("another secret", at, &body))),
        ("stale", Some(signature(&secret, at - 7_200, &body))),
        ("of another body", Some(signature(&secret, at, b"{}"))),
        ("garbage", Some("t=soon,v0=zz".to_owned())),
    ] {
        assert_eq!(post(header).send().await.unwrap().status(), 401, "{what}");
    }
    assert_eq!(files_below(&objects), before, "nothing is stored");
    assert_eq!(
        post(Some(signature(&secret, at, &body)))
            .send()
            .await
            .unwrap()
            .status(),
        200,
        "a good one"
    );
    assert!(files_below(&objects) > before, "the good one is stored");
    app.stop().await;
}
