//! S3 as the product uses it, asked by the real SDK and, for presigned links, by a plain HTTP client.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::time::{Duration, SystemTime};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart, Delete, ObjectIdentifier,
};
use reqwest::StatusCode;
use serde_json::json;
use switchboard_local_engines::{ACCESS_KEY_ID, REGION, S3, SECRET_ACCESS_KEY};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const ORIGIN: &str = "http://127.0.0.1:5173";

struct Running {
    engine: S3,
    client: Client,
    shutdown: CancellationToken,
}

async fn start(dir: &Path) -> Running {
    let shutdown = CancellationToken::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let engine = S3::start(dir, listener, shutdown.clone()).await.unwrap();
    let cors = json!({"CorsConfiguration": {"CorsRules": [{
        "AllowedOrigins": [ORIGIN],
        "AllowedMethods": ["GET", "PUT"],
        "AllowedHeaders": ["content-type"],
        "ExposedHeaders": ["ETag"],
        "MaxAge": 3000,
    }]}});
    engine.ensure_bucket("box", &cors).await.unwrap();
    let client = client(&engine, SECRET_ACCESS_KEY);
    Running {
        engine,
        client,
        shutdown,
    }
}

fn client(engine: &S3, secret: &str) -> Client {
    let config = aws_sdk_s3::Config::builder()
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(Credentials::new(ACCESS_KEY_ID, secret, None, None, "test"))
        .region(Region::new(REGION))
        .endpoint_url(engine.endpoint_url())
        .retry_config(RetryConfig::disabled())
        .build();
    Client::from_conf(config)
}

fn browser() -> reqwest::Client {
    switchboard_http::bare_builder().build().unwrap()
}

fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

impl Running {
    async fn stop(self) {
        self.shutdown.cancel();
        self.engine.stopped().await;
    }

    async fn put(&self, key: &str, content: &[u8]) -> String {
        let put = self.client.put_object().bucket("box").key(key);
        let put = put.body(ByteStream::from(content.to_vec())).send().await.unwrap();
        put.e_tag.unwrap()
    }

    async fn read(&self, key: &str) -> Vec<u8> {
        let got = self
            .client
            .get_object()
            .bucket("box")
            .key(key)
            .send()
            .await
            .unwrap();
        got.body.collect().await.unwrap().to_vec()
    }
}

#[tokio::test]
async fn objects_come_back_as_they_were_written_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let s3 = start(dir.path()).await;
    s3.client
        .put_object()
        .bucket("box")
        .key("a/b c+ü.csv")
        .content_type("text/csv")
        .metadata("made-by", "test")
        .body(ByteStream::from_static(b"hello world"))
        .send()
        .await
        .unwrap();
    s3.put("a", b"another").await;
    s3.stop().await;

    let s3 = start(dir.path()).await;
    let got = s3
        .client
        .get_object()
        .bucket("box")
        .key("a/b c+ü.csv")
        .send()
        .await
        .unwrap();
    assert_eq!(got.content_type(), Some("text/csv"));
    assert_eq!(got.content_encoding(), None);
    assert_eq!(got.metadata().unwrap()["made-by"], "test");
    assert_eq!(got.e_tag(), Some("\"5eb63bbbe01eeed093cb22bb8f5acdc3\""));
    assert_eq!(got.body.collect().await.unwrap().to_vec(), b"hello world");
    assert_eq!(s3.read("a").await, b"another");

    let head = s3
        .client
        .head_object()
        .bucket("box")
        .key("a")
        .send()
        .await
        .unwrap();
    assert_eq!(head.content_length(), Some(7));
    assert!(head.last_modified().is_some());
    s3.stop().await;
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let s3 = start(dir.path()).await;
    let get = s3
        .client
        .get_object()
        .bucket("box")
        .key("none")
        .send()
        .await
        .unwrap_err();
    assert_eq!((get.code(), status(&get)), (Some("NoSuchKey"), Some(404)));
    let head = s3
        .client
        .head_object()
        .bucket("box")
        .key("none")
        .send()
        .await
        .unwrap_err();
    assert!(head.as_service_error().unwrap().is_not_found());
    let put = s3
        .client
        .put_object()
        .bucket("other")
        .key("k")
        .send()
        .await
        .unwrap_err();
    assert_eq!((put.code(), status(&put)), (Some("NoSuchBucket"), Some(404)));
    assert!(s3.client.head_bucket().bucket("box").send().await.is_ok());
    let bucket = s3.client.head_bucket().bucket("other").send().await.unwrap_err();
    assert!(bucket.as_service_error().unwrap().is_not_found());
    s3.client
        .delete_object()
        .bucket("box")
        .key("none")
        .send()
        .await
        .unwrap();
    s3.stop().await;
}

