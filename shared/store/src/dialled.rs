//! Which calls a number had lately: the memory behind frequency caps. One item a number, so that one
//! condition covers all of its calls.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{CallId, Dialled, LONGEST_CAP_HOURS, PhoneNumber};

use crate::item::{Item, n, number};
use crate::transaction::{Transaction, When};
use crate::{Store, StoreError, keys};

/// What the attribute of a call begins with.
const CALL: &str = "dial:";

impl Store {
    /// The calls that a number had in the last 30 days.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn dialled(&self, phone: &PhoneNumber) -> Result<Dialled, StoreError> {
        let item = self
            .find_item(&self.config.system_table, &keys::dialled(phone))
            .await?;
        Ok(item.as_ref().map(dialled_of).unwrap_or_default())
    }

    /// The calls that each of these numbers had in the last 30 days, in their order.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn dialled_of_all<'a>(
        &self,
        phones: impl IntoIterator<Item = &'a PhoneNumber>,
    ) -> Result<Vec<Dialled>, StoreError> {
        let keys: Vec<_> = phones.into_iter().map(keys::dialled).collect();
        let found = self
            .items_of(&self.config.system_table, &keys, None, false)
            .await?;
        let of = |key| found.get(key).map(dialled_of).unwrap_or_default();
        Ok(keys.iter().map(of).collect())
    }

    /// Remembers one more call, if there was no other since `seen` was read.
    pub(crate) fn remember_dial<T: Copy>(
        &self,
        tx: &mut Transaction<T>,
        part: T,
        phone: &PhoneNumber,
        seen: &Dialled,
        call: &CallId,
        now: Timestamp,
    ) {
        let next = seen.and(call, now);
        let mut item = keys::dialled(phone).item();
        for (call, at) in &next.calls {
            item.insert(format!("{CALL}{call}"), n(at.as_millisecond()));
        }
        let kept = SignedDuration::from_hours(i64::from(LONGEST_CAP_HOURS) + 24);
        let expires = now.saturating_add(kept).unwrap_or(Timestamp::MAX);
        item.insert("expires_at".into(), n(expires.as_second()));
        item.insert("version".into(), n(next.version));
        let unchanged = match seen.version {
            0 => When::absent(),
            version => When::version(version),
        };
        tx.put(part, &self.config.system_table, item, unchanged);
    }

    /// Remembers a call that was thought never to have been placed.
    pub(crate) fn recall_dial<T: Copy>(
        &self,
        tx: &mut Transaction<T>,
        part: T,
        phone: &PhoneNumber,
        call: &CallId,
        at: Timestamp,
    ) {
        tx.update(
            part,
            &self.config.system_table,
            &keys::dialled(phone),
            "SET #call = :at ADD #version :one",
            When::always()
                .name("#call", &format!("{CALL}{call}"))
                .name("#version", "version")
                .value(":at", n(at.as_millisecond()))
                .value(":one", n(1)),
        );
    }

    /// Forgets a call that was never placed.
    pub(crate) fn forget_dial<T: Copy>(
        &self,
        tx: &mut Transaction<T>,
        part: T,
        phone: &PhoneNumber,
        call: &CallId,
    ) {
        tx.update(
            part,
            &self.config.system_table,
            &keys::dialled(phone),
            "REMOVE #call ADD #version :one",
            When::always()
                .name("#call", &format!("{CALL}{call}"))
                .name("#version", "version")
                .value(":one", n(1)),
        );
    }
}

fn dialled_of(item: &Item) -> Dialled {
    let call = |(name, at): (&String, &aws_sdk_dynamodb::types::AttributeValue)| {
        let id = CallId::parse(name.strip_prefix(CALL)?).ok()?;
        let at = Timestamp::from_millisecond(at.as_n().ok()?.parse().ok()?).ok()?;
        Some((id, at))
    };
    Dialled {
        calls: item.iter().filter_map(call).collect::<BTreeMap<_, _>>(),
        version: u64::try_from(number(item, "version")).unwrap_or_default(),
    }
}
