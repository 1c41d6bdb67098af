use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::Full;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How a request to DynamoDB fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DynamoDbFault {
    /// `ProvisionedThroughputExceededException`; nothing was written.
    Throttled,
    /// Another transaction had the first item: `TransactionCanceledException` with reason `TransactionConflict`
    /// for a transaction, `TransactionConflictException` for a single write. Nothing was written.
    TransactionConflict,
    /// `InternalServerError` (500); nothing was written.
    InternalErrorBefore,
    /// `InternalServerError` (500), although the request was carried out.
    InternalErrorAfter,
    /// The request was carried out and the connection closes without an answer.
    AnswerLost,
}

impl DynamoDbFault {
    /// Whether the engine sees the request all the same.
    pub(super) fn has_effect(self) -> bool {
        matches!(self, Self::InternalErrorAfter | Self::AnswerLost)
    }

    /// The answer to send; `None` closes the connection instead.
    pub(super) fn answer(self, operation: &str, request: &[u8]) -> Option<Response<Full<Bytes>>> {
        Some(match self {
            Self::Throttled => error(
                StatusCode::BAD_REQUEST,
                "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
                json!({"message": "The level of configured provisioned throughput for the table was exceeded."}),
            ),
            Self::TransactionConflict => conflict(operation, request),
            Self::InternalErrorBefore | Self::InternalErrorAfter => error(
                StatusCode::INTERNAL_SERVER_ERROR,
                "com.amazonaws.dynamodb.v20120810#InternalServerError",
                json!({"message": "The request processing has failed because of an unknown error."}),
            ),
            Self::AnswerLost => return None,
        })
    }
}

fn conflict(operation: &str, request: &[u8]) -> Response<Full<Bytes>> {
    if !operation.starts_with("Transact") {
        return error(
            StatusCode::BAD_REQUEST,
            "com.amazonaws.dynamodb.v20120810#TransactionConflictException",
            json!({"message": "Transaction is ongoing for the item"}),
        );
    }
    let items = serde_json::from_slice::<Value>(request)
        .ok()
        .and_then(|body| Some(body.get("TransactItems")?.as_array()?.len()))
        .unwrap_or(1)
        .max(1);
    let mut codes = vec!["None"; items];
    codes[0] = "TransactionConflict";
    let reasons: Vec<Value> = codes
        .iter()
        .map(|code| match *code {
            "None" => json!({"Code": code}),
            _ => json!({"Code": code, "Message": "Transaction is ongoing for the item"}),
        })
        .collect();
    let message = format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        codes.join(", ")
    );
    error(
        StatusCode::BAD_REQUEST,
        "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        json!({"Message": message, "CancellationReasons": reasons}),
    )
}

/// An error in DynamoDB's wire form.
pub(super) fn error(status: StatusCode, kind: &str, mut body: Value) -> Response<Full<Bytes>> {
    body["__type"] = Value::from(kind);
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/x-amz-json-1.0"),
    );
    response
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn a_conflict_has_one_reason_for_each_item_of_the_transaction() {
        let request = br#"{"TransactItems":[{},{},{}]}"#;
        let answer = DynamoDbFault::TransactionConflict
            .answer("TransactWriteItems", request)
            .unwrap();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let codes: Vec<_> = body["CancellationReasons"]
            .as_array()
            .unwrap()
            .iter()
            .map(|reason| reason["Code"].as_str().unwrap())
            .collect();
        assert_eq!(codes, ["TransactionConflict", "None", "None"]);
    }
}
