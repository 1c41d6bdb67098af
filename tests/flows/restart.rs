//! The whole machine stopped in mid-campaign, politely and not, and started again.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use switchboard_tests::machine::{Machine, MachinePlan};
use switchboard_tests::{
    CampaignPlan, assert_dials_within, binaries, check_counts, contacts_csv, root, start_campaign,
};

const PEOPLE: usize = 120;
const LIMIT: u32 = 10;

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

async fn progress(machine: &Machine, id: &str) -> Value {
    let path = format!("/api/campaigns/{id}/progress");
    let progress = machine.api.get(&path).await.unwrap();
    check_counts(&progress["counts"]).unwrap();
    progress
}

async fn wait_until_finished(machine: &Machine, id: &str, people: u64) -> Value {
    for _ in 0..1_500 {
        let progress = progress(machine, id).await;
        if progress["finished"].as_u64().unwrap() >= people {
            return progress;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("the campaign stands still: {}", progress(machine, id).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_goes_on_after_ctrl_c_and_after_kill_9() {
    let data = tempfile::tempdir().unwrap();
    let place = MachinePlan::new(data.path(), 40.0).unwrap();
    let machine = Machine::start(&place).await.unwrap();
    let plan = CampaignPlan {
        limit: LIMIT,
        max_attempts: 1,
    };
    let id = start_campaign(&machine.api, contacts_csv(PEOPLE), &plan)
        .await
        .unwrap();
    wait_until_finished(&machine, &id, 20).await;
    machine.kill().unwrap();

    let machine = Machine::start(&place).await.unwrap();
    wait_until_finished(&machine, &id, 60).await;
    assert!(machine.interrupt().unwrap(), "Ctrl-C is a clean end");

    let machine = Machine::start(&place).await.unwrap();
    let progress = wait_until_finished(&machine, &id, PEOPLE as u64).await;
    assert_eq!(progress["counts"]["total"], PEOPLE, "{progress}");
    assert_dials_within(&machine.ledger().await.unwrap(), |_| 1, LIMIT);
    let queue = machine.api.get("/api/queue").await.unwrap();
    assert_eq!(queue["slots_in_use"], 0, "{queue}");
    assert!(machine.interrupt().unwrap());
}

#[test]
fn a_busy_port_is_one_clear_sentence() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let data = tempfile::tempdir().unwrap();
    let output = Command::new(binaries().join("switchboard-local"))
        .arg("run")
        .current_dir(root())
        .env("DATA_DIR", data.path())
        .env("PORT", taken.local_addr().unwrap().port().to_string())
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("is in use") && said.contains("PORT="), "{said}");
}

#[test]
fn a_bad_template_is_one_clear_sentence() {
    let data = tempfile::tempdir().unwrap();
    let template = data.path().join("template.yaml");
    std::fs::write(
        &template,
        "Resources:\n  X: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Nothing } }\n",
    )
    .unwrap();
    let output = Command::new(binaries().join("switchboard-local"))
        .arg("run")
        .current_dir(root())
        .env("DATA_DIR", data.path())
        .env("PORT", free_port().to_string())
        .env("SIMULATOR_PORT", free_port().to_string())
        .env("TEMPLATE", &template)
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("template.yaml"), "{said}");
    assert_eq!(said.trim().lines().count(), 1, "{said}");
}
