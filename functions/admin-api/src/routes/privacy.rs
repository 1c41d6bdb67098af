//! Everything that is kept about one person: shown, and erased.

use axum::Json;
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use switchboard_domain::{
    Call, Callback, Contact, DoNotCallEntry, OptOutWay, PhoneNumber, Recipient, RecordingState,
    TranscriptTurn,
};
use switchboard_service::Problem;
use switchboard_store::{CallFilter, FileStore};
use utoipa::ToSchema;

use crate::answer::{Answer, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::numbers;
use crate::paging::{Everything, PageParams, Paged};
use crate::path::Number;
use crate::roles::Admin;
use crate::route_set::{RouteSet, routes};
use crate::routes::calls::CallAnswer;

/// Calls erased in one request; more are left for the next.
const MOST_AT_ONCE: u32 = 100;
/// Calls read or erased at one time.
const AT_ONCE: usize = 8;
/// Most pages of callbacks that are looked through for a number.
const CALLBACK_PAGES: usize = 50;

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(show_person))
        .routes(routes!(erase_person))
}

/// A call with everything that belongs to it.
#[derive(Debug, Serialize, ToSchema)]
struct CallOfPerson {
    /// The call.
    call: CallAnswer,
    /// What was said.
    transcript: Vec<TranscriptTurn>,
    /// A link to its recording, good for 15 minutes; none: there is none.
    recording_url: Option<String>,
    /// Links to what the platform sent of it, good for 15 minutes.
    webhook_urls: Vec<String>,
}

/// Everything that is kept about one person; calls come in pages, the rest with the first.
#[derive(Debug, Serialize, ToSchema)]
struct Person {
    /// The number.
    phone_number: PhoneNumber,
    /// Calls with it, newest first.
    calls: Vec<CallOfPerson>,
    /// What it is in campaigns.
    recipients: Vec<Recipient>,
    /// Where it is in contact lists.
    contacts: Vec<Contact>,
    /// Callbacks to it.
    callbacks: Vec<Callback>,
    /// Its entry on the do-not-call list.
    do_not_call: Option<DoNotCallEntry>,
    /// Where the next page of calls begins; none: these are the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Everything that is kept about one person. Leaves an entry in the audit trail.
#[utoipa::path(get, path = "/privacy/{phone_number}", tag = "privacy",
    params(("phone_number" = String, Path), PageParams), responses((status = OK, body = Person), Refusals))]
async fn show_person(Admin(api): Admin, Number(number): Number, page: Paged<Everything>) -> Answer<Person> {
    let cursor = page.cursor()?;
    let found = api
        .store
        .list_calls(&of_number(&number), cursor.as_ref(), page.limit.min(MOST_AT_ONCE))
        .await?;
    let ends_legs = api.carrier().await.is_some();
    let calls = stream::iter(found.items)
        .map(|call| with_everything(&api, call, ends_legs))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let mut person = Person {
        phone_number: number.clone(),
        calls,
        recipients: Vec::new(),
        contacts: Vec::new(),
        callbacks: Vec::new(),
        do_not_call: None,
        next_cursor: found.next.map(|cursor| cursor.encode()),
    };
    if cursor.is_none() {
        person.recipients = api.store.find_recipients(&number).await?;
        person.contacts = api.store.find_contacts(&number).await?;
        person.callbacks = callbacks(&api, &number).await?;
        person.do_not_call = api.store.find_do_not_call(&number).await?;
        api.audit("person.shown", &number).await;
    }
    Ok(Json(person))
}

fn of_number(number: &PhoneNumber) -> CallFilter {
    CallFilter {
        phone_number: Some(number.clone()),
        ..CallFilter::default()
    }
}

async fn with_everything(api: &Api, call: Call, ends_legs: bool) -> Result<CallOfPerson, Problem> {
    let files = api.store.files();
    let recording_url = match call.recording.state {
        RecordingState::Stored => Some(
            files
                .presign_get(&FileStore::recording_key(&call.call_id), None)
                .await?,
        ),
        _ => None,
    };
    let mut webhook_urls = Vec::new();
    for record in api.store.webhooks_of_call(&call).await? {
        webhook_urls.push(files.presign_get(&record.body_key, None).await?);
    }
    Ok(CallOfPerson {
        transcript: api.store.transcript(&call.call_id).await?,
        call: CallAnswer::of(call, ends_legs),
        recording_url,
        webhook_urls,
    })
}

