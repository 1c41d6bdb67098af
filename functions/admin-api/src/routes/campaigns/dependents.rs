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
    let campaigns = unfinished_campaigns(store, fits).await?;
    let name = |c: &Campaign| format!("{} ({})", c.name, c.campaign_id);
    Ok(campaigns.iter().map(name).collect())
}

/// Campaigns that are not over and fit, the first few of them.
pub(crate) async fn unfinished_campaigns(
    store: &Store,
    fits: impl Fn(&Campaign) -> bool,
) -> Result<Vec<Campaign>, StoreError> {
    let mut found = Vec::new();
    for status in CampaignStatus::ALL
        .into_iter()
        .filter(|status| !status.is_final())
    {
        let mut cursor = None;
        loop {
            let page = store.list_campaigns(Some(status), cursor.as_ref(), 200).await?;
            found.extend(page.items.into_iter().filter(|campaign| fits(campaign)));
            cursor = page.next;
            if cursor.is_none() || found.len() >= MAX_NAMED {
                break;
            }
        }
    }
    found.truncate(MAX_NAMED);
    Ok(found)
}
