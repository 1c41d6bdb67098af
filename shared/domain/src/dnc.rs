//! Numbers never to be dialled.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::PhoneNumber;

/// One number on the do-not-call list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DoNotCallEntry {
    /// The number.
    pub phone_number: PhoneNumber,
    /// Where the wish came from, e.g. `api` or the name of a person.
    pub source: String,
    /// Why, in a person's words.
    pub note: Option<String>,
    /// Since when.
    pub added_at: Timestamp,
}
