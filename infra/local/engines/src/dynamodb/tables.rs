use dynoxide::{Database, DynoxideError};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::definition::Definition;
use crate::error::EngineError;

/// Creates the table or brings it to these properties. Blocks.
pub(super) fn ensure(database: &Database, properties: &Value) -> Result<String, EngineError> {
    let wanted = Definition::parse(properties)?;
    match describe(database, &wanted.name)? {
        None => {
            database
                .create_table(request(&wanted.name, wanted.create.clone())?)
                .map_err(refused("creating", &wanted.name))?;
        }
        Some(existing) => {
            for change in wanted.changes(&existing)? {
                database
                    .update_table(request(&wanted.name, change)?)
                    .map_err(refused("changing the indexes of", &wanted.name))?;
            }
        }
    }
    ensure_expiry(database, &wanted)?;
    Ok(wanted.name)
}

fn describe(database: &Database, table: &str) -> Result<Option<Value>, EngineError> {
    match database.describe_table(request(table, json!({"TableName": table}))?) {
        Ok(response) => serde_json::to_value(response.table)
            .map(Some)
            .map_err(|error| refusal("describing", table, &error.to_string())),
        Err(DynoxideError::ResourceNotFoundException(_)) => Ok(None),
        Err(error) => Err(refused("describing", table)(error)),
    }
}

/// DynamoDB refuses to enable what is enabled, so it is asked first.
fn ensure_expiry(database: &Database, wanted: &Definition) -> Result<(), EngineError> {
    let described = database
        .describe_time_to_live(request(&wanted.name, json!({"TableName": wanted.name}))?)
        .map_err(refused("reading the time to live of", &wanted.name))?;
    let described = serde_json::to_value(described)
        .map_err(|error| refusal("reading the time to live of", &wanted.name, &error.to_string()))?;
    let now = &described["TimeToLiveDescription"];
    let enabled = now["TimeToLiveStatus"] == "ENABLED";
    let attribute = now["AttributeName"].as_str().filter(|_| enabled);
    if attribute == wanted.expires_by.as_deref() {
        return Ok(());
    }
    if let Some(attribute) = attribute {
        set_expiry(database, &wanted.name, attribute, false)?;
    }
    match &wanted.expires_by {
        Some(attribute) => set_expiry(database, &wanted.name, attribute, true),
        None => Ok(()),
    }
}

fn set_expiry(database: &Database, table: &str, attribute: &str, enabled: bool) -> Result<(), EngineError> {
    let change = json!({
        "TableName": table,
        "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": enabled},
    });
    database
        .update_time_to_live(request(table, change)?)
        .map(drop)
        .map_err(refused("setting the time to live of", table))
}

fn request<T: DeserializeOwned>(table: &str, body: Value) -> Result<T, EngineError> {
    serde_json::from_value(body).map_err(|error| {
        let reason = error.to_string();
        // The engine marks its own validation messages like this.
        let reason = reason.strip_prefix("VALIDATION:").unwrap_or(&reason);
        EngineError::properties(table, reason)
    })
}

fn refused(doing: &'static str, table: &str) -> impl FnOnce(DynoxideError) -> EngineError {
    let table = table.to_owned();
    move |error| refusal(doing, &table, &error.to_string())
}

fn refusal(doing: &str, table: &str, reason: &str) -> EngineError {
    EngineError::Refused {
        engine: "DynamoDB",
        doing: format!("{doing} table {table}"),
        reason: reason.to_owned(),
    }
}
