//! Settings of campaigns under a name. There are few: they share a partition and are read together.

use switchboard_domain::{CampaignTemplate, CampaignTemplateId};

use crate::item::{from_item, to_item};
use crate::{Store, StoreError, keys};

impl Store {
    /// Every template, by id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn campaign_templates(&self) -> Result<Vec<CampaignTemplate>, StoreError> {
        let table = &self.config.system_table;
        let items = self.partition(table, keys::CAMPAIGN_TEMPLATES, "").await?;
        items.into_iter().map(from_item).collect()
    }

    /// The template with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_campaign_template(
        &self,
        id: &CampaignTemplateId,
    ) -> Result<Option<CampaignTemplate>, StoreError> {
        self.find(&self.config.system_table, &keys::campaign_template(id))
            .await
    }

    /// Writes a new template. Answers whether it is new.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn create_campaign_template(&self, template: &CampaignTemplate) -> Result<bool, StoreError> {
        let mut item = to_item(template)?;
        keys::campaign_template(&template.template_id).put_into(&mut item);
        self.create(&self.config.system_table, item).await
    }

    /// Forgets a template. Campaigns that were made from it stay as they are.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn delete_campaign_template(&self, id: &CampaignTemplateId) -> Result<(), StoreError> {
        self.delete(&self.config.system_table, &keys::campaign_template(id))
            .await
    }
}
