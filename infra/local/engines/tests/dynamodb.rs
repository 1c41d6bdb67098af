//! DynamoDB as the product uses it, asked by the real SDK.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashMap;
use std::path::Path;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, KeysAndAttributes, Put, PutRequest, ReturnValue,
    ReturnValuesOnConditionCheckFailure, Select, TransactWriteItem, Update, WriteRequest,
};
use serde_json::{Value, json};
use switchboard_local_engines::{DynamoDb, DynamoDbFault};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

struct Running {
    engine: DynamoDb,
    client: Client,
    shutdown: CancellationToken,
}

async fn start(dir: &Path) -> Running {
    let shutdown = CancellationToken::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let engine = DynamoDb::start(dir, listener, shutdown.clone()).await.unwrap();
    let config = aws_sdk_dynamodb::Config::builder()
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(Credentials::new("any", "any", None, None, "test"))
        .region(Region::new("us-east-1"))
        .endpoint_url(engine.endpoint_url())
        .retry_config(RetryConfig::disabled())
        .build();
    let client = Client::from_conf(config);
    Running {
        engine,
        client,
        shutdown,
    }
}

impl Running {
    async fn stop(self) {
        self.shutdown.cancel();
        self.engine.stopped().await;
    }
}

/// A table with a partition and a sort key and the sparse index `due` (`due_pk`, `due_sk`).
fn table() -> Value {
    json!({
        "TableName": "work",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
            {"AttributeName": "due_pk", "AttributeType": "S"},
            {"AttributeName": "due_sk", "AttributeType": "S"},
        ],
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "GlobalSecondaryIndexes": [{
            "IndexName": "due",
            "KeySchema": [
                {"AttributeName": "due_pk", "KeyType": "HASH"},
                {"AttributeName": "due_sk", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }],
        "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": true},
    })
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn key(pk: &str, sk: &str) -> HashMap<String, AttributeValue> {
    HashMap::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))])
}

fn item(pk: &str, sk: &str, more: &[(&str, AttributeValue)]) -> HashMap<String, AttributeValue> {
    let mut item = key(pk, sk);
    item.extend(
        more.iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone())),
    );
    item
}

fn put(pk: &str, sk: &str, more: &[(&str, AttributeValue)]) -> TransactWriteItem {
    let put = Put::builder()
        .table_name("work")
        .set_item(Some(item(pk, sk, more)));
    TransactWriteItem::builder().put(put.build().unwrap()).build()
}

fn add_one(pk: &str, sk: &str) -> TransactWriteItem {
    let update = Update::builder()
        .table_name("work")
        .set_key(Some(key(pk, sk)))
        .update_expression("ADD n :one")
        .expression_attribute_values(":one", n(1));
    TransactWriteItem::builder()
        .update(update.build().unwrap())
        .build()
}

async fn read(client: &Client, pk: &str, sk: &str) -> Option<HashMap<String, AttributeValue>> {
    client
        .get_item()
        .table_name("work")
        .set_key(Some(key(pk, sk)))
        .consistent_read(true)
        .send()
        .await
        .unwrap()
        .item
}

