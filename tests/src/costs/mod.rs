//! What a deployment costs: quantities counted in a local run, and list prices.

mod measure;
mod prices;
mod quantity;
mod report;

pub use measure::{Measured, Plan, measure};
pub use prices::Prices;
pub use quantity::{Quantities, What};
pub use report::print;
