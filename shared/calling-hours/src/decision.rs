//! What the answer to "may this person be called now" says.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::limit::CallLimit;
use crate::rule::Rule;

/// Whether a person may be called, and what the answer rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The answer.
    pub answer: Answer,
    /// IANA zones in all of which it had to be open; empty when none was known.
    pub zones_used: Vec<ZoneName>,
    /// Where the zones came from.
    pub zone_source: ZoneSource,
    /// Rules that all had to allow it, by id in JSON.
    pub rules_used: Vec<&'static Rule>,
}

/// Name of a zone in the IANA database.
pub type ZoneName = Cow<'static, str>;

/// Whether a person may be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Yes, up to but not including this moment. It is 400 days away when there is no end.
    Open {
        /// The first moment at which they may no longer be called.
        until: Timestamp,
    },
    /// Not now.
    Closed {
        /// The first moment at which they may be called.
        opens_at: Timestamp,
        /// What is in the way now.
        because: Reason,
    },
    /// Not within the next 400 days.
    Never {
        /// Why not.
        because: Reason,
    },
}

/// Where the zones of a decision came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ZoneSource {
    /// The contact list.
    Column,
    /// The number.
    Number,
    /// The campaign, as nothing told the person's own.
    Campaign,
    /// Nowhere.
    Unknown,
}

/// Why a person may not be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It is outside of the campaign's windows.
    OutsideWindows {
        /// A zone in which that is so.
        zone: ZoneName,
    },
    /// A rule does not allow calls at this hour.
    RuleHours {
        /// Id of the rule.
        rule: &'static str,
        /// A zone in which that is so.
        zone: ZoneName,
    },
    /// A rule does not allow calls on this day.
    Holiday {
        /// Id of the rule.
        rule: &'static str,
        /// The holiday.
        holiday: &'static str,
        /// A zone in which it is that day.
        zone: ZoneName,
    },
    /// The windows and the rules have no hour in common, in all zones at once, within 400 days.
    NoCommonHour,
    /// Nothing tells the person's time zone, and the campaign skips those.
    UnknownZone,
    /// What the contact list gives as the time zone is none.
    InvalidZone,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutsideWindows { zone } => write!(f, "It is outside the campaign's hours in {zone}."),
            Self::RuleHours { rule, zone } => {
                write!(f, "The rule {rule} allows no calls at this hour in {zone}.")
            }
            Self::Holiday { rule, holiday, zone } => {
                write!(
                    f,
                    "The rule {rule} allows no calls on {holiday}, which it is in {zone}."
                )
            }
            Self::NoCommonHour => f.write_str(
                "The campaign's hours and the rules never meet in all time zones that this number may be in.",
            ),
            Self::UnknownZone => f.write_str("Nothing tells this person's time zone."),
            Self::InvalidZone => {
                f.write_str("The time zone of this contact is not an IANA name, e.g. Europe/Madrid.")
            }
        }
    }
}

impl Decision {
    /// Whether the person may be called now.
    pub fn is_open(&self) -> bool {
        matches!(self.answer, Answer::Open { .. })
    }

    /// The limits on how often the person may be called, each with the id of its rule.
    pub fn call_limits(&self) -> impl Iterator<Item = (&'static str, &'static CallLimit)> + '_ {
        self.rules_used
            .iter()
            .flat_map(|rule| rule.limits.iter().map(|limit| (rule.id, limit)))
    }
}
