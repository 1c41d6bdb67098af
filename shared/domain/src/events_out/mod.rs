//! What the customer's own systems are told, by webhooks that we send: the rules, without any network.

mod address;
mod delivery;
mod event;
mod schedule;
mod target;

pub use address::{AddressRules, InvalidAddress, Ports, is_public};
pub use delivery::{Delivery, DeliveryAttempt, DeliveryStatus, DeliveryVerdict};
pub use event::{EventType, OutgoingEvent};
pub use schedule::{EVENT_ATTEMPTS, MAX_RETRY_AFTER, next_attempt};
pub use target::{EventTarget, TurnedOff};
