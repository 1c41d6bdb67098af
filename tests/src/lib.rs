//! The whole system for a test: the local runner, the simulator, and a caller of the API.
//!
//! The functions run as the processes that are deployed, so they have to be built before
//! (`cargo build --bins`, which `make test` does).

mod app;
pub mod chaos;
mod contacts;
pub mod costs;
pub mod crash;
mod ledger;
mod live;
pub mod machine;
mod reception;
mod socket;
mod spoken;

pub use app::{
    App, CampaignPlan, binaries, check_counts, finish_campaign, root, start_campaign, start_campaign_of,
};
pub use contacts::{contacts_csv, numbers_csv, people};
pub use ledger::{assert_dials_within, placed_by_number};
pub use live::{average_live, dials_between};
pub use reception::{RECEPTION_NUMBER, Reception};
pub use socket::LiveSocket;
pub use spoken::{Differences, differences};
