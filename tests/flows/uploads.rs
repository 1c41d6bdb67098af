//! Wrong uploads end in a clear state; limits hold.

use serde_json::json;
use switchboard_tests::App;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_file_says_what_is_wrong_and_a_wrong_row_names_line_column_and_reason() {
    let app = App::start(100.0).await.unwrap();
    let cases: [(&str, &[u8], &str); 5] = [
        (
            "no phone column",
            b"name,city\nAna,Madrid\nBob,Rome\n",
            "no_phone_column",
        ),
        (
            "not a spreadsheet",
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x01\x00",
            "not_a_spreadsheet",
        ),
        ("no rows", b"phone_number,name\n", "no_rows"),
        ("blank", b"\n\n  \n", "empty"),
        (
            "only wrong rows",
            b"phone_number,name\nabc,Ana\n12,Bob\n",
            "no_contacts",
        ),
    ];
    for (what, content, code) in cases {
        let upload = app.api.upload("contacts.csv", content.to_vec()).await.unwrap();
        assert_eq!(upload["status"], "failed", "{what}: {upload}");
        assert_eq!(upload["failure"]["code"], code, "{what}: {upload}");
        assert!(
            upload["failure"]["explanation"].as_str().unwrap().len() > 20,
            "{what}: {upload}"
        );
    }

    let mixed = b"phone_number,name\n+12015550110,Ana\nabc,Bob\n+12015550111,Eve\n";
    let upload = app.api.upload("contacts.csv", mixed.to_vec()).await.unwrap();
    assert_eq!(upload["status"], "completed");
    assert_eq!(
        (&upload["counts"]["accepted"], &upload["counts"]["rejected"]),
        (&json!(2), &json!(1))
    );
    let row = &upload["rejected"][0];
    assert_eq!(
        (&row["line"], &row["column"], &row["reason"]),
        (&json!(3), &json!("phone_number"), &json!("not_a_number"))
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_and_bodies_have_limits() {
    let app = App::start(100.0).await.unwrap();
    let (status, problem) = app
        .api
        .send(
            "POST",
            "/api/uploads",
            Some(&json!({ "file_name": "a.csv", "bytes": 1_u64 << 40 })),
        )
        .await
        .unwrap();
    assert!((400..500).contains(&status), "{status} {problem}");
    let (status, _) = app
        .api
        .send(
            "POST",
            "/api/uploads",
            Some(&json!({ "file_name": "a.csv", "bytes": 0 })),
        )
        .await
        .unwrap();
    assert!(
        (400..500).contains(&status),
        "an empty file is refused before it is sent"
    );
    let (status, _) = app
        .api
        .send(
            "POST",
            "/api/do-not-call",
            Some(&json!({ "note": "x".repeat(2 << 20) })),
        )
        .await
        .unwrap();
    assert_eq!(status, 413);
    let (status, _) = app
        .api
        .send(
            "POST",
            "/api/do-not-call",
            Some(&json!({ "note": "x".repeat(11 << 20) })),
        )
        .await
        .unwrap();
    assert_eq!(status, 413, "past the gateway's own limit");

    // The link takes exactly what was announced.
    let created = app
        .api
        .post("/api/uploads", &json!({ "file_name": "a.csv", "bytes": 10 }))
        .await
        .unwrap();
    let mut put = reqwest::Client::builder()
        .build()
        .unwrap()
        .put(created["put"]["url"].as_str().unwrap())
        .body(vec![b'x'; 11]);
    for (name, value) in created["put"]["headers"].as_object().unwrap() {
        if !name.eq_ignore_ascii_case("content-length") {
            put = put.header(name, value.as_str().unwrap());
        }
    }
    assert!(put.send().await.unwrap().status().is_client_error());
    app.stop().await;
}