async fn callbacks(api: &Api, number: &PhoneNumber) -> Result<Vec<Callback>, Problem> {
    let (mut found, mut cursor) = (Vec::new(), None);
    for _ in 0..CALLBACK_PAGES {
        let page = api.store.list_callbacks(None, cursor.as_ref(), 200).await?;
        found.extend(
            page.items
                .into_iter()
                .filter(|callback| callback.phone_number == *number),
        );
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    Ok(found)
}

/// That somebody is to be erased.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ErasePerson {
    /// The number once more, so that nobody is erased by a slip.
    confirm: String,
    /// Whether the number goes on the do-not-call list, which then is the one thing that stays. Without it, the next
    /// import can bring the person back.
    #[serde(default = "yes")]
    #[schema(default = true)]
    keep_off: bool,
}

fn yes() -> bool {
    true
}

/// What was erased.
#[derive(Debug, Serialize, ToSchema)]
struct ErasedPerson {
    /// Calls of which only is left that they were, when, and how they ended.
    calls: u64,
    /// Recipients of campaigns that have no number now.
    recipients: u64,
    /// Contacts that were deleted.
    contacts: u64,
    /// Callbacks that were deleted.
    callbacks: u64,
    /// Whether nothing is left. When not, a call is in progress, or there are more than one request erases: send it again
    /// in a minute.
    complete: bool,
    /// What this does not reach, and what to do about it.
    elsewhere: Vec<&'static str>,
}

const ELSEWHERE: [&str; 3] = [
    "The platforms keep conversations of their own: delete them there.",
    "Uploaded files, exports and what was sent to event targets go by themselves after their retention; files that were \
     deleted here can be brought back for some days, as the bucket's versions have it.",
    "Backups of tables can be restored for 35 days: erase again after a restore.",
];

/// Erases everything that is kept about one person. The person is not called again by any campaign that waits to.
#[utoipa::path(post, path = "/privacy/{phone_number}/erase", tag = "privacy", request_body = ErasePerson,
    params(("phone_number" = String, Path)), responses((status = OK, body = ErasedPerson), Refusals))]
async fn erase_person(
    Admin(api): Admin,
    Number(number): Number,
    JsonBody(request): JsonBody<ErasePerson>,
) -> Answer<ErasedPerson> {
    if numbers::parse(&request.confirm, None).ok().as_ref() != Some(&number) {
        return Err(Problem::invalid_field(
            "confirm",
            "is another number: write the one that is to be erased once more",
        ));
    }
    let now = api.now();
    if request.keep_off {
        let entry = DoNotCallEntry {
            phone_number: number.clone(),
            way: OptOutWay::Person,
            source: api.caller.subject.clone(),
            source_date: None,
            upload_id: None,
            note: None,
            added_at: now,
        };
        api.store.opt_out(&entry).await?;
    } else {
        api.store.end_waiting(&number, now).await?;
    }
    let (calls, all_calls) = erase_calls(&api, &number).await?;
    let (recipients, all_recipients) = erase_recipients(&api, &number).await?;
    let contacts = delete_contacts(&api, &number).await?;
    let mut deleted = 0;
    for callback in callbacks(&api, &number).await? {
        api.store.delete_callback(&callback.callback_id).await?;
        deleted += 1;
    }
    if all_calls && all_recipients && request.keep_off {
        // The memory of caps holds nothing that the list does not hold better.
        api.store.forget_dialled(&number).await?;
    }
    // The masked form: the trail holds no numbers.
    api.audit("person.erased", &number).await;
    Ok(Json(ErasedPerson {
        calls,
        recipients,
        contacts,
        callbacks: deleted,
        complete: all_calls && all_recipients,
        elsewhere: ELSEWHERE.to_vec(),
    }))
}

async fn erase_calls(api: &Api, number: &PhoneNumber) -> Result<(u64, bool), Problem> {
    let page = api
        .store
        .list_calls(&of_number(number), None, MOST_AT_ONCE)
        .await?;
    let now = api.now();
    let erased: Vec<bool> = stream::iter(page.items)
        .map(|call| async move { api.store.erase_call(&call, now).await })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let all = page.next.is_none() && erased.iter().all(|erased| *erased);
    Ok((erased.into_iter().filter(|erased| *erased).count() as u64, all))
}

async fn erase_recipients(api: &Api, number: &PhoneNumber) -> Result<(u64, bool), Problem> {
    let (mut erased, mut all) = (0, true);
    for recipient in api.store.find_recipients(number).await? {
        match api.store.erase_recipient(&recipient, api.now()).await? {
            true => erased += 1,
            false => all = false,
        }
    }
    Ok((erased, all))
}

async fn delete_contacts(api: &Api, number: &PhoneNumber) -> Result<u64, Problem> {
    let mut deleted = 0;
    loop {
        let found = api.store.find_contacts(number).await?;
        let mut now = 0;
        for contact in &found {
            now += api
                .store
                .delete_contacts(&contact.list_id, &[contact.seq])
                .await?;
        }
        deleted += now;
        // The index follows a moment behind: what it still shows is gone already.
        if now == 0 {
            return Ok(deleted);
        }
    }
}
