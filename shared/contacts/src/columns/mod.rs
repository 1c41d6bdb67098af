//! Which column is what: header or not, names, and the phone number.

mod details;
mod headers;
mod languages;
mod layout;
mod names;
mod phone;

pub use details::Detail;
pub(crate) use headers::is_phone_header;
pub(crate) use layout::Layout;
