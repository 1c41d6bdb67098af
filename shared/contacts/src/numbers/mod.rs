//! Any spelling of a phone number to E.164, or the reason why not.
//!
//! `rlibphonenumber` knows the numbering plans; the rules around it are ours: nothing is guessed, and
//! nothing is dialled that a campaign must not dial.

mod digits;
mod parser;
mod problem;
mod special;
mod spelling;

pub use parser::NumberParser;
pub use problem::NumberProblem;
pub(crate) use spelling::looks_like_a_number;
