//! An agent, a phone line, contacts, and when and how to call them.

mod counts;
mod record;
mod status;

pub use counts::CampaignCounts;
pub use record::{Campaign, LayoutProgress};
pub use status::{CampaignAction, CampaignStatus, IllegalCampaignAction};
