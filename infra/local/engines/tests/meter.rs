//! Capacity units as DynamoDB counts them: 4 KB a read unit, half where a moment's delay is allowed; 1 KB a write unit,
//! for the larger of an item before and after, and again for each index whose view of it changes; double at the
//! table in a transaction.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{AppName, BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update};
use serde_json::json;
use switchboard_local_engines::{DynamoDb, Meter, Usage};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

struct Metered {
    client: Client,
    meter: Meter,
    _stop: DropGuard,
    _dir: TempDir,
}

/// Table `work` with index `whole` (by `hash`, everything in it) and `names` (by `name`, only keys).
async fn start() -> Metered {
    let (dir, stop) = (tempfile::tempdir().unwrap(), CancellationToken::new());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let engine = DynamoDb::start(dir.path(), listener, stop.clone()).await.unwrap();
    let table = json!({
        "TableName": "work",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "hash", "AttributeType": "S"},
            {"AttributeName": "name", "AttributeType": "S"},
        ],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "whole",
                "KeySchema": [{"AttributeName": "hash", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            },
            {
                "IndexName": "names",
                "KeySchema": [{"AttributeName": "name", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
        ],
    });
    engine.ensure_table(&table).await.unwrap();
    let config = aws_sdk_dynamodb::Config::builder()
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(Credentials::new("any", "any", None, None, "test"))
        .region(Region::new("us-east-1"))
        .endpoint_url(engine.endpoint_url())
        .app_name(AppName::new("dialer").unwrap())
        .retry_config(RetryConfig::disabled())
        .build();
    let meter = engine.meter();
    meter.turn_on();
    Metered {
        client: Client::from_conf(config),
        meter,
        _stop: stop.drop_guard(),
        _dir: dir,
    }
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn filler(bytes: usize) -> AttributeValue {
    s(&"x".repeat(bytes))
}

impl Metered {
    /// Units by resource since they were last asked for: reads, then writes.
    fn units(&self) -> Vec<(String, f64, f64)> {
        let rows = self.meter.take();
        assert!(rows.keys().all(|row| row.caller == "dialer"), "{rows:?}");
        let row = |(what, used): (_, Usage)| {
            let what: switchboard_local_engines::Metered = what;
            (what.resource, used.read_units, used.write_units)
        };
        rows.into_iter().map(row).collect()
    }

    async fn put(&self, pk: &str, attributes: &[(&str, AttributeValue)]) {
        let mut put = self.client.put_item().table_name("work").item("pk", s(pk));
        for (name, value) in attributes {
            put = put.item(*name, value.clone());
        }
        put.send().await.unwrap();
    }
}

fn row(resource: &str, reads: f64, writes: f64) -> (String, f64, f64) {
    (resource.to_owned(), reads, writes)
}

#[tokio::test]
async fn reads_cost_a_unit_for_each_four_kilobytes_and_half_of_it_when_they_may_be_a_moment_old() {
    let metered = start().await;
    metered.put("small", &[]).await;
    metered.put("large", &[("body", filler(9_000))]).await;
    metered.units();
    for (pk, consistent, units) in [
        ("small", true, 1.0),
        ("small", false, 0.5),
        ("large", true, 3.0),
        ("large", false, 1.5),
        ("missing", true, 1.0),
        ("missing", false, 0.5),
    ] {
        let get = metered.client.get_item().table_name("work").key("pk", s(pk));
        get.consistent_read(consistent).send().await.unwrap();
        assert_eq!(metered.units(), [row("work", units, 0.0)], "{pk} {consistent}");
    }
}

#[tokio::test]
async fn a_query_is_charged_by_the_sum_of_what_it_looked_at() {
    let metered = start().await;
    for n in 0..20 {
        let attributes = [("hash", s("a")), ("body", filler(1_000))];
        metered.put(&format!("item-{n}"), &attributes).await;
    }
    metered.units();
    let query = metered.client.query().table_name("work").index_name("whole");
    let query = query.key_condition_expression("#hash = :a");
    let query = query
        .expression_attribute_names("#hash", "hash")
        .expression_attribute_values(":a", s("a"));
    query.clone().send().await.unwrap();
    // 20 items of about 1,020 bytes are a little less than 20 KB: 5 units, halved.
    assert_eq!(
        metered.units(),
        [row("work", 0.0, 0.0), row("work/whole", 2.5, 0.0)]
    );
    // What a filter drops was read all the same.
    let nothing = query.filter_expression("attribute_exists(nowhere)");
    nothing.send().await.unwrap();
    assert_eq!(
        metered.units(),
        [row("work", 0.0, 0.0), row("work/whole", 2.5, 0.0)]
    );
}

#[tokio::test]
async fn a_write_costs_its_larger_image_and_each_index_whose_view_changes() {
    let metered = start().await;
    let indexed = |hash: &str, size| [("hash", s(hash)), ("name", s("n")), ("body", filler(size))];
    metered.put("a", &indexed("x", 1_500)).await;
    let (whole, names) = ("work/whole", "work/names");
    let new = [row("work", 0.0, 2.0), row(names, 0.0, 1.0), row(whole, 0.0, 2.0)];
    assert_eq!(metered.units(), new);
    // Smaller: charged as what was there. The index of keys sees no change.
    metered.put("a", &indexed("x", 10)).await;
    assert_eq!(metered.units(), [row("work", 0.0, 2.0), row(whole, 0.0, 2.0)]);
    // Another key in an index is one write to take it out and one to put it in.
    metered.put("a", &indexed("y", 10)).await;
    assert_eq!(metered.units(), [row("work", 0.0, 1.0), row(whole, 0.0, 2.0)]);
    // The same once more: the table is charged, no index is.
    metered.put("a", &indexed("y", 10)).await;
    assert_eq!(metered.units(), [row("work", 0.0, 1.0)]);
}

#[tokio::test]
async fn a_transaction_costs_double_at_the_table_and_single_in_its_indexes() {
    let metered = start().await;
    metered.put("there", &[("body", filler(3_000))]).await;
    metered.put("gone", &[]).await;
    metered.units();
    let key = |pk: &str| [("pk".to_owned(), s(pk))].into();
    let put = Put::builder()
        .table_name("work")
        .item("pk", s("new"))
        .item("hash", s("x"));
    let check = ConditionCheck::builder()
        .table_name("work")
        .set_key(Some(key("there")))
        .condition_expression("attribute_exists(pk)");
    let update = Update::builder()
        .table_name("work")
        .set_key(Some(key("counter")))
        .update_expression("ADD calls :one")
        .expression_attribute_values(":one", AttributeValue::N("1".to_owned()));
    let delete = Delete::builder().table_name("work").set_key(Some(key("gone")));
    let transaction = metered
        .client
        .transact_write_items()
        .client_request_token("once")
        .transact_items(TransactWriteItem::builder().put(put.build().unwrap()).build())
        .transact_items(
            TransactWriteItem::builder()
                .condition_check(check.build().unwrap())
                .build(),
        )
        .transact_items(
            TransactWriteItem::builder()
                .update(update.build().unwrap())
                .build(),
        )
        .transact_items(
            TransactWriteItem::builder()
                .delete(delete.build().unwrap())
                .build(),
        );
    transaction.clone().send().await.unwrap();
    // Put 2, check of 3 KB 6, update 2, delete 2.
    let once = [row("work", 0.0, 12.0), row("work/whole", 0.0, 1.0)];
    assert_eq!(metered.units(), once);
    // Repeated with its token it is a read, of a unit for 4 KB, double.
    transaction.send().await.unwrap();
    assert_eq!(metered.units(), [row("work", 8.0, 0.0)]);
}

#[tokio::test]
async fn what_a_condition_refuses_is_charged_too() {
    let metered = start().await;
    metered.put("there", &[]).await;
    metered.units();
    let create = metered
        .client
        .put_item()
        .table_name("work")
        .item("pk", s("there"));
    let create = create.condition_expression("attribute_not_exists(pk)");
    create.send().await.unwrap_err();
    let rows = metered.meter.take();
    let used = rows.values().next().unwrap();
    assert_eq!((used.requests, used.refused), (1, 1));
    assert!((used.write_units - 1.0).abs() < f64::EPSILON);
}
