//! An agent, a phone line, contacts, and when and how to call them.

mod auto_pause;
mod change;
mod counts;
mod disclosure;
mod eligible;
mod record;
mod rules;
mod status;
mod template;
mod wishes;

pub use auto_pause::{AutoPause, SPEND_CAP_REACHED};
pub use change::CampaignChange;
pub use counts::CampaignCounts;
pub use disclosure::{Disclosed, Disclosure};
pub use record::{Campaign, LayoutProgress, ORDINARY_WEIGHT};
pub use rules::{CampaignAgent, CampaignLine, CampaignRules, ConsentColumns, Purpose, Wishes};
pub use status::{CampaignAction, CampaignStatus, IllegalCampaignAction};
pub use template::{CampaignSettings, CampaignTemplate};
