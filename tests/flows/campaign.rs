//! The main job: a spreadsheet of people becomes finished calls.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use switchboard_tests::{App, CampaignPlan, assert_dials_within};

const LIMIT: u32 = 15;

/// Busy and unanswered numbers may be called twice, everybody else once.
fn most_dials(number: &str) -> usize {
    if number.ends_with("01") || number.ends_with("02") {
        2
    } else {
        1
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_contacts_become_finished_calls() {
    let app = App::start(120.0).await.unwrap();
    let id = app
        .campaign(
            200,
            &CampaignPlan {
                limit: LIMIT,
                max_attempts: 2,
            },
        )
        .await
        .unwrap();
    let progress = app.finish(&id, Duration::from_secs(900)).await.unwrap();

    // Two people have each pair of last digits: 01 busy, 02 no answer, 03 voicemail, 04 refused, 06 failed.
    let counts = &progress["counts"];
    assert_eq!(counts["total"], 200, "{counts}");
    assert_eq!(
        (&counts["busy"], &counts["no_answer"]),
        (&json!(2), &json!(2)),
        "{counts}"
    );
    assert_eq!(
        (&counts["voicemail"], &counts["failed"]),
        (&json!(2), &json!(4)),
        "{counts}"
    );
    assert_eq!(counts["completed"], 190, "{counts}");
    assert_dials_within(&app.ledger(), most_dials, LIMIT);

    let calls = settled_calls(&app, &id).await;
    assert_eq!(calls.len(), 204, "four people were called a second time");
    every_answered_call_has_its_transcript_and_recording(&app, &calls).await;
    the_export_has_every_call(&app, &id, &calls).await;
    let queue = app.api.get("/api/queue").await.unwrap();
    assert_eq!(
        (&queue["slots_in_use"], &queue["dead_letters"]),
        (&json!(0), &json!(0)),
        "{queue}"
    );
    app.stop().await;
}

async fn settled_calls(app: &App, id: &str) -> Vec<Value> {
    for _ in 0..300 {
        let calls = app
            .api
            .all(&format!("/api/calls?campaign_id={id}"))
            .await
            .unwrap();
        if calls.iter().all(|call| call["recording"]["state"] != "pending") {
            return calls;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("recordings are still pending");
}

async fn every_answered_call_has_its_transcript_and_recording(app: &App, calls: &[Value]) {
    let answered = |call: &&Value| call["status"] == "completed" || call["status"] == "voicemail";
    for (index, call) in calls.iter().filter(answered).enumerate() {
        assert_eq!(call["recording"]["state"], "stored", "{call}");
        let (plays, lasted) = (
            call["recording"]["duration_secs"].as_f64().unwrap(),
            call["duration_secs"].as_f64().unwrap(),
        );
        assert!((plays - lasted).abs() < 0.2, "plays {plays} s, lasted {lasted} s");
        assert!(call["results"]["turns"].as_u64().unwrap() >= 2, "{call}");
        // Reading every transcript and recording would only take longer.
        if index % 10 == 0 {
            let id = call["call_id"].as_str().unwrap();
            let transcript = app.api.get(&format!("/api/calls/{id}/transcript")).await.unwrap();
            let turns = transcript["turns"]
                .as_array()
                .or(transcript["items"].as_array())
                .unwrap();
            assert_eq!(turns.len() as u64, call["results"]["turns"].as_u64().unwrap());
            let link = app.api.get(&format!("/api/calls/{id}/recording")).await.unwrap();
            let audio = app.api.download(link["url"].as_str().unwrap()).await.unwrap();
            assert!((switchboard_simulator::recording_secs(audio.len()) - lasted).abs() < 0.2);
            assert_eq!(audio[..2], [0xff, 0xf3], "an MP3 frame begins so");
        }
    }
}

async fn the_export_has_every_call(app: &App, campaign: &str, calls: &[Value]) {
    let export = app
        .api
        .post("/api/exports", &json!({ "campaign_id": campaign }))
        .await
        .unwrap();
    let id = export["export"]["export_id"].as_str().unwrap().to_owned();
    let mut done = Value::Null;
    for _ in 0..300 {
        done = app.api.get(&format!("/api/exports/{id}")).await.unwrap();
        if done["export"]["status"] != "queued" && done["export"]["status"] != "running" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(done["export"]["status"], "completed", "{done}");
    let file = app
        .api
        .download(done["download"]["url"].as_str().expect("a link"))
        .await
        .unwrap();
    let mut reader = csv::Reader::from_reader(file.as_slice());
    let exported: BTreeSet<String> = reader.records().map(|row| row.unwrap()[0].to_owned()).collect();
    let known: BTreeSet<String> = calls
        .iter()
        .map(|call| call["call_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(exported, known);
}
