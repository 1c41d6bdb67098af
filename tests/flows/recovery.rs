//! Tables lost in mid-campaign, brought back by the steps of docs/runbook.md, "Restore a table", with its own scripts.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard_local::engines::DynamoDb;
use switchboard_local::oidc::Role;
use switchboard_local::{Local, LocalConfig};
use switchboard_simulator::{Ledger, SimulatorConfig};
use switchboard_tests::{App, CampaignPlan, binaries, check_counts, placed_by_number, root};
use tokio_util::sync::CancellationToken;

const PEOPLE: usize = 100;
const LIMIT: u32 = 8;
/// What moved in the same transactions.
const LOST: [&str; 3] = [
    "switchboard-CallsTable",
    "switchboard-CampaignsTable",
    "switchboard-SystemTable",
];

/// The engine looks at the form of a signature only.
const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, \
     SignedHeaders=host, Signature=0";

#[expect(
    clippy::disallowed_methods,
    reason = "providers and tables have the real time"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

async fn start() -> App {
    let data = tempfile::tempdir().unwrap();
    let simulated = SimulatorConfig {
        clock_factor: 20.0,
        ..SimulatorConfig::default()
    };
    let config = LocalConfig {
        binaries: binaries(),
        simulator: Some((0, simulated)),
        // Only the sync that the runbook asks for.
        without_schedules: vec!["conversation-sync".to_owned()],
        ..LocalConfig::for_tests(root(), data.path().to_owned())
    };
    App::around(Local::start(config).await.unwrap(), data).unwrap()
}

