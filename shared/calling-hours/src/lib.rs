//! When may this person be called: the time zones of their number, the rules of their country and state, the
//! windows of the campaign.
//!
//! Pure: time comes in as an argument, and all tables are compiled in. The rules are read from public sources
//! to help an operator keep to them. They are confirmed by the operator, and are not legal advice.
//!
//! ```
//! use switchboard_calling_hours::{Answer, CallingHours, RuleChoice, UnknownZone, Windows, ZoneOfRecipient, decide};
//!
//! let policy = CallingHours {
//!     windows: Windows::every_day(&["07:00-22:00".parse()?])?,
//!     zone_of_recipient: ZoneOfRecipient::Column,
//!     unknown_zone: UnknownZone::Skip,
//!     rules: RuleChoice::Auto,
//!     holidays: true,
//! };
//! // Half past eight in the evening in Miami, where calls end at eight.
//! let decision = decide("+13055550100", None, &policy, "2026-11-23T20:30:00-05:00".parse()?);
//! let Answer::Closed { opens_at, because } = decision.answer else { panic!("it is closed") };
//! assert_eq!(opens_at, "2026-11-24T08:00:00-05:00".parse()?);
//! assert_eq!(because.to_string(), "The rule us-fl allows no calls at this hour in America/New_York.");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod calling_hours;
mod decide;
mod decision;
mod holiday;
mod hours;
mod limit;
mod place;
mod prefix;
mod rule;
#[cfg(feature = "openapi")]
mod schema;
mod week;
mod window;
mod zone;
mod zones;

pub use calling_hours::{CallingHours, RuleChoice, UnknownZone, ZoneOfRecipient};
pub use decide::decide;
pub use decision::{Answer, Decision, Reason, ZoneName, ZoneSource};
pub use holiday::{Holiday, Moves, When};
pub use limit::CallLimit;
pub use place::{Place, place_of};
pub use rule::Rule;
pub use window::{InvalidWindow, Window, Windows};
pub use zone::{InvalidZone, Zone};
pub use zones::{Reach, Zones, zones_of};
