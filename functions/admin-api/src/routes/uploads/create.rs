//! A link to put a file to.

use std::collections::BTreeMap;

use axum::Json;
use http::StatusCode;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use switchboard_domain::{
    ContactList, DoNotCallImport, ListId, Upload, UploadCounts, UploadId, UploadStatus,
};
use switchboard_service::Problem;
use switchboard_store::{FileStore, StoreError};
use utoipa::ToSchema;

use crate::answer::{Made, Missing, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::limits::{MAX_NAME, MAX_REGISTERS, MAX_UPLOAD_BYTES};
use crate::numbers;
use crate::path::found;
use crate::roles::Operator;

/// A file to be uploaded: CSV (packed with gzip or not), XLSX, XLSB, XLS or ODS.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateUpload {
    /// Name of the file.
    #[schema(example = "contacts.csv", max_length = 200)]
    file_name: String,
    /// Its exact size.
    #[schema(minimum = 1, maximum = 268435456)]
    bytes: u64,
    /// Its content type; what the file really is decides how it is read.
    #[schema(example = "text/csv")]
    content_type: Option<String>,
    /// Name of the contact list; none: the name of the file.
    list_name: Option<String>,
    /// Contact list that the contacts join; none: they make a list of their own.
    list_id: Option<ListId>,
    /// Upload whose left-out rows this file corrects: its list is joined, and its phone column and region hold
    /// unless others are named.
    corrects: Option<UploadId>,
    /// The file's numbers go onto the do-not-call list; none: they make a contact list. A number that is on the
    /// list already stays as it is.
    do_not_call: Option<DoNotCallImport>,
    /// Region of numbers without a country code, as ISO 3166 code.
    #[schema(example = "ES")]
    default_region: Option<String>,
    /// Column of the phone number; none: it is found.
    phone_column: Option<String>,
    /// Sheet to read; none: the first.
    sheet: Option<String>,
    /// Whether the import starts when the file is there; if not, it can be previewed first.
    #[serde(default = "yes")]
    #[schema(default = true)]
    start: bool,
}

fn yes() -> bool {
    true
}

/// Where and how to put the file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadLink {
    /// The link, for one PUT of exactly the declared bytes.
    url: String,
    /// Headers to send exactly so.
    headers: BTreeMap<String, String>,
    /// How long the link is good.
    valid_for_secs: u64,
}

/// A new upload and the link for its file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedUpload {
    /// The upload.
    upload: Upload,
    /// Where to put its file.
    put: UploadLink,
}

/// Makes an upload. Put the file to the link; with `start` its import then begins by itself.
#[utoipa::path(post, path = "/uploads", tag = "contacts", request_body = CreateUpload,
    responses((status = CREATED, body = CreatedUpload), Refusals, Missing))]
pub(super) async fn create_upload(
    Operator(api): Operator,
    JsonBody(mut new): JsonBody<CreateUpload>,
) -> Made<CreatedUpload> {
    check(&new)?;
    check_forbidding(&api, &new).await?;
    let original = match &new.corrects {
        Some(original) => Some(found(api.store.find_upload(original).await?, "upload")?),
        None => None,
    };
    let joined = joined_list(&api, &new, original.as_ref()).await?;
    if let Some(original) = original {
        // What was chosen for the original holds for its rows.
        new.default_region = new.default_region.or(original.default_region);
        new.phone_column = new.phone_column.or(original.phone_column);
    }
    let content_type = new
        .content_type
        .clone()
        .unwrap_or_else(|| "application/octet-stream".to_owned());
    let mut upload = record(&api, new, joined);
    match api.store.create_upload(&upload).await {
        Ok(()) => api.audit("upload.created", &upload.upload_id).await,
        // The same request again, after its answer was lost.
        Err(StoreError::Stale) => upload = found(api.store.find_upload(&upload.upload_id).await?, "upload")?,
        Err(error) => return Err(error.into()),
    }
    let key = FileStore::upload_key(&upload.upload_id);
    let put = api
        .store
        .files()
        .presign_put(&key, upload.bytes, &content_type)
        .await?;
    // Every client sends these two by itself, and a browser forbids to set them.
    let automatic =
        |name: &str| name.eq_ignore_ascii_case("host") || name.eq_ignore_ascii_case("content-length");
    let put = UploadLink {
        url: put.url,
        headers: put
            .headers
            .into_iter()
            .filter(|(name, _)| !automatic(name))
            .collect(),
        valid_for_secs: put.valid_for.as_secs(),
    };
    Ok((StatusCode::CREATED, Json(CreatedUpload { upload, put })))
}