/// Looks until it is so.
async fn until(what: &str, look: impl AsyncFn() -> bool) {
    for _ in 0..900 {
        if look().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("it never came to this: {what}");
}

async fn finished(app: &App, id: &str) -> u64 {
    let path = format!("/api/campaigns/{id}/progress");
    let progress = app.api.get(&path).await.unwrap();
    check_counts(&progress["counts"]).unwrap();
    progress["finished"].as_u64().unwrap()
}

/// A request to DynamoDB as it is on the wire.
async fn dynamodb(address: &str, operation: &str, body: Value) -> Value {
    let answer = switchboard_http::bare_builder()
        .build()
        .unwrap()
        .post(address)
        .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
        .header("content-type", "application/x-amz-json-1.0")
        .header("authorization", SIGNED)
        .header("x-amz-date", "20260101T000000Z")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    let status = answer.status();
    let body = answer.bytes().await.unwrap();
    assert!(
        status.is_success(),
        "{operation}: {}",
        String::from_utf8_lossy(&body)
    );
    serde_json::from_slice(&body).unwrap()
}

async fn items(address: &str, table: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut ask = json!({ "TableName": table, "ConsistentRead": true });
    loop {
        let page = dynamodb(address, "Scan", ask.clone()).await;
        items.extend(page["Items"].as_array().cloned().unwrap_or_default());
        match page.get("LastEvaluatedKey") {
            Some(key) => ask["ExclusiveStartKey"] = key.clone(),
            None => return items,
        }
    }
}

async fn write(address: &str, table: &str, requests: Vec<Value>) {
    for some in requests.chunks(25) {
        let answer = dynamodb(
            address,
            "BatchWriteItem",
            json!({ "RequestItems": { table: some } }),
        )
        .await;
        assert_eq!(answer["UnprocessedItems"], json!({}), "{answer}");
    }
}

/// What a mistake by hand does: every item of the table is gone.
async fn lose(address: &str, table: &str) {
    let gone = |item: &Value| json!({ "DeleteRequest": { "Key": { "pk": item["pk"], "sk": item["sk"] } } });
    let gone = items(address, table).await.iter().map(gone).collect();
    write(address, table, gone).await;
}

/// The tables as they were at one moment: what point-in-time recovery can bring back.
struct PointInTime {
    at: Timestamp,
    db: DynamoDb,
    stop: CancellationToken,
    _dir: tempfile::TempDir,
}

impl PointInTime {
    async fn take(app: &App) -> Self {
        let at = now();
        let dir = tempfile::tempdir().unwrap();
        // One transaction over all tables, while the system goes on writing.
        let live = rusqlite::Connection::open(app.data.path().join("dynamodb/dynamodb.sqlite")).unwrap();
        let copy = dir.path().join("dynamodb.sqlite");
        live.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stop = CancellationToken::new();
        let db = DynamoDb::start(dir.path(), listener, stop.clone()).await.unwrap();
        Self {
            at,
            db,
            stop,
            _dir: dir,
        }
    }

    /// `aws dynamodb restore-table-to-point-in-time`.
    async fn restore(&self, app: &App, table: &str, restored: &str) {
        let known = &app.local.stack().tables;
        let (_, properties) = known.iter().find(|(_, p)| p["TableName"] == table).unwrap();
        let mut properties = properties.clone();
        properties["TableName"] = restored.into();
        app.local.dynamodb().ensure_table(&properties).await.unwrap();
        let then = items(&self.db.endpoint_url(), table).await;
        let put = |item: Value| json!({ "PutRequest": { "Item": item } });
        let address = &app.local.endpoints().dynamodb;
        write(address, restored, then.into_iter().map(put).collect()).await;
    }
}

/// Runs a script of the runbook; answers what it says.
async fn script(app: &App, arguments: &[&str]) -> String {
    let with_boto3 = root().join("target/infra/bin/python");
    let python = match with_boto3.exists() {
        true => with_boto3,
        false => PathBuf::from("python3"),
    };
    let mut command = Command::new(python);
    command
        .current_dir(root())
        .arg("-B")
        .args(arguments)
        .env("TOKEN", app.local.token(Role::Operator).unwrap())
        .env("AWS_ENDPOINT_URL_DYNAMODB", &app.local.endpoints().dynamodb)
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_DEFAULT_REGION", "us-east-1");
    let done = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let failed = String::from_utf8_lossy(&done.stderr);
    assert!(
        done.status.success(),
        "{arguments:?}: {said}{failed}\n(boto3 comes with `make target/infra`)"
    );
    said
}

/// People who were called twice, by how the first call ended.
fn called_twice(ledger: &Ledger) -> Vec<String> {
    let twice = placed_by_number(ledger)
        .into_iter()
        .filter(|(_, placed)| *placed > 1);
    twice
        .map(|(number, _)| {
            let dials: Vec<String> = ledger.by_number[&number]
                .iter()
                .map(|dial| format!("{} {}", dial.at, dial.outcome))
                .collect();
            dials.join(", ")
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a drill of two and a half minutes: make recovery"]
async fn lost_tables_are_restored_and_nobody_is_called_twice() {
    let app = start().await;
    let address = app.local.endpoints().dynamodb.clone();
    let plan = CampaignPlan {
        limit: LIMIT,
        max_attempts: 1,
    };
    let id = app.campaign(PEOPLE, &plan).await.unwrap();
    until("a quarter is called", async || {
        finished(&app, &id).await >= PEOPLE as u64 / 4
    })
    .await;
    let backup = PointInTime::take(&app).await;
    let placed_then = app.ledger().placed_total;
    until("half is called", async || {
        finished(&app, &id).await >= PEOPLE as u64 / 2
    })
    .await;
    for table in LOST {
        lose(&address, table).await;
    }

    // 1. Stop, and wait until nobody is on the line; then empty the queue.
    app.api.post("/api/queue/stop", &json!({})).await.unwrap();
    until("no call is in progress", async || app.ledger().live_now == 0).await;
    let called_since = app.ledger().placed_total - placed_then;
    assert!(
        called_since > PEOPLE as u64 / 10,
        "{called_since} calls are worth a drill"
    );
    let queue = app.local.queue("DialQueue").unwrap();
    app.local.sqs().purge(queue).await.unwrap();

    // 2. and 3. Restored under new names, and copied over the tables.
    for table in LOST {
        let restored = format!("{table}-restored");
        backup.restore(&app, table, &restored).await;
        script(&app, &["infra/copy_table.py", &restored, table, "--delete"]).await;
    }
    assert_eq!(app.api.get("/api/queue").await.unwrap()["state"], "stopped");

    // 4. Calls that were in progress then are settled by the scheduler, with the providers.
    until("no slot is taken", async || {
        app.api.get("/api/queue").await.unwrap()["slots_in_use"] == 0
    })
    .await;

    // 5. What the providers know of since then.
    let since = backup.at.to_string();
    let asked = now();
    app.api
        .post("/api/calls/sync", &json!({ "since": since }))
        .await
        .unwrap();
    until("the sync has ended", async || {
        let last = app.api.get("/api/calls/sync").await.unwrap();
        let ended = last["finished_at"]
            .as_str()
            .map(|at| at.parse::<Timestamp>().unwrap());
        ended.is_some_and(|ended| ended > asked) && last["summary"]["complete"] == true
    })
    .await;

    // 6. Whoever was called since then is counted, and taken out.
    let api = app.local.api_url();
    let counted = script(&app, &["infra/called_since.py", &api, &since]).await;
    assert_eq!(
        app.ledger().placed_total - placed_then,
        called_since,
        "nobody is called meanwhile"
    );
    let removed = script(&app, &["infra/called_since.py", &api, &since, "--remove"]).await;
    println!("{called_since} calls were forgotten\n{counted}{removed}");

    // 7. On it goes, to the end.
    app.api.post("/api/queue/start", &json!({})).await.unwrap();
    let progress = app.finish(&id, Duration::from_secs(300)).await.unwrap();
    assert_eq!(progress["counts"]["total"], PEOPLE, "{progress}");
    assert!(progress["counts"]["removed"].as_u64().unwrap() > 0, "{progress}");
    let ledger = app.ledger();
    assert_eq!(called_twice(&ledger), Vec::<String>::new());
    assert_eq!(placed_by_number(&ledger).len(), PEOPLE, "nobody is forgotten");
    assert!(ledger.peak_live <= LIMIT, "{} at one time", ledger.peak_live);
    let queue = app.api.get("/api/queue").await.unwrap();
    assert_eq!(queue["slots_in_use"], 0, "{queue}");
    backup.stop.cancel();
    app.stop().await;
}
