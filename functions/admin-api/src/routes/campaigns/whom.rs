//! The people of a campaign that may not be laid out yet: from its lists, and from itself.

use futures::future::try_join_all;
use switchboard_domain::{Campaign, Contact, ListId, PersonFacts, PhoneNumber, Recipient, RecipientStatus};
use switchboard_store::StoreError;

use crate::api::Api;

/// Most people that are looked at. Of more, as many are taken from all over the lists.
const MOST: u64 = 20_000;
/// People read at a time.
const BLOCK: u64 = 500;
/// Blocks read side by side.
const AT_ONCE: usize = 8;

/// People of a campaign, and how many there are in all.
pub(super) struct Whom {
    pub(super) people: Vec<(Recipient, PersonFacts)>,
    pub(super) all: u64,
}

/// The people who are still to be called by a campaign, or an even sample of them.
pub(super) async fn whom(api: &Api, campaign: &Campaign) -> Result<Whom, StoreError> {
    let Whom { mut people, all } = who(api, campaign).await?;
    let numbers: Vec<PhoneNumber> = people
        .iter()
        .map(|(person, _)| person.phone_number.clone())
        .collect();
    let (listed, dialled) = tokio::join!(
        api.store.which_do_not_call(&numbers),
        api.store.dialled_of_all(&numbers)
    );
    let (listed, dialled) = (listed?, dialled?);
    for (((_, facts), listed), dialled) in people.iter_mut().zip(listed).zip(dialled) {
        (facts.do_not_call, facts.dialled) = (listed, dialled);
    }
    Ok(Whom { people, all })
}

/// The same, of whom only the rows are known.
pub(super) async fn who(api: &Api, campaign: &Campaign) -> Result<Whom, StoreError> {
    let counts = api.store.campaign_counts(&campaign.campaign_id).await?;
    let mut people = recipients(api, campaign).await?;
    let mut all = counts.pending + counts.queued;
    if !campaign.layout.done {
        let (contacts, in_lists) = contacts(api, campaign).await?;
        let now = api.now();
        people.extend(contacts.into_iter().map(|contact| {
            let facts = PersonFacts {
                line: Some(contact.line),
                ..PersonFacts::default()
            };
            let id = campaign.campaign_id.clone();
            let person = Recipient::new(id, contact.phone_number, contact.variables, None, now, now);
            (person.with_details(&contact.details), facts)
        }));
        all = all.max(people.len() as u64).max(in_lists);
    }
    Ok(Whom { people, all })
}

/// Those who are in the campaign already and wait.
async fn recipients(api: &Api, campaign: &Campaign) -> Result<Vec<(Recipient, PersonFacts)>, StoreError> {
    let mut people = Vec::new();
    for waiting in [RecipientStatus::Pending, RecipientStatus::Queued] {
        let mut cursor = None;
        while (people.len() as u64) < MOST {
            let page = api
                .store
                .list_recipients(&campaign.campaign_id, Some(waiting), cursor.as_ref(), 1_000)
                .await?;
            let found = page.items.into_iter();
            people.extend(found.map(|person| (person, PersonFacts::default())));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
    }
    Ok(people)
}

async fn contacts(api: &Api, campaign: &Campaign) -> Result<(Vec<Contact>, u64), StoreError> {
    let mut lists = Vec::new();
    for id in &campaign.list_ids {
        if let Some(list) = api.store.find_contact_list(id).await? {
            lists.push(list);
        }
    }
    let places: u64 = lists.iter().map(|list| list.size).sum();
    let all = lists
        .iter()
        .map(|list| list.size.saturating_sub(list.deleted))
        .sum();
    // Every n-th block where there are more than are looked at.
    let step = places.div_ceil(MOST).max(1);
    let blocks: Vec<(ListId, u64, u64)> = lists
        .iter()
        .flat_map(|list| {
            let blocks = (0..list.size).step_by(usize::try_from(BLOCK * step).unwrap_or(usize::MAX));
            blocks.map(|first| (list.list_id.clone(), first, BLOCK.min(list.size - first)))
        })
        .collect();
    let mut found = Vec::new();
    for some in blocks.chunks(AT_ONCE) {
        let reads = some
            .iter()
            .map(|(list, first, count)| api.store.contacts_from(list, *first, *count));
        found.extend(try_join_all(reads).await?.into_iter().flatten());
    }
    Ok((found, all))
}
