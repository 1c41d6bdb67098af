//! Campaigns that still need something.

use switchboard_domain::{Campaign, CampaignStatus};
use switchboard_store::{Store, StoreError};

/// Most campaigns that are named.
const MAX_NAMED: usize = 5;

/// Names of campaigns that are not over and fit, the first few of them.
pub(crate) async fn campaigns_of(
    store: &Store,
    fits: impl Fn(&Campaign) -> bool,
) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::new();
    for status in CampaignStatus::ALL
        .into_iter()
        .filter(|status| !status.is_final())
    {
        let mut cursor = None;
        loop {
            let page = store.list_campaigns(Some(status), cursor.as_ref(), 200).await?;
            let needed = page.items.iter().filter(|campaign| fits(campaign));
            names.extend(needed.map(|c| format!("{} ({})", c.name, c.campaign_id)));
            cursor = page.next;
            if cursor.is_none() || names.len() >= MAX_NAMED {
                break;
            }
        }
    }
    names.truncate(MAX_NAMED);
    Ok(names)
}
