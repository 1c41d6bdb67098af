//! A second implementation of AWS, started by `make second-engine`, that many tests share.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::SocketAddr;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, Projection, ProjectionType,
};
use serde_json::Value;

use crate::template;

/// Where it is: addresses apart by commas, one of them for each test that runs at a time.
const VARIABLE: &str = "SECOND_ENGINE";

pub(crate) struct SecondEngine {
    pub(crate) address: SocketAddr,
}

impl SecondEngine {
    /// The one that this test is to use, when the environment names any.
    pub(crate) fn wanted() -> Option<Self> {
        let addresses = setting(VARIABLE)?;
        let addresses: Vec<&str> = addresses.split(',').collect();
        let slot = setting("NEXTEST_TEST_GLOBAL_SLOT").and_then(|slot| slot.parse::<usize>().ok());
        let address = addresses[slot.unwrap_or(0) % addresses.len()];
        let address = address
            .parse()
            .expect("SECOND_ENGINE names addresses as 127.0.0.1:4566");
        Some(Self { address })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A name that nobody else has, as a bucket may begin with it.
    pub(crate) fn prefix(&self) -> String {
        // Its keys are drawn at random for each one that is made.
        format!("t{:x}-", RandomState::new().build_hasher().finish())
    }

    /// Makes the tables of the template.
    pub(crate) async fn make_tables(&self, sdk: &SdkConfig, prefix: &str) {
        let db = aws_sdk_dynamodb::Client::new(sdk);
        for (id, properties) in template::tables() {
            let attributes = list(&properties, "AttributeDefinitions").iter().map(|attribute| {
                AttributeDefinition::builder()
                    .attribute_name(text(attribute, "AttributeName"))
                    .attribute_type(text(attribute, "AttributeType").into())
                    .build()
                    .unwrap()
            });
            let indexes = list(&properties, "GlobalSecondaryIndexes").iter().map(index);
            db.create_table()
                .table_name(format!("{prefix}{id}"))
                .billing_mode(BillingMode::PayPerRequest)
                .set_attribute_definitions(Some(attributes.collect()))
                .set_key_schema(Some(key_schema(&properties)))
                .set_global_secondary_indexes(Some(indexes.collect()))
                .send()
                .await
                .unwrap();
        }
    }
}

fn index(properties: &Value) -> GlobalSecondaryIndex {
    let projected = ProjectionType::from(text(&properties["Projection"], "ProjectionType"));
    GlobalSecondaryIndex::builder()
        .index_name(text(properties, "IndexName"))
        .set_key_schema(Some(key_schema(properties)))
        .projection(Projection::builder().projection_type(projected).build())
        .build()
        .unwrap()
}

fn key_schema(properties: &Value) -> Vec<KeySchemaElement> {
    let elements = list(properties, "KeySchema").iter().map(|element| {
        KeySchemaElement::builder()
            .attribute_name(text(element, "AttributeName"))
            .key_type(text(element, "KeyType").into())
            .build()
            .unwrap()
    });
    elements.collect()
}

fn list<'a>(properties: &'a Value, name: &str) -> &'a [Value] {
    properties[name].as_array().expect("a list in template.yaml")
}

fn text<'a>(properties: &'a Value, name: &str) -> &'a str {
    properties[name].as_str().expect("a text in template.yaml")
}

#[expect(
    clippy::disallowed_methods,
    reason = "where tests run is no setting of the product"
)]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
