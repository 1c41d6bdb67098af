//! What the function is asked: S3's notification, or the API's import and preview.

use aws_lambda_events::event::s3::S3Event;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use switchboard_domain::{UploadFailure, UploadId, UploadPreview};
use switchboard_store::FileStore;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// The file of an upload has come.
    Arrived {
        /// The upload.
        upload_id: UploadId,
    },
    /// Somebody asked for the import.
    Import {
        /// The upload.
        upload_id: UploadId,
    },
    /// Imports that nobody works on are to go on.
    Resume {},
    /// Somebody wants to see the first rows; nothing is written.
    Preview {
        /// The upload.
        upload_id: UploadId,
        /// Column of the phone number, to try.
        #[serde(default)]
        phone_column: Option<String>,
        /// Sheet, to try.
        #[serde(default)]
        sheet: Option<String>,
        /// Region, to try.
        #[serde(default)]
        default_region: Option<String>,
    },
}

/// What the function answers to a preview.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The first rows.
    Preview(Box<UploadPreview>),
    /// Why there are none.
    Failure(UploadFailure),
    /// Nothing to say.
    Done,
}

/// The requests of an event; files that are no uploads of ours are passed over.
///
/// # Errors
/// When the event is of no known shape: it can never succeed.
pub fn requests_of(event: Value) -> Result<Vec<Request>, serde_json::Error> {
    // The schedule sends an event of its own shape.
    if event
        .get("source")
        .is_some_and(|source| source == "aws.scheduler")
        || event.as_object().is_some_and(serde_json::Map::is_empty)
    {
        return Ok(vec![Request::Resume {}]);
    }
    if event.get("Records").is_none() {
        return Ok(vec![serde_json::from_value(event)?]);
    }
    let event: S3Event = serde_json::from_value(event)?;
    // `url_decoded_key`: S3 writes a space as `+` and the rest percent-encoded.
    let upload = |key: String| FileStore::upload_of_key(&key);
    let keys = event
        .records
        .into_iter()
        .filter_map(|record| record.s3.object.url_decoded_key.or(record.s3.object.key));
    Ok(keys
        .filter_map(upload)
        .map(|upload_id| Request::Arrived { upload_id })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_request_is_read_by_its_name() {
        let id = UploadId::derived(&["upload"]);
        let asked = requests_of(json!({ "import": { "upload_id": id } })).unwrap();
        assert_eq!(asked, vec![Request::Import { upload_id: id }]);
        assert!(requests_of(json!({ "something": {} })).is_err());
        assert!(requests_of(json!({ "import": { "upload_id": "../x" } })).is_err());
    }
}
