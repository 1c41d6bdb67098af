//! (to be)
