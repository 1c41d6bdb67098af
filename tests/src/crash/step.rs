//! What a request is called: what it does to which kind of record, without ids.

use std::fmt;

use serde_json::Value;
use switchboard_local::border::Crossing;

/// One request of a flow: what it is, and the how-manieth of its kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    /// What it does: `PutItem call`, `POST /v1/convai/twilio/outbound-call`.
    pub name: String,
    /// Which one of its name in its invocation, from 1.
    pub nth: u32,
}

impl Step {
    /// Whether it changes nothing.
    pub fn only_reads(&self) -> bool {
        [
            "GetItem",
            "BatchGetItem",
            "Query",
            "GET ",
            "GetQueueAttributes",
            "GetSecretValue",
        ]
        .iter()
        .any(|read| self.name.starts_with(read))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.nth {
            1 => formatter.pad(&self.name),
            nth => formatter.pad(&format!("{} ({nth})", self.name)),
        }
    }
}

/// What a request is called.
pub(super) fn name_of(crossing: &Crossing<'_>) -> String {
    let header = crossing.request.headers.get("x-amz-target");
    let target = header.and_then(|value| value.to_str().ok());
    match target.and_then(|target| target.split_once('.')) {
        Some((service, operation)) if service.starts_with("DynamoDB") => {
            let body = serde_json::from_slice(crossing.body).unwrap_or_default();
            format!("{operation} {}", records(&body))
        }
        Some((_, operation)) => operation.to_owned(),
        None => {
            let path: Vec<&str> = crossing
                .request
                .uri
                .path()
                .split('/')
                .map(|part| if is_id(part) { "{}" } else { part })
                .collect();
            format!("{} {}", crossing.request.method, path.join("/"))
        }
    }
}

/// Parts of addresses and keys that are different every time.
fn is_id(part: &str) -> bool {
    part != "v1" && part.contains(|c: char| c.is_ascii_digit())
}

/// The kinds of records that a request to DynamoDB is about.
fn records(body: &Value) -> String {
    let writes = body["TransactItems"].as_array().into_iter().flatten();
    let mut written: Vec<String> = writes
        .filter_map(|write| write.as_object())
        .map(written)
        .collect();
    // However many turns a transcript has, they are written alike.
    written.dedup();
    if !written.is_empty() {
        return written.join(" + ");
    }
    if let Some(tables) = body["RequestItems"].as_object() {
        let first = tables
            .values()
            .next()
            .map(|table| match table["Keys"][0].is_null() {
                true => kind(&table[0]["PutRequest"]["Item"]),
                false => kind(&table["Keys"][0]),
            });
        return first.unwrap_or_default();
    }
    for place in ["Key", "Item"] {
        if body[place].is_object() {
            return kind(&body[place]);
        }
    }
    let values = body["ExpressionAttributeValues"].as_object();
    let texts = values.into_iter().flat_map(|values| values.values());
    let mut kinds = texts.filter_map(|value| value["S"].as_str()).map(without_ids);
    let which = kinds.find(|kind| !kind.is_empty()).unwrap_or_default();
    match body["IndexName"].as_str() {
        Some(index) => format!("{index} {which}"),
        None => which,
    }
}

fn written(write: &serde_json::Map<String, Value>) -> String {
    let Some((action, request)) = write.iter().next() else {
        return String::new();
    };
    let key = if request["Item"].is_object() {
        &request["Item"]
    } else {
        &request["Key"]
    };
    let action = action.trim_end_matches("Check").to_lowercase();
    format!("{action} {}", kind(key))
}

/// `call` of `CALL#01…`, `campaign counts` of `CAMPAIGN#01…` and `COUNTS#3`.
fn kind(key: &Value) -> String {
    let part = |name: &str| without_ids(key[name]["S"].as_str().unwrap_or_default());
    match part("sk") {
        sk if sk.is_empty() || sk == "meta" => part("pk"),
        sk => format!("{} {sk}", part("pk")),
    }
}

fn without_ids(text: &str) -> String {
    let parts: Vec<&str> = text.split('#').filter(|part| !is_id(part)).collect();
    parts.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn records_are_named_by_their_kind() {
        let get = json!({ "Key": { "pk": { "S": "CALL#01ABC" }, "sk": { "S": "META" } } });
        assert_eq!(records(&get), "call");
        let write = json!({ "TransactItems": [
            { "Put": { "Item": { "pk": { "S": "CALL#01A" }, "sk": { "S": "META" } } } },
            { "Update": { "Key": { "pk": { "S": "CAMPAIGN#1" }, "sk": { "S": "COUNTS#3" } } } },
        ] });
        assert_eq!(records(&write), "put call + update campaign counts");
        let query = json!({ "IndexName": "by-state",
            "ExpressionAttributeValues": { ":key": { "S": "01A#pending#03" } } });
        assert_eq!(records(&query), "by-state pending");
    }
}