#[tokio::test]
async fn ranges_and_conditions_are_obeyed() {
    let dir = tempfile::tempdir().unwrap();
    let s3 = start(dir.path()).await;
    let etag = s3.put("k", b"0123456789").await;
    let get = || s3.client.get_object().bucket("box").key("k");

    for (range, content, content_range) in [
        ("bytes=2-4", "234", "bytes 2-4/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"),
        ("bytes=5-100", "56789", "bytes 5-9/10"),
    ] {
        let got = get().range(range).send().await.unwrap();
        assert_eq!(got.content_range(), Some(content_range));
        assert_eq!(got.body.collect().await.unwrap().to_vec(), content.as_bytes());
    }
    let beyond = get().range("bytes=10-").send().await.unwrap_err();
    assert_eq!(
        (beyond.code(), status(&beyond)),
        (Some("InvalidRange"), Some(416))
    );

    assert_eq!(
        status(&get().if_none_match(&etag).send().await.unwrap_err()),
        Some(304)
    );
    assert!(get().if_match(&etag).send().await.is_ok());
    assert_eq!(
        status(&get().if_match("\"other\"").send().await.unwrap_err()),
        Some(412)
    );

    let create = |key: &str| {
        s3.client
            .put_object()
            .bucket("box")
            .key(key)
            .if_none_match("*")
            .send()
    };
    create("new").await.unwrap();
    let again = create("new").await.unwrap_err();
    assert_eq!(
        (again.code(), status(&again)),
        (Some("PreconditionFailed"), Some(412))
    );
    let replace = |etag: &str| {
        s3.client
            .put_object()
            .bucket("box")
            .key("k")
            .if_match(etag)
            .send()
    };
    replace(&etag).await.unwrap();
    assert_eq!(status(&replace(&etag).await.unwrap_err()), Some(412));
    s3.stop().await;
}

#[tokio::test]
async fn create_once_lets_exactly_one_of_many_through() {
    let dir = tempfile::tempdir().unwrap();
    let s3 = start(dir.path()).await;
    let puts = (0..16).map(|_| {
        s3.client
            .put_object()
            .bucket("box")
            .key("once")
            .if_none_match("*")
            .send()
    });
    let done = futures::future::join_all(puts).await;
    assert_eq!(done.iter().filter(|put| put.is_ok()).count(), 1);
    s3.stop().await;
}

#[tokio::test]
async fn a_wrong_checksum_stores_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let s3 = start(dir.path()).await;
    let put = || {
        s3.client
            .put_object()
            .bucket("box")
            .key("k")
            .body(ByteStream::from_static(b"content"))
    };
    let wrong = put().checksum_crc32("AAAAAA==").send().await.unwrap_err();
    assert_eq!(wrong.code(), Some("BadDigest"));
    let wrong = put()
        .content_md5("AAAAAAAAAAAAAAAAAAAAAA==")
        .send()
        .await
        .unwrap_err();
    assert_eq!(wrong.code(), Some("BadDigest"));
    assert!(
        s3.client
            .head_object()
            .bucket("box")
            .key("k")
            .send()
            .await
            .is_err()
    );
    for algorithm in [
        ChecksumAlgorithm::Sha256,
        ChecksumAlgorithm::Crc32C,
        ChecksumAlgorithm::Crc64Nvme,
    ] {
        put().checksum_algorithm(algorithm).send().await.unwrap();
    }
    s3.stop().await;
}

