//! A time zone that exists.

use std::fmt;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

/// Compiled in, so that every machine gives the same answer.
static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A time zone of the IANA database.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, example = "Europe/Madrid"))]
pub struct Zone(TimeZone);

/// Text that is not the name of a time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time zone: use an IANA name, e.g. Europe/Madrid")]
pub struct InvalidZone(String);

impl Zone {
    /// Finds a zone by its IANA name; capital and small letters are the same.
    ///
    /// # Errors
    /// When the database has no such zone.
    pub fn parse(name: &str) -> Result<Self, InvalidZone> {
        DATABASE
            .get(name)
            .map(Self)
            .map_err(|_| InvalidZone(name.to_owned()))
    }

    /// The zone of no place.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The hour on its clocks at this moment, 0 to 23.
    pub fn hour_at(&self, at: Timestamp) -> u8 {
        self.0.to_datetime(at).hour().unsigned_abs()
    }

    /// What its clocks and its calendar show at this moment.
    pub fn clock_at(&self, at: Timestamp) -> DateTime {
        self.0.to_datetime(at)
    }

    pub(crate) fn inner(&self) -> &TimeZone {
        &self.0
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for Zone {
    type Error = InvalidZone;
    fn try_from(name: String) -> Result<Self, InvalidZone> {
        Self::parse(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name().to_owned()
    }
}
