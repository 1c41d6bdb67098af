//! An agent, a phone line, contacts, and when and how to call them.

mod change;
mod counts;
mod record;
mod status;

pub use change::CampaignChange;
pub use counts::CampaignCounts;
pub use record::{Campaign, LayoutProgress};
pub use status::{CampaignAction, CampaignStatus, IllegalCampaignAction};