#[tokio::test]
async fn a_streamed_upload_is_taken_in_pieces_and_announced() {
    let dir = tempfile::tempdir().unwrap();
    let s3 = start(dir.path()).await;
    let mut events = s3.engine.events();
    let file = dir.path().join("upload");
    let content: Vec<u8> = (0..3_000_000_u32).map(|i| (i % 251) as u8).collect();
    std::fs::write(&file, &content).unwrap();
    for key in ["stream", "stream"] {
        let put = s3.client.put_object().bucket("box").key(key);
        put.body(ByteStream::from_path(&file).await.unwrap())
            .send()
            .await
            .unwrap();
    }
    assert_eq!(s3.read("stream").await, content);
    let first = events.recv().await.unwrap();
    assert_eq!(
        (first.bucket.as_str(), first.key.as_str(), first.size),
        ("box", "stream", 3_000_000)
    );
    assert_eq!(first.event_name, "ObjectCreated:Put");
    let second = events.recv().await.unwrap();
    assert!(second.sequencer > first.sequencer);
    s3.stop().await;
}

#[tokio::test]
async fn lists_are_paged_sorted_and_folded() {
    let dir = tempfile::tempdir().unwrap();
    let s3 = start(dir.path()).await;
    let long = format!("x/{}", "k".repeat(900));
    for key in ["b/2", "a", "b/1", "b", "c/1", &long] {
        s3.put(key, b"x").await;
    }
    let (mut keys, mut token) = (Vec::new(), None);
    loop {
        let list = s3.client.list_objects_v2().bucket("box").max_keys(2);
        let page = list.set_continuation_token(token).send().await.unwrap();
        keys.extend(
            page.contents()
                .iter()
                .map(|object| object.key().unwrap().to_owned()),
        );
        token = page.next_continuation_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(keys, ["a", "b", "b/1", "b/2", "c/1", long.as_str()]);

    let list = s3
        .client
        .list_objects_v2()
        .bucket("box")
        .delimiter("/")
        .send()
        .await
        .unwrap();
    let folded: Vec<_> = list
        .common_prefixes()
        .iter()
        .map(|prefix| prefix.prefix().unwrap())
        .collect();
    assert_eq!(folded, ["b/", "c/", "x/"]);
    let below = s3
        .client
        .list_objects_v2()
        .bucket("box")
        .prefix("b/")
        .start_after("b/1")
        .send()
        .await
        .unwrap();
    assert_eq!(below.contents().len(), 1);
    assert_eq!(below.contents()[0].size(), Some(1));

    let objects = ["a", "b", "none"].map(|key| ObjectIdentifier::builder().key(key).build().unwrap());
    let delete = Delete::builder()
        .set_objects(Some(objects.to_vec()))
        .build()
        .unwrap();
    let deleted = s3
        .client
        .delete_objects()
        .bucket("box")
        .delete(delete)
        .send()
        .await
        .unwrap();
    assert_eq!(deleted.deleted().len(), 3);
    assert_eq!(
        s3.client
            .list_objects_v2()
            .bucket("box")
            .send()
            .await
            .unwrap()
            .key_count(),
        Some(4)
    );
    s3.stop().await;
}

#[tokio::test]
async fn a_multipart_upload_becomes_one_object() {
    const MB: usize = 1024 * 1024;
    let dir = tempfile::tempdir().unwrap();
    let s3 = start(dir.path()).await;
    let mut events = s3.engine.events();
    let create = s3
        .client
        .create_multipart_upload()
        .bucket("box")
        .key("big")
        .content_type("audio/mpeg");
    let id = create.send().await.unwrap().upload_id.unwrap();
    let part = |number: i32, bytes: usize| {
        let part = s3
            .client
            .upload_part()
            .bucket("box")
            .key("big")
            .upload_id(&id)
            .part_number(number);
        part.body(ByteStream::from(vec![number as u8; bytes])).send()
    };
    let complete = |parts: Vec<CompletedPart>| {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let complete = s3
            .client
            .complete_multipart_upload()
            .bucket("box")
            .key("big")
            .upload_id(&id);
        complete.multipart_upload(parts).send()
    };
    let named = |number: i32, etag: &str| CompletedPart::builder().part_number(number).e_tag(etag).build();

    let small = part(1, MB).await.unwrap().e_tag.unwrap();
    let last = part(2, MB).await.unwrap().e_tag.unwrap();
    let refused = complete(vec![named(1, &small), named(2, &last)])
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Some("EntityTooSmall"));
    let first = part(1, 5 * MB).await.unwrap().e_tag.unwrap();
    let refused = complete(vec![named(2, &last), named(1, &first)])
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Some("InvalidPartOrder"));
    let refused = complete(vec![named(1, &small), named(2, &last)])
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Some("InvalidPart"));
    assert!(
        s3.client
            .head_object()
            .bucket("box")
            .key("big")
            .send()
            .await
            .is_err()
    );

    let done = complete(vec![named(1, &first), named(2, &last)]).await.unwrap();
    assert!(done.e_tag().unwrap().ends_with("-2\""));
    let got = s3
        .client
        .get_object()
        .bucket("box")
        .key("big")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (got.content_length(), got.content_type()),
        (Some(6 * MB as i64), Some("audio/mpeg"))
    );
    let content = got.body.collect().await.unwrap().to_vec();
    assert_eq!((content[0], content[5 * MB - 1], content[5 * MB]), (1, 1, 2));
    assert_eq!(
        events.recv().await.unwrap().event_name,
        "ObjectCreated:CompleteMultipartUpload"
    );

    assert_eq!(part(3, 10).await.unwrap_err().code(), Some("NoSuchUpload"));
    let aborted = s3
        .client
        .create_multipart_upload()
        .bucket("box")
        .key("no")
        .send()
        .await
        .unwrap();
    let id = aborted.upload_id.unwrap();
    let abort = || {
        s3.client
            .abort_multipart_upload()
            .bucket("box")
            .key("no")
            .upload_id(&id)
            .send()
    };
    abort().await.unwrap();
    assert_eq!(abort().await.unwrap_err().code(), Some("NoSuchUpload"));
    s3.stop().await;
}