#[tokio::test]
async fn a_transaction_writes_100_items_or_names_the_one_that_failed() {
    let dir = tempfile::tempdir().unwrap();
    let db = start(dir.path()).await;
    db.engine.ensure_table(&table()).await.unwrap();

    let hundred = (0..100).map(|i| put("t", &format!("{i:03}"), &[])).collect();
    db.client
        .transact_write_items()
        .set_transact_items(Some(hundred))
        .send()
        .await
        .unwrap();

    let refused = Put::builder()
        .table_name("work")
        .set_item(Some(item("t", "007", &[])))
        .condition_expression("attribute_not_exists(pk)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let check = ConditionCheck::builder()
        .table_name("work")
        .set_key(Some(key("t", "001")))
        .condition_expression("attribute_exists(pk)");
    let delete = Delete::builder()
        .table_name("work")
        .set_key(Some(key("t", "002")));
    let error = db
        .client
        .transact_write_items()
        .transact_items(put("t", "new", &[]))
        .transact_items(TransactWriteItem::builder().put(refused.build().unwrap()).build())
        .transact_items(
            TransactWriteItem::builder()
                .condition_check(check.build().unwrap())
                .build(),
        )
        .transact_items(
            TransactWriteItem::builder()
                .delete(delete.build().unwrap())
                .build(),
        )
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        panic!("{error:?}");
    };
    let reasons = cancelled.cancellation_reasons();
    let codes: Vec<_> = reasons
        .iter()
        .map(|reason| reason.code().unwrap_or("None"))
        .collect();
    assert_eq!(codes, ["None", "ConditionalCheckFailed", "None", "None"]);
    assert_eq!(reasons[1].item().unwrap()["sk"], s("007"));
    assert_eq!(read(&db.client, "t", "new").await, None);
    assert!(read(&db.client, "t", "002").await.is_some());
    db.stop().await;
}

#[tokio::test]
async fn a_transaction_is_refused_for_101_items_the_same_item_twice_or_4_mb() {
    let dir = tempfile::tempdir().unwrap();
    let db = start(dir.path()).await;
    db.engine.ensure_table(&table()).await.unwrap();
    let send = |items: Vec<TransactWriteItem>| {
        let request = db
            .client
            .transact_write_items()
            .set_transact_items(Some(items))
            .send();
        async move { request.await.unwrap_err().code().map(ToOwned::to_owned) }
    };
    let many = (0..101).map(|i| put("t", &i.to_string(), &[])).collect();
    assert_eq!(send(many).await.as_deref(), Some("ValidationException"));
    let twice = vec![put("t", "1", &[]), add_one("t", "1")];
    assert_eq!(send(twice).await.as_deref(), Some("ValidationException"));
    let large = "x".repeat(390 * 1024);
    let large = (0..11)
        .map(|i| put("t", &i.to_string(), &[("x", s(&large))]))
        .collect();
    assert_eq!(send(large).await.as_deref(), Some("ValidationException"));
    db.stop().await;
}

#[tokio::test]
async fn a_request_token_makes_a_transaction_happen_once() {
    let dir = tempfile::tempdir().unwrap();
    let db = start(dir.path()).await;
    db.engine.ensure_table(&table()).await.unwrap();
    for _ in 0..3 {
        db.client
            .transact_write_items()
            .client_request_token("once")
            .transact_items(add_one("c", "1"))
            .send()
            .await
            .unwrap();
    }
    assert_eq!(read(&db.client, "c", "1").await.unwrap()["n"], n(1));
    let other = db
        .client
        .transact_write_items()
        .client_request_token("once")
        .transact_items(add_one("c", "2"))
        .send()
        .await;
    assert_eq!(
        other.unwrap_err().code(),
        Some("IdempotentParameterMismatchException")
    );
    db.stop().await;
}

#[tokio::test]
async fn updates_add_set_and_reach_into_maps() {
    let dir = tempfile::tempdir().unwrap();
    let db = start(dir.path()).await;
    db.engine.ensure_table(&table()).await.unwrap();
    db.client
        .put_item()
        .table_name("work")
        .set_item(Some(item(
            "u",
            "1",
            &[("counts", AttributeValue::M(HashMap::new()))],
        )))
        .send()
        .await
        .unwrap();
    let update = || {
        db.client
            .update_item()
            .table_name("work")
            .set_key(Some(key("u", "1")))
            .update_expression(
                "SET counts.#busy = if_not_exists(counts.#busy, :none) + :one, seen = if_not_exists(seen, :now) \
                 ADD n :one, tags :tag REMOVE gone",
            )
            .expression_attribute_names("#busy", "busy")
            .expression_attribute_values(":none", n(0))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":now", s("first"))
            .expression_attribute_values(":tag", AttributeValue::Ss(vec!["a".to_owned()]))
            .return_values(ReturnValue::AllNew)
            .send()
    };
    update().await.unwrap();
    let after = update().await.unwrap().attributes.unwrap();
    assert_eq!(after["counts"].as_m().unwrap()["busy"], n(2));
    assert_eq!((&after["n"], &after["seen"]), (&n(2), &s("first")));

    let create = db
        .client
        .put_item()
        .table_name("work")
        .set_item(Some(key("u", "1")))
        .condition_expression("attribute_not_exists(pk)")
        .send()
        .await;
    assert_eq!(
        create.unwrap_err().code(),
        Some("ConditionalCheckFailedException")
    );
    db.stop().await;
}

