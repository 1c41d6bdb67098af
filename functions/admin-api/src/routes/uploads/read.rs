//! How uploads are getting on.

use axum::Json;
use switchboard_domain::{Upload, UploadId};
use switchboard_service::{Problem, ProblemCode};
use switchboard_store::FileStore;

use crate::answer::{Answer, Download, Refusals};
use crate::paging::{Everything, List, PageParams, Paged};
use crate::path::{Id, found};
use crate::roles::Viewer;

/// Uploads, newest first.
#[utoipa::path(get, path = "/uploads", tag = "contacts", params(PageParams),
    responses((status = OK, body = List<Upload>), Refusals))]
pub(super) async fn list_uploads(Viewer(api): Viewer, page: Paged<Everything>) -> Answer<List<Upload>> {
    Ok(Json(
        api.store
            .list_uploads(page.cursor()?.as_ref(), page.limit)
            .await?
            .into(),
    ))
}

/// One upload and its progress.
#[utoipa::path(get, path = "/uploads/{upload_id}", tag = "contacts", params(("upload_id" = UploadId, Path)),
    responses((status = OK, body = Upload), Refusals))]
pub(super) async fn get_upload(Viewer(api): Viewer, Id(id): Id<UploadId>) -> Answer<Upload> {
    found(api.store.find_upload(&id).await?, "upload").map(Json)
}

/// A link to all rows that became no contacts, as CSV: rejected, duplicate, or on the do-not-call list, each
/// with its reason and its cells as they were. Corrected, it can be uploaded again with `corrects`.
#[utoipa::path(get, path = "/uploads/{upload_id}/rejected", tag = "contacts",
    params(("upload_id" = UploadId, Path)), responses((status = OK, body = Download), Refusals))]
pub(super) async fn get_rejected(Viewer(api): Viewer, Id(id): Id<UploadId>) -> Answer<Download> {
    found(api.store.find_upload(&id).await?, "upload")?;
    let key = FileStore::rejected_key(&id);
    if api.store.files().size(&key).await?.is_none() {
        let detail = "No row was left out, or the import is not over. Look at the upload.";
        return Err(Problem::new(ProblemCode::NotFound, detail));
    }
    let url = api
        .store
        .files()
        .presign_get(&key, Some("rows-left-out.csv"))
        .await?;
    Ok(Json(Download { url }))
}
