//! Numbers never to be dialled.

use axum::Json;
use futures::stream::{self, StreamExt, TryStreamExt};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use switchboard_domain::{DoNotCallEntry, DoNotCallRegister, OptOutWay, RegisterId, register_warning};
use switchboard_service::Problem;
use switchboard_store::Page;
use utoipa::ToSchema;

use crate::answer::{Answer, Refusals};
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::limits::{MAX_AT_ONCE, MAX_NOTE};
use crate::numbers;
use crate::paging::{PageParams, Paged};
use crate::path::{Id, Number, found};
use crate::roles::{Admin, Operator, Viewer};
use crate::route_set::{RouteSet, routes};
use crate::search::SearchParams;

/// Entries written at one time.
const WRITES: usize = 16;

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(list_do_not_call, add_do_not_call))
        .routes(routes!(get_do_not_call, remove_do_not_call))
        .routes(routes!(forget_register))
}

/// A page of the do-not-call list, and how old what it goes by is.
#[derive(Debug, Serialize, ToSchema)]
struct DoNotCallList {
    /// The entries.
    items: Vec<DoNotCallEntry>,
    /// Where the next page begins; none: this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// The registers that numbers were imported from.
    registers: Vec<RegisterAnswer>,
    /// What to look at before the next call.
    warnings: Vec<String>,
}

/// A register, and how old its newest file is.
#[derive(Debug, Serialize, ToSchema)]
struct RegisterAnswer {
    /// The register.
    #[serde(flatten)]
    register: DoNotCallRegister,
    /// Days since the date of its newest file.
    age_days: i32,
    /// Whether the file is older than 31 days: import a new one before you call.
    outdated: bool,
}

/// The do-not-call list, newest first.
#[utoipa::path(get, path = "/do-not-call", tag = "contacts", params(SearchParams, PageParams),
    responses((status = OK, body = DoNotCallList), Refusals))]
async fn list_do_not_call(Viewer(api): Viewer, page: Paged<SearchParams>) -> Answer<DoNotCallList> {
    let search = page.filter.text()?;
    let Page { items, next } = api
        .store
        .list_do_not_call(search.as_ref(), page.cursor()?.as_ref(), page.limit)
        .await?;
    let registers = api.store.do_not_call_registers().await?;
    let now = api.now();
    Ok(Json(DoNotCallList {
        items,
        next_cursor: next.map(|cursor| cursor.encode()),
        warnings: register_warning(&registers, now).into_iter().collect(),
        registers: registers
            .into_iter()
            .map(|register| RegisterAnswer {
                age_days: register.age_days(now),
                outdated: register.is_outdated(now),
                register,
            })
            .collect(),
    }))
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

/// Puts numbers on the list. Once this is answered, no call to them begins, and nobody waits to be called on
/// them in any campaign.
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
            way: OptOutWay::Person,
            source: api.caller.subject.clone(),
            source_date: None,
            upload_id: None,
            note: request.note.clone(),
            added_at: api.now(),
        }));
    }
    checks.done()?;
    let all = entries.len() as u64;
    let store = &api.store;
    let new: Vec<bool> = stream::iter(entries)
        .map(|entry| async move { store.opt_out(&entry).await })
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
async fn get_do_not_call(Viewer(api): Viewer, Number(number): Number) -> Answer<DoNotCallEntry> {
    found(
        api.store.find_do_not_call(&number).await?,
        "number on the do-not-call list",
    )
    .map(Json)
}

/// Takes a number off the list. One that is not on it is fine.
#[utoipa::path(delete, path = "/do-not-call/{phone_number}", tag = "contacts",
    params(("phone_number" = String, Path)), responses((status = NO_CONTENT), Refusals))]
async fn remove_do_not_call(Admin(api): Admin, Number(number): Number) -> Result<StatusCode, Problem> {
    api.store.remove_do_not_call(&number).await?;
    // The masked form: the trail holds no numbers.
    api.audit("do_not_call.removed", &number).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets a register whose files are not imported any more, so that nobody is warned of its age. The numbers
/// that were imported from it stay on the list. One that is not there is fine.
#[utoipa::path(delete, path = "/do-not-call-registers/{register_id}", tag = "contacts",
    params(("register_id" = RegisterId, Path)), responses((status = NO_CONTENT), Refusals))]
async fn forget_register(Admin(api): Admin, Id(id): Id<RegisterId>) -> Result<StatusCode, Problem> {
    api.store.forget_register(&id).await?;
    api.audit("do_not_call.register_forgotten", &id).await;
    Ok(StatusCode::NO_CONTENT)
}