#[tokio::test]
async fn a_copy_is_an_object_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let s3 = start(dir.path()).await;
    s3.put("from here", b"content").await;
    let copy = s3
        .client
        .copy_object()
        .bucket("box")
        .key("to")
        .copy_source("box/from%20here");
    copy.send().await.unwrap();
    s3.client
        .delete_object()
        .bucket("box")
        .key("from here")
        .send()
        .await
        .unwrap();
    assert_eq!(s3.read("to").await, b"content");
    s3.stop().await;
}

#[tokio::test]
async fn only_the_right_key_gets_in() {
    let dir = tempfile::tempdir().unwrap();
    let s3 = start(dir.path()).await;
    s3.put("k", b"secret").await;
    let stranger = client(&s3.engine, "another secret");
    let refused = stranger
        .get_object()
        .bucket("box")
        .key("k")
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), status(&refused)),
        (Some("SignatureDoesNotMatch"), Some(403))
    );
    let url = format!("{}/box/k", s3.engine.endpoint_url());
    assert_eq!(
        browser().get(url).send().await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    s3.stop().await;
}

#[tokio::test]
async fn a_link_for_reading_is_refused_when_changed_or_expired() {
    let dir = tempfile::tempdir().unwrap();
    let s3 = start(dir.path()).await;
    s3.put("k.mp3", b"0123456789").await;
    s3.put("other", b"secret").await;
    let sign = |config: PresigningConfig| {
        let get = s3.client.get_object().bucket("box").key("k.mp3");
        get.response_content_disposition("attachment; filename=\"call.mp3\"")
            .presigned(config)
    };
    let link = sign(PresigningConfig::expires_in(Duration::from_secs(300)).unwrap())
        .await
        .unwrap();
    let browser = browser();
    let answer = browser
        .get(link.uri())
        .header("range", "bytes=0-3")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(
        answer.headers()["content-disposition"],
        "attachment; filename=\"call.mp3\""
    );
    assert_eq!(answer.text().await.unwrap(), "0123");

    for tampered in [
        link.uri().replace("k.mp3?", "other?"),
        link.uri().replace("X-Amz-Expires=300", "X-Amz-Expires=3000"),
        link.uri().replace("call.mp3", "evil.exe"),
    ] {
        assert_ne!(tampered, link.uri());
        assert_eq!(
            browser.get(tampered).send().await.unwrap().status(),
            StatusCode::FORBIDDEN
        );
    }
    assert_eq!(
        browser.delete(link.uri()).send().await.unwrap().status(),
        StatusCode::FORBIDDEN
    );

    #[expect(
        clippy::disallowed_methods,
        reason = "the server reads the real clock; the link must lie in its past"
    )]
    let past = SystemTime::now() - Duration::from_secs(120);
    let config = PresigningConfig::builder()
        .start_time(past)
        .expires_in(Duration::from_secs(60));
    let expired = sign(config.build().unwrap()).await.unwrap();
    assert_eq!(
        browser.get(expired.uri()).send().await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    s3.stop().await;
}