#[tokio::test]
async fn a_sparse_index_is_queried_backwards_page_by_page() {
    let dir = tempfile::tempdir().unwrap();
    let db = start(dir.path()).await;
    db.engine.ensure_table(&table()).await.unwrap();
    for i in 0..25 {
        let due = [("due_pk", s("q")), ("due_sk", s(&format!("2026-{i:02}")))];
        let more = if i % 5 == 0 { &[][..] } else { &due[..] };
        let row = item("r", &format!("{i:02}"), more);
        db.client
            .put_item()
            .table_name("work")
            .set_item(Some(row))
            .send()
            .await
            .unwrap();
    }
    let query = |condition: &str| {
        db.client
            .query()
            .table_name("work")
            .index_name("due")
            .key_condition_expression(format!("due_pk = :pk AND {condition}"))
            .expression_attribute_values(":pk", s("q"))
    };
    let (mut seen, mut from) = (Vec::new(), None);
    loop {
        let page = query("begins_with(due_sk, :year)")
            .expression_attribute_values(":year", s("2026-"))
            .scan_index_forward(false)
            .limit(7)
            .set_exclusive_start_key(from)
            .send()
            .await
            .unwrap();
        seen.extend(page.items().iter().map(|row| row["sk"].as_s().unwrap().clone()));
        from = page.last_evaluated_key;
        if from.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 20);
    assert!(seen.is_sorted_by(|a, b| a > b), "{seen:?}");

    let count = query("due_sk BETWEEN :from AND :to")
        .expression_attribute_values(":from", s("2026-01"))
        .expression_attribute_values(":to", s("2026-09"))
        .select(Select::Count)
        .send()
        .await
        .unwrap();
    assert_eq!((count.count, count.items), (8, None));
    db.stop().await;
}

#[tokio::test]
async fn a_query_stops_at_1_mb() {
    let dir = tempfile::tempdir().unwrap();
    let db = start(dir.path()).await;
    db.engine.ensure_table(&table()).await.unwrap();
    for i in 0..6 {
        let row = item("big", &i.to_string(), &[("x", s(&"x".repeat(300 * 1024)))]);
        db.client
            .put_item()
            .table_name("work")
            .set_item(Some(row))
            .send()
            .await
            .unwrap();
    }
    let page = db
        .client
        .query()
        .table_name("work")
        .key_condition_expression("pk = :pk")
        .expression_attribute_values(":pk", s("big"))
        .send()
        .await
        .unwrap();
    assert!(
        page.count < 6 && page.last_evaluated_key.is_some(),
        "{}",
        page.count
    );
    db.stop().await;
}

