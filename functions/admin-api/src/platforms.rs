//! Platforms that are set up here, and those that are not.

use std::sync::Arc;

use switchboard_domain::ProviderKind;
use switchboard_providers::VoiceProvider;
use switchboard_service::Problem;

use crate::api::Api;

/// What to do about a platform that is not set up.
pub(crate) fn not_set_up(kind: ProviderKind) -> String {
    let name = kind.name();
    format!("{name} is not set up: an administrator puts its API key in under Settings; then try again")
}

impl Api {
    /// The platform, where it is set up; else a problem with the field that names it.
    pub(crate) async fn platform_of_field(
        &self,
        field: &str,
        kind: ProviderKind,
    ) -> Result<Arc<dyn VoiceProvider>, Problem> {
        if self.providers.is_used(kind).await {
            Ok(self.providers.get(kind))
        } else {
            Err(Problem::invalid_field(field, not_set_up(kind)))
        }
    }

    /// The platform of something that we have, where it is set up.
    pub(crate) async fn platform(&self, kind: ProviderKind) -> Result<Arc<dyn VoiceProvider>, Problem> {
        if self.providers.is_used(kind).await {
            Ok(self.providers.get(kind))
        } else {
            Err(Problem::conflict(format!("{}.", not_set_up(kind))))
        }
    }
}
