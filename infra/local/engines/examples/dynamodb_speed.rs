//! Prints milliseconds per operation: `cargo run -p switchboard-local-engines --example dynamodb_speed`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement for a person to read"
)]

use std::collections::HashMap;
use std::time::Instant;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use serde_json::{Value, json};
use switchboard_local_engines::DynamoDb;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const INDEXES: usize = 6;
const ROUNDS: usize = 300;

fn table() -> Value {
    let key = |pk: &str, sk: &str| {
        json!([
            {"AttributeName": pk, "KeyType": "HASH"},
            {"AttributeName": sk, "KeyType": "RANGE"},
        ])
    };
    let mut attributes = vec!["pk".to_owned(), "sk".to_owned()];
    let mut indexes = Vec::new();
    for i in 0..INDEXES {
        let (pk, sk) = (format!("i{i}pk"), format!("i{i}sk"));
        indexes.push(json!({
            "IndexName": format!("index{i}"),
            "KeySchema": key(&pk, &sk),
            "Projection": {"ProjectionType": "ALL"},
        }));
        attributes.extend([pk, sk]);
    }
    let definitions: Vec<Value> = attributes
        .iter()
        .map(|name| json!({"AttributeName": name, "AttributeType": "S"}))
        .collect();
    json!({
        "TableName": "speed",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": definitions,
        "KeySchema": key("pk", "sk"),
        "GlobalSecondaryIndexes": indexes,
    })
}

fn item(pk: &str, sk: usize, in_indexes: usize) -> HashMap<String, AttributeValue> {
    let text = |text: String| AttributeValue::S(text);
    let mut item = HashMap::from([
        ("pk".to_owned(), text(pk.to_owned())),
        ("sk".to_owned(), text(format!("{sk:08}"))),
        ("payload".to_owned(), text("x".repeat(400))),
    ]);
    for i in 0..in_indexes {
        item.insert(format!("i{i}pk"), text(format!("shard{}", sk % 16)));
        item.insert(format!("i{i}sk"), text(format!("{sk:08}")));
    }
    item
}

async fn transact(client: &Client, round: usize, in_indexes: usize) {
    let items = (0..7)
        .map(|i| {
            let put = Put::builder()
                .table_name("speed")
                .set_item(Some(item("t", round * 7 + i, in_indexes)));
            TransactWriteItem::builder().put(put.build().unwrap()).build()
        })
        .collect();
    client
        .transact_write_items()
        .set_transact_items(Some(items))
        .send()
        .await
        .unwrap();
}

fn report(what: &str, since: Instant) {
    let each = since.elapsed().as_secs_f64() * 1_000.0 / ROUNDS as f64;
    println!("{what:<52} {each:>7.2} ms");
}

#[tokio::main]
async fn main() {
    let dir = tempfile::tempdir().unwrap();
    let shutdown = CancellationToken::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let engine = DynamoDb::start(dir.path(), listener, shutdown.clone())
        .await
        .unwrap();
    let config = aws_sdk_dynamodb::Config::builder()
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(Credentials::new("any", "any", None, None, "example"))
        .region(Region::new("us-east-1"))
        .endpoint_url(engine.endpoint_url())
        .build();
    let client = Client::from_conf(config);
    engine.ensure_table(&table()).await.unwrap();

    let began = Instant::now();
    for i in 0..ROUNDS {
        let key = [("pk", "none".to_owned()), ("sk", i.to_string())];
        let key = key.map(|(name, value)| (name.to_owned(), AttributeValue::S(value)));
        let get = client
            .get_item()
            .table_name("speed")
            .set_key(Some(HashMap::from(key)));
        get.send().await.unwrap();
    }
    report("GetItem, missing", began);

    for in_indexes in [0, 2, INDEXES] {
        let began = Instant::now();
        for i in 0..ROUNDS {
            let row = item(&format!("p{in_indexes}"), i, in_indexes);
            client
                .put_item()
                .table_name("speed")
                .set_item(Some(row))
                .send()
                .await
                .unwrap();
        }
        report(&format!("PutItem, in {in_indexes} of {INDEXES} indexes"), began);

        let began = Instant::now();
        for round in 0..ROUNDS {
            transact(&client, round, in_indexes).await;
        }
        report(
            &format!("TransactWriteItems of 7, in {in_indexes} of {INDEXES} indexes"),
            began,
        );
    }

    for (what, index, name, value) in [
        ("Query table, 25 items", None, "pk", "t"),
        ("Query index, 25 items", Some("index0"), "i0pk", "shard3"),
    ] {
        let began = Instant::now();
        for _ in 0..ROUNDS {
            let query = client
                .query()
                .table_name("speed")
                .set_index_name(index.map(ToOwned::to_owned))
                .key_condition_expression(format!("{name} = :v"))
                .expression_attribute_values(":v", AttributeValue::S(value.to_owned()))
                .scan_index_forward(false)
                .limit(25);
            assert_eq!(query.send().await.unwrap().count, 25);
        }
        report(what, began);
    }

    let began = Instant::now();
    let tasks: Vec<_> = (0..10)
        .map(|task| {
            let client = client.clone();
            tokio::spawn(async move {
                for round in 0..ROUNDS / 10 {
                    transact(&client, 10_000 + task * 1_000 + round, 2).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    report("TransactWriteItems of 7, 10 at a time", began);
    shutdown.cancel();
    engine.stopped().await;
}
