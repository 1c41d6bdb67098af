//! What calls may cost. The most that a call can cost is reserved in the write that begins its dial, and
//! replaced by what it did cost in the write that ends it: what is committed never exceeds a cap.

use jiff::Timestamp;
use switchboard_domain::{Call, CallStatus, CampaignId, DialSettings};

use crate::item::{n, number};
use crate::keys::Key;
use crate::transaction::{Transaction, When};
use crate::{Store, StoreError, keys};

/// The caps that a dial goes by, in millionths of a US dollar.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpendLimits {
    /// What is reserved for the call.
    pub reserve: u64,
    /// Most that its campaign may cost.
    pub campaign: Option<u64>,
    /// Most that the day's calls may cost.
    pub day: Option<u64>,
}

/// What calls have cost and may still cost, in millionths of a US dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Cost of the calls that are over, and what is reserved for those in progress.
    pub committed: u64,
    /// Cost of the calls that are over.
    pub settled: u64,
}

impl Store {
    /// What the calls of a campaign have cost.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn spent_by_campaign(&self, id: &CampaignId) -> Result<Spent, StoreError> {
        self.spent(&self.config.campaigns_table, &keys::campaign_spend(id))
            .await
    }

    /// What the calls of the day of `now` (UTC) have cost.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn spent_today(&self, now: Timestamp) -> Result<Spent, StoreError> {
        self.spent(&self.config.system_table, &keys::day_spend(now)).await
    }

    async fn spent(&self, table: &str, key: &Key) -> Result<Spent, StoreError> {
        let item = self.find_item(table, key).await?.unwrap_or_default();
        let of = |name| u64::try_from(number(&item, name)).unwrap_or_default();
        Ok(Spent {
            committed: of("committed"),
            settled: of("settled"),
        })
    }

    /// Reserves what a call can cost, where that fits under the caps.
    pub(crate) fn reserve<T: Copy>(
        &self,
        tx: &mut Transaction<T>,
        (campaign_part, day_part): (T, T),
        campaign: Option<&CampaignId>,
        limits: &SpendLimits,
        now: Timestamp,
    ) {
        let mut under = |part, table: &str, key: &Key, cap: Option<u64>| {
            let fits = match cap {
                // A cap below what one call can cost allows none.
                Some(cap) => When::expression(
                    "(attribute_not_exists(committed) AND :reserve <= :cap) OR committed <= :room",
                )
                .value(":cap", n(cap))
                .value(":room", n(i128::from(cap) - i128::from(limits.reserve))),
                None => When::always(),
            };
            let fits = fits.value(":reserve", n(limits.reserve));
            tx.update(part, table, key, "ADD committed :reserve", fits);
        };
        if let Some(id) = campaign {
            let key = keys::campaign_spend(id);
            under(campaign_part, &self.config.campaigns_table, &key, limits.campaign);
        }
        under(
            day_part,
            &self.config.system_table,
            &keys::day_spend(now),
            limits.day,
        );
    }

    /// What the caps count differently when a call that is over becomes `after`: its cost came late. None when
    /// nothing changes. Whoever ends a call settles it; this is for what is learned afterwards.
    pub(crate) fn late_cost(before: &Call, after: &Call) -> Option<i128> {
        let reserved = before.reserved_micros?;
        let settled = |status: CallStatus| status.is_final() && status != CallStatus::Cancelled;
        if !settled(before.status) || before.status != after.status {
            return None;
        }
        let change = i128::from(after.cost_micros(reserved)) - i128::from(before.cost_micros(reserved));
        (change != 0).then_some(change)
    }

    /// Corrects what a call that is over did cost by `change`.
    pub(crate) fn correct_cost<T: Copy>(
        &self,
        tx: &mut Transaction<T>,
        (campaign_part, day_part): (T, T),
        call: &Call,
        change: i128,
    ) {
        let mut correct = |part, table: &str, key: &Key| {
            let changed = When::always().value(":change", n(change));
            tx.update(
                part,
                table,
                key,
                "ADD committed :change, settled :change",
                changed,
            );
        };
        if let Some(id) = &call.campaign_id {
            correct(
                campaign_part,
                &self.config.campaigns_table,
                &keys::campaign_spend(id),
            );
        }
        let at = call.placing_at.unwrap_or(call.created_at);
        correct(day_part, &self.config.system_table, &keys::day_spend(at));
    }

    /// Replaces what was reserved for a call by what it did cost.
    pub(crate) fn settle<T: Copy>(
        &self,
        tx: &mut Transaction<T>,
        (campaign_part, day_part): (T, T),
        campaign: Option<&CampaignId>,
        reserved_at: Timestamp,
        reserved: u64,
        cost: u64,
    ) {
        let mut settle = |part, table: &str, key: &Key| {
            let settled = When::always()
                .value(":change", n(i128::from(cost) - i128::from(reserved)))
                .value(":cost", n(cost));
            tx.update(part, table, key, "ADD committed :change, settled :cost", settled);
        };
        if let Some(id) = campaign {
            settle(
                campaign_part,
                &self.config.campaigns_table,
                &keys::campaign_spend(id),
            );
        }
        settle(day_part, &self.config.system_table, &keys::day_spend(reserved_at));
    }
}

impl SpendLimits {
    /// The caps of a campaign and of the day. Nothing is reserved where there is neither.
    pub fn of(campaign_cap_cents: Option<u64>, settings: &DialSettings) -> Option<Self> {
        let micros = |cents: u64| cents.saturating_mul(switchboard_domain::MICROS_PER_CENT);
        let limits = Self {
            reserve: settings.reserve_micros(),
            campaign: campaign_cap_cents.map(micros),
            day: settings.daily_cap_cents.map(micros),
        };
        (limits.campaign.is_some() || limits.day.is_some()).then_some(limits)
    }
}
