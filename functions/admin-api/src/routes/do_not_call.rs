//! Numbers never to be dialled.

use axum::Json;
use axum::extract::Path;
use futures::stream::{self, StreamExt, TryStreamExt};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use switchboard_domain::DoNotCallEntry;
use switchboard_service::Problem;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, Refusals};
use crate::api::AppState;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::limits::{MAX_AT_ONCE, MAX_NOTE};
use crate::numbers;
use crate::paging::{List, PageParams, Paged};
use crate::path::found;
use crate::roles::{Admin, Operator, Viewer};
use crate::search::SearchParams;

/// Entries written at one time.
const WRITES: usize = 16;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_do_not_call, add_do_not_call))
        .routes(routes!(get_do_not_call, remove_do_not_call))
}

/// The do-not-call list, newest first.
#[utoipa::path(get, path = "/do-not-call", tag = "contacts", params(SearchParams, PageParams),
    responses((status = OK, body = List<DoNotCallEntry>), Refusals))]
async fn list_do_not_call(Viewer(api): Viewer, page: Paged<SearchParams>) -> Answer<List<DoNotCallEntry>> {
    let search = page.filter.text()?;
    Ok(Json(
        api.store
            .list_do_not_call(search.as_ref(), page.cursor()?.as_ref(), page.limit)
            .await?
            .into(),
    ))
}

/// Numbers never to be dialled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AddDoNotCall {
    /// The numbers, in any spelling.
    #[schema(min_items = 1, max_items = 1000)]
    phone_numbers: Vec<String>,
    /// Region of numbers without a country code.
    default_region: Option<String>,
    /// Why, in your words.
    note: Option<String>,
}

/// What became of the numbers.
#[derive(Debug, Serialize, ToSchema)]
struct AddedDoNotCall {
    /// Numbers that are new on the list.
    added: u64,
    /// Numbers that were on it before.
    present: u64,
}

/// Puts numbers on the list. Once this is answered, no call to them begins.
#[utoipa::path(post, path = "/do-not-call", tag = "contacts", request_body = AddDoNotCall,
    responses((status = OK, body = AddedDoNotCall), Refusals))]
async fn add_do_not_call(
    Operator(api): Operator,
    JsonBody(request): JsonBody<AddDoNotCall>,
) -> Answer<AddedDoNotCall> {
    let mut checks = Checks::default();
    if request.phone_numbers.is_empty() || request.phone_numbers.len() > MAX_AT_ONCE {
        checks.wrong("phone_numbers", format!("send 1 to {MAX_AT_ONCE} numbers"));
    }
    if let Some(note) = &request.note {
        checks.text("note", note, 0..=MAX_NOTE);
    }
    let region = checks
        .take(
            "default_region",
            numbers::region(request.default_region.as_deref()),
        )
        .flatten();
    let mut entries = Vec::new();
    for (index, text) in request.phone_numbers.iter().take(MAX_AT_ONCE).enumerate() {
        let number = checks.take(format!("phone_numbers[{index}]"), numbers::parse(text, region));
        entries.extend(number.map(|phone_number| DoNotCallEntry {
            phone_number,
            source: api.caller.subject.clone(),
            note: request.note.clone(),
            added_at: api.now(),
        }));
    }
    checks.done()?;
    let all = entries.len() as u64;
    let store = &api.store;
    let new: Vec<bool> = stream::iter(entries)
        .map(|entry| async move { store.add_do_not_call(&entry).await })
        .buffer_unordered(WRITES)
        .try_collect()
        .await?;
    let added = new.into_iter().filter(|new| *new).count() as u64;
    api.audit("do_not_call.added", &added).await;
    Ok(Json(AddedDoNotCall {
        added,
        present: all - added,
    }))
}

/// The entry of a number.
#[utoipa::path(get, path = "/do-not-call/{phone_number}", tag = "contacts", params(("phone_number" = String, Path)),
    responses((status = OK, body = DoNotCallEntry), Refusals))]
async fn get_do_not_call(Viewer(api): Viewer, Path(number): Path<String>) -> Answer<DoNotCallEntry> {
    let number = numbers::of_query(&number, None)?;
    found(
        api.store.find_do_not_call(&number).await?,
        "number on the do-not-call list",
    )
    .map(Json)
}

/// Takes a number off the list. One that is not on it is fine.
#[utoipa::path(delete, path = "/do-not-call/{phone_number}", tag = "contacts",
    params(("phone_number" = String, Path)), responses((status = NO_CONTENT), Refusals))]
async fn remove_do_not_call(Admin(api): Admin, Path(number): Path<String>) -> Result<StatusCode, Problem> {
    let number = numbers::of_query(&number, None)?;
    api.store.remove_do_not_call(&number).await?;
    // The masked form: the trail holds no numbers.
    api.audit("do_not_call.removed", &number).await;
    Ok(StatusCode::NO_CONTENT)
}
