//! Contacts over all lists.

use std::collections::BTreeSet;

use axum::Json;
use serde::{Deserialize, Serialize};
use switchboard_domain::{Contact, ListId};
use switchboard_service::Problem;
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, Refusals};
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::limits::MAX_AT_ONCE;
use crate::numbers;
use crate::paging::{List, Params};
use crate::path::found;
use crate::roles::{Operator, Viewer};
use crate::route_set::{RouteSet, routes};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(search_contacts))
        .routes(routes!(delete_contacts))
}

/// Whom to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ContactSearch {
    /// The number, in any spelling.
    phone_number: String,
    /// Region of a number without a country code.
    #[param(required = false)]
    default_region: Option<String>,
}

/// Contacts with a number, over all lists.
#[utoipa::path(get, path = "/contacts", tag = "contacts", params(ContactSearch),
    responses((status = OK, body = List<Contact>), Refusals))]
async fn search_contacts(
    Viewer(api): Viewer,
    Params(search): Params<ContactSearch>,
) -> Answer<List<Contact>> {
    let number = numbers::of_query(&search.phone_number, search.default_region.as_deref())?;
    Ok(Json(List::whole(api.store.find_contacts(&number).await?)))
}

/// Contacts to be deleted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeleteContacts {
    /// The list.
    list_id: ListId,
    /// Their places in the list (`seq`).
    #[schema(min_items = 1, max_items = 1000)]
    places: BTreeSet<u64>,
}

/// What was deleted.
#[derive(Debug, Serialize, ToSchema)]
struct DeletedContacts {
    /// How many contacts were there and are not any more.
    deleted: u64,
}

/// Deletes contacts of a list. Recipients of campaigns that have them already stay.
#[utoipa::path(post, path = "/contacts/bulk-delete", tag = "contacts", request_body = DeleteContacts,
    responses((status = OK, body = DeletedContacts), Refusals))]
async fn delete_contacts(
    Operator(api): Operator,
    JsonBody(request): JsonBody<DeleteContacts>,
) -> Answer<DeletedContacts> {
    let mut checks = Checks::default();
    if request.places.is_empty() || request.places.len() > MAX_AT_ONCE {
        checks.wrong("places", format!("send 1 to {MAX_AT_ONCE} places"));
    }
    checks.done()?;
    found(
        api.store.find_contact_list(&request.list_id).await?,
        "contact list",
    )
    .map_err(|_: Problem| Problem::invalid_field("list_id", "there is no such contact list"))?;
    let places: Vec<u64> = request.places.into_iter().collect();
    let deleted = api.store.delete_contacts(&request.list_id, &places).await?;
    api.audit("contacts.deleted", &request.list_id).await;
    Ok(Json(DeletedContacts { deleted }))
}
