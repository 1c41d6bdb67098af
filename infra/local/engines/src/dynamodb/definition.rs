use serde_json::{Map, Value, json};

use crate::error::EngineError;

/// A table as the template wants it, in the words of DynamoDB's own API.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) name: String,
    /// The request of `CreateTable`.
    pub(super) create: Value,
    /// Attribute that holds the expiry, in epoch seconds.
    pub(super) expires_by: Option<String>,
}

/// What changes an existing table into the wanted one: each a request of `UpdateTable`.
pub(super) type Changes = Vec<Value>;

/// Properties that CloudFormation and `CreateTable` spell alike.
const SAME: [&str; 9] = [
    "TableName",
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "ProvisionedThroughput",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "TableClass",
    "Tags",
];

/// Inside an index, what the local engine knows; the rest (warm throughput, alarms) means nothing here.
const OF_AN_INDEX: [&str; 4] = ["IndexName", "KeySchema", "Projection", "ProvisionedThroughput"];

impl Definition {
    /// Reads the properties of an `AWS::DynamoDB::Table`.
    pub(super) fn parse(properties: &Value) -> Result<Self, EngineError> {
        let name = properties
            .get("TableName")
            .and_then(Value::as_str)
            .ok_or_else(|| EngineError::properties("a table", "TableName is missing or not text"))?
            .to_owned();
        let mut create: Map<String, Value> = SAME
            .iter()
            .filter_map(|key| Some(((*key).to_owned(), properties.get(key)?.clone())))
            .collect();
        for indexes in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
            if let Some(Value::Array(indexes)) = create.get_mut(indexes) {
                for index in indexes {
                    if let Value::Object(index) = index {
                        index.retain(|key, _| OF_AN_INDEX.contains(&key.as_str()));
                    }
                }
            }
        }
        if let Some(view) = properties.pointer("/StreamSpecification/StreamViewType") {
            create.insert(
                "StreamSpecification".to_owned(),
                json!({"StreamEnabled": true, "StreamViewType": view}),
            );
        }
        let mut create = Value::Object(create);
        numbers(&mut create);
        Ok(Self {
            expires_by: expiry(&name, properties)?,
            name,
            create,
        })
    }

    /// Compares with the `Table` of `DescribeTable`.
    pub(super) fn changes(&self, existing: &Value) -> Result<Changes, EngineError> {
        let key = ["KeySchema"];
        if canonical(&self.create, &key) != canonical(existing, &key) {
            return Err(self.differs(
                "another key",
                "a key cannot be changed: give the table a new name, or delete the data directory to start empty",
            ));
        }
        if shapes(&self.create, "LocalSecondaryIndexes") != shapes(existing, "LocalSecondaryIndexes") {
            return Err(self.differs(
                "other local indexes",
                "those are fixed at creation: give the table a new name, or delete the data directory to start empty",
            ));
        }
        let mut changes = Vec::new();
        if let Some(stream) = self.create.get("StreamSpecification")
            && existing.pointer("/StreamSpecification/StreamViewType") != stream.get("StreamViewType")
        {
            if existing.pointer("/StreamSpecification/StreamEnabled") == Some(&Value::Bool(true)) {
                changes.push(json!({
                    "TableName": self.name,
                    "StreamSpecification": {"StreamEnabled": false},
                }));
            }
            changes.push(json!({"TableName": self.name, "StreamSpecification": stream}));
        }
        let wanted = indexes(&self.create, "GlobalSecondaryIndexes");
        let there = indexes(existing, "GlobalSecondaryIndexes");
        for index in &there {
            if !wanted.iter().any(|wanted| name_of(wanted) == name_of(index)) {
                changes.push(json!({
                    "TableName": self.name,
                    "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name_of(index)}}],
                }));
            }
        }
        for index in &wanted {
            match there.iter().find(|there| name_of(there) == name_of(index)) {
                Some(there) if shape(there) == shape(index) => {}
                Some(_) => {
                    let difference = format!("another shape of index {}", name_of(index));
                    return Err(self.differs(
                        &difference,
                        "an index cannot be changed: add it under a new name and remove the old one",
                    ));
                }
                None => changes.push(json!({
                    "TableName": self.name,
                    "AttributeDefinitions": self.create["AttributeDefinitions"],
                    "GlobalSecondaryIndexUpdates": [{"Create": index}],
                })),
            }
        }
        Ok(changes)
    }

    fn differs(&self, difference: &str, advice: &str) -> EngineError {
        EngineError::TableDiffers {
            table: self.name.clone(),
            difference: difference.to_owned(),
            advice: advice.to_owned(),
        }
    }
}

fn expiry(table: &str, properties: &Value) -> Result<Option<String>, EngineError> {
    let Some(wanted) = properties.get("TimeToLiveSpecification") else {
        return Ok(None);
    };
    let enabled = match wanted.get("Enabled") {
        Some(Value::Bool(enabled)) => *enabled,
        Some(Value::String(text)) => text == "true",
        _ => false,
    };
    match wanted.get("AttributeName").and_then(Value::as_str) {
        _ if !enabled => Ok(None),
        Some(attribute) => Ok(Some(attribute.to_owned())),
        None => Err(EngineError::properties(
            table,
            "TimeToLiveSpecification has no AttributeName",
        )),
    }
}

