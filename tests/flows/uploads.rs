//! Wrong uploads end in a clear state; limits hold; what is left out comes back, and a killed import goes on.

use std::time::Duration;

use serde_json::{Value, json};
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
    let mut put = switchboard_http::bare_builder()
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

/// All contacts of a list: number, line and variables.
async fn contacts_of(app: &App, list: &str) -> Vec<(String, u64, Value)> {
    let mut contacts = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/contact-lists/{list}/contacts?limit=100{cursor}");
        let page = app.api.get(&path).await.unwrap();
        for contact in page["items"].as_array().unwrap() {
            contacts.push((
                contact["phone_number"].as_str().unwrap().to_owned(),
                contact["line"].as_u64().unwrap(),
                contact["variables"].clone(),
            ));
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return contacts,
        }
    }
}

async fn left_out(app: &App, upload: &Value) -> String {
    let path = format!("/api/uploads/{}/rejected", upload["upload_id"].as_str().unwrap());
    let link = app.api.get(&path).await.unwrap();
    let bytes = app.api.download(link["url"].as_str().unwrap()).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_left_out_come_back_with_their_reason_and_join_the_list_once_corrected() {
    let app = App::start(100.0).await.unwrap();
    app.api
        .post("/api/do-not-call", &json!({ "phone_numbers": ["+12015550112"] }))
        .await
        .unwrap();
    let file = "phone,name,timezone,priority,amount\n\
                +12015550110,Ana,Europe/Madrid,high,-5\n\
                +1201555011,Bob,,,=1+1\n\
                +12015550112,Cid,,,7\n\
                (201) 555-0110,Dan,,,8\n\
                +12015550113,Eve,Atlantis,,9\n";
    let request = json!({ "file_name": "people.csv", "default_region": "US" });
    let id = app.api.send_file(&request, file.into()).await.unwrap();
    let upload = app.api.imported(&id).await.unwrap();
    assert_eq!(
        upload["counts"],
        json!({ "rows": 5, "accepted": 1, "rejected": 2, "duplicate": 1, "do_not_call": 1, "corrected": 0 })
    );
    assert_eq!(
        upload["rejected"][0]["value"], "+120•••••11",
        "people see a masked number"
    );

    let list = upload["list_id"].as_str().unwrap();
    let page = app
        .api
        .get(&format!("/api/contact-lists/{list}/contacts"))
        .await
        .unwrap();
    assert_eq!(
        page["items"][0]["details"],
        json!({ "timezone": "Europe/Madrid", "priority": 75, "name": "Ana" })
    );

    let report = left_out(&app, &upload).await;
    let rows: Vec<&str> = report.lines().collect();
    assert!(
        rows[0].ends_with("phone,name,timezone,priority,amount"),
        "{report}"
    );
    for (row, start, end) in [
        (1, "3,rejected,phone,too_short,", ",'+1201555011,Bob,,,'=1+1"),
        (2, "4,do_not_call,phone,do_not_call,", ",'+12015550112,Cid,,,7"),
        (3, "5,duplicate,phone,duplicate,", ",(201) 555-0110,Dan,,,8"),
        (
            4,
            "6,rejected,timezone,unknown_timezone,",
            ",'+12015550113,Eve,Atlantis,,9",
        ),
    ] {
        assert!(
            rows[row].starts_with(start) && rows[row].ends_with(end),
            "{report}"
        );
    }

    let corrected = report
        .replace("'+1201555011,", "'+12015550111,")
        .replace("Atlantis", "Atlantic/Azores");
    let request = json!({ "file_name": "corrected.csv", "corrects": id });
    let correction = app.api.send_file(&request, corrected.into()).await.unwrap();
    let correction = app.api.imported(&correction).await.unwrap();
    assert_eq!(correction["list_id"], upload["list_id"]);
    assert_eq!(
        correction["counts"],
        json!({ "rows": 4, "accepted": 2, "rejected": 0, "duplicate": 1, "do_not_call": 1, "corrected": 2 })
    );
    let numbers: Vec<(String, Value)> = contacts_of(&app, list)
        .await
        .into_iter()
        .map(|(number, _, variables)| (number, variables["amount"].clone()))
        .collect();
    assert_eq!(
        numbers,
        [
            ("+12015550110".to_owned(), json!("-5")),
            ("+12015550111".to_owned(), json!("=1+1")),
            ("+12015550113".to_owned(), json!("9")),
        ]
    );
    let original = app.api.get(&format!("/api/uploads/{id}")).await.unwrap();
    assert_eq!(
        original["corrected_by"],
        json!({ (correction["upload_id"].as_str().unwrap()): 2 })
    );
    app.stop().await;
}

/// So many rows, every seventh wrong and every eleventh a duplicate.
fn many_rows(count: u64) -> Vec<u8> {
    let mut file = "phone,name,note\n".to_owned();
    for n in 0..count {
        let number = match n {
            n if n % 7 == 3 => "wrong".to_owned(),
            n if n % 11 == 10 => format!("+346{:08}", n - 10),
            n => format!("+346{n:08}"),
        };
        file.push_str(&format!("{number},Person {n},\"some words, for person {n}\"\n"));
    }
    file.into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_is_killed_and_goes_on_makes_the_same_list() {
    const ROWS: u64 = 12_000;
    let app = App::start(100.0).await.unwrap();
    let undisturbed = app.api.upload("contacts.csv", many_rows(ROWS)).await.unwrap();

    let request = json!({ "file_name": "contacts.csv" });
    let id = app.api.send_file(&request, many_rows(ROWS)).await.unwrap();
    let path = format!("/api/uploads/{id}");
    let mut kills = 0;
    let mut at_last_kill = 0;
    let mut seen = 0.0;
    let killed = loop {
        let upload = app.api.get(&path).await.unwrap();
        if matches!(upload["status"].as_str(), Some("completed" | "failed")) {
            break upload;
        }
        let progress = upload["progress"].as_f64().unwrap();
        assert!(progress >= seen, "progress went back from {seen} to {progress}");
        seen = progress;
        let written = upload["places_written"].as_u64().unwrap();
        // Whenever it has come further, so that a fast import is killed twice too.
        if kills < 2 && written > at_last_kill {
            app.local.lambda().find("upload-parser").unwrap().kill_busy(true);
            (kills, at_last_kill) = (kills + 1, written);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert_eq!(kills, 2, "the import was too fast to be killed");
    assert_eq!(killed["counts"], undisturbed["counts"]);
    assert_eq!(killed["rejected"], undisturbed["rejected"]);
    let list = |upload: &Value| upload["list_id"].as_str().unwrap().to_owned();
    let (a, b) = (
        contacts_of(&app, &list(&killed)).await,
        contacts_of(&app, &list(&undisturbed)).await,
    );
    assert_eq!(
        a.len() as u64,
        undisturbed["counts"]["accepted"].as_u64().unwrap()
    );
    assert!(a == b, "the lists differ");
    assert_eq!(left_out(&app, &killed).await, left_out(&app, &undisturbed).await);
    app.stop().await;
}