fn check(new: &CreateUpload) -> Result<(), Problem> {
    if new.bytes > MAX_UPLOAD_BYTES {
        return Err(Problem::too_large(MAX_UPLOAD_BYTES));
    }
    let mut checks = Checks::default();
    checks.text("file_name", &new.file_name, 1..=MAX_NAME);
    if new.bytes == 0 {
        checks.wrong("bytes", "the file is empty: choose one with a header and rows");
    }
    for (field, text) in [
        ("list_name", &new.list_name),
        ("phone_column", &new.phone_column),
        ("sheet", &new.sheet),
    ] {
        if let Some(text) = text {
            checks.text(field, text, 1..=MAX_NAME);
        }
    }
    if let Some(kind) = &new.content_type {
        let plain =
            kind.len() <= 200 && kind.contains('/') && kind.bytes().all(|b| (0x20..0x7f).contains(&b));
        if !plain {
            checks.wrong(
                "content_type",
                "write a content type, e.g. text/csv, or leave it out",
            );
        }
    }
    checks.take("default_region", numbers::region(new.default_region.as_deref()));
    checks.done()
}

/// What must be true of a file for the do-not-call list.
async fn check_forbidding(api: &Api, new: &CreateUpload) -> Result<(), Problem> {
    let Some(import) = &new.do_not_call else {
        return Ok(());
    };
    let mut checks = Checks::default();
    checks.text("do_not_call.source", &import.source, 1..=MAX_NAME);
    let tomorrow = api.now().to_zoned(TimeZone::UTC).date().tomorrow();
    // It may be tomorrow where the person is.
    if tomorrow.is_ok_and(|tomorrow| import.source_date > tomorrow) {
        checks.wrong(
            "do_not_call.source_date",
            "lies in the future: write the day you got the file",
        );
    }
    for (field, given) in [
        ("list_id", new.list_id.is_some()),
        ("list_name", new.list_name.is_some()),
        ("corrects", new.corrects.is_some()),
    ] {
        if given {
            checks.wrong(
                field,
                "a file for the do-not-call list makes no contact list: leave it out",
            );
        }
    }
    if import.is_register {
        let registers = api.store.do_not_call_registers().await?;
        let id = import.register_id();
        let known = registers.iter().any(|register| register.register_id == id);
        if !known && registers.len() >= MAX_REGISTERS {
            checks.wrong(
                "do_not_call.source",
                format!("there are {MAX_REGISTERS} registers already: use the name of one, or remove one"),
            );
        }
    }
    checks.done()
}

/// The list that the contacts join.
async fn joined_list(
    api: &Api,
    new: &CreateUpload,
    original: Option<&Upload>,
) -> Result<Option<ContactList>, Problem> {
    let list_id = match (&new.list_id, original) {
        (None, None) => return Ok(None),
        (Some(list_id), None) => list_id.clone(),
        (asked, Some(original)) => {
            if asked.as_ref().is_some_and(|asked| *asked != original.list_id) {
                let wrong = "the upload that is corrected made another list: leave list_id out";
                return Err(Problem::invalid_field("list_id", wrong));
            }
            original.list_id.clone()
        }
    };
    found(api.store.find_contact_list(&list_id).await?, "contact list").map(Some)
}

fn record(api: &Api, new: CreateUpload, joined: Option<ContactList>) -> Upload {
    let now = api.now();
    let upload_id = api.new_id(UploadId::derived, UploadId::generate);
    Upload {
        joins_list: joined.is_some(),
        do_not_call: new.do_not_call,
        corrects: new.corrects,
        corrected_by: BTreeMap::new(),
        first_place: None,
        places_written: 0,
        list_name: joined
            .as_ref()
            .map(|list| list.name.clone())
            .or(new.list_name)
            .unwrap_or_else(|| new.file_name.clone()),
        // One upload makes one list, however often it is imported.
        list_id: joined.map_or_else(|| ListId::derived(&[upload_id.as_str()]), |list| list.list_id),
        upload_id,
        file_name: new.file_name,
        bytes: new.bytes,
        status: UploadStatus::AwaitingFile,
        import_asked: new.start,
        default_region: new.default_region.map(|code| code.to_uppercase()),
        phone_column: new.phone_column,
        sheet: new.sheet,
        counts: UploadCounts::default(),
        progress: 0.0,
        columns: Vec::new(),
        rejected: Vec::new(),
        notes: Vec::new(),
        failure: None,
        created_at: now,
        finished_at: None,
        updated_at: now,
        version: 1,
    }
}
