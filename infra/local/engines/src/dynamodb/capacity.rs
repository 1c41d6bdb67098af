//! Capacity units of a request, as the engine reports them when it is asked.

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use crate::meter::{Meter, Metered, Usage};

/// Operations that tell what they consumed.
const READS: [&str; 5] = ["GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"];
const WRITES: [&str; 5] = [
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
];

/// A request whose units are to be counted.
pub(super) struct Asked {
    operation: String,
    caller: String,
    /// Tables of the actions, one each; for what a refusal costs.
    tables: Vec<String>,
}

/// Asks for the units of a request, index by index; none where the operation has none.
pub(super) fn ask(operation: &str, caller: String, body: &Bytes) -> Option<(Asked, Bytes)> {
    if !READS.contains(&operation) && !WRITES.contains(&operation) {
        return None;
    }
    let mut request: Value = serde_json::from_slice(body).ok()?;
    let tables = tables_of(&request);
    request
        .as_object_mut()?
        .insert("ReturnConsumedCapacity".to_owned(), "INDEXES".into());
    let asked = Asked {
        operation: operation.to_owned(),
        caller,
        tables,
    };
    Some((asked, Bytes::from(request.to_string())))
}

fn tables_of(request: &Value) -> Vec<String> {
    let table = |action: &Value| action["TableName"].as_str().map(str::to_owned);
    match request["TransactItems"].as_array() {
        Some(items) => items
            .iter()
            .filter_map(|item| item.as_object()?.values().find_map(table))
            .collect(),
        None => Vec::from_iter(table(request)),
    }
}

impl Asked {
    /// Counts what the answer says.
    pub(super) fn count(&self, meter: &Meter, status: StatusCode, answer: &[u8]) {
        let Ok(answer) = serde_json::from_slice::<Value>(answer) else {
            return;
        };
        let consumed = match &answer["ConsumedCapacity"] {
            Value::Array(tables) => tables.iter().collect(),
            Value::Null => Vec::new(),
            table => vec![table],
        };
        let mut requests = 1;
        for table in consumed {
            for (resource, units) in units_of(table) {
                let usage = Usage {
                    requests: std::mem::take(&mut requests),
                    ..self.usage(&units)
                };
                meter.count(self.metered(resource), usage);
            }
        }
        if requests == 1 {
            self.count_refusal(meter, status, &answer);
        }
    }

    /// A write that its condition refuses is charged all the same, by the item that is there: at the least one
    /// unit, and two for each action of a transaction. The engine does not say; the least is counted.
    fn count_refusal(&self, meter: &Meter, status: StatusCode, answer: &Value) {
        let kind = answer["__type"].as_str().unwrap_or_default();
        let each = match kind.rsplit('#').next() {
            Some("ConditionalCheckFailedException") => 1.0,
            Some("TransactionCanceledException") => 2.0,
            _ => 0.0,
        };
        let refused = u64::from(each > 0.0 && !status.is_success());
        let none = [String::new()];
        let tables = if self.tables.is_empty() {
            &none[..]
        } else {
            &self.tables
        };
        let mut requests = 1;
        for table in tables {
            let requests = std::mem::take(&mut requests);
            let usage = Usage {
                requests,
                refused: refused * requests,
                write_units: each,
                ..Usage::default()
            };
            meter.count(self.metered(table.clone()), usage);
        }
    }

    fn usage(&self, units: &Value) -> Usage {
        let of = |name: &str| units[name].as_f64();
        // A transaction that is repeated with its token is charged as a read.
        if let Some(read_units) = of("ReadCapacityUnits") {
            return Usage {
                read_units,
                ..Usage::default()
            };
        }
        let units = of("CapacityUnits").unwrap_or_default();
        match READS.contains(&self.operation.as_str()) {
            true => Usage {
                read_units: units,
                ..Usage::default()
            },
            false => Usage {
                write_units: units,
                ..Usage::default()
            },
        }
    }

    fn metered(&self, resource: String) -> Metered {
        Metered {
            service: "dynamodb",
            caller: self.caller.clone(),
            operation: self.operation.clone(),
            resource,
        }
    }
}

/// The table and each of its indexes, with their units.
fn units_of(table: &Value) -> Vec<(String, Value)> {
    let name = table["TableName"].as_str().unwrap_or_default();
    let mut units = vec![(name.to_owned(), table["Table"].clone())];
    if table["Table"].is_null() {
        units = vec![(name.to_owned(), table.clone())];
    }
    for kind in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        let indexes = table[kind].as_object().into_iter().flatten();
        units.extend(indexes.map(|(index, units)| (format!("{name}/{index}"), units.clone())));
    }
    units
}
