//! Starting the import of an upload that waited.

use axum::Json;
use serde::Deserialize;
use serde_json::json;
use switchboard_domain::{Upload, UploadId, UploadStatus};
use switchboard_service::Problem;
use switchboard_store::{FileStore, StoreError};
use utoipa::ToSchema;

use crate::answer::{Answer, Refusals};
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::limits::MAX_NAME;
use crate::numbers;
use crate::path::{Id, found};
use crate::roles::Operator;

/// How often the change is tried again when somebody else was faster.
const MAX_RACES: u32 = 5;

/// What was chosen in the preview; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StartUpload {
    /// Column of the phone number.
    phone_column: Option<String>,
    /// Sheet to read.
    sheet: Option<String>,
    /// Region of numbers without a country code.
    default_region: Option<String>,
    /// Name of the contact list.
    list_name: Option<String>,
}

/// Starts the import; without its file, it starts when the file comes.
#[utoipa::path(post, path = "/uploads/{upload_id}/start", tag = "contacts", request_body = StartUpload,
    params(("upload_id" = UploadId, Path)), responses((status = OK, body = Upload), Refusals))]
pub(super) async fn start_upload(
    Operator(api): Operator,
    Id(id): Id<UploadId>,
    JsonBody(choice): JsonBody<StartUpload>,
) -> Answer<Upload> {
    check(&choice)?;
    for _ in 0..MAX_RACES {
        let mut upload = found(api.store.find_upload(&id).await?, "upload")?;
        if upload.status != UploadStatus::AwaitingFile {
            return Err(Problem::conflict(
                "The import has begun already. Upload the file again to import it differently.",
            ));
        }
        choice.apply(&mut upload);
        upload.import_asked = true;
        upload.updated_at = api.now();
        match api.store.put_upload(upload).await {
            Ok(upload) => {
                if api
                    .store
                    .files()
                    .size(&FileStore::upload_key(&id))
                    .await?
                    .is_some()
                {
                    api.store
                        .functions()
                        .start_parser(&json!({ "import": { "upload_id": id } }))
                        .await?;
                }
                api.audit("upload.started", &id).await;
                return Ok(Json(upload));
            }
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Stale.into())
}

impl StartUpload {
    fn apply(&self, upload: &mut Upload) {
        for (new, field) in [
            (&self.phone_column, &mut upload.phone_column),
            (&self.sheet, &mut upload.sheet),
        ] {
            if new.is_some() {
                field.clone_from(new);
            }
        }
        if let Some(code) = &self.default_region {
            upload.default_region = Some(code.to_uppercase());
        }
        if let Some(name) = &self.list_name {
            upload.list_name.clone_from(name);
        }
    }
}

fn check(choice: &StartUpload) -> Result<(), Problem> {
    let mut checks = Checks::default();
    for (field, text) in [
        ("phone_column", &choice.phone_column),
        ("sheet", &choice.sheet),
        ("list_name", &choice.list_name),
    ] {
        if let Some(text) = text {
            checks.text(field, text, 1..=MAX_NAME);
        }
    }
    checks.take(
        "default_region",
        numbers::region(choice.default_region.as_deref()),
    );
    checks.done()
}
