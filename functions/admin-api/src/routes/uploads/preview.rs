//! The first rows of a file, before anything is written.

use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use switchboard_domain::{UploadFailure, UploadId, UploadPreview};
use switchboard_service::Problem;
use switchboard_store::FileStore;
use utoipa::ToSchema;

use crate::answer::{Answer, Refusals};
use crate::body::JsonBody;
use crate::path::{Id, found};
use crate::roles::Operator;

/// What to try; what is left out is as the upload says.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewUpload {
    /// Column of the phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_column: Option<String>,
    /// Sheet to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<String>,
    /// Region of numbers without a country code.
    #[serde(skip_serializing_if = "Option::is_none")]
    default_region: Option<String>,
}

/// The first rows, or why there are none.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct PreviewedUpload {
    /// Columns and first rows, as they would be imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preview: Option<UploadPreview>,
    /// Why the file could not be imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<UploadFailure>,
}

/// Shows the first rows as they would be imported. Nothing is written.
#[utoipa::path(post, path = "/uploads/{upload_id}/preview", tag = "contacts", request_body = PreviewUpload,
    params(("upload_id" = UploadId, Path)), responses((status = OK, body = PreviewedUpload), Refusals))]
pub(super) async fn preview_upload(
    Operator(api): Operator,
    Id(id): Id<UploadId>,
    JsonBody(options): JsonBody<PreviewUpload>,
) -> Answer<PreviewedUpload> {
    found(api.store.find_upload(&id).await?, "upload")?;
    if api
        .store
        .files()
        .size(&FileStore::upload_key(&id))
        .await?
        .is_none()
    {
        return Err(Problem::conflict(
            "The file has not come yet: put it to the upload's link first.",
        ));
    }
    let mut request = json!({ "upload_id": id });
    if let (Value::Object(request), Ok(Value::Object(options))) =
        (&mut request, serde_json::to_value(options))
    {
        request.extend(options);
    }
    let answer = api
        .store
        .functions()
        .ask_parser(&json!({ "preview": request }))
        .await?;
    serde_json::from_value(answer)
        .map(Json)
        .map_err(|error| Problem::internal(&error))
}
