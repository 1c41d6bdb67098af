//! Contact lists.

use axum::Json;
use http::StatusCode;
use switchboard_domain::{Contact, ContactList, ListId};
use switchboard_service::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, Refusals};
use crate::api::AppState;
use crate::paging::{Everything, List, PageParams, Paged};
use crate::path::{Id, found};
use crate::roles::{Operator, Viewer};
use crate::routes::campaigns::campaigns_of;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_contact_lists))
        .routes(routes!(get_contact_list, delete_contact_list))
        .routes(routes!(list_contacts))
}

/// Contact lists, newest first.
#[utoipa::path(get, path = "/contact-lists", tag = "contacts", params(PageParams),
    responses((status = OK, body = List<ContactList>), Refusals))]
async fn list_contact_lists(Viewer(api): Viewer, page: Paged<Everything>) -> Answer<List<ContactList>> {
    Ok(Json(
        api.store
            .list_contact_lists(page.cursor()?.as_ref(), page.limit)
            .await?
            .into(),
    ))
}

/// One contact list.
#[utoipa::path(get, path = "/contact-lists/{list_id}", tag = "contacts", params(("list_id" = ListId, Path)),
    responses((status = OK, body = ContactList), Refusals))]
async fn get_contact_list(Viewer(api): Viewer, Id(id): Id<ListId>) -> Answer<ContactList> {
    found(api.store.find_contact_list(&id).await?, "contact list").map(Json)
}

/// Deletes a contact list and its contacts. Recipients of campaigns that have them already stay.
#[utoipa::path(delete, path = "/contact-lists/{list_id}", tag = "contacts", params(("list_id" = ListId, Path)),
    responses((status = NO_CONTENT), Refusals))]
async fn delete_contact_list(Operator(api): Operator, Id(id): Id<ListId>) -> Result<StatusCode, Problem> {
    let list = found(api.store.find_contact_list(&id).await?, "contact list")?;
    let needing =
        |campaign: &switchboard_domain::Campaign| !campaign.layout.done && campaign.list_ids.contains(&id);
    let campaigns = campaigns_of(&api.store, needing).await?;
    if !campaigns.is_empty() {
        return Err(Problem::conflict(format!(
            "Cancel these campaigns, or wait until they have taken over its contacts: {}.",
            campaigns.join(", ")
        )));
    }
    api.store.delete_contact_list(&list).await?;
    api.audit("contact_list.deleted", &id);
    Ok(StatusCode::NO_CONTENT)
}

/// Contacts of a list, in the order of the file. Pages with deleted contacts are shorter.
#[utoipa::path(get, path = "/contact-lists/{list_id}/contacts", tag = "contacts",
    params(("list_id" = ListId, Path), PageParams), responses((status = OK, body = List<Contact>), Refusals))]
async fn list_contacts(
    Viewer(api): Viewer,
    Id(id): Id<ListId>,
    page: Paged<Everything>,
) -> Answer<List<Contact>> {
    let list = found(api.store.find_contact_list(&id).await?, "contact list")?;
    let first = match page.cursor_text.as_deref() {
        None => 0,
        Some(text) => text.parse().map_err(|_| {
            Problem::invalid_field(
                "cursor",
                "pass `next_cursor` of the previous page as it came, or leave it out",
            )
        })?,
    };
    let limit = u64::from(page.limit).min(list.size.saturating_sub(first));
    let items = if limit == 0 {
        Vec::new()
    } else {
        api.store.contacts_from(&id, first, limit).await?
    };
    let end = first.saturating_add(limit);
    Ok(Json(List {
        items,
        next_cursor: (end < list.size).then(|| end.to_string()),
    }))
}
