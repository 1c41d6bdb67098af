//! Contacts and the lists that uploads make.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ListId, PhoneNumber, UploadId};

/// What a call may say of its contact: the other columns of the uploaded row.
pub type DynamicVariables = BTreeMap<String, String>;

/// What a row says about its person, by columns that are known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactDetails {
    /// IANA name of the person's time zone, e.g. `Europe/Madrid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Who is called before whom: 0 to 100, the larger the earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// Tag of the person's language, e.g. `es` or `pt-BR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl ContactDetails {
    /// Whether the row says none of it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A person's number and the other columns of the row it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contact {
    /// The list it belongs to.
    pub list_id: ListId,
    /// Its place in the list, from 0; gaps are contacts that were deleted.
    pub seq: u64,
    /// Line of the uploaded file it came from.
    pub line: u64,
    /// The number.
    pub phone_number: PhoneNumber,
    /// What the row says about the person.
    #[serde(default, skip_serializing_if = "ContactDetails::is_empty")]
    pub details: ContactDetails,
    /// The other columns.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, String>))]
    pub variables: DynamicVariables,
}

/// What one upload made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactList {
    /// Our id.
    pub list_id: ListId,
    /// Name shown to people.
    pub name: String,
    /// The upload that made it.
    pub upload_id: Option<UploadId>,
    /// How many places the list has; contacts have `seq` below it.
    pub size: u64,
    /// How many contacts were deleted since.
    pub deleted: u64,
    /// The dynamic variables its contacts have.
    pub variables: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_empty_when_none_is_there() {
        assert!(ContactDetails::default().is_empty());
        let priority = ContactDetails {
            priority: Some(0),
            ..ContactDetails::default()
        };
        assert!(!priority.is_empty());
        assert_eq!(serde_json::to_string(&priority).unwrap(), r#"{"priority":0}"#);
    }
}
