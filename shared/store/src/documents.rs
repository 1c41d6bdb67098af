//! Settings of the whole deployment: one document each, whole when it is read and when it is written.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use switchboard_domain::{AlertSettings, CampaignRules, DialSettings, ReceptionSettings};

use crate::item::to_item;
use crate::keys::Key;
use crate::{Store, StoreError, keys};

/// The item: what is in it besides its key.
#[derive(Serialize, Deserialize)]
struct Kept<T> {
    #[serde(alias = "rules")]
    settings: T,
}

impl Store {
    /// What holds for every dial: what the product has until somebody sets something else.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn dial_settings(&self) -> Result<DialSettings, StoreError> {
        self.document(&keys::dial_settings()).await
    }

    /// Sets what holds for every dial from now on.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_dial_settings(&self, settings: &DialSettings) -> Result<(), StoreError> {
        self.put_document(&keys::dial_settings(), settings).await
    }

    /// The rules of new campaigns: those of the product until somebody sets others.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn campaign_defaults(&self) -> Result<CampaignRules, StoreError> {
        self.document(&keys::campaign_defaults()).await
    }

    /// Sets the rules of new campaigns.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_campaign_defaults(&self, rules: &CampaignRules) -> Result<(), StoreError> {
        self.put_document(&keys::campaign_defaults(), rules).await
    }

    /// When somebody is to be told that an account comes to its end: what is usual until somebody sets something else.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn alert_settings(&self) -> Result<AlertSettings, StoreError> {
        self.document(&keys::alert_settings()).await
    }

    /// Sets when somebody is to be told.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_alert_settings(&self, settings: &AlertSettings) -> Result<(), StoreError> {
        self.put_document(&keys::alert_settings(), settings).await
    }

    /// How inbound calls are taken: as the product does it until somebody sets something else.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn reception_settings(&self) -> Result<ReceptionSettings, StoreError> {
        self.document(&keys::reception_settings()).await
    }

    /// Sets how inbound calls are taken from now on.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_reception_settings(&self, settings: &ReceptionSettings) -> Result<(), StoreError> {
        self.put_document(&keys::reception_settings(), settings).await
    }

    /// Where this deployment was last seen to be reached from outside, such as `https://api.example.com`; none: nobody
    /// has looked yet.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn public_url(&self) -> Result<Option<String>, StoreError> {
        self.document(&keys::public_url()).await
    }

    /// Notes where this deployment is reached from outside.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn note_public_url(&self, url: &str) -> Result<(), StoreError> {
        if self.public_url().await?.as_deref() == Some(url) {
            return Ok(());
        }
        self.put_document(&keys::public_url(), url).await
    }

    /// The document at a key; its default until somebody writes one.
    async fn document<T: DeserializeOwned + Default>(&self, key: &Key) -> Result<T, StoreError> {
        let kept: Option<Kept<T>> = self.find(&self.config.system_table, key).await?;
        Ok(kept.map(|kept| kept.settings).unwrap_or_default())
    }

    async fn put_document<T: Serialize>(&self, key: &Key, settings: T) -> Result<(), StoreError> {
        let mut item = to_item(&Kept { settings })?;
        key.put_into(&mut item);
        self.put(&self.config.system_table, item).await
    }
}
