//! Contacts and the lists that uploads make.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ListId, PhoneNumber, UploadId};

/// What a call may say of its contact: the other columns of the uploaded row.
pub type DynamicVariables = BTreeMap<String, String>;

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