#[tokio::test]
async fn batches_take_25_writes_and_100_reads_and_an_item_400_kb() {
    let dir = tempfile::tempdir().unwrap();
    let db = start(dir.path()).await;
    db.engine.ensure_table(&table()).await.unwrap();
    let batch = |items: std::ops::Range<u32>| {
        let writes = items
            .map(|i| {
                let put = PutRequest::builder().set_item(Some(item("b", &i.to_string(), &[])));
                WriteRequest::builder().put_request(put.build().unwrap()).build()
            })
            .collect();
        db.client.batch_write_item().request_items("work", writes).send()
    };
    for i in 0..4 {
        let written = batch(i * 25..(i + 1) * 25).await.unwrap();
        assert!(written.unprocessed_items.is_none_or(|left| left.is_empty()));
    }
    assert_eq!(
        batch(0..26).await.unwrap_err().code(),
        Some("ValidationException")
    );

    let read = |items: u32| {
        let keys = (0..items).map(|i| key("b", &i.to_string())).collect();
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(true);
        db.client
            .batch_get_item()
            .request_items("work", keys.build().unwrap())
            .send()
    };
    assert_eq!(read(100).await.unwrap().responses.unwrap()["work"].len(), 100);
    assert_eq!(read(101).await.unwrap_err().code(), Some("ValidationException"));

    let put = |bytes: usize| {
        let row = item("b", "big", &[("x", s(&"x".repeat(bytes)))]);
        db.client.put_item().table_name("work").set_item(Some(row)).send()
    };
    put(400 * 1024 - 20).await.unwrap();
    assert_eq!(
        put(400 * 1024).await.unwrap_err().code(),
        Some("ValidationException")
    );
    db.stop().await;
}

#[tokio::test]
async fn a_table_keeps_its_items_over_a_restart_and_gains_new_indexes() {
    let dir = tempfile::tempdir().unwrap();
    let db = start(dir.path()).await;
    let mut properties = table();
    let index = properties
        .as_object_mut()
        .unwrap()
        .remove("GlobalSecondaryIndexes")
        .unwrap();
    let definitions = properties["AttributeDefinitions"].clone();
    properties["AttributeDefinitions"] = json!(definitions.as_array().unwrap()[..2]);
    db.engine.ensure_table(&properties).await.unwrap();
    db.engine.ensure_table(&properties).await.unwrap();
    let row = item("k", "1", &[("due_pk", s("q")), ("due_sk", s("1"))]);
    db.client
        .put_item()
        .table_name("work")
        .set_item(Some(row))
        .send()
        .await
        .unwrap();
    db.stop().await;

    let db = start(dir.path()).await;
    properties["GlobalSecondaryIndexes"] = index;
    properties["AttributeDefinitions"] = definitions;
    db.engine.ensure_table(&properties).await.unwrap();
    db.engine.ensure_table(&properties).await.unwrap();
    let found = db
        .client
        .query()
        .table_name("work")
        .index_name("due")
        .key_condition_expression("due_pk = :pk")
        .expression_attribute_values(":pk", s("q"))
        .send()
        .await
        .unwrap();
    assert_eq!(found.count, 1);
    let expiry = db
        .client
        .describe_time_to_live()
        .table_name("work")
        .send()
        .await
        .unwrap();
    assert_eq!(
        expiry.time_to_live_description.unwrap().attribute_name.as_deref(),
        Some("ttl")
    );

    properties["KeySchema"][1]["AttributeName"] = json!("due_sk");
    let refusal = db.engine.ensure_table(&properties).await.unwrap_err().to_string();
    assert!(refusal.contains("another key"), "{refusal}");
    db.stop().await;
}

#[tokio::test]
async fn what_was_answered_is_on_disk_when_the_process_is_killed() {
    let (dir, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let db = start(dir.path()).await;
    db.engine.ensure_table(&table()).await.unwrap();
    for i in 0..20 {
        let row = item("kill", &i.to_string(), &[("due_pk", s("q")), ("due_sk", s("1"))]);
        db.client
            .put_item()
            .table_name("work")
            .set_item(Some(row))
            .send()
            .await
            .unwrap();
    }
    // What a killed process leaves behind is the files as they are now, with no orderly close.
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), killed.path().join(file.file_name())).unwrap();
    }
    let after = start(killed.path()).await;
    after.engine.ensure_table(&table()).await.unwrap();
    let found = after
        .client
        .scan()
        .table_name("work")
        .index_name("due")
        .send()
        .await
        .unwrap();
    assert_eq!(found.count, 20);
    after.stop().await;
    db.stop().await;
}

