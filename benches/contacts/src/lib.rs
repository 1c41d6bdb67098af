//! What the measured programs have in common: their arguments, and the lines they write.
//!
//! The lines are here so that no program is faster than another because it writes less.

mod arguments;
mod line;

pub use arguments::Arguments;
pub use line::{Line, write_line};
