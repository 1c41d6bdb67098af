//! Contact lists.

use axum::Json;
use http::StatusCode;
use switchboard_domain::{Contact, ContactList, ListId, SearchText};
use switchboard_service::Problem;

use crate::answer::{Answer, Refusals};
use crate::api::Api;
use crate::paging::{List, PageParams, Paged};
use crate::path::{Id, found};
use crate::roles::{Operator, Viewer};
use crate::route_set::{RouteSet, routes};
use crate::routes::campaigns::campaigns_of;
use crate::search::SearchParams;

/// Contacts that a search looks at in one go, and how often in one request.
const BLOCK: u64 = 1_000;
const MOST_BLOCKS: u32 = 4;

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(list_contact_lists))
        .routes(routes!(get_contact_list, delete_contact_list))
        .routes(routes!(list_contacts))
}

/// Contact lists, newest first.
#[utoipa::path(get, path = "/contact-lists", tag = "contacts", params(SearchParams, PageParams),
    responses((status = OK, body = List<ContactList>), Refusals))]
async fn list_contact_lists(Viewer(api): Viewer, page: Paged<SearchParams>) -> Answer<List<ContactList>> {
    let search = page.filter.text()?;
    Ok(Json(
        api.store
            .list_contact_lists(search.as_ref(), page.cursor()?.as_ref(), page.limit)
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
    api.audit("contact_list.deleted", &id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Contacts of a list, in the order of the file. A page can be short, even empty, and still have a next one.
#[utoipa::path(get, path = "/contact-lists/{list_id}/contacts", tag = "contacts",
    params(("list_id" = ListId, Path), SearchParams, PageParams),
    responses((status = OK, body = List<Contact>), Refusals))]
async fn list_contacts(
    Viewer(api): Viewer,
    Id(id): Id<ListId>,
    page: Paged<SearchParams>,
) -> Answer<List<Contact>> {
    let search = page.filter.text()?;
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
    if let Some(text) = search {
        return find_contacts(&api, &list, &text, first, page.limit as usize).await;
    }
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

/// Looks at a bounded number of contacts from `first` on.
async fn find_contacts(
    api: &Api,
    list: &ContactList,
    text: &SearchText,
    first: u64,
    limit: usize,
) -> Answer<List<Contact>> {
    let mut items = Vec::new();
    let mut next = first;
    for _ in 0..MOST_BLOCKS {
        if next >= list.size {
            break;
        }
        let count = BLOCK.min(list.size - next);
        let contacts = api.store.contacts_from(&list.list_id, next, count).await?;
        next += count;
        for contact in contacts.into_iter().filter(|contact| text.fits_contact(contact)) {
            let after = contact.seq + 1;
            items.push(contact);
            if items.len() >= limit {
                return Ok(Json(List {
                    items,
                    next_cursor: (after < list.size).then(|| after.to_string()),
                }));
            }
        }
    }
    Ok(Json(List {
        items,
        next_cursor: (next < list.size).then(|| next.to_string()),
    }))
}
