//! The chaos run: campaigns on a machine on which everything that can go wrong does, judged at the end
//! by what the provider saw.

mod evidence;
mod faults;
mod meeting;
mod plan;
mod run;
mod table;
mod verdict;

pub use plan::ChaosPlan;
pub use run::run_chaos;
pub use verdict::Verdict;