/// Parameters arrive as text; throughput must be a number.
fn numbers(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if key.ends_with("CapacityUnits") => {
                        if let Ok(number) = text.parse::<u64>() {
                            *value = Value::from(number);
                        }
                    }
                    _ => numbers(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(numbers),
        _ => {}
    }
}

fn indexes<'a>(table: &'a Value, kind: &str) -> Vec<&'a Value> {
    table
        .get(kind)
        .and_then(Value::as_array)
        .map(|indexes| indexes.iter().collect())
        .unwrap_or_default()
}

fn name_of(index: &Value) -> &str {
    index.get("IndexName").and_then(Value::as_str).unwrap_or_default()
}

fn shapes(table: &Value, kind: &str) -> Vec<Value> {
    let mut shapes: Vec<Value> = indexes(table, kind).into_iter().map(shape).collect();
    shapes.sort_by_key(|shape| name_of(shape).to_owned());
    shapes
}

/// What makes two indexes the same index.
fn shape(index: &Value) -> Value {
    let mut shape = canonical(index, &["IndexName", "KeySchema", "Projection"]);
    if let Some(Value::Array(attributes)) = shape.pointer_mut("/Projection/NonKeyAttributes") {
        attributes.sort_by_key(ToString::to_string);
        if attributes.is_empty() {
            shape["Projection"]
                .as_object_mut()
                .map(|projection| projection.remove("NonKeyAttributes"));
        }
    }
    shape
}

/// Only these members, with the hash key before the range key.
fn canonical(value: &Value, members: &[&str]) -> Value {
    let mut picked: Map<String, Value> = members
        .iter()
        .filter_map(|member| Some(((*member).to_owned(), value.get(member)?.clone())))
        .collect();
    if let Some(Value::Array(key)) = picked.get_mut("KeySchema") {
        key.sort_by_key(|element| element["KeyType"].to_string());
    }
    Value::Object(picked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties() -> Value {
        json!({
            "TableName": "calls",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "GlobalSecondaryIndexes": [{
                "IndexName": "due",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
                "WarmThroughput": {"ReadUnitsPerSecond": "12000"},
            }],
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true},
            "SSESpecification": {"SSEEnabled": true},
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
            "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": true},
        })
    }

    #[test]
    fn properties_of_the_template_become_a_create_table_request() {
        let definition = Definition::parse(&properties()).unwrap();
        assert_eq!(definition.name, "calls");
        assert_eq!(definition.expires_by.as_deref(), Some("ttl"));
        assert_eq!(
            definition.create["StreamSpecification"],
            json!({"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"})
        );
        assert!(definition.create.get("SSESpecification").is_none());
        assert!(
            definition.create["GlobalSecondaryIndexes"][0]
                .get("WarmThroughput")
                .is_none()
        );
    }

    #[test]
    fn the_same_table_needs_no_change() {
        let definition = Definition::parse(&properties()).unwrap();
        assert!(definition.changes(&definition.create).unwrap().is_empty());
    }

    #[test]
    fn missing_indexes_are_added_one_at_a_time_and_others_removed() {
        let definition = Definition::parse(&properties()).unwrap();
        let mut existing = definition.create.clone();
        existing["GlobalSecondaryIndexes"][0]["IndexName"] = json!("old");
        let changes = definition.changes(&existing).unwrap();
        assert_eq!(changes.len(), 2);
        assert_eq!(
            changes[0]["GlobalSecondaryIndexUpdates"][0]["Delete"]["IndexName"],
            "old"
        );
        assert_eq!(
            changes[1]["GlobalSecondaryIndexUpdates"][0]["Create"]["IndexName"],
            "due"
        );
    }

    #[test]
    fn a_stream_is_added_to_a_table_that_has_none_and_changed_where_it_shows_something_else() {
        let definition = Definition::parse(&properties()).unwrap();
        let mut existing = definition.create.clone();
        existing["StreamSpecification"]["StreamViewType"] = json!("KEYS_ONLY");
        let changes = definition.changes(&existing).unwrap();
        let enabled: Vec<&Value> = changes
            .iter()
            .map(|change| &change["StreamSpecification"]["StreamEnabled"])
            .collect();
        assert_eq!(enabled, [&json!(false), &json!(true)]);
        existing
            .as_object_mut()
            .map(|table| table.remove("StreamSpecification"));
        assert_eq!(definition.changes(&existing).unwrap().len(), 1);
    }

    #[test]
    fn another_key_is_refused_with_advice() {
        let definition = Definition::parse(&properties()).unwrap();
        let mut existing = definition.create.clone();
        existing["KeySchema"][0]["AttributeName"] = json!("id");
        let refusal = definition.changes(&existing).unwrap_err().to_string();
        assert!(
            refusal.contains("another key") && refusal.contains("new name"),
            "{refusal}"
        );
    }
}
