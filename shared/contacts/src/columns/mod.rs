//! Which column is what: header or not, names, and the phone number.

mod headers;
mod layout;
mod names;
mod phone;

pub(crate) use layout::Layout;