#[tokio::test]
async fn faults_come_before_or_after_the_effect_as_told() {
    let dir = tempfile::tempdir().unwrap();
    let db = start(dir.path()).await;
    db.engine.ensure_table(&table()).await.unwrap();
    let faults = db.engine.faults();
    let write = |sk: &str| {
        let request = db.client.transact_write_items().transact_items(put("f", sk, &[]));
        request.transact_items(add_one("f", "count")).send()
    };

    faults.next("TransactWriteItems", DynamoDbFault::TransactionConflict, 1);
    let error = write("1").await.unwrap_err().into_service_error();
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        panic!("{error:?}");
    };
    let codes: Vec<_> = cancelled
        .cancellation_reasons()
        .iter()
        .map(|reason| reason.code())
        .collect();
    assert_eq!(codes, [Some("TransactionConflict"), Some("None")]);

    for (fault, code) in [
        (DynamoDbFault::Throttled, "ProvisionedThroughputExceededException"),
        (DynamoDbFault::InternalErrorBefore, "InternalServerError"),
    ] {
        faults.next("TransactWriteItems", fault, 1);
        assert_eq!(write("1").await.unwrap_err().code(), Some(code));
    }
    assert_eq!(read(&db.client, "f", "1").await, None);

    faults.next("TransactWriteItems", DynamoDbFault::InternalErrorAfter, 1);
    assert_eq!(write("2").await.unwrap_err().code(), Some("InternalServerError"));
    faults.next("TransactWriteItems", DynamoDbFault::AnswerLost, 1);
    assert!(write("3").await.unwrap_err().as_service_error().is_none());
    assert_eq!(read(&db.client, "f", "count").await.unwrap()["n"], n(2));

    write("4").await.unwrap();
    assert_eq!(faults.injected(), 5);
    db.stop().await;
}

#[tokio::test]
async fn what_is_written_is_in_the_tables_stream_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let mut streaming = table();
    streaming["StreamSpecification"] = json!({"StreamViewType": "NEW_IMAGE"});
    let first = start(dir.path()).await;
    first.engine.ensure_table(&table()).await.unwrap();
    assert!(first.engine.stream("work").await.is_err(), "it has none yet");
    first.engine.ensure_table(&streaming).await.unwrap();
    put_one(&first.client, "before").await;
    let mut stream = first.engine.stream("work").await.unwrap();
    assert!(
        stream.read(10).await.unwrap().is_empty(),
        "it is read from where it was opened"
    );
    for name in ["a", "b", "a"] {
        put_one(&first.client, name).await;
    }
    assert!(stream.written().await);
    let records = stream.read(2).await.unwrap();
    let rest = stream.read(10).await.unwrap();
    let told: Vec<String> = records
        .iter()
        .chain(&rest)
        .map(|record| {
            format!(
                "{} {}",
                record["eventName"], record["dynamodb"]["NewImage"]["pk"]["S"]
            )
        })
        .collect();
    assert_eq!(told, [r#""INSERT" "a""#, r#""INSERT" "b""#, r#""MODIFY" "a""#]);
    assert!(stream.read(10).await.unwrap().is_empty());
    first.stop().await;

    // Over a restart, numbers go on.
    let second = start(dir.path()).await;
    second.engine.ensure_table(&streaming).await.unwrap();
    let mut stream = second.engine.stream("work").await.unwrap();
    put_one(&second.client, "c").await;
    assert_eq!(stream.read(10).await.unwrap().len(), 1);
    second.stop().await;
}

async fn put_one(client: &Client, name: &str) {
    let key = AttributeValue::S(name.to_owned());
    client
        .put_item()
        .table_name("work")
        .item("pk", key.clone())
        .item("sk", key)
        .send()
        .await
        .unwrap();
}
