//! People who use Switchboard, and the trail of what they changed.

use switchboard_domain::{AuditEntry, AuditId, User};

use crate::item::{s, to_item};
use crate::{Cursor, Page, Store, StoreError, keys};

/// Which entries of the audit trail are meant; all given conditions hold together.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Changes by this subject.
    pub actor: Option<String>,
    /// Changes whose action begins so: `campaign.` or `campaign.paused`.
    pub action: Option<String>,
}

impl AuditFilter {
    fn is_everything(&self) -> bool {
        self.actor.is_none() && self.action.is_none()
    }

    fn fits(&self, entry: &AuditEntry) -> bool {
        self.actor.as_ref().is_none_or(|actor| entry.actor == *actor)
            && self
                .action
                .as_ref()
                .is_none_or(|action| entry.action.starts_with(action.as_str()))
    }
}

impl Store {
    /// Adds an entry to the audit trail; answers whether it is new. Nothing changes or deletes one.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn add_audit_entry(&self, entry: &AuditEntry) -> Result<bool, StoreError> {
        let mut item = to_item(entry)?;
        keys::audit(&entry.audit_id).put_into(&mut item);
        item.insert("kind".into(), s("audit"));
        item.insert("sort".into(), keys::time_and(entry.at, entry.audit_id.as_str()));
        self.create(&self.config.system_table, item).await
    }

    /// Whether there is an entry with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub(crate) async fn has_audit_entry(&self, id: &AuditId) -> Result<bool, StoreError> {
        let entry = self
            .find_item(&self.config.system_table, &keys::audit(id))
            .await?;
        Ok(entry.is_some())
    }

    /// The audit trail, newest first. With a filter a page can be short, even empty, and still have a
    /// next one.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_audit_entries(
        &self,
        filter: &AuditFilter,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<AuditEntry>, StoreError> {
        let table = &self.config.system_table;
        if filter.is_everything() {
            return self.list_kind(table, "audit", cursor, limit).await;
        }
        let fits = |entry: &AuditEntry| filter.fits(entry);
        self.search_kind(table, "audit", fits, cursor, limit).await
    }

    /// Notes that somebody is there: new, or known since they first came.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn note_user(&self, seen: User) -> Result<(), StoreError> {
        let key = keys::user(&seen.subject);
        let known: Option<User> = self.find(&self.config.system_table, &key).await?;
        let first_seen_at = known.map_or(seen.first_seen_at, |known| known.first_seen_at);
        let user = User {
            first_seen_at,
            ..seen
        };
        let mut item = to_item(&user)?;
        key.put_into(&mut item);
        item.insert("kind".into(), s("user"));
        item.insert("sort".into(), keys::time_and(user.last_seen_at, &key.pk));
        self.put(&self.config.system_table, item).await
    }

    /// People who have used the API, the last seen first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_users(&self, cursor: Option<&Cursor>, limit: u32) -> Result<Page<User>, StoreError> {
        self.list_kind(&self.config.system_table, "user", cursor, limit)
            .await
    }
}