#[tokio::test]
async fn a_link_for_writing_takes_exactly_the_signed_length_and_type() {
    let dir = tempfile::tempdir().unwrap();
    let s3 = start(dir.path()).await;
    let put = s3.client.put_object().bucket("box").key("up.csv");
    let put = put.content_length(11).content_type("text/csv");
    let config = PresigningConfig::expires_in(Duration::from_secs(300)).unwrap();
    let link = put.presigned(config).await.unwrap();
    let browser = browser();
    let send = |content: &'static str, kind: &'static str| {
        let put = browser
            .put(link.uri())
            .header("content-type", kind)
            .header("origin", ORIGIN);
        put.body(content).send()
    };
    for (content, kind) in [
        ("hello worlds", "text/csv"),
        ("hello", "text/csv"),
        ("hello world", "text/html"),
    ] {
        assert_eq!(send(content, kind).await.unwrap().status(), StatusCode::FORBIDDEN);
    }
    let unknown_length = futures::stream::iter([Ok::<_, std::io::Error>("hello world")]);
    let put = browser.put(link.uri()).header("content-type", "text/csv");
    let answer = put
        .body(reqwest::Body::wrap_stream(unknown_length))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(
        s3.client
            .head_object()
            .bucket("box")
            .key("up.csv")
            .send()
            .await
            .is_err()
    );

    let answer = send("hello world", "text/csv").await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["access-control-allow-origin"], ORIGIN);
    assert_eq!(answer.headers()["access-control-expose-headers"], "ETag");
    assert_eq!(answer.headers()["etag"], "\"5eb63bbbe01eeed093cb22bb8f5acdc3\"");
    assert_eq!(s3.read("up.csv").await, b"hello world");
    s3.stop().await;
}

#[tokio::test]
async fn a_browser_is_told_what_the_bucket_allows() {
    let dir = tempfile::tempdir().unwrap();
    let s3 = start(dir.path()).await;
    let url = format!("{}/box/up.csv", s3.engine.endpoint_url());
    let ask = |origin: &'static str, method: &'static str| {
        browser()
            .request(reqwest::Method::OPTIONS, &url)
            .header("origin", origin)
            .header("access-control-request-method", method)
            .header("access-control-request-headers", "content-type")
            .send()
    };
    let yes = ask(ORIGIN, "PUT").await.unwrap();
    assert_eq!(yes.status(), StatusCode::OK);
    assert_eq!(yes.headers()["access-control-allow-origin"], ORIGIN);
    assert_eq!(yes.headers()["access-control-allow-headers"], "content-type");
    assert_eq!(
        ask("http://evil.example", "PUT").await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        ask(ORIGIN, "DELETE").await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    s3.stop().await;
}
